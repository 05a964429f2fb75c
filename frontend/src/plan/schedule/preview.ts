/** What a change would move, before it is made. As in `server/plan/schedule/preview.go`. */
import { Workdays, editCalendar } from "./calendar";
import { formatDay, parseDay, validDate } from "./day";
import { at } from "./graph";
import { runSchedule } from "./schedule";
import { typedDue } from "./scheduler";
import { counted, datesInWords } from "./words";
import type { Dependency, NodeDate, Problem, Schedule, ScheduleCalendar, ScheduleInput, ScheduleNode } from "./types";

/** One edit to preview; dates "" remove. */
export type Change =
  | { readonly kind: "due" | "start"; readonly node: string; readonly date: string }
  | { readonly kind: "days"; readonly node: string; readonly days: number | null }
  /** All dependencies as they will be. */
  | { readonly kind: "after"; readonly node: string; readonly after: readonly Dependency[] }
  /** `carry`: typed dates of open steps move by as many working days as the anchor does, instead of standing. */
  | { readonly kind: "anchor"; readonly date: string; readonly carry: boolean }
  /** `date`: the day it was done; "" leaves the due date standing for it. */
  | { readonly kind: "status"; readonly node: string; readonly status: string; readonly date: string }
  /** The step won't end before `date`. */
  | { readonly kind: "missed"; readonly node: string; readonly date: string }
  /** What the plan is counted towards from now on: the date, and the step whose end it is ("" the last). */
  | { readonly kind: "target"; readonly anchorKind: string; readonly node: string; readonly date: string }
  /** What is put into the calendar and taken out of it: an edit, not a state, so that it holds while others edit too. */
  | { readonly kind: "calendar"; readonly add: ScheduleCalendar; readonly drop: ScheduleCalendar }
  /** How long several steps take from now on. */
  | { readonly kind: "durations"; readonly durations: readonly { readonly node: string; readonly days: number }[] };

export type StepChange = Exclude<Change, { kind: "anchor" | "target" | "calendar" | "durations" }>;

/** Whether a change is of one step, not of the plan as a whole. */
export function isOfStep(change: Change): change is StepChange {
  return change.kind !== "anchor" && change.kind !== "target" && change.kind !== "calendar" && change.kind !== "durations";
}

export interface Preview {
  /** Of the changed step itself, or of the anchor. */
  readonly shift: Shift;
  /** Other steps that end on another day, in reading order. */
  readonly moves: readonly Move[];
  readonly goLive: Shift;
  /** Of the delay, rounded; null without a price or a delay. */
  readonly cost: number | null;
  /** Problems that are new. */
  readonly conflicts: readonly Problem[];
  /** Problems that go away. */
  readonly solved: readonly Problem[];
  /** In English; the other fields say the same. */
  readonly sentence: string;
  /** Both schedules, for a timeline that draws the one as a ghost of the other. */
  readonly before: Schedule;
  readonly after: Schedule;
}

/** A date and where it goes. */
export interface Shift {
  readonly node: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** Working days. */
  readonly days: number;
  readonly calendarDays: number;
}

export interface Move extends Shift {
  /** Its date was typed, so it won't move by itself; `to` is when it can really end. */
  readonly fixed: boolean;
}

/** The input as it is after a change. A change of a node that isn't there changes nothing. */
export function applyChange(input: ScheduleInput, change: Change): ScheduleInput {
  if (change.kind === "anchor") {
    const changed = { ...input, anchor: { ...input.anchor, date: change.date } };
    return change.carry ? carry(changed, input.anchor.date) : changed;
  }
  if (change.kind === "target") {
    return { ...input, anchor: { ...input.anchor, kind: change.anchorKind, node: change.node, date: change.date } };
  }
  if (change.kind === "calendar") return { ...input, calendar: editCalendar(input.calendar, change.add, change.drop) };
  if (change.kind === "durations") {
    const days = new Map(change.durations.map((one) => [one.node, one.days]));
    return { ...input, nodes: input.nodes.map((node) => ({ ...node, days: days.get(node.id) ?? node.days })) };
  }
  const i = input.nodes.findIndex(({ id }) => id === change.node);
  if (i < 0) return input;
  return { ...input, nodes: input.nodes.with(i, changeNode(at(input.nodes, i), change)) };
}

function changeNode(node: ScheduleNode, change: StepChange): ScheduleNode {
  switch (change.kind) {
    case "due":
      return { ...node, due: change.date, planned: "" };
    case "start":
      return { ...node, start: change.date };
    case "days":
      return { ...node, days: change.days };
    case "after":
      return { ...node, after: change.after };
    case "status":
      return { ...node, status: change.status, doneOn: change.status === "done" && change.date !== "" ? change.date : node.doneOn };
    case "missed":
      return { ...node, expected: change.date };
  }
}

/** Moves the typed dates of open steps as far as the anchor moved. */
function carry(input: ScheduleInput, from: string): ScheduleInput {
  const a = parseDay(from);
  const b = parseDay(input.anchor.date);
  if (a === undefined || b === undefined) return input;
  const work = quiet(input.calendar);
  const days = work.moment(b + 1) - work.moment(a + 1);
  const nodes = input.nodes.map((node) => {
    if (node.status === "done" || node.status === "skipped") return node;
    const due = typedDue(node) ? parseDay(node.due) : undefined;
    const start = node.status === "in-progress" ? undefined : parseDay(node.start);
    return {
      ...node,
      due: due === undefined ? node.due : formatDay(work.day(work.moment(due + 1) + days - 1)),
      start: start === undefined ? node.start : formatDay(work.day(work.moment(start) + days)),
    };
  });
  return { ...input, nodes };
}

/** Schedules a plan before and after a change and tells the difference. */
export function previewChange(input: ScheduleInput, change: Change): Preview {
  const changed = applyChange(input, change);
  const before = runSchedule(input).schedule;
  const { schedule: after, scheduler } = runSchedule(changed);
  const { graph, work } = scheduler;
  const old = new Map(before.nodes.map((node): [string, NodeDate] => [node.id, node]));
  let shift = shiftOf(work, "", "", "", "");
  const moves: Move[] = [];
  for (const node of after.nodes) {
    const i = graph.index.get(node.id) ?? -1;
    if (i < 0 || at(graph.step, i) < 0) continue;
    const moved = shiftOf(work, node.id, graph.node(i).title, old.get(node.id)?.finish ?? "", node.finish);
    if (isOfStep(change) && node.id === change.node) shift = moved;
    else if (moved.from !== moved.to && moved.from !== "" && moved.to !== "") moves.push({ ...moved, fixed: node.fixed === "due" });
  }
  if (change.kind === "anchor") shift = shiftOf(work, "", "", validDate(input.anchor.date), validDate(change.date));
  const target = graph.index.get(after.goLive.node);
  const title = target === undefined ? "" : graph.node(target).title;
  // Of one and the same step, also where the change makes it another.
  const goLive = shiftOf(work, after.goLive.node, title, old.get(after.goLive.node)?.finish ?? "", after.goLive.forecast);
  const { costPerWeek } = input.anchor;
  const late = costPerWeek !== null && costPerWeek > 0 && goLive.calendarDays > 0;
  return {
    shift,
    moves,
    goLive,
    cost: late ? Math.floor((costPerWeek * goLive.calendarDays) / 7 + 0.5) : null,
    conflicts: without(after.problems, before.problems),
    solved: without(before.problems, after.problems),
    sentence: sentence(change, shift, goLive, changed.anchor.kind),
    before,
    after,
  };
}

export function shiftOf(work: Workdays, node: string, title: string, from: string, to: string): Shift {
  const a = parseDay(from);
  const b = parseDay(to);
  const dated = a !== undefined && b !== undefined;
  return { node, title, from, to, days: dated ? work.moment(b + 1) - work.moment(a + 1) : 0, calendarDays: dated ? b - a : 0 };
}

/** The problems in `list` that aren't in `other`, whatever their dates are. */
function without(list: readonly Problem[], other: readonly Problem[]): Problem[] {
  const known = new Set(other.map(({ code, node }) => `${code} ${node}`));
  return list.filter(({ code, node }) => !known.has(`${code} ${node}`));
}

/** "Security review +7 days → go-live 12 → 19 May". */
function sentence(change: Change, shift: Shift, goLive: Shift, anchorKind: string): string {
  const goal = anchorKind === "value" ? "first value" : "go-live";
  let effect = `${goal} ${datesInWords(goLive.from, goLive.to)}`;
  if (goLive.from === "" || goLive.to === "") effect = `no ${goal} date yet`;
  else if (goLive.from === goLive.to) effect = `${goal} stays ${datesInWords(goLive.from, "")}`;
  if (change.kind === "target") return `Planned around another date → ${effect}`;
  if (change.kind === "durations") return `Other durations → ${effect}`;
  if (change.kind === "calendar") return `Working calendar → ${effect}`;
  if (change.kind !== "anchor") return `${cause(change, shift)} → ${effect}`;
  return shift.from === "" || shift.to === "" ? `Anchor date → ${effect}` : `Anchor date ${datesInWords(shift.from, shift.to)} → ${effect}`;
}

function cause(change: StepChange, { title, calendarDays }: Shift): string {
  const name = title || "Untitled";
  if (calendarDays !== 0) return `${name} ${counted(calendarDays, "day")}`;
  return change.kind === "status" ? `${name} ${change.status.replaceAll("-", " ")}` : `${name} ends as before`;
}

function quiet(calendar: ScheduleCalendar): Workdays {
  return new Workdays(calendar, () => undefined);
}

/** The plan's working days from one date to another: 0 for the same day, negative backwards, 0 without a date. */
export function workingDays(calendar: ScheduleCalendar, from: string, to: string): number {
  return shiftOf(quiet(calendar), "", "", from, to).days;
}

/** Moves a date by n working days; "" when it is no date. A day off counts as the working day before it. */
export function addWorkingDays(calendar: ScheduleCalendar, date: string, n: number): string {
  const day = parseDay(date);
  if (day === undefined) return "";
  const work = quiet(calendar);
  return formatDay(work.day(work.moment(day + 1) + Math.min(Math.max(n, -1000), 1000) - 1));
}
