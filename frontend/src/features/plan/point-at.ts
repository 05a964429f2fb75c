import { useCallback } from "react";
import type { NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { setOpen, useOpenSteps } from "./open-steps";
import { useScreen } from "./screen";
import { setFolded, useList } from "./structure/state";

/** Frames to wait for the plan's own page to be drawn: about two seconds. */
const PATIENCE = 120;

/** What gets the focus, the first that is there: what one writes in, before what one presses. */
const FOCUSABLE = ["[data-field], input, textarea", "button, a[href]"] as const;

/** Shows where something is, once it is drawn, and puts the focus on what one does with it. */
export function pointAt(selector: string, focus: readonly string[] = FOCUSABLE, left = PATIENCE): void {
  requestAnimationFrame(() => {
    const place = document.querySelector<HTMLElement>(selector);
    if (!place) {
      if (left > 0) pointAt(selector, focus, left - 1);
      return;
    }
    place.scrollIntoView({ block: "center" });
    const [target] = focus.flatMap((each) => place.querySelector<HTMLElement>(each) ?? []);
    target?.focus({ preventScroll: true });
    place.classList.add("is-pointed-at");
    setTimeout(() => place.classList.remove("is-pointed-at"), 1600);
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
  const list = useList();
  const { store } = useScreen();
  return useCallback(
    (id) => {
      const above = pathTo(store.tree.get().top, id) ?? [];
      for (const each of [...above, id]) setOpen(cell, each, true);
      setFolded(list, [...above, id], false);
      // Among the essentials neither its details nor, once it is done, itself would show.
      if (list.look.get().essentials) list.look.set({ ...list.look.get(), essentials: false });
      pointAt(`[data-node="${CSS.escape(id)}"]`, ["[data-field^='title:']", ".step-status", "button"]);
    },
    [cell, list, store],
  );
}
