/** Who stands under whom, in which order: the one place that arranges nodes. As in `server/plan/tree.go`. */
import { isMap } from "./fields";
import { compareText } from "./richtext";
import { NODE, NODE_KINDS, nodeId, nodeMap, type NodeId, type NodeKind, type Plan } from "./schema";
import type * as Y from "yjs";

/** A node with what stands under it, in order. Deleted nodes are in the bin, not here. */
export interface TreeNode {
  readonly id: NodeId;
  /** What its place makes it (`kindAt`). Kinds of a later version read as unknown and show as an inert row. */
  readonly kind: NodeKind | "unknown";
  readonly children: readonly TreeNode[];
}

export interface TreeWarning {
  readonly node: NodeId;
  readonly code: "cycle" | "no-parent";
}

export interface Tree {
  /** The top level in order: stages, and steps that lost their parent. */
  readonly top: readonly TreeNode[];
  /** All deleted nodes, latest first. What stands under them is hidden with them. */
  readonly bin: readonly NodeId[];
  readonly warnings: readonly TreeWarning[];
}

/** A node's place as stored, odd values made harmless. */
export interface Place {
  readonly id: NodeId;
  /** What it was added as. */
  readonly kind: NodeKind | "unknown";
  /** Null: directly under the plan. */
  readonly parent: NodeId | null;
  /** The empty string when missing, so that it sorts first. */
  readonly ord: string;
  readonly del: string | null;
}

export function isNodeKind(value: unknown): value is NodeKind {
  return (NODE_KINDS as readonly unknown[]).includes(value);
}

export function placeOf(id: NodeId, map: Y.Map<unknown>): Place {
  const kind = map.get(NODE.kind);
  const parent = map.get(NODE.parent);
  const ord = map.get(NODE.ord);
  const del = map.get(NODE.del);
  return {
    id,
    kind: isNodeKind(kind) ? kind : "unknown",
    parent: typeof parent === "string" && parent !== "" ? nodeId(parent) : null,
    ord: typeof ord === "string" ? ord : "",
    del: typeof del === "string" && del !== "" ? del : null,
  };
}

/**
 * What a node counts as where it stands: `kind` is what it was added as, `above` the kind of what it stands
 * under, null at the top. A step is moved by its parent alone and its kind stays as written, so no two moves
 * at once can leave it with a kind that contradicts its place; the place decides. As KindAt in
 * `server/plan/level.go`.
 */
export function kindAt<K extends string>(kind: K, above: string | null): K | "task" | "subtask" {
  if (kind !== "milestone" && kind !== "task" && kind !== "subtask") return kind;
  switch (above) {
    case "stage":
      return kind === "milestone" ? kind : "task";
    case "milestone":
      return "task";
    case "task":
    case "subtask":
      return "subtask";
    default:
      return kind;
  }
}

/** The kind one node's place makes it, without reading the others: up its parents, a ring cut as in the tree. */
export function kindInPlace(plan: Plan, id: NodeId): Place["kind"] {
  const path: Place[] = [];
  let end = -1;
  for (let at: NodeId | null = id; at !== null; at = path.at(-1)?.parent ?? null) {
    const ring = path.findIndex((place) => place.id === at);
    if (ring !== -1) {
      end = ring;
      for (let n = ring; n < path.length; n++) if ((path[n]?.id ?? "") < (path[end]?.id ?? "")) end = n;
      break;
    }
    const map = nodeMap(plan, at);
    if (!map) break;
    path.push(placeOf(at, map));
  }
  let above: Place["kind"] | null = null;
  for (let n = end === -1 ? path.length - 1 : end; n >= 0; n--) above = kindAt(path[n]?.kind ?? "unknown", above);
  return above ?? "unknown";
}

/** Every node's place, by id. Entries that aren't maps are left out. */
export function readPlaces(plan: Plan): Map<NodeId, Place> {
  const places = new Map<NodeId, Place>();
  plan.nodes.forEach((value, key) => {
    if (isMap(value)) places.set(nodeId(key), placeOf(nodeId(key), value));
  });
  return places;
}

/** What arranging needs to know of a node. */
export interface Placed {
  readonly id: string;
  /** Empty or null: the top level. */
  readonly parent: string | null;
  readonly ord: string;
}

export function comparePlaces(a: Placed, b: Placed): number {
  return compareText(a.ord, b.ord) || compareText(a.id, b.id);
}

/** Where each node is shown. */
export interface Arrangement {
  /** Nodes shown at the top level because their parent doesn't exist. */
  readonly strays: readonly string[];
  /** Nodes shown at the top level because their parents form a ring. */
  readonly cuts: readonly string[];
  /** Parent as shown: null at the top. */
  readonly parentOf: (id: string) => string | null;
}

/**
 * Decides where nodes are shown. A node whose parent is missing stands at the top level. Concurrent
 * re-parenting can leave a ring of parents: it is cut at its member with the smallest id, so all readers
 * cut alike.
 */
export function arrange(places: ReadonlyMap<string, Placed>): Arrangement {
  const parents = new Map<string, string | null>();
  const strays: string[] = [];
  const ids = [...places.keys()].sort(compareText);
  for (const id of ids) {
    const parent = places.get(id)?.parent ?? null;
    const top = parent === null || parent === "";
    if (!top && !places.has(parent)) strays.push(id);
    parents.set(id, top || !places.has(parent) ? null : parent);
  }
  const cuts: string[] = [];
  const walked = new Map<string, string>(); // node → the start of the walk that came by first
  for (const start of ids) {
    let at: string | null = start;
    while (at !== null && !walked.has(at)) {
      walked.set(at, start);
      at = parents.get(at) ?? null;
    }
    if (at === null || walked.get(at) !== start) continue; // the top, or ground walked before
    let smallest = at;
    for (let next = parents.get(at) ?? at; next !== at; next = parents.get(next) ?? at) {
      if (next < smallest) smallest = next;
    }
    cuts.push(smallest);
  }
  for (const id of cuts) parents.set(id, null);
  return { strays, cuts, parentOf: (id) => parents.get(id) ?? null };
}

/** The tree that everyone sees. */
export function buildTree(places: ReadonlyMap<NodeId, Place>): Tree {
  const { strays, cuts, parentOf } = arrange(places);
  const children = new Map<string | null, Place[]>();
  const bin: Place[] = [];
  for (const place of places.values()) {
    if (place.del !== null) {
      bin.push(place);
      continue;
    }
    const parent = parentOf(place.id);
    const list = children.get(parent);
    if (list) list.push(place);
    else children.set(parent, [place]);
  }
  const grow = (parent: string | null, above: TreeNode["kind"] | null): TreeNode[] =>
    (children.get(parent) ?? []).sort(comparePlaces).map((place) => {
      const kind = kindAt(place.kind, above);
      return { id: place.id, kind, children: grow(place.id, kind) };
    });
  return {
    top: grow(null, null),
    bin: bin.sort((a, b) => compareText(b.del ?? "", a.del ?? "") || compareText(a.id, b.id)).map((place) => place.id),
    warnings: [
      ...strays.map((id): TreeWarning => ({ node: nodeId(id), code: "no-parent" })),
      ...cuts.map((id): TreeWarning => ({ node: nodeId(id), code: "cycle" })),
    ],
  };
}

/** The top level of the plan as it stands now. */
export function shownTree(plan: Plan): readonly TreeNode[] {
  return buildTree(readPlaces(plan)).top;
}

/** Whether `id` is `ancestor` or stands somewhere under it. Ends on rings. */
export function isWithin(places: ReadonlyMap<NodeId, Place>, id: NodeId, ancestor: NodeId): boolean {
  const met = new Set<NodeId>();
  for (let at: NodeId | null = id; at !== null && !met.has(at); at = places.get(at)?.parent ?? null) {
    if (at === ancestor) return true;
    met.add(at);
  }
  return false;
}
