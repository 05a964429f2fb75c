import { useCallback } from "react";
import type { NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { setOpen, useOpenSteps } from "./open-steps";
import { useScreen } from "./screen";

/** Frames to wait for the plan's own page to be drawn: about two seconds. */
const PATIENCE = 120;

/** Shows where a step is, once its row is drawn. */
function pointAt(id: NodeId, left = PATIENCE): void {
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    if (!row) {
      if (left > 0) pointAt(id, left - 1);
      return;
    }
    row.scrollIntoView({ block: "center" });
    row.querySelector<HTMLElement>("[data-field^='title:'], .step-status, button")?.focus({ preventScroll: true });
    row.classList.add("is-pointed-at");
    setTimeout(() => row.classList.remove("is-pointed-at"), 1600);
  });
}

function pathTo(nodes: readonly TreeNode[], id: NodeId): NodeId[] | null {
  for (const node of nodes) {
    if (node.id === id) return [];
    const below = pathTo(node.children, id);
    if (below) return [node.id, ...below];
  }
  return null;
}

/** Opens a step, and what it stands under, and points at it; the caller leads to the plan's own page. */
export function useGoToStep(): (id: NodeId) => void {
  const cell = useOpenSteps();
  const { store } = useScreen();
  return useCallback(
    (id) => {
      for (const above of pathTo(store.tree.get().top, id) ?? []) setOpen(cell, above, true);
      setOpen(cell, id, true);
      pointAt(id);
    },
    [cell, store],
  );
}
