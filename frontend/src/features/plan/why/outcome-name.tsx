import { Fields } from "../../../plan/fields";
import { NODE, ROOT, nodeMap, type NodeId } from "../../../plan/schema";
import { OUTCOME_OF_CASE, readMetrics } from "../../../plan/why";
import { useText } from "../../../ui/text";
import { useLive } from "../live";
import { useScreen } from "../screen";

/** The outcome a step serves, for those who only read; nothing where none was chosen. */
export default function OutcomeName({ id }: { id: NodeId }) {
  const t = useText();
  const { plan } = useScreen();
  const name = useLive([plan.metrics, plan.nodes], () => {
    const outcome = new Fields([], nodeMap(plan, id) ?? null, ROOT.nodes).text(NODE.outcome);
    if (outcome === OUTCOME_OF_CASE) return t("outcome.case");
    const metric = readMetrics(plan).find((one) => one.id === outcome);
    return metric ? metric.name || t("metric.untitled") : "";
  });
  return (
    name !== "" && (
      <p className="details-outcome">
        {t("outcome.label")}: {name}
      </p>
    )
  );
}
