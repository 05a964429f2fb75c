import { useMemo } from "react";
import type { GateSnapshot } from "../../plan/gate-state";
import type { NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import type { NodeSnapshot } from "../../plan/view";
import { useReadable, type ReadableLike } from "../../ui/use-readable";
import { useScreen } from "./screen";

/** One node; redraws when that node changes and not otherwise. */
export function useNode(id: NodeId): NodeSnapshot | undefined {
  return useReadable(useScreen().store.node(id));
}

/** Several nodes at once; the same array until one of them changes. */
export function useNodes(ids: readonly NodeId[]): readonly (NodeSnapshot | undefined)[] {
  const { store } = useScreen();
  return useReadable(useMemo(() => all(ids.map((id) => store.node(id))), [store, ids]));
}

/** The gates of several steps, null where one has none; the same array until one of them changes. */
export function useGates(ids: readonly NodeId[]): readonly (GateSnapshot | null)[] {
  const { store } = useScreen();
  return useReadable(useMemo(() => all(ids.map((id) => store.gate(id))), [store, ids]));
}

/** All values in one array, which stays the same until one of them changes. */
function all<T>(parts: readonly ReadableLike<T>[]): ReadableLike<readonly T[]> {
  let last: readonly T[] = [];
  return {
    get: () => {
      const now = parts.map((part) => part.get());
      if (now.length !== last.length || now.some((value, at) => value !== last[at])) last = now;
      return last;
    },
    subscribe: (onChange) => {
      const stops = parts.map((part) => part.subscribe(onChange));
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** Milestones and tasks under the given nodes, in reading order. */
export function stepIds(nodes: readonly TreeNode[]): NodeId[] {
  const ids: NodeId[] = [];
  for (const node of nodes) {
    if (node.kind === "milestone" || node.kind === "task") ids.push(node.id);
    ids.push(...stepIds(node.children));
  }
  return ids;
}

export function isOpenStep(node: NodeSnapshot): boolean {
  return node.status !== "done" && node.status !== "skipped";
}
