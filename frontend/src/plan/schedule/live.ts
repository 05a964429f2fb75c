/** A plan's dates, followed as the document changes. */
import type * as Y from "yjs";
import type { Readable } from "../readable";
import { NODE, type Plan } from "../schema";
import { keepEqual } from "../store";
import { readScheduleInput } from "./read";
import { schedulePlan } from "./schedule";
import type { NodeDate, Problem, Schedule, ScheduleInput } from "./types";

/** When a stage or step happens: as the plan says, and as it will be if nothing else changes. */
export interface StepDate {
  readonly id: string;
  /** By when it is to be done: typed as typed, actual as it was, else computed; "" without a date. */
  readonly due: string;
  readonly start: string;
  /** When it can really end, as of today; equal to `due` unless it is late or a typed date can't be kept. */
  readonly expected: string;
  /** Working days of room, as of today; null for stages and what is over. */
  readonly slack: number | null;
  readonly critical: boolean;
  readonly fixed: NodeDate["fixed"];
  readonly problems: readonly Problem[];
}

/** What a plan's dates are now. Both schedules hold the same steps. */
export interface ScheduleNow {
  /** The plan as agreed: what is stored as due dates. */
  readonly agreed: Schedule;
  /** As of today: open steps can't end in the past. The same as `agreed` when there is no today. */
  readonly forecast: Schedule;
  readonly steps: ReadonlyMap<string, StepDate>;
}

/**
 * The schedule of a plan, computed once per change that can move a date; words people type don't count.
 * It follows the document only while somebody listens, so there is nothing to close.
 */
export interface LiveSchedule {
  /** The viewer's date; "" for a plan as it was at some moment. */
  readonly today: string;
  readonly now: Readable<ScheduleNow>;
  /** One step's dates: the same object until they change. Undefined for what has none of its own. */
  readonly step: (id: string) => Readable<StepDate | undefined>;
  /** What the schedule is made of, read afresh: titles included. */
  readonly input: () => ScheduleInput;
}

/** Entries of a node that can move a date. */
const MOVES_DATES: ReadonlySet<string> = new Set([
  NODE.kind, NODE.parent, NODE.ord, NODE.del, NODE.status, NODE.due, NODE.start, NODE.planned, NODE.doneOn, NODE.days, NODE.owners, NODE.after,
]);

export function followSchedule(plan: Plan, today: string): LiveSchedule {
  const input = (): ScheduleInput => readScheduleInput(plan, today);
  const listeners = new Set<() => void>();
  let value: ScheduleNow | undefined;
  let stale = true;

  const onNodes = (events: Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    stale ||= events.some(({ path, keys }) => {
      if (path.length === 0) return true;
      return path.length === 1 ? [...keys.keys()].some((key) => MOVES_DATES.has(key)) : MOVES_DATES.has(String(path[1]));
    });
  };
  const onOther = (): void => {
    stale = true;
  };
  const get = (): ScheduleNow => {
    // While nobody listens nothing tells of changes; whoever subscribes looks again.
    if (stale || !value) {
      const next = compute(input());
      value = value ? keep(value, next) : next;
      stale = false;
    }
    return value;
  };
  const settle = (): void => {
    if (!stale) return;
    const before = value;
    if (get() !== before) for (const listener of [...listeners]) listener();
  };
  const others = [plan.anchor, plan.calendar, plan.roles];
  const subscribe = (onChange: () => void): (() => void) => {
    const listener = () => onChange();
    if (listeners.size === 0) {
      stale = true;
      plan.nodes.observeDeep(onNodes);
      for (const root of others) root.observeDeep(onOther);
      plan.doc.on("afterTransaction", settle);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      plan.nodes.unobserveDeep(onNodes);
      for (const root of others) root.unobserveDeep(onOther);
      plan.doc.off("afterTransaction", settle);
    };
  };
  return {
    today,
    now: { get, subscribe },
    step: (id) => ({ get: () => get().steps.get(id), subscribe }),
    input,
  };
}

function compute(input: ScheduleInput): ScheduleNow {
  const forecast = schedulePlan(input);
  const agreed = input.today === "" ? forecast : schedulePlan({ ...input, today: "" });
  const problems = new Map<string, Problem[]>();
  for (const found of forecast.problems) {
    const list = problems.get(found.node);
    if (list) list.push(found);
    else problems.set(found.node, [found]);
  }
  const planned = new Map(agreed.nodes.map((node) => [node.id, node]));
  const steps = new Map<string, StepDate>();
  for (const { id, finish, due: forecastDue, start: forecastStart, slack, critical, fixed } of forecast.nodes) {
    const { due = forecastDue, start = forecastStart } = planned.get(id) ?? {};
    steps.set(id, { id, due, start, expected: finish || due, slack, critical, fixed, problems: problems.get(id) ?? [] });
  }
  return { agreed, forecast, steps };
}

/** `next`, with everything that is as before being the same object. */
function keep(before: ScheduleNow, next: ScheduleNow): ScheduleNow {
  const agreed = keepEqual(before.agreed, next.agreed);
  const forecast = keepEqual(before.forecast, next.forecast);
  let same = before.steps.size === next.steps.size;
  const steps = new Map<string, StepDate>();
  for (const [id, step] of next.steps) {
    const old = before.steps.get(id);
    const kept = old ? keepEqual(old, step) : step;
    same &&= kept === old;
    steps.set(id, kept);
  }
  if (same && agreed === before.agreed && forecast === before.forecast) return before;
  return { agreed, forecast, steps: same ? before.steps : steps };
}
