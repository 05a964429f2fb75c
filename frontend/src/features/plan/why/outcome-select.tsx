import type { NodeId } from "../../../plan/schema";
import { NODE, ROOT, nodeMap } from "../../../plan/schema";
import { Fields } from "../../../plan/fields";
import { OUTCOME_OF_CASE, readMetrics, setOutcome } from "../../../plan/why";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useLive } from "../live";
import { useScreen } from "../screen";

const NONE = "-";

/** Which outcome a step serves, chosen from the business case and its metrics. */
export function OutcomeSelect({ id }: { id: NodeId }) {
  const t = useText();
  const { plan } = useScreen();
  const metrics = useLive([plan.metrics], () => readMetrics(plan));
  const outcome = useLive([plan.nodes], () => new Fields([], nodeMap(plan, id) ?? null, ROOT.nodes).text(NODE.outcome));
  const choices = [
    { id: NONE, label: t("outcome.none") },
    { id: OUTCOME_OF_CASE, label: t("outcome.case") },
    ...metrics.map((metric) => ({ id: metric.id, label: metric.name || t("metric.untitled") })),
  ];
  return (
    <Select
      label={t("outcome.label")}
      value={choices.some((choice) => choice.id === outcome) ? outcome : NONE}
      onChange={(next) => setOutcome(plan, id, next === NONE ? null : next)}
      choices={choices}
    />
  );
}
