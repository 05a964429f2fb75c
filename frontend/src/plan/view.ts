/** Reads a plan into plain values. Never throws on odd content: it leaves out, defaults, or warns. */
import * as Y from "yjs";
import {
  ANCHOR,
  ANCHOR_KINDS,
  DEFAULT_NOUN,
  META,
  NODE,
  OWNER_KINDS,
  PLAN_STATUSES,
  SIDES,
  STEP_STATUSES,
  parseDate,
  roleId,
  threadId,
  type AnchorKind,
  type MessageId,
  type NodeId,
  type OwnerKind,
  type Plan,
  type PlanDate,
  type PlanStatus,
  type RoleId,
  type Side,
  type StepStatus,
  type ThreadId,
} from "./schema";
import { placeOf, type Place } from "./tree";

export interface MetaSnapshot {
  readonly schema: number;
  readonly planId: string;
  readonly epoch: number;
  readonly title: string;
  readonly noun: string;
  readonly status: PlanStatus;
}

export interface AnchorSnapshot {
  readonly kind: AnchorKind;
  readonly date: PlanDate | null;
  readonly provisional: boolean;
  readonly event: { readonly what: string; readonly source: string; readonly consequence: string } | null;
}

export interface OwnerSnapshot {
  readonly role: RoleId;
  readonly kind: OwnerKind;
}

/** One stage, step or subtask, without what stands under it. */
export interface NodeSnapshot extends Place {
  readonly title: string;
  /** Plain text of the description: blocks separated by a newline. */
  readonly noteText: string;
  readonly why: string;
  readonly alias: string;
  readonly status: StepStatus;
  readonly side: Side;
  readonly due: PlanDate | null;
  readonly start: PlanDate | null;
  /** Duration in business days. */
  readonly days: number | null;
  readonly likelyBlocker: boolean;
  /** Accountable first, then by role id. */
  readonly owners: readonly OwnerSnapshot[];
}

export interface RoleSnapshot {
  readonly id: RoleId;
  readonly title: string;
  readonly side: Side;
  readonly kind: string;
  readonly name: string;
}

/** Who wrote something, as the server stamped it. */
export interface Author {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
}

export interface MessageSnapshot {
  readonly id: MessageId;
  readonly by: Author;
  /** ISO time. */
  readonly at: string;
  readonly body: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
}

export interface ThreadAnchor {
  readonly kind: "text" | "node" | "unknown";
  /** `summary`, `note`, or a field of the node. */
  readonly field: string;
  readonly node: NodeId | null;
  readonly quote: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface ThreadSnapshot {
  readonly id: ThreadId;
  readonly anchor: ThreadAnchor;
  readonly by: Author;
  readonly at: string;
  readonly resolved: boolean;
  /** In the order they were written. */
  readonly messages: readonly MessageSnapshot[];
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The string in a plain value or a Y.Text; the empty string for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Y.Text && !(value instanceof Y.XmlText)) return plainText(value);
  return "";
}

function plainText(text: Y.Text): string {
  return text.toJSON();
}

function oneOf<T extends string>(values: readonly T[], value: unknown, otherwise: T): T {
  return (values as readonly unknown[]).includes(value) ? (value as T) : otherwise;
}

export function readMeta(plan: Plan): MetaSnapshot {
  const schema = plan.meta.get(META.schema);
  const epoch = plan.meta.get(META.epoch);
  const noun = textOf(plan.meta.get(META.noun));
  return {
    schema: typeof schema === "number" ? schema : 0,
    planId: textOf(plan.meta.get(META.planId)),
    epoch: typeof epoch === "number" ? epoch : 0,
    title: textOf(plan.meta.get(META.title)),
    noun: noun === "" ? DEFAULT_NOUN : noun,
    status: oneOf(PLAN_STATUSES, plan.meta.get(META.status), "draft"),
  };
}

export function readAnchor(plan: Plan): AnchorSnapshot {
  const event = plan.anchor.get(ANCHOR.event);
  const part = (key: string): string => {
    if (event instanceof Y.Map) return textOf((event as Y.Map<unknown>).get(key));
    if (typeof event === "object" && event !== null && !Array.isArray(event)) {
      return textOf((event as Record<string, unknown>)[key]);
    }
    return "";
  };
  const [what, source, consequence] = [part("what"), part("source"), part("consequence")];
  return {
    kind: oneOf(ANCHOR_KINDS, plan.anchor.get(ANCHOR.kind), "go-live"),
    date: parseDate(plan.anchor.get(ANCHOR.date)) ?? null,
    provisional: plan.anchor.get(ANCHOR.provisional) === true,
    event: what + source + consequence === "" ? null : { what, source, consequence },
  };
}

export function readNode(id: NodeId, map: Y.Map<unknown>): NodeSnapshot {
  const note = map.get(NODE.note);
  const days = map.get(NODE.days);
  return {
    ...placeOf(id, map),
    title: textOf(map.get(NODE.title)),
    noteText: note instanceof Y.XmlFragment ? fragmentText(note) : "",
    why: textOf(map.get(NODE.why)),
    alias: textOf(map.get(NODE.alias)),
    status: oneOf(STEP_STATUSES, map.get(NODE.status), "not-started"),
    side: oneOf(SIDES, map.get(NODE.side), "joint"),
    due: parseDate(map.get(NODE.due)) ?? null,
    start: parseDate(map.get(NODE.start)) ?? null,
    days: typeof days === "number" && Number.isInteger(days) && days >= 0 ? days : null,
    likelyBlocker: map.get(NODE.likelyBlocker) === true,
    owners: readOwners(map.get(NODE.owners)),
  };
}

function readOwners(value: unknown): OwnerSnapshot[] {
  if (!(value instanceof Y.Map)) return [];
  const owners: OwnerSnapshot[] = [];
  (value as Y.Map<unknown>).forEach((kind, role) => {
    if ((OWNER_KINDS as readonly unknown[]).includes(kind)) owners.push({ role: roleId(role), kind: kind as OwnerKind });
  });
  return owners.sort((a, b) => (a.kind === b.kind ? (a.role < b.role ? -1 : 1) : a.kind === "accountable" ? -1 : 1));
}

export function readRoles(plan: Plan): RoleSnapshot[] {
  const roles: RoleSnapshot[] = [];
  plan.roles.forEach((value, key) => {
    if (!(value instanceof Y.Map)) return;
    const map = value as Y.Map<unknown>;
    roles.push({
      id: roleId(key),
      title: textOf(map.get("title")),
      side: oneOf(SIDES, map.get("side"), "joint"),
      kind: textOf(map.get("kind")),
      name: textOf(map.get("name")),
    });
  });
  return roles.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function readThread(id: ThreadId, map: Y.Map<unknown>): ThreadSnapshot {
  const anchor = fields(map.get("anchor"));
  const kind = textOf(anchor["kind"]);
  const node = textOf(anchor["node"]);
  const messages: MessageSnapshot[] = [];
  const msgs = map.get("msgs");
  if (msgs instanceof Y.Map) {
    (msgs as Y.Map<unknown>).forEach((value, key) => {
      const msg = fields(value);
      messages.push({
        id: key as MessageId,
        by: readAuthor(msg["by"]),
        at: textOf(msg["at"]),
        body: textOf(msg["body"]),
        editedAt: textOf(msg["editedAt"]) || null,
        deletedAt: textOf(msg["deletedAt"]) || null,
      });
    });
  }
  messages.sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
  return {
    id,
    anchor: {
      kind: kind === "text" || kind === "node" ? kind : "unknown",
      field: textOf(anchor["field"]),
      node: node === "" ? null : (node as NodeId),
      quote: textOf(anchor["quote"]),
      prefix: textOf(anchor["prefix"]),
      suffix: textOf(anchor["suffix"]),
    },
    by: readAuthor(map.get("by")),
    at: textOf(map.get("at")),
    resolved: isResolved(map.get("resolved")),
    messages,
  };
}

function isResolved(value: unknown): boolean {
  return value === true || (value !== null && value !== undefined && value !== false && value !== "");
}

export function readThreads(plan: Plan): ThreadSnapshot[] {
  const threads: ThreadSnapshot[] = [];
  plan.threads.forEach((value, key) => {
    if (value instanceof Y.Map) threads.push(readThread(threadId(key), value as Y.Map<unknown>));
  });
  return threads.sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
}

function readAuthor(value: unknown): Author {
  const author = fields(value);
  return {
    id: textOf(author["id"]),
    name: textOf(author["name"]),
    role: textOf(author["role"]),
    side: textOf(author["side"]),
  };
}

/** The entries of a Y.Map or a plain object; nothing for anything else. */
function fields(value: unknown): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (value instanceof Y.Map) (value as Y.Map<unknown>).forEach((entry, key) => void (out[key] = entry));
  else if (typeof value === "object" && value !== null && !Array.isArray(value)) Object.assign(out, value);
  return out;
}

/** Plain text of rich text: one line per text block. */
export function fragmentText(fragment: Y.XmlFragment): string {
  const lines: string[] = [];
  const visit = (type: Y.XmlFragment): void => {
    let line: string | null = null;
    for (const child of type.toArray()) {
      if (child instanceof Y.XmlText) {
        line = (line ?? "") + xmlTextOf(child);
      } else if (child instanceof Y.XmlElement && child.nodeName === "hardBreak") {
        line = `${line ?? ""}\n`;
      } else if (child instanceof Y.XmlElement) {
        if (line !== null) lines.push(line);
        line = null;
        visit(child);
      }
    }
    if (line !== null) lines.push(line);
    else if (type.length === 0 && type instanceof Y.XmlElement) lines.push("");
  };
  visit(fragment);
  return lines.join("\n");
}

function xmlTextOf(text: Y.XmlText): string {
  let out = "";
  for (const op of text.toDelta() as { insert?: unknown }[]) if (typeof op.insert === "string") out += op.insert;
  return out;
}
