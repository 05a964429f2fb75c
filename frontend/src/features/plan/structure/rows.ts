/** Rows of the list as they are on the screen: what is folded away or hidden isn't among them. */
import { nodeId, type NodeId } from "../../../plan/schema";
import type { ListState } from "./state";
import { NOTHING } from "./state";

const rowElements = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".sheet [data-node]")];

const idOf = (row: HTMLElement): NodeId => nodeId(row.dataset["node"] ?? "");

export function rowOf(id: NodeId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`.sheet [data-node="${CSS.escape(id)}"]`);
}

/** The row above or below on the screen, stages included. */
export function neighbour(id: NodeId, by: -1 | 1): NodeId | null {
  const rows = rowElements();
  const at = rows.findIndex((row) => idOf(row) === id);
  const next = at === -1 ? undefined : rows[at + by];
  return next ? idOf(next) : null;
}

/** Steps on the screen from one to the other, both included. */
function between(from: NodeId, to: NodeId): NodeId[] {
  const ids = rowElements()
    .filter((row) => row.matches("li"))
    .map(idOf);
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  if (a === -1 || b === -1) return [to];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Puts the focus on a whole row. */
export function focusRow(id: NodeId): void {
  const row = rowOf(id);
  if (!row) return;
  row.focus({ preventScroll: true });
  (row.querySelector(".step-row, .stage-head") ?? row).scrollIntoView({ block: "nearest" });
}

/** Puts the caret into a row's title at once; what is typed next goes there. */
export function focusTitle(id: NodeId, caret: number | "end" = "end"): boolean {
  const element = document.querySelector<HTMLTextAreaElement>(`textarea[data-field="${CSS.escape(`title:${id}`)}"]`);
  if (!element) return false;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
  const at = caret === "end" ? element.value.length : Math.min(caret, element.value.length);
  element.setSelectionRange(at, at);
  return true;
}

export function toggleSelected(state: ListState, id: NodeId): void {
  const { ids } = state.selection.get();
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  state.selection.set(next.size === 0 ? NOTHING : { ids: next, from: id });
}

/** Selects from where the last selecting began to this row. */
export function selectTo(state: ListState, id: NodeId, from?: NodeId): void {
  const start = state.selection.get().from ?? from ?? id;
  state.selection.set({ ids: new Set(between(start, id)), from: start });
}

/** Selects the steps of a stage; again: none. */
export function selectAllIn(state: ListState, row: HTMLElement | null): void {
  const stage = row?.closest(".stage");
  if (!stage) return;
  const ids = [...stage.querySelectorAll<HTMLElement>("li[data-node]")].map(idOf);
  const { ids: now } = state.selection.get();
  const all = ids.length > 0 && ids.every((id) => now.has(id)) && now.size === ids.length;
  state.selection.set(all || ids.length === 0 ? NOTHING : { ids: new Set(ids), from: ids[0] ?? null });
}
