import { useEffect, useMemo, useRef, type ClipboardEvent, type FocusEvent, type KeyboardEvent } from "react";
import { nodeId, type NodeId } from "../../../plan/schema";
import { kindInPlace } from "../../../plan/tree";
import { useScreen } from "../screen";
import { focusRow, focusTitle, neighbour, rowOf, selectAllIn, selectTo, toggleSelected } from "./rows";
import { NOTHING, setFolded, useList } from "./state";
import { useListActions } from "./use-actions";

export interface SheetKeys {
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  readonly onPaste: (event: ClipboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  readonly onInput: () => void;
  readonly onPointerDown: () => void;
}

/** The row whose title or whose whole the event is on; events from within details or menus are none of ours. */
function targetOf(event: { readonly target: EventTarget }): { id: NodeId; title: HTMLTextAreaElement | null } | null {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return null;
  const row = target.closest<HTMLElement>("[data-node]");
  const id = row?.dataset["node"];
  if (!row || id === undefined) return null;
  if (target === row) return { id: nodeId(id), title: null };
  if (target instanceof HTMLTextAreaElement && target.dataset["field"] === `title:${id}`) return { id: nodeId(id), title: target };
  return null;
}

/** Opens what a button of the row opens; when it is closed, the row has the focus again. */
function openFact(id: NodeId, button: string): boolean {
  const opener = rowOf(id)?.querySelector<HTMLElement>(`:scope > .step-row ${button}`);
  if (!opener || !(opener instanceof HTMLButtonElement)) return false;
  const watch = new MutationObserver(() => {
    if (opener.getAttribute("aria-expanded") === "true") return;
    watch.disconnect();
    if (document.activeElement === opener) focusRow(id);
    else opener.addEventListener("focus", () => focusRow(id), { once: true });
  });
  watch.observe(opener, { attributeFilter: ["aria-expanded"] });
  opener.focus({ preventScroll: true });
  // As if by its own key: a click would count as made without a keyboard, and what opens then waits to take the focus.
  opener.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
  return true;
}

/**
 * All keys of the list, listened to once for the whole sheet. Somebody who comes by with Tab passes through a
 * title as through any field; once they write, click or press another key in it, Tab changes the level, and
 * Escape goes to the row, from where Tab goes on.
 */
export function useSheetKeys(): SheetKeys {
  const { plan, rights } = useScreen();
  const state = useList();
  const actions = useListActions();
  const tabbed = useRef(false);
  const passing = useRef(false);

  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      tabbed.current = event.key === "Tab" && !event.defaultPrevented;
      if (event.defaultPrevented) return;
      const writing = event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable], [role=dialog]") !== null;
      const asks = (event.key === "/" && (event.ctrlKey || event.metaKey)) || (event.key === "?" && !writing);
      if (!asks) return;
      event.preventDefault();
      state.help.set(true);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [state]);

  return useMemo(() => {
    const command = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey;
    /** Keys that mean the same in a title and on a row. */
    const anywhere = (event: KeyboardEvent, id: NodeId): boolean => {
      if (event.altKey || !command(event)) return false;
      if (event.key === "]" || event.key === "[") actions.shift(id, event.key === "]" ? "in" : "out");
      else if (event.key === "Enter") actions.toggleDone(id);
      else if (event.key === "d") actions.duplicate([id]);
      else return false;
      return true;
    };
    const inTitle = (event: KeyboardEvent, id: NodeId, title: HTMLTextAreaElement): boolean => {
      const stage = kindInPlace(plan, id) === "stage";
      const plain = !event.altKey && !command(event);
      switch (event.key) {
        case "Enter":
          if (!plain || event.shiftKey) return false;
          if (title.value.trim() === "" && !stage) actions.leaveLevel(id);
          else actions.addBelow(id);
          return true;
        case "Tab":
          if (!plain || stage || passing.current) return false;
          actions.shift(id, event.shiftKey ? "out" : "in");
          return true;
        case "Backspace":
          return plain && title.value === "" && actions.removeBlank(id);
        case "Escape":
          focusRow(id);
          return true;
        case "ArrowUp":
        case "ArrowDown": {
          if (!plain) return false;
          const up = event.key === "ArrowUp";
          const wraps = title.clientHeight > 1.9 * parseFloat(getComputedStyle(title).lineHeight);
          const edge = up ? 0 : title.value.length;
          if (wraps && !(title.selectionStart === edge && title.selectionEnd === edge)) return false;
          const next = neighbour(id, up ? -1 : 1);
          if (next === null) return false;
          if (event.shiftKey && !stage) {
            selectTo(state, next, id);
            focusRow(next);
          } else if (!focusTitle(next, title.selectionStart)) focusRow(next);
          return true;
        }
        default:
          return false;
      }
    };
    const onRow = (event: KeyboardEvent, id: NodeId): boolean => {
      const selected = state.selection.get().ids;
      const stage = kindInPlace(plan, id) === "stage";
      if (command(event) && event.key === "a") {
        selectAllIn(state, event.target as HTMLElement);
        return true;
      }
      if (command(event) && event.key === "d") {
        actions.duplicate(selected.has(id) ? [...selected] : [id]);
        return true;
      }
      if (command(event) || event.altKey) return false;
      switch (event.key) {
        case "ArrowUp":
        case "ArrowDown": {
          const next = neighbour(id, event.key === "ArrowUp" ? -1 : 1);
          if (next === null) return false;
          if (event.shiftKey) selectTo(state, next, id);
          focusRow(next);
          return true;
        }
        case "ArrowLeft":
        case "ArrowRight":
          setFolded(state, [id], event.key === "ArrowLeft");
          return true;
        case "Enter":
          focusTitle(id);
          return true;
        case " ":
          if (!stage) toggleSelected(state, id);
          return true;
        case "Escape":
          if (selected.size === 0) return false;
          state.selection.set(NOTHING);
          return true;
        case "Delete":
        case "Backspace":
          actions.remove(selected.has(id) ? [...selected] : [id]);
          return true;
        case "o":
        case "d":
          return openFact(id, event.key === "o" ? ".fact-owner" : ".fact-due");
        case "s":
          return openFact(id, ".step-status");
        case "m":
          if (selected.size === 0) return false;
          document.querySelector<HTMLElement>(".selection-bar button")?.focus();
          return true;
        default:
          return false;
      }
    };
    return {
      onKeyDown: (event) => {
        if (event.defaultPrevented || event.nativeEvent.isComposing || !rights.write) return;
        const target = targetOf(event);
        if (!target) return;
        if (target.title && event.key !== "Tab" && event.key !== "Shift") passing.current = false;
        const handled = target.title
          ? anywhere(event, target.id) || inTitle(event, target.id, target.title)
          : onRow(event, target.id) || anywhere(event, target.id);
        if (handled) event.preventDefault();
      },
      onPaste: (event) => {
        if (!rights.write) return;
        const target = targetOf(event);
        if (target && actions.paste(target.id, event.clipboardData.getData("text/plain"), target.title === null)) event.preventDefault();
      },
      onFocus: (event) => {
        if (targetOf(event)?.title) passing.current = tabbed.current;
        tabbed.current = false;
      },
      onInput: () => {
        passing.current = false;
      },
      onPointerDown: () => {
        passing.current = false;
        tabbed.current = false;
      },
    };
  }, [plan, rights.write, state, actions]);
}
