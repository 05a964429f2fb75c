import { useMemo, useSyncExternalStore } from "react";
import type { NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import type { NodeSnapshot } from "../../plan/view";
import { useReadable } from "../../ui/use-readable";
import { useScreen } from "./screen";

/** One node; redraws when that node changes and not otherwise. */
export function useNode(id: NodeId): NodeSnapshot | undefined {
  return useReadable(useScreen().store.node(id));
}

/** Several nodes at once; the same array until one of them changes. */
export function useNodes(ids: readonly NodeId[]): readonly (NodeSnapshot | undefined)[] {
  const { store } = useScreen();
  const source = useMemo(() => {
    const nodes = ids.map((id) => store.node(id));
    let last: readonly (NodeSnapshot | undefined)[] = [];
    return {
      get: () => {
        const now = nodes.map((node) => node.get());
        if (now.length !== last.length || now.some((node, at) => node !== last[at])) last = now;
        return last;
      },
      subscribe: (onChange: () => void) => {
        const stops = nodes.map((node) => node.subscribe(onChange));
        return () => stops.forEach((stop) => stop());
      },
    };
  }, [store, ids]);
  return useSyncExternalStore(source.subscribe, source.get);
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
