/** A schedule as dates, and what fights it. As in `server/plan/schedule/report.go`. */
import { quarterEnd } from "./calendar";
import { formatDay, parseDay, validDate } from "./day";
import { at } from "./graph";
import { Scheduler, type Placed } from "./scheduler";
import { SCHEDULE_LIMITS, because, problem, type GoLive, type NodeDate, type Problem, type Schedule, type ScheduleInput } from "./types";

/** Schedules a plan. Never throws; cost is about linear in nodes and dependencies. */
export function schedulePlan(input: ScheduleInput): Schedule {
  return runSchedule(input).schedule;
}

/** With the scheduler itself, for what else is asked of the same plan. */
export function runSchedule(input: ScheduleInput): { readonly schedule: Schedule; readonly scheduler: Scheduler } {
  const problems: Problem[] = [];
  const scheduler = new Scheduler(input, (found) => problems.push(found));
  problems.push(...conflicts(scheduler));
  return { schedule: { ...write(scheduler), problems: sorted(scheduler, problems) }, scheduler };
}

type Draft = { -readonly [K in keyof NodeDate]: NodeDate[K] };

function write(s: Scheduler): Omit<Schedule, "problems"> {
  const { graph, input } = s;
  const nodes: Draft[] = [];
  const place = new Map<number, Draft>();
  const critical: string[] = [];
  input.nodes.forEach((node, i) => {
    const v = at(graph.end, i);
    if ((v < 0 && node.kind !== "stage") || node.kind === "subtask" || graph.index.get(node.id) !== i) return;
    const draft = empty(node.id);
    if (v >= 0 && graph.vertex(v).real) Object.assign(draft, stepDate(s, v));
    else if (v >= 0) draft.reason = at(s.plan, v).why;
    if (draft.critical) critical.push(node.id);
    place.set(i, draft);
    nodes.push(draft);
  });
  for (let i = input.nodes.length - 1; i >= 0; i--) {
    let parent = at(graph.parent, i);
    while (parent >= 0 && at(graph.step, parent) >= 0) parent = at(graph.parent, parent);
    const group = place.get(parent);
    const draft = place.get(i);
    if (group && draft && graph.node(i).status !== "skipped") widen(group, draft);
  }
  let start = "";
  let finish = "";
  for (const node of nodes) {
    start = earlier(start, node.start);
    finish = later(finish, node.finish);
  }
  return { dated: s.dated, goLive: goLive(s, place), start, finish, critical, nodes };
}

function goLive(s: Scheduler, place: ReadonlyMap<number, NodeDate>): GoLive {
  const target = s.target < 0 ? undefined : place.get(s.graph.vertex(s.target).node);
  if (!target) return { node: "", date: "", forecast: "", late: 0 };
  return {
    node: target.id,
    date: s.back ? s.input.anchor.date : "",
    forecast: target.finish,
    late: s.back ? at(s.plan, s.target).finish - s.anchor : 0,
  };
}

function empty(id: string): Draft {
  return {
    id,
    start: "",
    due: "",
    finish: "",
    earliestStart: "",
    earliestDue: "",
    latestStart: "",
    latestDue: "",
    slack: null,
    critical: false,
    fixed: "",
    reason: because(""),
  };
}

function widen(group: Draft, node: NodeDate): void {
  group.start = earlier(group.start, node.start);
  group.earliestStart = earlier(group.earliestStart, node.earliestStart);
  group.latestStart = earlier(group.latestStart, node.latestStart);
  group.due = later(group.due, node.due);
  group.finish = later(group.finish, node.finish);
  group.earliestDue = later(group.earliestDue, node.earliestDue);
  group.latestDue = later(group.latestDue, node.latestDue);
  group.critical ||= node.critical;
}

/** The earlier of two dates, where "" is none. */
function earlier(a: string, b: string): string {
  return a === "" || (b !== "" && b < a) ? b : a;
}

function later(a: string, b: string): string {
  return b > a ? b : a;
}

function stepDate(s: Scheduler, v: number): Draft {
  const node = s.graph.nodeOf(v);
  const draft = empty(node.id);
  draft.reason = at(s.plan, v).why;
  if (s.over(v)) {
    const skipped = node.status === "skipped";
    draft.due = (skipped ? "" : validDate(node.doneOn)) || validDate(node.due);
    draft.start = validDate(node.start);
    if (!skipped && (draft.start === "" || draft.start > draft.due)) draft.start = draft.due;
    draft.fixed = skipped ? "" : "done";
    draft.reason = because(skipped ? "skipped" : "done");
    draft.finish = draft.due;
    return draft;
  }
  if (!s.dated) {
    draft.reason = because("undated");
    return draft;
  }
  const typed = s.typed(v);
  const planned = at(s.plan, v);
  const early = at(s.early, v);
  const late = at(s.late, v);
  draft.start = startDate(s, v, planned);
  draft.finish = dueDate(s, v, planned);
  draft.due = draft.finish;
  if (typed.start !== undefined) {
    draft.fixed = "start";
    draft.start = node.start;
  }
  if (typed.due !== undefined) {
    draft.fixed = "due";
    draft.due = node.due;
    if (planned.finish === typed.due) draft.finish = node.due;
  }
  draft.earliestStart = startDate(s, v, early);
  draft.earliestDue = dueDate(s, v, early);
  draft.latestStart = startDate(s, v, late);
  draft.latestDue = dueDate(s, v, late);
  draft.slack = Math.min(late.start - early.start, late.finish - early.finish);
  draft.critical = draft.slack <= 0;
  return draft;
}

/**
 * The first and last day of a step. One that takes no time is on the day on which what it follows ends, or
 * on the first day of all, which is no later than the anchor it leads to.
 */
function startDate(s: Scheduler, v: number, placed: Placed): string {
  return s.days(v) === 0 ? dueDate(s, v, placed) : formatDay(s.work.day(placed.start));
}

function dueDate(s: Scheduler, v: number, placed: Placed): string {
  const first = s.days(v) === 0 && placed.finish <= s.origin && (!s.back || placed.finish < s.anchor);
  return formatDay(s.work.day(first ? placed.finish : placed.finish - 1));
}

/** Typed dates that fight the schedule, and the schedule fighting the anchor. */
function conflicts(s: Scheduler): Problem[] {
  const out: Problem[] = [];
  if (!s.dated) return out;
  const { date } = s.input.anchor;
  const day = parseDay(date);
  if (day !== undefined && !s.work.works(day)) out.push(problem("non-working", { date }));
  s.graph.vertices.forEach(({ real }, v) => {
    if (real && !s.over(v)) out.push(...stepConflicts(s, v));
  });
  if (s.target >= 0 && s.back) {
    const placed = at(s.plan, s.target);
    const days = placed.finish - s.anchor;
    const { id: node } = s.graph.nodeOf(s.target);
    if (days > 0) out.push(problem("anchor", { node, other: placed.why.node, date, needs: dueDate(s, s.target, placed), days }));
  }
  return out;
}

function stepConflicts(s: Scheduler, v: number): Problem[] {
  const out: Problem[] = [];
  const node = s.graph.nodeOf(v);
  const placed = at(s.plan, v);
  const late = at(s.late, v);
  const typed = s.typed(v);
  const about = { node: node.id, other: placed.why.node };
  if (node.days !== null && (node.days < 0 || node.days > SCHEDULE_LIMITS.days)) out.push(problem("odd", { node: node.id }));
  if (typed.start !== undefined && placed.start > typed.start) {
    out.push(problem("start", { ...about, date: node.start, needs: startDate(s, v, placed), days: placed.start - typed.start }));
  }
  let date = dueDate(s, v, placed);
  if (typed.due !== undefined) {
    date = node.due;
    if (placed.finish > typed.due) {
      out.push(problem("date", { ...about, date, needs: dueDate(s, v, placed), days: placed.finish - typed.due }));
    } else if (s.before[v] && typed.due > late.finish) {
      out.push(
        problem("latest", { node: node.id, other: late.why.node, date, needs: dueDate(s, v, late), days: typed.due - late.finish }),
      );
    }
  }
  const day = parseDay(date) ?? 0;
  if (typed.due !== undefined && !s.work.works(day)) out.push(problem("non-working", { node: node.id, date }));
  const owner = s.ownerOf(s.graph.vertex(v).node);
  if (s.owners.away(owner, day)) out.push(problem("away", { node: node.id, other: owner, date }));
  const { quarters } = s.input.calendar;
  if (quarters && quarters.days > 0) {
    const end = quarterEnd(quarters, day);
    const left = s.work.moment(end + 1) - s.work.moment(day + 1);
    if (left < Math.min(quarters.days, SCHEDULE_LIMITS.quarterDays)) {
      out.push(problem("quarter-end", { node: node.id, date, needs: formatDay(end), days: left }));
    }
  }
  return out;
}

/** Problems of the plan first, then those of its nodes in reading order, each by code. */
function sorted(s: Scheduler, problems: readonly Problem[]): Problem[] {
  const place = ({ node }: Problem): number => (node === "" ? -1 : (s.graph.index.get(node) ?? -1));
  return [...problems].sort((a, b) => place(a) - place(b) || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}
