import { useCallback, useMemo } from "react";
import { useIntl } from "react-intl";
import { Fields } from "../../../plan/fields";
import { readScheduleInput } from "../../../plan/schedule/read";
import { ANCHOR, META, NODE, ROOT, nodeId, nodeMap } from "../../../plan/schema";
import { readCase, type CaseView } from "../../../plan/why";
import { useLive } from "../live";
import { useScreen } from "../screen";

/** The business case and the cost of a week of delay. */
export function usePlanWhy(): { readonly case: CaseView; readonly costPerWeek: number | null } {
  const { plan } = useScreen();
  return useLive([plan.case, plan.anchor], () => ({
    case: readCase(plan),
    costPerWeek: new Fields([], plan.anchor, ROOT.anchor).number(ANCHOR.costPerWeek),
  }));
}

/** How amounts are written: in the plan's currency; without one, as bare numbers. */
export function useMoneyFormat(): { style: "currency"; currency: string; maximumFractionDigits: 0 } | { maximumFractionDigits: 0 } {
  const { plan } = useScreen();
  const currency = useLive([plan.meta], () => new Fields([], plan.meta, ROOT.meta).text(META.currency));
  return useMemo(
    () => (/^[A-Z]{3}$/.test(currency) ? { style: "currency", currency, maximumFractionDigits: 0 } : { maximumFractionDigits: 0 }),
    [currency],
  );
}

export function useMoney(): (amount: number) => string {
  const intl = useIntl();
  const format = useMoneyFormat();
  return useCallback((amount) => intl.formatNumber(amount, format), [intl, format]);
}

export interface ServingStep {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
}

/** Steps by the outcome they serve, in reading order. */
export function useServing(): ReadonlyMap<string, readonly ServingStep[]> {
  const { plan } = useScreen();
  const pairs = useLive([plan.nodes], () =>
    readScheduleInput(plan, "").nodes.flatMap(({ id, kind, title, status }) => {
      const outcome = new Fields([], nodeMap(plan, nodeId(id)) ?? null, "").text(NODE.outcome);
      if (outcome === "" || kind === "stage") return [];
      return [{ outcome, step: { id, title, done: status === "done" } }];
    }),
  );
  const out = new Map<string, ServingStep[]>();
  for (const { outcome, step } of pairs) out.set(outcome, [...(out.get(outcome) ?? []), step]);
  return out;
}
