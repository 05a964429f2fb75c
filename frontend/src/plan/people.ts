/** Edits of roles and of how both sides work together. As in edit.ts: one function, one transaction, one undo entry. */
import * as Y from "yjs";
import { checkDate, checkLength, EditError, pick, write } from "./edit";
import { newId } from "./id";
import { LIMITS, ROLE, roleId, WORKING, type Plan, type RoleId, type Side, type WorkingField } from "./schema";
import { markAdded } from "./undo";

/** What a role says of the person in it; each is a value of its own, so that two people's changes both stay. */
export type RoleField = "title" | "name" | "email" | "phone" | "kind";

const NAMES: Readonly<Record<RoleField, string>> = {
  title: "A role's title",
  name: "A name",
  email: "An e-mail address",
  phone: "A phone number",
  kind: "A role's kind",
};

function needRole(plan: Plan, id: RoleId): Y.Map<unknown> {
  const map = plan.roles.get(id);
  if (!(map instanceof Y.Map) || map.has(ROLE.del)) throw new EditError("gone", "That role is no longer in the plan.");
  return map as Y.Map<unknown>;
}

export interface NewRole {
  readonly title: string;
  readonly side: Side;
  readonly kind?: string;
}

/** Adds roles nobody fills yet, as one change, and returns their ids. */
export function addRoles(plan: Plan, roles: readonly NewRole[]): RoleId[] {
  const fresh = roles.map((role) => ({ ...role, title: role.title.trim(), id: roleId(newId()) }));
  for (const { title } of fresh) {
    if (title === "") throw new EditError("empty", "A role needs a title.");
    checkLength(title, LIMITS.name, NAMES.title);
  }
  if (plan.roles.size + fresh.length > LIMITS.roles) {
    throw new EditError("full", `A plan holds ${LIMITS.roles} roles at most, removed ones included.`);
  }
  if (fresh.length === 0) return [];
  write(plan, (transaction) => {
    for (const { id, title, side, kind } of fresh) {
      const map = new Y.Map<unknown>();
      plan.roles.set(id, map);
      map.set(ROLE.title, title);
      map.set(ROLE.side, side);
      if (kind !== undefined && kind !== "") map.set(ROLE.kind, kind);
      markAdded(transaction, map, new Date().toISOString());
    }
  });
  return fresh.map((role) => role.id);
}

/** Whether mail could reach it; only an obvious slip is told, the rest is for the mail server to know. */
export const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

/** Sets one thing about a role; the empty text takes it away. */
export function setRoleField(plan: Plan, id: RoleId, field: RoleField, value: string): void {
  const map = needRole(plan, id);
  const text = value.trim();
  checkLength(text, LIMITS.name, NAMES[field]);
  if (field === "title" && text === "") throw new EditError("empty", "A role needs a title.");
  if (field === "email" && text !== "" && !looksLikeEmail(text)) {
    throw new EditError("email", `“${text}” is not an e-mail address; one looks like name@company.com.`);
  }
  pick(plan, map, ROLE[field], text === "" ? null : text);
}

export function setRoleSide(plan: Plan, id: RoleId, side: Side): void {
  pick(plan, needRole(plan, id), ROLE.side, side);
}

/** By when this role has to be at the table. */
export function setInvolveBy(plan: Plan, id: RoleId, date: string | null): void {
  checkDate(date, "This");
  pick(plan, needRole(plan, id), ROLE.involveBy, date);
}

/** Says which person of this plan fills the role; a role without a name takes theirs. Null: nobody of the plan. */
export function setRolePerson(plan: Plan, id: RoleId, person: { readonly id: string; readonly name: string } | null): void {
  const map = needRole(plan, id);
  if ((map.get(ROLE.person) ?? null) === (person?.id ?? null)) return;
  write(plan, () => {
    if (person === null) {
      map.delete(ROLE.person);
      return;
    }
    map.set(ROLE.person, person.id);
    const name = map.get(ROLE.name);
    if ((name === undefined || name === "") && person.name !== "") map.set(ROLE.name, person.name.slice(0, LIMITS.name));
  });
}

/** Takes a role out of the plan; undo, or `restoreRole`, brings it back with all it had. */
export function removeRole(plan: Plan, id: RoleId): void {
  const map = needRole(plan, id);
  write(plan, () => void map.set(ROLE.del, new Date().toISOString()));
}

export function restoreRole(plan: Plan, id: RoleId): void {
  const map = plan.roles.get(id);
  if (map instanceof Y.Map && map.has(ROLE.del)) write(plan, () => map.delete(ROLE.del));
}

/** The shared text to type into; undefined in plans from before there was one, until `startWorking`. */
export function workingText(plan: Plan, field: WorkingField): Y.Text | undefined {
  const value = plan.working.get(WORKING[field]);
  return value instanceof Y.Text ? value : undefined;
}

/** Makes the missing texts of an older plan. Plans created now have them from the start. */
export function startWorking(plan: Plan): void {
  const missing = Object.values(WORKING).filter((key) => !(plan.working.get(key) instanceof Y.Text));
  if (missing.length === 0) return;
  write(plan, () => {
    for (const key of missing) {
      const before = plan.working.get(key);
      plan.working.set(key, new Y.Text(typeof before === "string" ? before : ""));
    }
  });
}
