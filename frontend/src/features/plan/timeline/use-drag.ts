import { useCallback, useEffect, useRef, useState, type PointerEvent } from "react";
import { addWorkingDays, workingDays, type Change } from "../../../plan/schedule";
import { useProposeChange, useSchedule } from "../dates/propose";
import { dragged } from "./layout";
import type { Entry } from "./use-steps";

/** What the hand is on: the whole bar, or the end that is free to move. */
export type Grip = "move" | "start" | "end";

export interface Drag {
  readonly entry: Entry;
  readonly grip: Grip;
  /** What letting go would propose; null while it is where it was. */
  readonly change: Change | null;
}

/** Fewer pixels than this are a click. */
const SLACK = 3;

/**
 * Moving bars with a pointer. Letting go proposes the change, so that its consequences are shown first; Escape
 * drops it. A finger scrolls instead: there dates are changed in the step's details.
 */
export function useDrag(px: number): { drag: Drag | null; begin: (event: PointerEvent, entry: Entry, grip: Grip) => void } {
  const propose = useProposeChange();
  const live = useSchedule();
  const [drag, setDrag] = useState<Drag | null>(null);
  const state = useRef<{ from: number; entry: Entry; grip: Grip; drag: Drag | null } | null>(null);
  const pixels = useRef(px);
  useEffect(() => {
    pixels.current = px;
  }, [px]);

  const show = useCallback((next: Drag | null) => {
    if (state.current) state.current.drag = next;
    setDrag(next);
  }, []);

  useEffect(() => {
    const stop = () => {
      state.current = null;
      setDrag(null);
    };
    const onMove = (event: globalThis.PointerEvent) => {
      const held = state.current;
      if (!held) return;
      const by = event.clientX - held.from;
      if (!held.drag && Math.abs(by) < SLACK) return;
      event.preventDefault();
      const change = changeOf(held.entry, held.grip, by, pixels.current, live.input().calendar);
      if (held.drag && JSON.stringify(held.drag.change) === JSON.stringify(change)) return;
      show({ entry: held.entry, grip: held.grip, change });
    };
    const onUp = () => {
      const change = state.current?.drag?.change;
      stop();
      if (change) propose(change);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !state.current?.drag) return;
      event.preventDefault();
      stop();
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("blur", stop);
    document.addEventListener("keydown", onKey, true);
    return () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("blur", stop);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [live, propose, show]);

  const begin = useCallback((event: PointerEvent, entry: Entry, grip: Grip) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    state.current = { from: event.clientX, entry, grip, drag: null };
  }, []);
  return { drag, begin };
}

type Calendar = Parameters<typeof workingDays>[0];

/** The change that a bar dragged so far would be; null when it is none. */
export function changeOf(entry: Entry, grip: Grip, pixels: number, px: number, calendar: Calendar): Change | null {
  if (grip === "move") {
    const date = addWorkingDays(calendar, dragged(entry.due, pixels, px), 0); // a day off is nobody's due date
    return date === "" || date === entry.due ? null : { kind: "due", node: entry.id, date };
  }
  const start = grip === "start" ? dragged(entry.start, pixels, px) : entry.start;
  const due = grip === "end" ? dragged(entry.due, pixels, px) : entry.due;
  const days = Math.max(1, workingDays(calendar, dayBefore(start), due));
  const now = Math.max(1, workingDays(calendar, dayBefore(entry.start), entry.due));
  return days === now ? null : { kind: "days", node: entry.id, days };
}

const dayBefore = (date: string): string => dragged(date, -1, 1);
