/** Rules about delays: what they say, and where they stand on a day. As in `server/plan/rule.go`. */
import { Fields, mapsIn, type Warning } from "./fields";
import { readAuthor, type Author } from "./project";
import { compareText } from "./richtext";
import { DEFAULT_RULE_DAYS, parseDate, ROOT, RULE, RULE_KINDS, type Plan, type RuleKind, type RuleState } from "./schema";

export interface RuleView {
  readonly id: string;
  readonly kind: RuleKind;
  readonly text: string;
  readonly role: string;
  /** Calendar days a step may be late, for a rule about delays. */
  readonly days: number;
  /** The step it is about; "" is any, for a rule about delays. */
  readonly node: string;
  /** The date that may not be passed without the role, for a rule about extensions. */
  readonly until: string;
  readonly answer: RuleAnswer | null;
}

/** What the role said, and the due dates as they were then: it covers these, and no later ones. */
export interface RuleAnswer {
  readonly by: Author;
  readonly at: string;
  readonly note: string;
  readonly steps: Readonly<Record<string, string>>;
}

export function readRuleViews(plan: Plan, warnings: Warning[] = []): RuleView[] {
  return mapsIn(warnings, plan.rules, ROOT.rules)
    .map(([id, f]) => ({ view: readRule(id, f), gone: f.text(RULE.del) !== "" }))
    .filter((one) => !one.gone)
    .map((one) => one.view)
    .sort((a, b) => compareText(a.id, b.id));
}

function readRule(id: string, f: Fields): RuleView {
  const view = {
    id,
    kind: f.oneOf(RULE.kind, RULE_KINDS, "delay"),
    text: f.text(RULE.text),
    role: f.text(RULE.role),
    days: Math.max(f.integer(RULE.days) ?? DEFAULT_RULE_DAYS, 0),
    node: f.text(RULE.node),
    until: f.date(RULE.until),
  };
  const ack = f.object(RULE.ack);
  if (!ack.present) return { ...view, answer: null };
  const answer = { by: readAuthor(ack), at: ack.text("at"), note: ack.text("note") };
  const steps: [string, string][] = [];
  for (const [step, date] of ack.object("steps").values()) {
    const valid = parseDate(date);
    if (valid !== undefined) steps.push([step, valid]);
  }
  return { ...view, answer: { ...answer, steps: Object.fromEntries(steps) } };
}

/** The dates of the baseline, by step. */
export function readAgreed(plan: Plan): Readonly<Record<string, string>> {
  const dates: [string, string][] = [];
  for (const [step, value] of new Fields([], plan.baseline, ROOT.baseline).object("dates").values()) {
    const date = parseDate(value);
    if (date !== undefined) dates.push([step, date]);
  }
  return Object.fromEntries(dates);
}

/** What a rule needs to know of a step. */
export interface RuleStep {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly due: string | null;
}

export interface RuleStatus {
  readonly rule: string;
  readonly state: RuleState;
  /** What raised it: the longest delay first, then in reading order. */
  readonly steps: readonly Delayed[];
}

/** A step beyond what a rule allows, and by how many calendar days. */
export interface Delayed {
  readonly node: string;
  readonly due: string;
  readonly days: number;
}

/**
 * Where each rule stands on a day. `steps` are in reading order; `agreed` holds the dates both sides agreed to.
 * An open step is late by the days from its agreed date (or its own) to its due date, or to today when that is
 * later. A rule that was answered is raised again only when a step comes later than it was then.
 */
export function ruleStatuses(
  rules: readonly RuleView[],
  steps: readonly RuleStep[],
  agreed: Readonly<Record<string, string>>,
  today: string,
): RuleStatus[] {
  return rules.map((rule) => {
    const late = steps
      .flatMap((step) => delayOf(rule, step, Object.hasOwn(agreed, step.id) ? agreed[step.id] : undefined, today) ?? [])
      .sort((a, b) => b.days - a.days);
    const covered = late.every(({ node, due }) => {
      const until = rule.answer?.steps[node];
      return until !== undefined && due <= until;
    });
    return { rule: rule.id, state: late.length === 0 ? "quiet" : covered ? "acknowledged" : "raised", steps: late };
  });
}

function delayOf(rule: RuleView, step: RuleStep, agreed: string | undefined, today: string): Delayed | null {
  const open = step.status !== "done" && step.status !== "skipped" && (step.kind === "milestone" || step.kind === "task");
  const { due } = step;
  if (!open || due === null || due === "" || (rule.node !== "" && rule.node !== step.id)) return null;
  if (rule.kind === "extension") {
    if (rule.node === "" || rule.until === "") return null;
    const days = daysBetween(rule.until, due);
    return days > 0 ? { node: step.id, due, days } : null;
  }
  const days = daysBetween(agreed ?? due, due > today ? due : today);
  return days > rule.days ? { node: step.id, due, days } : null;
}

/** Calendar days from one date to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
