/** Who stands under whom, in which order: the one place that reads parent, ord and del. */
import * as Y from "yjs";
import { NODE, NODE_KINDS, nodeId, type NodeId, type NodeKind, type Plan } from "./schema";

/** A node with what stands under it, in order. Deleted nodes are in the bin, not here. */
export interface TreeNode {
  readonly id: NodeId;
  /** As stored; an unknown kind is kept and shown as an inert row. */
  readonly kind: NodeKind | "unknown";
  readonly children: readonly TreeNode[];
}

export interface TreeWarning {
  readonly node: NodeId;
  readonly code: "cycle" | "orphan";
}

export interface Tree {
  /** Stages in order, then nodes that lost their place. */
  readonly top: readonly TreeNode[];
  /** Deleted nodes whose ancestors are all live, most recently deleted first. */
  readonly bin: readonly NodeId[];
  readonly warnings: readonly TreeWarning[];
}

/** A node's place as stored, odd values made harmless. */
export interface Place {
  readonly id: NodeId;
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

/** Every node's place, by id. Entries that aren't maps are left out. */
export function readPlaces(plan: Plan): Map<NodeId, Place> {
  const places = new Map<NodeId, Place>();
  plan.nodes.forEach((value, key) => {
    if (value instanceof Y.Map) places.set(nodeId(key), placeOf(nodeId(key), value as Y.Map<unknown>));
  });
  return places;
}

/** Siblings' order: (ord, id), both by code unit, as Go compares bytes of ASCII. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.ord !== b.ord) return a.ord < b.ord ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * The tree that everyone sees. Concurrent re-parenting can leave a ring of parents: it is cut at its
 * member with the smallest id, which then stands at the top with a warning. A node whose parent doesn't
 * exist stands there too.
 */
export function buildTree(places: ReadonlyMap<NodeId, Place>): Tree {
  const warnings: TreeWarning[] = [];
  const cut = ringCuts(places);
  const children = new Map<NodeId | null, Place[]>();
  const parentOf = (place: Place): NodeId | null =>
    place.parent === null || cut.has(place.id) || !places.has(place.parent) ? null : place.parent;
  for (const place of places.values()) {
    const parent = parentOf(place);
    const list = children.get(parent);
    if (list) list.push(place);
    else children.set(parent, [place]);
    if (cut.has(place.id)) warnings.push({ node: place.id, code: "cycle" });
    else if (parent === null && place.parent !== null) warnings.push({ node: place.id, code: "orphan" });
  }
  for (const list of children.values()) list.sort(comparePlaces);
  warnings.sort((a, b) => (a.node < b.node ? -1 : 1));

  const bin: Place[] = [];
  const grow = (parent: NodeId | null): TreeNode[] => {
    const live: TreeNode[] = [];
    for (const place of children.get(parent) ?? []) {
      if (place.del === null) live.push({ id: place.id, kind: place.kind, children: grow(place.id) });
      else bin.push(place);
    }
    return live;
  };
  const top = grow(null);
  const rank = (node: TreeNode): number => (node.kind === "stage" ? 0 : 1);
  top.sort((a, b) => rank(a) - rank(b)); // stable
  bin.sort((a, b) => {
    const [x, y] = [a.del ?? "", b.del ?? ""];
    return x === y ? comparePlaces(a, b) : x < y ? 1 : -1;
  });
  return { top, bin: bin.map((place) => place.id), warnings };
}

/** The smallest id of each ring of parents. */
function ringCuts(places: ReadonlyMap<NodeId, Place>): Set<NodeId> {
  const cuts = new Set<NodeId>();
  const seen = new Map<NodeId, number>(); // node → the walk that first met it
  let walk = 0;
  for (const start of places.keys()) {
    walk++;
    let at: NodeId | null = start;
    while (at !== null && places.has(at) && !seen.has(at)) {
      seen.set(at, walk);
      at = places.get(at)?.parent ?? null;
    }
    if (at === null || seen.get(at) !== walk) continue;
    let smallest = at;
    for (let member = places.get(at)?.parent ?? at; member !== at; member = places.get(member)?.parent ?? at) {
      if (member < smallest) smallest = member;
    }
    cuts.add(smallest);
  }
  return cuts;
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
