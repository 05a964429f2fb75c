import type { NodeSnapshot } from "../../../plan/view";
import { setDue } from "../../../plan/edit";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import { useText } from "../../../ui/text";
import { isOpenStep } from "../hooks";
import { useScreen } from "../screen";
import { useProposeChange, useStepDate } from "./propose";
import "./due.css";

/** The day to show for a step, and whether nobody wrote it down: then it is what the plan computes. */
export function useDue(node: NodeSnapshot): { due: string | null; computed: boolean } {
  const date = useStepDate(node.id);
  if (node.due !== null || !isOpenStep(node) || !date) return { due: node.due, computed: false };
  return { due: date.due || null, computed: true };
}

/** When the step is due; late ones say so. */
export function DueField({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const propose = useProposeChange();
  const days = useDays();
  const { due, computed } = useDue(node);
  const late = due !== null && isOpenStep(node) && days.until(due) < 0;
  const date = due ? days.format(due) : null;
  const face = date ? (
    <span className={`due${late ? " is-late" : ""}${computed ? " due-computed" : ""}`}>
      {date}
      {late && <span className="visually-hidden"> ({t("due.late")})</span>}
    </span>
  ) : null;
  if (!rights.write) return <span className="fact fact-due">{face}</span>;
  const choose = (next: string | null) => {
    if (node.kind === "subtask") setDue(plan, node.id, next);
    else propose({ kind: "due", node: node.id, date: next ?? "" });
  };
  return (
    <DateMenu
      label={t("due.label")}
      value={due}
      onChange={choose}
      className={`fact fact-due${date ? "" : " fact-empty"}`}
      buttonLabel={date && computed ? t("dates.plannedFor", { date }) : date ? t(late ? "due.isLate" : "due.is", { date }) : t("due.set")}
      previousLabel={t("date.previous")}
      nextLabel={t("date.next")}
      clearLabel={t(node.kind === "subtask" ? "due.clear" : "dates.letPlan")}
    >
      {face ?? <span className="due-none">{t("due.none")}</span>}
    </DateMenu>
  );
}
