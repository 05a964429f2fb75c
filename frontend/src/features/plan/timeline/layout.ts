/**
 * Where everything on a timeline is, in pixels from the left edge of its first day. Pure: dates in, numbers out.
 * A day is the whole strip from its morning to the next, so a step of one day has a width, and a bar that ends on
 * the 3rd meets one that starts on the 4th. Days are those of `plan/schedule/day`: no clock, no zone.
 */
import type { Dependency } from "../../../plan/schedule";
import { dateOf, formatDay, parseDay } from "../../../plan/schedule/day";

/** A stage or step as the timeline draws it; dates are `YYYY-MM-DD`, "" for none. */
export interface TimelineStep {
  readonly id: string;
  readonly kind: "stage" | "milestone" | "task";
  readonly level: number;
  readonly start: string;
  /** By when it is to be done. */
  readonly due: string;
  /** When it can really end, as of today. */
  readonly expected: string;
  /** Until when it may slip without moving the end. */
  readonly latest: string;
  /** What both sides agreed to. */
  readonly agreed: string;
  /** Takes no time: a moment, not a span. */
  readonly moment: boolean;
  readonly after: readonly Dependency[];
}

/** Pixels a day, and the day at pixel 0. */
export interface Scale {
  readonly origin: number;
  /** Days drawn. */
  readonly days: number;
  readonly px: number;
}

/** From and to, in pixels; `to` is never before `from`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Row {
  readonly id: string;
  readonly kind: TimelineStep["kind"];
  /** Null without a date. */
  readonly bar: (Stretch & { readonly moment: boolean }) | null;
  /** Where it really ends, when that is later. */
  readonly late: Stretch | null;
  /** Room it has. */
  readonly room: Stretch | null;
  /** Where both sides agreed that it ends, when that is another day. */
  readonly agreed: number | null;
}

export type TickUnit = "day" | "week" | "month" | "quarter" | "year";

export interface Tick {
  readonly day: number;
  readonly x: number;
  readonly unit: TickUnit;
}

/** Least and most pixels a day can have. */
export const ZOOM = { min: 0.6, max: 44, step: 1.5 } as const;
export const PRESETS = { quarter: 2.4, month: 8, week: 28 } as const;

/** Days before the first date and after the last, so that nothing sticks to an edge. */
const BEFORE = 5;
const AFTER = 10;
/** Fewest days drawn. */
const LEAST = 56;
/** Most days drawn: a date that was mistyped by a century must not cost a page its memory. */
const MOST = 366 * 12;

/** The days a timeline has to show: all dates of its steps, today, and some air. */
export function extent(steps: readonly TimelineStep[], today: string): { readonly origin: number; readonly days: number } {
  let first = Infinity;
  let last = -Infinity;
  const see = (date: string): void => {
    const day = parseDay(date);
    if (day === undefined) return;
    first = Math.min(first, day);
    last = Math.max(last, day);
  };
  for (const { start, due, expected, agreed } of steps) [start, due, expected, agreed].forEach(see);
  if (first === Infinity) see(today);
  if (first === Infinity) return { origin: 0, days: LEAST };
  // Today is shown where it is near; a plan of last year doesn't begin with a year of nothing.
  const now = parseDay(today);
  if (now !== undefined && now > first - 120 && now < last + 120) see(today);
  const monday = first - BEFORE - mod(first - BEFORE, 7);
  return { origin: monday, days: Math.min(Math.max(last - monday + AFTER, LEAST), MOST) };
}

const mod = (a: number, b: number): number => ((a % b) + b) % b;

export const clampZoom = (px: number): number => Math.min(Math.max(px, ZOOM.min), ZOOM.max);

/** The zoom at which everything is in sight. */
export function fitZoom(days: number, width: number): number {
  return clampZoom(width / Math.max(days, 1));
}

/** The left edge of a day. */
export const xOf = (scale: Scale, day: number): number => (day - scale.origin) * scale.px;

/** The day under a pixel, within what is drawn. */
export function dayAt(scale: Scale, x: number): number {
  return scale.origin + Math.min(Math.max(Math.floor(x / scale.px), 0), scale.days - 1);
}

/** How far to scroll so that what is under the pointer stays under it. */
export function scrollAfterZoom(before: Scale, after: Scale, scrolled: number, pointer: number): number {
  return Math.max(0, ((scrolled + pointer) / before.px) * after.px - pointer);
}

/** One row for each stage and step, in the order given. */
export function rowsOf(steps: readonly TimelineStep[], scale: Scale): Row[] {
  return steps.map((step) => {
    const { id, kind } = step;
    const due = parseDay(step.due);
    if (due === undefined) return { id, kind, bar: null, late: null, room: null, agreed: null };
    const start = Math.min(parseDay(step.start) ?? due, due);
    const end = xOf(scale, due + 1);
    const bar = { from: xOf(scale, step.moment ? due : start), to: end, moment: step.moment };
    const reach = (date: string): Stretch | null => {
      const day = parseDay(date);
      return day === undefined || day <= due || kind === "stage" ? null : { from: end, to: xOf(scale, day + 1) };
    };
    const agreed = parseDay(step.agreed);
    return {
      id,
      kind,
      bar,
      late: reach(step.expected),
      room: reach(step.latest),
      agreed: agreed === undefined || agreed === due || kind === "stage" ? null : xOf(scale, agreed + 1),
    };
  });
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** SVG path data. */
  readonly path: string;
  /** Where its head is, and which way it looks. */
  readonly x: number;
  readonly y: number;
  readonly right: boolean;
}

/** How far a line runs straight out of a bar before it turns. */
const OUT = 7;

/** A line for each dependency of which both ends have a date. */
export function arrowsOf(steps: readonly TimelineStep[], rows: readonly Row[], middle: (row: number) => number): Arrow[] {
  const place = new Map(steps.map(({ id }, i) => [id, i]));
  const arrows: Arrow[] = [];
  steps.forEach((step, i) => {
    const target = rows[i]?.bar;
    if (!target) return;
    for (const { node, type } of step.after) {
      const j = place.get(node);
      const source = j === undefined || j === i ? undefined : rows[j]?.bar;
      if (j === undefined || !source) continue;
      const fromEnd = type !== "SS" && type !== "SF";
      const toEnd = type === "FF" || type === "SF";
      const x = toEnd ? target.to : target.from;
      arrows.push({
        from: node,
        to: step.id,
        path: elbow(fromEnd ? source.to : source.from, middle(j), fromEnd, x, middle(i), toEnd),
        x,
        y: middle(i),
        right: !toEnd,
      });
    }
  });
  return arrows;
}

/** Straight out, along between the rows where there is no way directly, and straight in. */
function elbow(x1: number, y1: number, fromEnd: boolean, x2: number, y2: number, toEnd: boolean): string {
  const a = x1 + (fromEnd ? OUT : -OUT);
  const b = x2 + (toEnd ? OUT : -OUT);
  const down = y2 > y1 ? 1 : -1;
  const round = (n: number): number => Math.round(n * 10) / 10;
  const line = (...points: [number, number][]): string => points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
  // Both turn the same way: the outer of the two columns leads straight there.
  if (fromEnd === toEnd) {
    const x = fromEnd ? Math.max(a, b) : Math.min(a, b);
    return line([x1, y1], [x, y1], [x, y2], [x2, y2]);
  }
  if (fromEnd ? a <= b : a >= b) return line([x1, y1], [a, y1], [a, y2], [x2, y2]);
  const between = y2 - down * GAP;
  return line([x1, y1], [a, y1], [a, between], [b, between], [b, y2], [x2, y2]);
}

/** From the middle of a row to the line between two. */
export const GAP = 17;

/** Which units the two lines of the axis count at a zoom. */
export function axisUnits(px: number): readonly [major: TickUnit, minor: TickUnit] {
  if (px >= 17) return ["month", "day"];
  if (px >= 4) return ["month", "week"];
  if (px >= 1.3) return ["year", "month"];
  return ["year", "quarter"];
}

/** The beginnings of a unit among the days drawn. The first is the first day itself, if its unit began before. */
export function ticksOf(scale: Scale, unit: TickUnit): Tick[] {
  const ticks: Tick[] = [];
  const end = scale.origin + scale.days;
  const push = (day: number): void => {
    ticks.push({ day, x: xOf(scale, day), unit });
  };
  if (unit === "day" || unit === "week") {
    const step = unit === "day" ? 1 : 7;
    const first = unit === "day" ? scale.origin : scale.origin + mod(-scale.origin, 7);
    for (let day = first; day < end; day += step) push(day);
    return ticks;
  }
  const months = unit === "month" ? 1 : unit === "quarter" ? 3 : 12;
  const { y, m } = dateOf(scale.origin);
  let month = Math.floor((y * 12 + m - 1) / months) * months;
  for (let day = firstOf(month); day < end; day = firstOf(month)) {
    push(Math.max(day, scale.origin));
    month += months;
    if (month >= 10_000 * 12) break; // there are no dates from there on
  }
  return ticks;
}

/** The first day of the n-th month since year 0. */
function firstOf(month: number): number {
  const year = Math.floor(month / 12);
  const date = `${String(year).padStart(4, "0")}-${String(mod(month, 12) + 1).padStart(2, "0")}-01`;
  return parseDay(date) ?? 0;
}

/** Runs of days on which the plan rests, joined. */
export function restOf(scale: Scale, works: (day: number) => boolean): Stretch[] {
  const runs: Stretch[] = [];
  let from: number | null = null;
  for (let day = scale.origin; day <= scale.origin + scale.days; day++) {
    const rests = day < scale.origin + scale.days && !works(day);
    if (rests) from ??= day;
    else if (from !== null) {
      runs.push({ from: xOf(scale, from), to: xOf(scale, day) });
      from = null;
    }
  }
  return runs;
}

/** The date that many pixels from another; the same date for less than half a day. */
export function dragged(date: string, pixels: number, px: number): string {
  const day = parseDay(date);
  return day === undefined ? "" : formatDay(Math.max(day + Math.round(pixels / px), 0));
}
