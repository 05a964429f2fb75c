import { useCallback, type PointerEvent as ReactPointerEvent } from "react";
import { nudge, treeOf, type Spot } from "../../plan/edit";
import { moveAll, moveCheckAll, nudgeAll, rootsOf } from "../../plan/outline";
import { nodeId, titleTextOf, type NodeId, type Plan } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { useAnnounce } from "../../ui/announcer";
import { useText, type Translate } from "../../ui/text";
import { useScreen } from "./screen";
import { useList, type ListState } from "./structure/state";

/** The node, or all that are selected with it. */
function along(list: ListState, id: NodeId): readonly NodeId[] {
  const { ids } = list.selection.get();
  return ids.has(id) ? [...ids] : [id];
}

/** Moves a node, with all that are selected with it, one place up or down, across stages at their edges, and says where it went. */
export function useNudge(): (id: NodeId, title: string, direction: "up" | "down") => void {
  const { plan, rights } = useScreen();
  const announce = useAnnounce();
  const t = useText();
  const list = useList();
  return useCallback(
    (id, title, direction) => {
      if (!rights.write) return;
      const ids = along(list, id);
      const moved = ids.length === 1 ? nudge(plan, id, direction) : nudgeAll(plan, ids, direction);
      if (!moved) announce(t("move.end", { title }));
      else announce(ids.length === 1 ? whereIs(plan, id, title, t) : t("structure.moved", { count: rootsOf(plan, ids).length }));
    },
    [plan, rights.write, announce, t, list],
  );
}

/** "Security review: 2 of 4 in Procurement." */
export function whereIs(plan: Plan, id: NodeId, title: string, t: Translate): string {
  const find = (nodes: readonly TreeNode[], parent: NodeId | null): string | null => {
    for (const [at, node] of nodes.entries()) {
      if (node.id === id) {
        const values = { title, place: at + 1, count: nodes.length };
        if (parent === null) return t("move.doneTop", values);
        return t("move.done", { ...values, where: titleTextOf(plan, parent)?.toJSON() ?? "" });
      }
      const found = find(node.children, node.id);
      if (found !== null) return found;
    }
    return null;
  };
  return find(treeOf(plan).top, null) ?? "";
}

interface Gap {
  readonly spot: Spot;
  /** From the top and left of the page, not of the window. */
  readonly y: number;
  readonly left: number;
  readonly width: number;
}

/** How far a pointer travels before a press becomes a drag, in pixels. */
const SLACK = 4;
/** How close to the window's edge it scrolls, and how far per frame, in pixels. */
const EDGE = 72;
const STEP = 14;

/**
 * Dragging by the grip: a line shows where the node would go, and all that are selected with it. Escape gives up.
 * Whatever a drag does, the grip's arrow keys and the menu do as well.
 */
export function useDrag(id: NodeId, title: string): (event: ReactPointerEvent<HTMLElement>) => void {
  const { plan } = useScreen();
  const announce = useAnnounce();
  const t = useText();
  const list = useList();
  return useCallback(
    (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      const grip = event.currentTarget;
      const root = grip.closest<HTMLElement>("[data-drag-root]");
      if (!root) return;
      const ids = along(list, id);
      const count = rootsOf(plan, ids).length;
      startDrag(grip, root, event, plan, ids, count === 1 ? title : t("structure.dragging", { count }), (spot) => {
        moveAll(plan, ids, spot);
        announce(count === 1 ? whereIs(plan, id, title, t) : t("structure.moved", { count }));
      });
    },
    [plan, id, title, announce, t, list],
  );
}

function startDrag(
  grip: HTMLElement,
  root: HTMLElement,
  start: ReactPointerEvent,
  plan: Plan,
  ids: readonly NodeId[],
  words: string,
  drop: (spot: Spot) => void,
): void {
  const ended = new AbortController();
  const { signal } = ended;
  let active = false;
  let gap: Gap | null = null;
  let pointer = { x: start.clientX, y: start.clientY };
  let frame = 0;
  /** Where the node may go; measured anew when somebody changes the list meanwhile. */
  let all: readonly Gap[] | null = null;
  const changed = () => {
    all = null;
  };
  const grown = new ResizeObserver(changed);
  const rearranged = new MutationObserver(changed);
  const line = document.createElement("div");
  line.className = "drop-line";
  const ghost = document.createElement("div");
  ghost.className = "drag-ghost";
  ghost.textContent = words;
  const rows = ids.flatMap((id) => [...root.querySelectorAll(`[data-node="${CSS.escape(id)}"]`)]);

  const draw = () => {
    if (pointer.y < EDGE) scrollBy(0, -STEP);
    else if (pointer.y > innerHeight - EDGE) scrollBy(0, STEP);
    all ??= gaps(root, plan, ids);
    gap = nearest(all, { x: pointer.x + scrollX, y: pointer.y + scrollY });
    line.hidden = gap === null;
    if (gap) {
      line.style.transform = `translate(${gap.left - scrollX}px, ${gap.y - scrollY}px)`;
      line.style.width = `${gap.width}px`;
    }
    ghost.style.transform = `translate(${pointer.x + 14}px, ${pointer.y + 10}px)`;
    frame = requestAnimationFrame(draw);
  };
  const finish = (accept: boolean) => {
    ended.abort();
    cancelAnimationFrame(frame);
    grown.disconnect();
    rearranged.disconnect();
    line.remove();
    ghost.remove();
    for (const row of rows) row.classList.remove("is-dragged");
    if (active && accept && gap) drop(gap.spot);
  };

  grip.setPointerCapture(start.pointerId);
  grip.addEventListener(
    "pointermove",
    (event) => {
      pointer = { x: event.clientX, y: event.clientY };
      if (active || Math.hypot(pointer.x - start.clientX, pointer.y - start.clientY) < SLACK) return;
      active = true;
      document.body.append(line, ghost);
      for (const row of rows) row.classList.add("is-dragged");
      grown.observe(root);
      rearranged.observe(root, { subtree: true, childList: true });
      draw();
    },
    { signal },
  );
  grip.addEventListener("pointerup", () => finish(true), { signal });
  grip.addEventListener("pointercancel", () => finish(false), { signal });
  // Remote changes can take the grip away under the pointer.
  grip.addEventListener("lostpointercapture", () => finish(false), { signal });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      finish(false);
    },
    { signal, capture: true },
  );
}

/** Every place the nodes may go to, and where that is on the page; a folded stage takes them at its end. */
function gaps(root: HTMLElement, plan: Plan, ids: readonly NodeId[]): Gap[] {
  const found: Gap[] = [];
  const canMove = moveCheckAll(plan, ids);
  for (const stage of root.querySelectorAll<HTMLElement>(".is-folded-stage[data-node]")) {
    const box = stage.getBoundingClientRect();
    const spot = { parent: nodeId(stage.dataset["node"] ?? ""), before: null };
    if (canMove(spot)) found.push({ spot, y: box.bottom + scrollY, left: box.left + scrollX, width: box.width });
  }
  for (const list of root.querySelectorAll<HTMLElement>("[data-list]")) {
    const parent = list.dataset["list"] ? nodeId(list.dataset["list"]) : null;
    const box = list.getBoundingClientRect();
    const children = [...list.children].filter((child): child is HTMLElement => child instanceof HTMLElement && child.dataset["node"] !== undefined);
    const add = (before: NodeId | null, y: number) => {
      const spot = { parent, before };
      if ((before === null || !ids.includes(before)) && canMove(spot)) found.push({ spot, y: y + scrollY, left: box.left + scrollX, width: box.width });
    };
    for (const child of children) add(nodeId(child.dataset["node"] ?? ""), child.getBoundingClientRect().top);
    add(null, children.at(-1)?.getBoundingClientRect().bottom ?? box.top + 4);
  }
  return found;
}

function nearest(all: readonly Gap[], { x, y }: { x: number; y: number }): Gap | null {
  let best: Gap | null = null;
  let least = Infinity;
  for (const gap of all) {
    // Height decides; where a nested list ends at its parent's end, the indent does.
    const distance = Math.abs(gap.y - y) + Math.abs(gap.left - x) * 0.05;
    if (distance < least) [best, least] = [gap, distance];
  }
  return best;
}
