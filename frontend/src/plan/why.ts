/** Why a plan exists: business case, success metrics, the event behind its date; and dismissed suggestions. */
import * as Y from "yjs";
import { checkDate, EditError, pick, write } from "./edit";
import { Fields, isMap, mapsIn, type Warning } from "./fields";
import { newId } from "./id";
import { ordBetween, ordSpread } from "./ord";
import { compareText } from "./richtext";
import {
  ANCHOR,
  CASE_KEYS,
  LIMITS,
  META,
  METRIC,
  NODE,
  ROOT,
  metricId,
  nodeMap,
  type CaseKey,
  type MetricId,
  type NodeId,
  type Plan,
} from "./schema";

export type CaseView = Readonly<Record<CaseKey, string>>;

/** One measure of success. */
export interface MetricView {
  readonly id: string;
  readonly ord: string;
  readonly name: string;
  readonly baseline: string;
  readonly target: string;
  /** By when. */
  readonly date: string;
  /** Who answers for it. */
  readonly role: string;
}

/** What a node's outcome holds when it serves the business case as a whole; otherwise it is a metric's id. */
export const OUTCOME_OF_CASE = "outcome";

export const METRIC_TEXTS = ["name", "baseline", "target"] as const;
export type MetricText = (typeof METRIC_TEXTS)[number];

export function readCase(plan: Plan, warnings: Warning[] = []): CaseView {
  const f = new Fields(warnings, plan.case, ROOT.case);
  return Object.fromEntries(CASE_KEYS.map((key) => [key, f.text(key)])) as CaseView;
}

/** The metrics that were not removed, by (ord, id). */
export function readMetrics(plan: Plan, warnings: Warning[] = []): MetricView[] {
  const out: MetricView[] = [];
  for (const [id, f] of mapsIn(warnings, plan.metrics, ROOT.metrics)) {
    const metric = {
      id,
      ord: f.text(METRIC.ord),
      name: f.text(METRIC.name),
      baseline: f.text(METRIC.baseline),
      target: f.text(METRIC.target),
      date: f.date(METRIC.date),
      role: f.text(METRIC.role),
    };
    if (f.text(METRIC.del) === "") out.push(metric);
  }
  return out.sort((a, b) => compareText(a.ord, b.ord) || compareText(a.id, b.id));
}

/** Keys of the suggestions that were dismissed, in order. */
export function readDismissed(plan: Plan, warnings: Warning[] = []): string[] {
  const f = new Fields(warnings, plan.dismissed, ROOT.dismissed);
  return [...plan.dismissed.keys()].filter((key) => f.text(key) !== "").sort(compareText);
}

/** A text of the business case, to bind a field to; undefined when it is missing or malformed. */
export function caseText(plan: Plan, key: CaseKey): Y.Text | undefined {
  const value = plan.case.get(key);
  return value instanceof Y.Text ? value : undefined;
}

/** A text of a metric; undefined when the metric is gone or malformed. */
export function metricText(plan: Plan, id: MetricId, key: MetricText): Y.Text | undefined {
  const value = metricMap(plan, id)?.get(key);
  return value instanceof Y.Text ? value : undefined;
}

function metricMap(plan: Plan, id: MetricId): Y.Map<unknown> | undefined {
  const value = plan.metrics.get(id);
  return isMap(value) ? value : undefined;
}

function needMetric(plan: Plan, id: MetricId): Y.Map<unknown> {
  const map = metricMap(plan, id);
  if (!map) throw new EditError("gone", "That metric is no longer in the plan.");
  return map;
}

/** Adds an empty metric at the end and returns its id. */
export function addMetric(plan: Plan): MetricId {
  const metrics = readMetrics(plan);
  if (plan.metrics.size >= LIMITS.metrics) {
    throw new EditError("full", `A plan holds ${LIMITS.metrics} metrics at most, removed ones included. Three to five are read.`);
  }
  const id = metricId(newId());
  write(plan, () => {
    const map = new Y.Map<unknown>();
    plan.metrics.set(id, map);
    map.set(METRIC.ord, ordBetween(metrics.at(-1)?.ord ?? null, null) ?? ordSpread(1)[0]);
    for (const key of METRIC_TEXTS) map.set(key, new Y.Text());
  });
  return id;
}

/** Takes a metric out of the plan; what others type into it meanwhile stays and comes back with undo. */
export function removeMetric(plan: Plan, id: MetricId): void {
  pick(plan, needMetric(plan, id), METRIC.del, new Date().toISOString());
}

export function setMetricDate(plan: Plan, id: MetricId, date: string | null): void {
  checkDate(date, "A metric's date");
  pick(plan, needMetric(plan, id), METRIC.date, date);
}

/** Says who answers for a metric; null nobody. */
export function setMetricRole(plan: Plan, id: MetricId, role: string | null): void {
  pick(plan, needMetric(plan, id), METRIC.role, role);
}

/** Moves a metric one place; false at an edge. Equal keys (two added at once) are spread anew. */
export function moveMetric(plan: Plan, id: MetricId, direction: "up" | "down"): boolean {
  const list = readMetrics(plan).map((metric) => metric.id);
  const at = list.indexOf(id);
  const to = at + (direction === "up" ? -1 : 1);
  if (at < 0 || to < 0 || to >= list.length) return false;
  const next = list.filter((other) => other !== id);
  next.splice(to, 0, id);
  const ords = new Map(readMetrics(plan).map((metric) => [metric.id, metric.ord]));
  const ordOf = (index: number): string | null => ords.get(next[index] ?? "") ?? null;
  const between = ordBetween(ordOf(to - 1), ordOf(to + 1));
  write(plan, () => {
    if (between !== undefined) needMetric(plan, id).set(METRIC.ord, between);
    else ordSpread(next.length).forEach((ord, n) => metricMap(plan, metricId(next[n] ?? ""))?.set(METRIC.ord, ord));
  });
  return true;
}

/** Says which outcome a step serves: a metric's id or OUTCOME_OF_CASE; null none. */
export function setOutcome(plan: Plan, id: NodeId, outcome: string | null): void {
  const map = nodeMap(plan, id);
  if (!map) throw new EditError("gone", "That step is no longer in the plan.");
  pick(plan, map, NODE.outcome, outcome);
}

export interface PlanEvent {
  readonly what: string;
  readonly source: string;
  readonly consequence: string;
}

/** Says which event makes the date matter; null none. The three parts are written together. */
export function setEvent(plan: Plan, event: PlanEvent | null): void {
  const trimmed = event && { what: event.what.trim(), source: event.source.trim(), consequence: event.consequence.trim() };
  const next = trimmed && Object.values(trimmed).some((part) => part !== "") ? trimmed : null;
  if (next && Object.values(next).some((part) => part.length > LIMITS.eventPart)) {
    throw new EditError("length", `Each part of the event can have ${LIMITS.eventPart} characters at most.`);
  }
  const before = plan.anchor.get(ANCHOR.event);
  if (JSON.stringify(before ?? null) === JSON.stringify(next)) return;
  write(plan, () => {
    if (next) plan.anchor.set(ANCHOR.event, next);
    else plan.anchor.delete(ANCHOR.event);
  });
}

/** Sets what a week of delay costs, in the plan's currency; null not known. */
export function setCostPerWeek(plan: Plan, cost: number | null): void {
  if (cost !== null && (!Number.isFinite(cost) || cost < 0 || cost > 1e12)) {
    throw new EditError("number", "The cost of a week is a number from 0 up.");
  }
  pick(plan, plan.anchor, ANCHOR.costPerWeek, cost);
}

/** Says what kind of sale this is, which decides on the suggestions. */
export function setProfile(plan: Plan, profile: string): void {
  pick(plan, plan.meta, META.profile, profile);
}

/** The currency of all amounts, as ISO 4217 has it. */
export function setCurrency(plan: Plan, currency: string): void {
  if (!/^[A-Z]{3}$/.test(currency)) throw new EditError("kind", `“${currency}” is no currency; use a code like EUR.`);
  pick(plan, plan.meta, META.currency, currency);
}

/** Dismisses suggestions for everyone in the plan. */
export function dismissLints(plan: Plan, keys: readonly string[]): void {
  const fresh = keys.filter((key) => !plan.dismissed.has(key));
  if (fresh.length === 0) return;
  const now = new Date().toISOString();
  write(plan, () => fresh.forEach((key) => plan.dismissed.set(key, now)));
}

/** Takes dismissals back. */
export function restoreLints(plan: Plan, keys: readonly string[]): void {
  const known = keys.filter((key) => plan.dismissed.has(key));
  if (known.length === 0) return;
  write(plan, () => known.forEach((key) => plan.dismissed.delete(key)));
}
