/** Edits of several steps at once, and those that change levels: one transaction and one undo entry each. */
import * as Y from "yjs";
import { cloneValue } from "./clone";
import { checkRoom, createNode, EditError, moveCheck, moveNode, need, nudgeSpot, removeNode, write, type Spot } from "./edit";
import { newId } from "./id";
import { readRich, richText } from "./richtext";
import { CRITERION, LIMITS, NODE, nodeId, nodeMap, type NodeId, type NodeKind, type Plan } from "./schema";
import { readPlaces, shownTree, type TreeNode } from "./tree";

/** Why a step stays on its level: nothing above to stand under; no level left; already as far out as steps go. */
export type LevelStop = "first" | "deepest" | "outermost";

/** Where a node stands among those one sees. */
interface Seen {
  readonly node: TreeNode;
  readonly parent: TreeNode | null;
  readonly list: readonly TreeNode[];
  readonly index: number;
}

function see(top: readonly TreeNode[], id: NodeId, parent: TreeNode | null = null): Seen | undefined {
  for (const [index, node] of top.entries()) {
    if (node.id === id) return { node, parent, list: top, index };
    const found = see(node.children, id, node);
    if (found) return found;
  }
  return undefined;
}

/** The given nodes in reading order, without those that stand under another of them and go along with it. */
export function rootsOf(plan: Plan, ids: Iterable<NodeId>): NodeId[] {
  const wanted = new Set(ids);
  const roots: NodeId[] = [];
  const visit = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (wanted.has(node.id)) roots.push(node.id);
      else visit(node.children);
    }
  };
  visit(shownTree(plan));
  return roots;
}

/** Runs several edits as one. Each must be possible; check before. */
export function together(plan: Plan, edits: () => void): void {
  write(plan, edits);
}

/** Puts steps one level in, each under the nearest step above that stays. Undefined when all went. */
export function indent(plan: Plan, ids: readonly NodeId[]): LevelStop | undefined {
  const roots = rootsOf(plan, ids);
  const moves: [NodeId, NodeId][] = [];
  const top = shownTree(plan);
  for (const id of roots) {
    const seen = see(top, id);
    const above = seen?.list.slice(0, seen.index).findLast((node) => !roots.includes(node.id));
    if (!seen || seen.node.kind === "stage" || !above || above.kind === "stage") return "first";
    if (!moveCheck(plan, id)({ parent: above.id, before: null })) return "deepest";
    moves.push([id, above.id]);
  }
  together(plan, () => {
    for (const [id, parent] of moves) moveNode(plan, id, { parent, before: null });
  });
  return undefined;
}

/** Puts steps one level out, right below what they stood under. Undefined when all went. */
export function outdent(plan: Plan, ids: readonly NodeId[]): LevelStop | undefined {
  const roots = rootsOf(plan, ids);
  const top = shownTree(plan);
  const moves: [NodeId, Spot][] = [];
  for (const id of roots.toReversed()) {
    const seen = see(top, id);
    const parent = seen?.parent;
    if (!parent || parent.kind === "stage" || parent.kind === "unknown") return "outermost";
    const above = see(top, parent.id);
    moves.push([id, { parent: above?.parent?.id ?? null, before: above?.list[above.index + 1]?.id ?? null }]);
  }
  together(plan, () => {
    // From the last on: each lands right below its former parent, before the one moved ahead of it.
    const landed = new Map<NodeId | null, NodeId>();
    for (const [id, spot] of moves) {
      const parent = see(top, id)?.parent?.id ?? null;
      moveNode(plan, id, { parent: spot.parent, before: landed.get(parent) ?? spot.before });
      landed.set(parent, id);
    }
  });
  return undefined;
}

/** Where a new step right below `id` goes: first under it when something shows there, else beside it. */
export function spotBelow(plan: Plan, id: NodeId, folded: boolean): { spot: Spot; kind: NodeKind } {
  const seen = see(shownTree(plan), id);
  if (!seen) throw new EditError("gone", "That step is no longer in the plan.");
  const { node, parent, list, index } = seen;
  const first = node.children[0];
  if (node.kind === "stage") return { spot: { parent: id, before: first?.id ?? null }, kind: first?.kind === "task" ? "task" : "milestone" };
  if (first && !folded && node.kind !== "unknown") {
    return { spot: { parent: id, before: first.id }, kind: first.kind === "unknown" ? "task" : first.kind };
  }
  return { spot: { parent: parent?.id ?? null, before: list[index + 1]?.id ?? null }, kind: node.kind === "unknown" ? "task" : node.kind };
}

/** Adds an empty step right below another and returns its id. */
export function addBelow(plan: Plan, id: NodeId, folded = false): NodeId {
  const { spot, kind } = spotBelow(plan, id, folded);
  checkRoom(plan, 1);
  const added = nodeId(newId());
  write(plan, (transaction) => createNode(plan, transaction, readPlaces(plan), { id: added, kind, title: "" }, spot));
  return added;
}

/** Whether a step holds nothing anyone would miss: no words, nothing under it. */
export function isBlank(plan: Plan, id: NodeId): boolean {
  const map = nodeMap(plan, id);
  if (!map) return false;
  const words = (key: string): string => {
    const value = map.get(key);
    return value instanceof Y.Text ? value.toJSON() : typeof value === "string" ? value : "";
  };
  const note = map.get(NODE.note);
  const noted = note instanceof Y.XmlFragment ? richText(readRich(note)) : "";
  if ((noted + words(NODE.title) + words(NODE.why)).trim() !== "") return false;
  return [...readPlaces(plan).values()].every((place) => place.parent !== id || place.del !== null);
}

/** Takes an empty step and starts a stage right below the one it stood in; returns the stage. */
export function turnIntoStage(plan: Plan, id: NodeId): NodeId {
  const seen = see(shownTree(plan), id);
  if (!seen) throw new EditError("gone", "That step is no longer in the plan.");
  let stage: TreeNode | null = seen.node;
  while (stage && stage.kind !== "stage") stage = see(shownTree(plan), stage.id)?.parent ?? null;
  const here = stage && see(shownTree(plan), stage.id);
  const before = here ? (here.list.slice(here.index + 1).find((node) => node.kind === "stage")?.id ?? null) : null;
  checkRoom(plan, 1);
  const added = nodeId(newId());
  write(plan, (transaction) => {
    createNode(plan, transaction, readPlaces(plan), { id: added, kind: "stage", title: "" }, { parent: null, before });
    removeNode(plan, id);
  });
  return added;
}

/** Deletes several, with what stands under them. Returns how many rows went by themselves. */
export function removeNodes(plan: Plan, ids: readonly NodeId[]): number {
  const roots = rootsOf(plan, ids);
  together(plan, () => {
    for (const id of roots) removeNode(plan, id);
  });
  return roots.length;
}

/** Moves several to the end of a stage, in their order. Those that were under another stay under it. */
export function moveToStage(plan: Plan, ids: readonly NodeId[], stage: NodeId): void {
  const spot = { parent: stage, before: null };
  if (!moveCheckAll(plan, ids)(spot)) throw new EditError("kind", "Only steps can be moved into a stage.");
  moveAll(plan, ids, spot);
}

/** `moveCheck` for several that go together. */
export function moveCheckAll(plan: Plan, ids: readonly NodeId[]): (spot: Spot) => boolean {
  const roots = rootsOf(plan, ids);
  const checks = roots.map((id) => moveCheck(plan, id));
  return (spot) => {
    const { parent } = spot;
    return roots.length === 1 ? checks[0]?.(spot) === true : checks.every((check) => check({ parent, before: null }));
  };
}

/** Moves several to one place, in their order. Those that stand under another of them stay under it. */
export function moveAll(plan: Plan, ids: readonly NodeId[], spot: Spot): void {
  const roots = rootsOf(plan, ids);
  const list = spot.before === null ? [] : (see(shownTree(plan), spot.before)?.list ?? []);
  // Before one that goes along means before the next that doesn't.
  const from = list.findIndex((node) => node.id === spot.before);
  const before = from === -1 ? null : (list.slice(from).find((node) => !roots.includes(node.id))?.id ?? null);
  together(plan, () => {
    for (const id of roots) moveNode(plan, id, { parent: spot.parent, before });
  });
}

/** One place up or down for several, as one block; at an edge into the neighbouring stage. False when there is no way. */
export function nudgeAll(plan: Plan, ids: readonly NodeId[], direction: "up" | "down"): boolean {
  const roots = rootsOf(plan, ids);
  const edge = direction === "up" ? roots[0] : roots.at(-1);
  const spot = edge && nudgeSpot(plan, edge, direction);
  if (!spot || !moveCheckAll(plan, roots)(spot)) return false;
  moveAll(plan, roots, spot);
  return true;
}

/** Moves all from `from` on into a new stage right below; returns it. */
export function splitStage(plan: Plan, stage: NodeId, from: NodeId, title: string): NodeId {
  const here = see(shownTree(plan), stage);
  const at = here?.node.children.findIndex((child) => child.id === from) ?? -1;
  if (!here || at <= 0) throw new EditError("gone", "That stage has changed meanwhile. Please look again.");
  checkRoom(plan, 1);
  const added = nodeId(newId());
  write(plan, (transaction) => {
    const spot = { parent: null, before: here.list[here.index + 1]?.id ?? null };
    createNode(plan, transaction, readPlaces(plan), { id: added, kind: "stage", title: title.slice(0, LIMITS.title) }, spot);
    for (const child of here.node.children.slice(at)) moveNode(plan, child.id, { parent: added, before: null });
  });
  return added;
}

/** Makes steps subtasks of another, which becomes a plain step if it was a milestone. */
export function tuckUnder(plan: Plan, parent: NodeId, ids: readonly NodeId[]): void {
  const map = need(plan, parent);
  const milestone = see(shownTree(plan), parent)?.node.kind === "milestone";
  together(plan, () => {
    if (milestone) map.set(NODE.kind, "task");
    for (const id of ids) moveNode(plan, id, { parent, before: null });
  });
}

/**
 * Copies nodes with all that stands under them and puts the copies after the last of their siblings among the
 * originals. Words, people, days and dates are copied, progress and comments aren't; what waited for a step
 * that was copied along waits for the copy. Returns the copies.
 */
export function duplicate(plan: Plan, ids: readonly NodeId[]): NodeId[] {
  const top = shownTree(plan);
  const roots = rootsOf(plan, ids)
    .map((id) => see(top, id))
    .filter((seen) => seen !== undefined);
  const copies = new Map<NodeId, NodeId>();
  const count = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      copies.set(node.id, nodeId(newId()));
      count(node.children);
    }
  };
  count(roots.map((seen) => seen.node));
  checkRoom(plan, copies.size);
  const remap = (id: string): string => copies.get(nodeId(id)) ?? id;
  write(plan, (transaction) => {
    const places = readPlaces(plan);
    const copy = (node: TreeNode, spot: Spot): void => {
      const from = nodeMap(plan, node.id);
      const id = copies.get(node.id);
      if (!from || !id) return;
      const title = from.get(NODE.title);
      const kind = places.get(node.id)?.kind ?? "unknown";
      const words = title instanceof Y.Text ? title.toJSON() : "";
      createNode(plan, transaction, places, { id, kind: kind === "unknown" ? "task" : kind, title: words, fill: (to) => copyInto(from, to, remap) }, spot);
      for (const child of node.children) copy(child, { parent: id, before: null });
    };
    const after = new Map<TreeNode | null, NodeId | null>();
    for (const { parent, list, index } of roots) after.set(parent, list[index + 1]?.id ?? null);
    for (const { node, parent } of roots) copy(node, { parent: parent?.id ?? null, before: after.get(parent) ?? null });
  });
  return roots.map((seen) => copies.get(seen.node.id) ?? seen.node.id);
}

/** Of the step itself, not of its copy: where it stands, how far it is. */
const OWN: ReadonlySet<string> = new Set([NODE.kind, NODE.parent, NODE.ord, NODE.title, NODE.del, NODE.status, NODE.doneOn, NODE.blockedReason]);

const TICKS: ReadonlySet<string> = new Set([CRITERION.checked]);

function copyInto(from: Y.Map<unknown>, to: Y.Map<unknown>, remap: (id: string) => string): void {
  for (const [key, value] of from.entries()) {
    if (OWN.has(key)) continue;
    if (key === NODE.after && value instanceof Y.Map) {
      const after = new Y.Map<unknown>();
      for (const [node, entry] of (value as Y.Map<unknown>).entries()) after.set(remap(node), entry);
      to.set(key, after);
    } else {
      // What somebody ticked at the gate of the one is not ticked at the gate of the other.
      const copied = cloneValue(value, remap, key === NODE.gate ? TICKS : undefined);
      if (copied !== undefined) to.set(key, copied);
    }
  }
}
