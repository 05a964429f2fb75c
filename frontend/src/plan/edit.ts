/**
 * Every edit a person can make: one function, one transaction, one undo entry. Buttons, shortcuts and
 * menus all call these. An impossible request throws an EditError and changes nothing.
 */
import * as Y from "yjs";
import { emptyGate } from "./gate";
import { newId } from "./id";
import { ordBetween, ordsBetween } from "./ord";
import {
  ANCHOR,
  CHILD_KINDS,
  LIMITS,
  LOCAL,
  META,
  NODE,
  ROLE,
  SIDES,
  nodeId,
  nodeMap,
  parseDate,
  roleId,
  type AnchorKind,
  type NodeId,
  type NodeKind,
  type OwnerKind,
  type Plan,
  type PlanStatus,
  type RoleId,
  type Side,
  type StepKind,
  type StepStatus,
} from "./schema";
import { spliceText } from "./text";
import { arrange, buildTree, comparePlaces, isWithin, kindAt, readPlaces, type Place } from "./tree";
import { markAdded, startAdding, Typing } from "./undo";

export type EditCode = "gone" | "kind" | "cycle" | "depth" | "date" | "number" | "length" | "full" | "empty" | "email" | "url" | "stage";

/** Why an edit can't be made. The message is a sentence for the person who tried. */
export class EditError extends Error {
  constructor(
    readonly code: EditCode,
    message: string,
  ) {
    super(message);
    this.name = "EditError";
  }
}

/** A place among siblings: under `parent` (null: the plan itself), before a sibling (null: at the end). */
export interface Spot {
  readonly parent: NodeId | null;
  readonly before: NodeId | null;
}

/** The node's map, or the sentence that it is gone. */
export function need(plan: Plan, id: NodeId): Y.Map<unknown> {
  const map = nodeMap(plan, id);
  if (!map) throw new EditError("gone", "That step is no longer in the plan.");
  return map;
}

/** Runs edits as one transaction and one undo entry. */
export function write(plan: Plan, fn: (transaction: Y.Transaction) => void): void {
  plan.doc.transact(fn, LOCAL);
}

/** Sets or, for null, clears a picked value; nothing is written when it already stands so. */
export function pick(plan: Plan, map: Y.Map<unknown>, key: string, value: string | number | boolean | null): void {
  if (value === null ? !map.has(key) : map.get(key) === value) return;
  write(plan, () => {
    if (value === null) map.delete(key);
    else map.set(key, value);
  });
}

export function checkLength(text: string, limit: number, what: string): void {
  if (text.length > limit) {
    throw new EditError("length", `${what} can have ${limit} characters at most; this has ${text.length}.`);
  }
}

export function checkDate(date: string | null, what: string): void {
  if (date !== null && parseDate(date) === undefined) {
    throw new EditError("date", `${what} must be a date like 2027-03-31; “${date}” isn't one.`);
  }
}

// ---- plan ----

export function setPlanTitle(plan: Plan, title: string): void {
  const text = title.trim();
  if (text === "") throw new EditError("empty", "The plan needs a title.");
  checkLength(text, LIMITS.title, "The plan's title");
  pick(plan, plan.meta, META.title, text);
}

export function setNoun(plan: Plan, noun: string): void {
  const text = noun.trim();
  checkLength(text, LIMITS.noun, "The plan's noun");
  pick(plan, plan.meta, META.noun, text === "" ? null : text);
}

export function setPlanStatus(plan: Plan, status: PlanStatus): void {
  pick(plan, plan.meta, META.status, status);
}

/** Changes the parts of the anchor that are given. A null date takes the date away. */
export function setAnchor(
  plan: Plan,
  change: { readonly kind?: AnchorKind; readonly date?: string | null; readonly provisional?: boolean },
): void {
  const { kind, date, provisional } = change;
  if (date !== undefined) checkDate(date, "The plan's date");
  const { anchor } = plan;
  const differs =
    (kind !== undefined && anchor.get(ANCHOR.kind) !== kind) ||
    (date !== undefined && (anchor.get(ANCHOR.date) ?? null) !== date) ||
    (provisional !== undefined && (anchor.get(ANCHOR.provisional) === true) !== provisional);
  if (!differs) return;
  write(plan, () => {
    if (kind !== undefined && anchor.get(ANCHOR.kind) !== kind) anchor.set(ANCHOR.kind, kind);
    if (date === null) anchor.delete(ANCHOR.date);
    else if (date !== undefined && anchor.get(ANCHOR.date) !== date) anchor.set(ANCHOR.date, date);
    if (provisional !== undefined && (anchor.get(ANCHOR.provisional) === true) !== provisional) {
      anchor.set(ANCHOR.provisional, provisional);
    }
  });
}

// ---- structure ----

/** Adds a stage before another (null: at the end) and returns its id. */
export function addStage(plan: Plan, title: string, before: NodeId | null = null): NodeId {
  return addNode(plan, "stage", title, { parent: null, before });
}

/**
 * Adds a step or subtask and returns its id. It takes its parent's side, or stays without one so that it
 * reads as joint.
 */
export function addStep(plan: Plan, kind: StepKind, title: string, spot: Spot, side?: Side): NodeId {
  return addNode(plan, kind, title, spot, side);
}

function addNode(plan: Plan, kind: NodeKind, title: string, spot: Spot, side?: Side): NodeId {
  checkLength(title, LIMITS.title, "A title");
  checkRoom(plan, 1);
  const places = readPlaces(plan);
  checkParent(places, kind, spot.parent);
  const id = nodeId(newId());
  write(plan, (transaction) => createNode(plan, transaction, places, { id, kind, title, side }, spot));
  return id;
}

/** Refuses when the plan can't hold `more` nodes: so many may be in it, and so many with the deleted ones. */
export function checkRoom(plan: Plan, more: number): void {
  const full = plan.nodes.size + more > LIMITS.nodesStored;
  if (!full && plan.nodes.size + more <= LIMITS.nodes) return;
  const live = [...readPlaces(plan).values()].filter(({ del }) => del === null).length;
  if (full || live + more > LIMITS.nodes) throw new EditError("full", `A plan holds ${LIMITS.nodes} stages and steps at most.`);
}

export interface NewNode {
  readonly id: NodeId;
  readonly kind: NodeKind;
  readonly title: string;
  readonly side?: Side | undefined;
  readonly status?: StepStatus;
  /** Fills the node before anyone sees it. */
  readonly fill?: (map: Y.Map<unknown>) => void;
}

/**
 * Writes a node with all its nested types, inside a transaction. Nested types are made here and only here:
 * two people who each made a missing one would lose what one of them typed into it. `places` learns of it.
 */
export function createNode(plan: Plan, transaction: Y.Transaction, places: Places, node: NewNode, spot: Spot): void {
  const { id, title, side, fill } = node;
  const kind = kindAt(node.kind, shownKind(places, spot.parent));
  startAdding(transaction);
  const map = new Y.Map<unknown>();
  plan.nodes.set(id, map);
  map.set(NODE.kind, kind);
  places.set(id, { id, kind, parent: spot.parent, ord: "", del: null });
  place(plan, places, map, id, spot);
  map.set(NODE.title, new Y.Text(title));
  map.set(NODE.note, emptyNote());
  map.set(NODE.why, new Y.Text());
  map.set(NODE.owners, new Y.Map());
  map.set(NODE.after, new Y.Map());
  map.set(NODE.links, new Y.Map());
  if (kind !== "stage") map.set(NODE.gate, emptyGate());
  if (kind !== "stage") map.set(NODE.status, node.status ?? "not-started");
  if (side !== undefined) map.set(NODE.side, side);
  fill?.(map);
  markAdded(transaction, map, new Date().toISOString());
}

/**
 * A description to type into. It holds a paragraph with a text: two people who start typing at the same
 * moment then write into one text.
 */
function emptyNote(): Y.XmlFragment {
  const fragment = new Y.XmlFragment();
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.insert(0, [new Y.XmlText()]);
  fragment.insert(0, [paragraph]);
  return fragment;
}

/** Places that edits of one transaction keep up to date. */
export type Places = Map<NodeId, Place>;

/** What the node reads as where it stands; null for the plan itself, and for a node that isn't there. */
export function shownKind(places: ReadonlyMap<NodeId, Place>, id: NodeId | null): Place["kind"] | null {
  const path: Place[] = [];
  for (let at = id; at !== null && !path.some((place) => place.id === at); ) {
    const here = places.get(at);
    if (!here) break;
    path.push(here);
    at = here.parent;
  }
  return path.reduceRight<Place["kind"] | null>((above, here) => kindAt(here.kind, above), null);
}

function checkParent(places: ReadonlyMap<NodeId, Place>, kind: NodeKind | "unknown", parent: NodeId | null): void {
  if (parent !== null && !places.has(parent)) throw new EditError("gone", "The place you chose is no longer in the plan.");
  const above = parent === null ? "" : (shownKind(places, parent) ?? "unknown");
  if (mayStand(kind, above)) return;
  const where = above === "" ? "directly in the plan" : `under a ${above}`;
  throw new EditError("kind", `A ${kind} can't stand ${where}.`);
}

function mayStand(kind: Place["kind"], above: Place["kind"] | ""): boolean {
  return above !== "unknown" && (CHILD_KINDS[above] as readonly string[]).includes(kindAt(kind, above === "" ? null : above));
}

/**
 * Whether what stands under the node finds a level of its own when the node stands under `parent`; what two
 * people's moves made too deep already may go anywhere that makes it no worse.
 */
function fitsBelow(places: ReadonlyMap<NodeId, Place>, id: NodeId, parent: NodeId | null): boolean {
  const children = childrenOf(places);
  const misfits = (at: NodeId, above: Place["kind"] | null, depth: number): number => {
    const kind = kindAt(places.get(at)?.kind ?? "unknown", above);
    let count = 0;
    for (const child of children.get(at) ?? []) {
      if (child.del !== null) continue;
      if (!mayStand(child.kind, kind)) count++;
      if (depth < places.size) count += misfits(child.id, kind, depth + 1);
    }
    return count;
  };
  const there = misfits(id, shownKind(places, parent), 0);
  return there === 0 || there <= misfits(id, shownKind(places, places.get(id)?.parent ?? null), 0);
}

function childrenOf(places: ReadonlyMap<NodeId, Place>): Map<NodeId | null, Place[]> {
  const children = new Map<NodeId | null, Place[]>();
  for (const place of places.values()) {
    const list = children.get(place.parent);
    if (list) list.push(place);
    else children.set(place.parent, [place]);
  }
  return children;
}

/**
 * Places with rings cut, as everyone sees them, and the nodes where they were cut. A ring may have come from
 * two people's moves at once; whoever moves next writes the cut down, or mending one member would throw the
 * others about.
 */
function cutPlaces(plan: Plan): { places: Places; cuts: readonly NodeId[] } {
  const places = readPlaces(plan);
  const cuts = arrange(places).cuts.map(nodeId);
  for (const id of cuts) {
    const place = places.get(id);
    if (place) places.set(id, { ...place, parent: null });
  }
  return { places, cuts };
}

function mend(plan: Plan, places: Places, cuts: readonly NodeId[]): void {
  for (const id of cuts) {
    const map = nodeMap(plan, id);
    if (map) setPlace(places, map, id, null, places.get(id)?.ord ?? "");
  }
}

/** Whether `moveNode` would accept this; false also when it would change nothing. */
export function canMove(plan: Plan, id: NodeId, spot: Spot): boolean {
  return moveCheck(plan, id)(spot);
}

/** `canMove` for many spots at once: the plan is read when this is called, not per spot. */
export function moveCheck(plan: Plan, id: NodeId): (spot: Spot) => boolean {
  const { places } = cutPlaces(plan);
  const answers = new Map<NodeId | null, boolean>();
  const check = (parent: NodeId | null): boolean => {
    const here = places.get(id);
    if (!here || here.kind === "unknown" || (parent !== null && !places.has(parent))) return false;
    const above = parent === null ? "" : (shownKind(places, parent) ?? "unknown");
    return mayStand(here.kind, above) && (parent === null || !isWithin(places, parent, id)) && fitsBelow(places, id, parent);
  };
  return ({ parent, before }) => {
    if (before === id) return false;
    let answer = answers.get(parent);
    if (answer === undefined) answers.set(parent, (answer = check(parent)));
    return answer;
  };
}

/** Moves a node, with all that stands under it. */
export function moveNode(plan: Plan, id: NodeId, spot: Spot): void {
  const map = need(plan, id);
  const { places, cuts } = cutPlaces(plan);
  if (spot.parent !== null && isWithin(places, spot.parent, id)) {
    throw new EditError("cycle", "A step can't be moved into itself.");
  }
  checkParent(places, places.get(id)?.kind ?? "unknown", spot.parent);
  if (!fitsBelow(places, id, spot.parent)) {
    throw new EditError("depth", "That would put subtasks under subtasks. Move what stands under this step out first.");
  }
  if (spot.before === id || (cuts.length === 0 && standsAt(places, id, spot))) return;
  write(plan, () => {
    mend(plan, places, cuts);
    place(plan, places, map, id, spot);
  });
}

/** Whether the node already stands right before `spot.before` among the live siblings. */
function standsAt(places: ReadonlyMap<NodeId, Place>, id: NodeId, spot: Spot): boolean {
  if (places.get(id)?.parent !== spot.parent) return false;
  const live = siblings(places, spot.parent).filter((sibling) => sibling.del === null || sibling.id === id);
  const next = live[live.findIndex((sibling) => sibling.id === id) + 1]?.id ?? null;
  return next === spot.before;
}

/** One step among visible siblings; at an edge, into the neighbouring stage. False when there is no way. */
export function nudge(plan: Plan, id: NodeId, direction: "up" | "down"): boolean {
  const spot = nudgeSpot(plan, id, direction);
  if (!spot) return false;
  moveNode(plan, id, spot);
  return true;
}

/** Where `nudge` would put the node; undefined when it can't go further. */
export function nudgeSpot(plan: Plan, id: NodeId, direction: "up" | "down"): Spot | undefined {
  const { places } = cutPlaces(plan);
  const here = places.get(id);
  if (here?.del !== null) return undefined;
  const list = siblings(places, here.parent).filter((sibling) => sibling.del === null);
  const at = list.findIndex((sibling) => sibling.id === id);
  const sibling = list[at + (direction === "up" ? -1 : 1)];
  if (sibling) {
    return { parent: here.parent, before: direction === "up" ? sibling.id : (list[at + 2]?.id ?? null) };
  }
  if (here.kind === "stage" || here.parent === null) return undefined;
  const aunt = places.get(here.parent);
  if (!aunt) return undefined;
  const aunts = siblings(places, aunt.parent).filter((other) => other.del === null && other.kind === aunt.kind);
  const next = aunts[aunts.findIndex((other) => other.id === aunt.id) + (direction === "up" ? -1 : 1)];
  if (!next) return undefined;
  if (direction === "up") return { parent: next.id, before: null };
  const first = siblings(places, next.id).find((child) => child.del === null);
  return { parent: next.id, before: first?.id ?? null };
}

/** All under `parent` in order, deleted ones included. */
export function siblings(places: ReadonlyMap<NodeId, Place>, parent: NodeId | null): Place[] {
  return [...places.values()].filter((place) => place.parent === parent).sort(comparePlaces);
}

/**
 * Writes parent and ord together. Where neighbours hold equal or unusable keys (two people inserted at
 * one place), the siblings that follow the gap get fresh keys up to the next strict neighbour.
 */
export function place(plan: Plan, places: Places, map: Y.Map<unknown>, id: NodeId, spot: Spot): void {
  const list = siblings(places, spot.parent).filter((sibling) => sibling.id !== id);
  const found = spot.before === null ? -1 : list.findIndex((sibling) => sibling.id === spot.before);
  const at = found === -1 ? list.length : found;
  const low = list[at - 1]?.ord ?? null;
  const put = (target: NodeId, key: string | undefined): void => {
    const of = target === id ? map : nodeMap(plan, target);
    if (of && key !== undefined) setPlace(places, of, target, spot.parent, key);
  };
  const simple = ordBetween(low, list[at]?.ord ?? null);
  if (simple !== undefined) {
    put(id, simple);
    return;
  }
  for (let end = at; end <= list.length; end++) {
    const keys = ordsBetween(low, list[end]?.ord ?? null, end - at + 1);
    if (!keys) continue;
    keys.forEach((key, n) => put(n === 0 ? id : (list[at + n - 1]?.id ?? id), key));
    return;
  }
  // The neighbour below holds no usable key: give the whole list fresh ones.
  const order = [...list.slice(0, at), { id }, ...list.slice(at)];
  const keys = ordsBetween(null, null, order.length) ?? [];
  order.forEach((target, n) => put(target.id, keys[n]));
}

function setPlace(places: Places, map: Y.Map<unknown>, id: NodeId, parent: NodeId | null, ord: string): void {
  map.set(NODE.parent, parent ?? "");
  map.set(NODE.ord, ord);
  const before = places.get(id);
  if (before) places.set(id, { ...before, parent, ord });
}

/** Deletes softly: the node and what stands under it leave the plan and can be restored. */
export function removeNode(plan: Plan, id: NodeId): void {
  const map = need(plan, id);
  if (map.get(NODE.del) !== undefined) return;
  write(plan, () => void map.set(NODE.del, new Date().toISOString()));
}

/** Brings a deleted node back, with the deleted nodes it stands under: otherwise it would stay hidden. */
export function restoreNode(plan: Plan, id: NodeId): void {
  need(plan, id);
  const places = readPlaces(plan);
  const deleted: NodeId[] = [];
  const met = new Set<NodeId>();
  for (let at: NodeId | null = id; at !== null && !met.has(at); at = places.get(at)?.parent ?? null) {
    met.add(at);
    if (places.get(at)?.del != null) deleted.push(at);
  }
  if (deleted.length === 0) return;
  if (places.size > LIMITS.nodes) {
    const live = [...places.values()].filter(({ del }) => del === null).length;
    if (live + deleted.length > LIMITS.nodes) throw new EditError("full", `A plan holds ${LIMITS.nodes} stages and steps at most.`);
  }
  write(plan, () => {
    for (const member of deleted) nodeMap(plan, member)?.delete(NODE.del);
  });
}

// ---- one node's fields ----

/** How text reaches the document: keystroke by keystroke, or all at once when the person is done. */
export type TextMode = "typing" | "commit";

/** Renames a stage or step with the smallest splice, so that two people typing in one title both stay. */
export function setTitle(plan: Plan, id: NodeId, title: string, mode: TextMode = "commit"): void {
  checkLength(title, LIMITS.title, "A title");
  writeText(plan, id, NODE.title, title, mode);
}

export function setWhy(plan: Plan, id: NodeId, why: string, mode: TextMode = "commit"): void {
  checkLength(why, LIMITS.why, "The reason");
  writeText(plan, id, NODE.why, why, mode);
}

function writeText(plan: Plan, id: NodeId, key: string, next: string, mode: TextMode): void {
  const map = need(plan, id);
  const text = map.get(key);
  if (text instanceof Y.Text ? text.toJSON() === next : next === "") return;
  const origin = mode === "typing" ? new Typing(`${id} ${key}`) : LOCAL;
  plan.doc.transact(() => {
    if (text instanceof Y.Text) spliceText(text, next);
    else map.set(key, new Y.Text(next));
  }, origin);
}

export function setStatus(plan: Plan, id: NodeId, status: StepStatus): void {
  pick(plan, need(plan, id), NODE.status, status);
}

/** What a blocked step waits for; null or nothing takes it away. */
export function setBlockedReason(plan: Plan, id: NodeId, reason: string | null): void {
  const text = reason?.trim() ?? "";
  checkLength(text, LIMITS.blockedReason, "The reason");
  pick(plan, need(plan, id), NODE.blockedReason, text === "" ? null : text);
}

/** The name the other side knows the step by; null or nothing takes it away. */
export function setAlias(plan: Plan, id: NodeId, alias: string | null): void {
  const text = alias?.trim() ?? "";
  checkLength(text, LIMITS.title, "The other name");
  pick(plan, need(plan, id), NODE.alias, text === "" ? null : text);
}

/** Makes a step a milestone, or a plain one again. Where it stands decides whether it reads as one. */
export function setMilestone(plan: Plan, id: NodeId, on: boolean): void {
  const map = need(plan, id);
  if (map.get(NODE.kind) === "stage") throw new EditError("kind", "A stage can't become a milestone.");
  pick(plan, map, NODE.kind, on ? "milestone" : "task");
}

export function setSide(plan: Plan, id: NodeId, side: Side): void {
  pick(plan, need(plan, id), NODE.side, side);
}

export function setDue(plan: Plan, id: NodeId, date: string | null): void {
  checkDate(date, "A due date");
  pick(plan, need(plan, id), NODE.due, date);
}

export function setStart(plan: Plan, id: NodeId, date: string | null): void {
  checkDate(date, "A start date");
  pick(plan, need(plan, id), NODE.start, date);
}

/** Sets the duration in business days. */
export function setDays(plan: Plan, id: NodeId, days: number | null): void {
  if (days !== null && (!Number.isInteger(days) || days < 0 || days > 1000)) {
    throw new EditError("number", "A duration is a whole number of business days, from 0 to 1000.");
  }
  pick(plan, need(plan, id), NODE.days, days);
}

export function setLikelyBlocker(plan: Plan, id: NodeId, likely: boolean): void {
  pick(plan, need(plan, id), NODE.likelyBlocker, likely ? true : null);
}

/**
 * Makes one role accountable in place of whichever was; null leaves none. Contributors stay. A step whose side
 * nobody chose is then on the side of the role.
 */
export function setAccountable(plan: Plan, id: NodeId, role: RoleId | null): void {
  const map = need(plan, id);
  const owners = map.get(NODE.owners);
  const now = owners instanceof Y.Map ? [...(owners as Y.Map<unknown>).entries()] : [];
  const others = now.filter(([key, kind]) => kind === "accountable" && key !== role).map(([key]) => key);
  const has = role === null || now.some(([key, kind]) => key === role && kind === "accountable");
  if (others.length === 0 && has) return;
  write(plan, () => {
    const target = ownersMap(map);
    for (const key of others) target.delete(key);
    if (role === null || has) return;
    target.set(role, "accountable" satisfies OwnerKind);
    const side = roleSide(plan, role);
    if (!map.has(NODE.side) && side !== undefined) map.set(NODE.side, side);
  });
}

function roleSide(plan: Plan, role: RoleId): Side | undefined {
  const map = plan.roles.get(role);
  const side: unknown = map instanceof Y.Map ? map.get(ROLE.side) : undefined;
  return SIDES.find((one) => one === side);
}

/** Adds or removes a contributing role. An accountable role stays accountable. */
export function setContributor(plan: Plan, id: NodeId, role: RoleId, contributes: boolean): void {
  const map = need(plan, id);
  const owners = map.get(NODE.owners);
  const kind = owners instanceof Y.Map ? (owners as Y.Map<unknown>).get(role) : undefined;
  if (kind === "accountable" || (kind === "contributor") === contributes) return;
  write(plan, () => {
    if (contributes) ownersMap(map).set(role, "contributor" satisfies OwnerKind);
    else ownersMap(map).delete(role);
  });
}

function ownersMap(map: Y.Map<unknown>): Y.Map<unknown> {
  const owners = map.get(NODE.owners);
  if (owners instanceof Y.Map) return owners as Y.Map<unknown>;
  const fresh = new Y.Map<unknown>();
  map.set(NODE.owners, fresh);
  return fresh;
}

// ---- roles ----

/** Adds a role that steps can be given to, and returns its id. */
export function addRole(plan: Plan, title: string, side: Side): RoleId {
  const text = title.trim();
  if (text === "") throw new EditError("empty", "A role needs a title.");
  checkLength(text, LIMITS.name, "A role's title");
  const id = roleId(newId());
  write(plan, (transaction) => {
    const map = new Y.Map<unknown>();
    plan.roles.set(id, map);
    map.set(ROLE.title, text);
    map.set(ROLE.side, side);
    markAdded(transaction, map, new Date().toISOString());
  });
  return id;
}

/** The live tree as edits see it, for callers that need positions. */
export function treeOf(plan: Plan): ReturnType<typeof buildTree> {
  return buildTree(readPlaces(plan));
}
