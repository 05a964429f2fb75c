/** Which rules about delays a change of dates would raise, before it is made. */
import { readAgreed, readRuleViews, ruleStatuses, type Delayed, type RuleStep, type RuleView } from "./rule";
import { applyChange, type Change, type Preview, type ScheduleInput } from "./schedule";
import type { Plan } from "./schema";

export interface BrokenRule {
  readonly rule: RuleView;
  /** The step that goes furthest beyond what the rule allows. */
  readonly worst: Delayed;
}

/**
 * Rules that are raised after the change and were not before, or that a step breaks by more days than it did.
 * `agreed` is the change as it would be stored, `input` the plan as it is.
 */
export function rulesBroken(plan: Plan, input: ScheduleInput, change: Change, agreed: Preview, today: string): BrokenRule[] {
  if (plan.rules.size === 0) return [];
  const rules = readRuleViews(plan);
  const dates = readAgreed(plan);
  const standing = (nodes: ScheduleInput["nodes"], schedule: Preview["before"]) => {
    const due = new Map(schedule.nodes.map((node) => [node.id, node.due]));
    const steps = nodes.map(({ id, kind, status }): RuleStep => ({ id, kind, status, due: due.get(id) ?? null }));
    return ruleStatuses(rules, steps, dates, today);
  };
  const before = standing(input.nodes, agreed.before);
  const after = standing(applyChange(input, change).nodes, agreed.after);
  return rules.flatMap((rule, at) => {
    const [was, is] = [before[at], after[at]];
    if (is?.state !== "raised") return [];
    const grown = is.steps.find(({ node, days }) => !was?.steps.some((one) => one.node === node && one.days >= days));
    const worst = was?.state === "raised" ? grown : is.steps[0];
    return worst ? [{ rule, worst }] : [];
  });
}
