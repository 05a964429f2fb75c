/**
 * Picked values that two people set without knowing of each other. One of them stands, the other would be gone
 * without a word: both people are told, and either can still have theirs.
 *
 * Yjs keeps every value a key ever had in one chain, each with the value it was put in place of. Two values
 * collide when neither was put in place of the other, directly or through others.
 */
import * as Y from "yjs";
import { isMap } from "./fields";
import { Cell, type Readable } from "./readable";
import { ANCHOR, META, NODE, nodeId, type NodeId, type Plan } from "./schema";

/** Which of a step's, or of the plan's, picked values are worth a question. */
const STEP_FIELDS = [NODE.due, NODE.start, NODE.days, NODE.status, NODE.side, NODE.alias, NODE.blockedReason, NODE.parent] as const;
const ANCHOR_FIELDS = [ANCHOR.date, ANCHOR.kind] as const;
const META_FIELDS = [META.title, META.noun] as const;

export type ConflictField = (typeof STEP_FIELDS)[number] | "owner" | `anchor:${(typeof ANCHOR_FIELDS)[number]}` | `meta:${(typeof META_FIELDS)[number]}`;

export interface Conflict {
  /** One per value: a later collision of the same value takes the place of the earlier. */
  readonly id: string;
  /** The step; null for the plan itself. */
  readonly node: NodeId | null;
  readonly field: ConflictField;
  readonly mine: string | number;
  readonly theirs: string | number;
  readonly stands: "mine" | "theirs";
  /** Client id of the other's session, by which presence knows them. */
  readonly client: number;
  /** The other's value came in while catching up: this person was offline when it was made. */
  readonly offline: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ConflictWatch {
  /** Undecided ones, oldest first. */
  readonly all: Readable<readonly Conflict[]>;
  readonly drop: (id: string) => void;
  readonly close: () => void;
}

export interface WatchOptions {
  /** Whether the client id is, or was, this person's. */
  readonly isMine: (client: number) => boolean;
  /** Whether a transaction of this origin brings what was missed. */
  readonly isCatchingUp: (origin: unknown) => boolean;
  /** Undecided ones from an earlier visit. */
  readonly kept?: readonly Conflict[];
  readonly now?: () => number;
}

/** Watches a document that already holds what this device knew of it. */
export function watchConflicts(plan: Plan, { isMine, isCatchingUp, kept = [], now = Date.now }: WatchOptions): ConflictWatch {
  const all = new Cell<readonly Conflict[]>(kept.filter((one) => stillStands(plan, one)));
  const after = (transaction: Y.Transaction): void => {
    const touched = touchedIn(plan, transaction);
    if (touched.length === 0) return;
    // Whoever changes the value again, knowing both, has decided.
    const rest = all.get().filter((one) => !touched.some(({ id }) => id === one.id) || stillStands(plan, one));
    const found = transaction.local ? [] : touched.flatMap((at) => collide(plan, transaction, at, isMine) ?? []);
    if (found.length === 0 && rest.length === all.get().length) return;
    const offline = isCatchingUp(transaction.origin);
    const fresh = found.map((one): Conflict => ({ ...one, offline, at: now() })).filter((one) => stillStands(plan, one));
    all.set([...rest.filter((one) => !fresh.some(({ id }) => id === one.id)), ...fresh]);
  };
  plan.doc.on("afterTransaction", after);
  return {
    all,
    drop: (id) => all.set(all.get().filter((one) => one.id !== id)),
    close: () => plan.doc.off("afterTransaction", after),
  };
}

/** A key that a transaction touched. */
interface Touched {
  readonly id: string;
  readonly node: NodeId | null;
  readonly field: ConflictField;
  readonly map: Y.Map<unknown>;
  readonly key: string;
}

function touchedIn(plan: Plan, { changed }: Y.Transaction): Touched[] {
  const out: Touched[] = [];
  for (const [type, keys] of changed) {
    const map: unknown = type;
    if (!isMap(map)) continue;
    const add = (node: NodeId | null, field: ConflictField, key: string): void => {
      const id = `${node ?? ""}/${field}`;
      if (!out.some((one) => one.id === id)) out.push({ id, node, field, map, key });
    };
    for (const key of keys) {
      if (key === null) continue;
      if (map === plan.anchor && isOne(ANCHOR_FIELDS, key)) add(null, `anchor:${key}`, key);
      else if (map === plan.meta && isOne(META_FIELDS, key)) add(null, `meta:${key}`, key);
      else if (map.parent === plan.nodes && isOne(STEP_FIELDS, key)) add(nodeId(map._item?.parentSub ?? ""), key, key);
      else if (map.parent?.parent === plan.nodes && map._item?.parentSub === NODE.owners) {
        add(nodeId(map.parent._item?.parentSub ?? ""), "owner", key);
      }
    }
  }
  return out;
}

function isOne<T extends string>(list: readonly T[], key: string): key is T {
  return (list as readonly string[]).includes(key);
}

type Found = Omit<Conflict, "offline" | "at">;

function collide(plan: Plan, transaction: Y.Transaction, at: Touched, isMine: (client: number) => boolean): Found | undefined {
  if (at.field === "owner") return twoOwners(transaction, at, isMine);
  const before = standingBefore(transaction, at.map, at.key);
  if (!before || !isMine(before.id.client)) return undefined;
  const came = newest(transaction, at.map, at.key);
  if (!came || isMine(came.id.client) || follows(plan.doc.store, came, before)) return undefined;
  const [mine, theirs] = [valueOf(before), valueOf(came)];
  if (!isShown(mine) || !isShown(theirs) || mine === theirs) return undefined;
  // A date the plan computed is nobody's wish.
  if (at.field === NODE.due && plannedBefore(transaction, at.map) === mine) return undefined;
  return { id: at.id, node: at.node, field: at.field, mine, theirs, stands: at.map.get(at.key) === mine ? "mine" : "theirs", client: came.id.client };
}

/** Two roles made accountable at once are two entries of one map, which nobody's edit takes away. */
function twoOwners(transaction: Y.Transaction, { id, node, map }: Touched, isMine: (client: number) => boolean): Found | undefined {
  const roles = [...map.entries()].filter(([, kind]) => kind === "accountable").map(([role]) => role);
  const of = (role: string): Y.Item | undefined => map._map.get(role);
  const came = roles.find((role) => isNew(transaction, of(role)) && !isMine(of(role)?.id.client ?? -1));
  const mine = roles.find((role) => !isNew(transaction, of(role)) && isMine(of(role)?.id.client ?? -1));
  const client = came === undefined ? undefined : of(came)?.id.client;
  if (came === undefined || mine === undefined || client === undefined) return undefined;
  return { id, node, field: "owner", mine, theirs: came, stands: accountableIn(map) === mine ? "mine" : "theirs", client };
}

/** Who reads as accountable: of several the smallest id, as every reader takes it. */
function accountableIn(map: Y.Map<unknown>): string | undefined {
  return [...map.entries()].filter(([, kind]) => kind === "accountable").map(([role]) => role).sort()[0];
}

const isShown = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

function isNew({ beforeState }: Y.Transaction, item: Y.Item | undefined): boolean {
  return item !== undefined && item.id.clock >= (beforeState.get(item.id.client) ?? 0);
}

/** What the key held before the transaction. Its value can be read until the transaction is cleaned up. */
function standingBefore(transaction: Y.Transaction, map: Y.Map<unknown>, key: string): Y.Item | undefined {
  for (let item = map._map.get(key) ?? null; item !== null; item = item.left) {
    if (isNew(transaction, item)) continue;
    return !item.deleted || Y.isDeleted(transaction.deleteSet, item.id) ? item : undefined;
  }
  return undefined;
}

/** The last value that the transaction brought, whether or not it stands. */
function newest(transaction: Y.Transaction, map: Y.Map<unknown>, key: string): Y.Item | undefined {
  for (let item = map._map.get(key) ?? null; item !== null; item = item.left) {
    if (isNew(transaction, item)) return item;
  }
  return undefined;
}

/** Whether `item` was put in place of `of`, directly or through others. */
function follows(store: Y.Doc["store"], item: Y.Item, of: Y.Item): boolean {
  for (let origin = item.origin; origin !== null; ) {
    if (origin.client === of.id.client && origin.clock >= of.id.clock && origin.clock < of.id.clock + of.length) return true;
    const next: unknown = Y.getItem(store, origin);
    origin = next instanceof Y.Item ? next.origin : null;
  }
  return false;
}

const valueOf = (item: Y.Item): unknown => item.content.getContent().at(-1);

function plannedBefore(transaction: Y.Transaction, map: Y.Map<unknown>): unknown {
  const item = standingBefore(transaction, map, NODE.planned);
  return item && valueOf(item);
}

function stillStands(plan: Plan, { node, field, mine, theirs, stands }: Conflict): boolean {
  const value = stands === "mine" ? mine : theirs;
  if (field.startsWith("anchor:")) return plan.anchor.get(field.slice(7)) === value;
  if (field.startsWith("meta:")) return plan.meta.get(field.slice(5)) === value;
  const map = node === null ? undefined : plan.nodes.get(node);
  if (!isMap(map) || map.has(NODE.del)) return false;
  if (field !== "owner") return map.get(field) === value;
  const owners = map.get(NODE.owners);
  return isMap(owners) && accountableIn(owners) === value && owners.get(String(stands === "mine" ? theirs : mine)) === "accountable";
}
