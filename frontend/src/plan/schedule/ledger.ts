/** Days lost, and how far the plan is from what was agreed. As in `server/plan/schedule/ledger.go`. */
import { compareText } from "../richtext";
import { validDate } from "./day";
import { at } from "./graph";
import { shiftOf, type Shift } from "./preview";
import { runSchedule } from "./schedule";
import type { Schedule, ScheduleInput } from "./types";

/** A recorded delay of a step. Days are working days, negative when time was won. */
export interface Slip {
  readonly id: string;
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Who lost the time: seller, buyer or joint. */
  readonly side: string;
  readonly reason: string;
  /** ISO time. */
  readonly at: string;
}

/** Where the days of a plan went. */
export interface Ledger {
  /** Days lost, and below days won back, as positive numbers. */
  readonly lost: number;
  readonly won: number;
  /** seller, buyer, joint; all three always. */
  readonly bySide: readonly Total[];
  /** Most days first. */
  readonly byCause: readonly Total[];
  readonly byNode: readonly Total[];
}

/** The sum of some slips: days lost less days won back. */
export interface Total {
  readonly key: string;
  readonly days: number;
  readonly slips: number;
}

/** Adds slips up. Reasons that differ only in case (of a–z) and surrounding blanks are one cause, named as first written. */
export function makeLedger(slips: readonly Slip[]): Ledger {
  const bySide = new Sums(["seller", "buyer", "joint"]);
  const byCause = new Sums();
  const byNode = new Sums();
  const names = new Map<string, string>();
  let lost = 0;
  let won = 0;
  for (const slip of [...slips].sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id))) {
    if (slip.days > 0) lost += slip.days;
    else won -= slip.days;
    const reason = slip.reason.replace(/^[ \t\n]+|[ \t\n]+$/g, "");
    const key = lower(reason);
    const name = names.get(key) ?? reason;
    names.set(key, name);
    bySide.add(slip.side === "seller" || slip.side === "buyer" ? slip.side : "joint", slip.days);
    byCause.add(name, slip.days);
    byNode.add(slip.node, slip.days);
  }
  return { lost, won, bySide: bySide.list(), byCause: byCause.mostFirst(), byNode: byNode.mostFirst() };
}

class Sums {
  readonly #totals = new Map<string, { key: string; days: number; slips: number }>();

  constructor(keys: readonly string[] = []) {
    for (const key of keys) this.#totals.set(key, { key, days: 0, slips: 0 });
  }

  add(key: string, days: number): void {
    const total = this.#totals.get(key) ?? { key, days: 0, slips: 0 };
    total.days += days;
    total.slips++;
    this.#totals.set(key, total);
  }

  list(): Total[] {
    return [...this.#totals.values()];
  }

  mostFirst(): Total[] {
    return this.list().sort((a, b) => b.days - a.days);
  }
}

/** Changes A–Z only, so that every language does the same. */
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/** What both sides agreed to. It is complete when seller and buyer are both in `agreed`. */
export interface Baseline {
  readonly at: string;
  readonly goLive: string;
  /** Step → the day it should end. */
  readonly dates: Readonly<Record<string, string>>;
  readonly agreed: readonly string[];
}

/** A schedule's dates as a baseline that nobody agreed to yet. */
export function makeBaseline(schedule: Schedule, at: string): Baseline {
  const steps = schedule.nodes.filter((node) => node.finish !== "" && (node.slack !== null || node.fixed === "done"));
  return {
    at,
    goLive: schedule.goLive.date || schedule.goLive.forecast,
    dates: Object.fromEntries(steps.map(({ id, due }) => [id, due])),
    agreed: [],
  };
}

/** The schedule of today beside the baseline. */
export interface Drift {
  /** By both sides. */
  readonly agreed: boolean;
  readonly goLive: Shift;
  /** In reading order; those that are gone last, by id. */
  readonly steps: readonly StepDrift[];
  /** Steps that end later than agreed. */
  readonly late: number;
  readonly early: number;
}

export interface StepDrift extends Shift {
  /** added: not in the baseline; gone: not in the plan. */
  readonly state: "same" | "late" | "early" | "added" | "gone";
}

/** How far the plan has moved from what was agreed. */
export function compareBaseline(input: ScheduleInput, baseline: Baseline): Drift {
  const { schedule, scheduler } = runSchedule(input);
  const { graph, work } = scheduler;
  const agreedOn = new Map(Object.entries(baseline.dates));
  const steps: StepDrift[] = [];
  for (const { id, finish } of schedule.nodes) {
    const i = graph.index.get(id) ?? -1;
    if (i < 0 || at(graph.step, i) < 0 || finish === "") continue;
    const from = validDate(agreedOn.get(id) ?? "");
    agreedOn.delete(id);
    const state = from === "" ? "added" : finish > from ? "late" : finish < from ? "early" : "same";
    steps.push({ ...shiftOf(work, id, graph.node(i).title, from, finish), state });
  }
  const gone = [...agreedOn].filter(([, date]) => validDate(date) !== "").sort(([a], [b]) => compareText(a, b));
  for (const [node, from] of gone) steps.push({ node, title: "", from, to: "", days: 0, calendarDays: 0, state: "gone" });
  const target = graph.index.get(schedule.goLive.node);
  const title = target === undefined ? "" : graph.node(target).title;
  return {
    agreed: baseline.agreed.includes("seller") && baseline.agreed.includes("buyer"),
    goLive: shiftOf(work, schedule.goLive.node, title, validDate(baseline.goLive), schedule.goLive.forecast),
    steps,
    late: steps.filter(({ state }) => state === "late").length,
    early: steps.filter(({ state }) => state === "early").length,
  };
}
