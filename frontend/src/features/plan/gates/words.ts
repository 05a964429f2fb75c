import type { GateState } from "../../../plan/schema";
import type { MissingView } from "../../../plan/gate";
import type { ChangedField, GateSnapshot } from "../../../plan/gate-state";
import type { RoleSnapshot } from "../../../plan/view";
import type { MessageId, Translate } from "../../../ui/text";
import type { Person } from "../screen";

const states: Record<GateState, MessageId> = {
  open: "gate.state.open",
  ready: "gate.state.ready",
  passed: "gate.state.passed",
  changed: "gate.state.changed",
  declined: "gate.state.declined",
};

export const stateMessage = (state: GateState): MessageId => states[state];

const fields: Record<ChangedField, MessageId> = {
  title: "gate.field.title",
  note: "gate.field.note",
  why: "gate.field.why",
  outcome: "gate.field.outcome",
  side: "gate.field.side",
  start: "gate.field.start",
  due: "gate.field.due",
  days: "gate.field.days",
  evidence: "gate.field.evidence",
  reviewer: "gate.field.reviewer",
  locks: "gate.field.locks",
  owners: "gate.field.owners",
  entry: "gate.field.entry",
  exit: "gate.field.exit",
  entryCheck: "gate.field.check",
  exitCheck: "gate.field.check",
  links: "gate.field.links",
};

export const fieldMessage = (field: ChangedField): MessageId => fields[field];

/** What stands before a sign-off, one sentence part each. */
export function missingWords(t: Translate, gate: GateSnapshot): string[] {
  return gate.missing.map((missing) => missingWord(t, gate, missing));
}

function missingWord(t: Translate, gate: GateSnapshot, missing: MissingView): string {
  switch (missing.code) {
    case "reviewer":
      return t("gate.missing.reviewer");
    case "evidence":
      return t("gate.missing.evidence", { need: missing.need, have: missing.have });
    case "entry":
    case "exit": {
      const text = gate[missing.code].find((one) => one.id === missing.id)?.text ?? "";
      return text.trim() === "" ? t("gate.missing.blank") : t("gate.missing.criterion", { text });
    }
  }
}

/** Whether this person may speak as a role. The server decides in the same way (`seat` in server/plan). */
export type Seat =
  | { readonly kind: "mine"; readonly role: RoleSnapshot }
  | { readonly kind: "free"; readonly role: RoleSnapshot }
  | { readonly kind: "others"; readonly role: RoleSnapshot }
  | { readonly kind: "none" };

export function seatOf(roles: readonly RoleSnapshot[], id: string, person: Person | null): Seat {
  const role = roles.find((one) => one.id === id);
  if (!role) return { kind: "none" };
  if (!takesPart(person)) return { kind: "others", role };
  const mySide = role.side === "joint" || role.side === person?.side;
  if (role.person !== "") return { kind: mySide && role.person === person?.id ? "mine" : "others", role };
  const myName = role.name === "" || sameName(role.name, person?.name ?? "");
  return { kind: mySide && myName ? "free" : "others", role };
}

/** Owners, sellers, champions and buyers decide; the others look on. */
export function takesPart(person: Person | null): boolean {
  return person !== null && ["owner", "seller", "champion", "buyer"].includes(person.role);
}

function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.trim().replace(/\s+/g, " ").toLowerCase();
  return plain(a) === plain(b);
}
