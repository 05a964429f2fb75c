/** The window onto the timeline: how wide it is, what it shows, and how it gets onto paper. */
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { flushSync } from "react-dom";
import { parseDay } from "../../../plan/schedule/day";
import { clampZoom, scrollAfterZoom, xOf, type Scale } from "./layout";

export function scrollToDay(frame: HTMLElement | null, scale: Scale, date: string, names: number): void {
  const day = parseDay(date);
  if (!frame || day === undefined) return;
  frame.scrollTo({ left: Math.max(0, xOf(scale, day) - (frame.clientWidth - names) / 3), behavior: still() ? "instant" : "smooth" });
}

const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Brings a row's bar into sight. */
export function reveal(frame: HTMLElement | null, bar: { from: number; to: number } | null, names: number): void {
  if (!frame || !bar) return;
  const wide = frame.clientWidth - names;
  if (bar.from >= frame.scrollLeft && bar.from < frame.scrollLeft + wide - 40) return;
  frame.scrollTo({ left: Math.max(0, bar.from - wide / 4), behavior: still() ? "instant" : "smooth" });
}

/** The frame's inner width. */
export function useWidth(frame: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

/** Whether the page is being printed; it is drawn anew for paper first. */
export function usePaper(): boolean {
  const [paper, setPaper] = useState(false);
  useEffect(() => {
    const before = () => flushSync(() => setPaper(true));
    const after = () => setPaper(false);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
  return paper;
}

function to(element: HTMLElement, left: number): void {
  element.scrollTo({ left: Math.max(0, left), behavior: "instant" });
}

/**
 * Scrolls the frame as it is drawn anew: at first to today, where it is in the plan; after zooming so that what was
 * under the pointer, or in the middle, still is. Ctrl or Cmd with the wheel zooms.
 */
export function useKeptPlace(frame: RefObject<HTMLElement | null>, scale: Scale, names: number, today: string, zoomTo: (px: number) => void): void {
  const before = useRef<Scale | null>(null);
  const zoomedAt = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    const last = before.current;
    before.current = scale;
    if (!element) return;
    if (!last) {
      const day = parseDay(today);
      to(element, day === undefined ? 0 : xOf(scale, day) - (element.clientWidth - names) / 3);
    } else if (last.px !== scale.px) {
      to(element, scrollAfterZoom(last, scale, element.scrollLeft, zoomedAt.current ?? (element.clientWidth - names) / 2));
    } else if (last.origin !== scale.origin) {
      to(element, element.scrollLeft + (last.origin - scale.origin) * scale.px);
    }
    zoomedAt.current = null;
  }, [frame, scale, names, today]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault(); // the page's own zoom
      zoomedAt.current = event.clientX - element.getBoundingClientRect().left - names;
      zoomTo(clampZoom(scale.px * Math.exp(-event.deltaY / 300)));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [frame, scale, names, zoomTo]);
}
