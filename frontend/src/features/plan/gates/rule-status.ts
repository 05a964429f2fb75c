import { useMemo } from "react";
import { ruleStatuses, type RuleStatus, type RuleView } from "../../../plan/rule";
import { useToday } from "../../../ui/dates";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";

export interface StandingRule {
  readonly rule: RuleView;
  readonly status: RuleStatus;
}

/** Every rule of the plan with where it stands today. */
export function useRules(): readonly StandingRule[] {
  const { store } = useScreen();
  const rules = useReadable(store.rules);
  const agreed = useReadable(store.agreed);
  const tree = useReadable(store.tree);
  const today = useToday();
  const ids = useMemo(() => stepIds(tree.top), [tree]);
  const nodes = useNodes(ids);
  return useMemo(() => {
    if (rules.length === 0) return [];
    const steps = nodes.filter((node) => node !== undefined);
    const statuses = new Map(ruleStatuses(rules, steps, agreed, today).map((status) => [status.rule, status]));
    return rules.flatMap((rule) => {
      const status = statuses.get(rule.id);
      return status ? [{ rule, status }] : [];
    });
  }, [rules, nodes, agreed, today]);
}
