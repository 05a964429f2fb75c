import { Input, Label, NumberField } from "react-aria-components";
import { setDays, setDue } from "../../../plan/edit";
import type { NodeSnapshot } from "../../../plan/view";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";
import { Dependencies } from "./dependencies";
import { useDue } from "./due-field";
import { ExplainDate } from "./explain";
import { useProposeChange } from "./propose";
import { StepDateNotes } from "./step-notes";

/** Before which day a step can't begin; nobody needs to say so. */
function StartField({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const propose = useProposeChange();
  const days = useDays();
  const { start } = node;
  return (
    <div className="field">
      <span className="field-label" aria-hidden="true">
        {t("dates.start.label")}
      </span>
      <DateMenu
        label={t("dates.start.label")}
        buttonLabel={start ? t("dates.start.is", { date: days.format(start) }) : t("dates.start.set")}
        className="select-button"
        value={start}
        onChange={(date) => propose({ kind: "start", node: node.id, date: date ?? "" })}
        previousLabel={t("date.previous")}
        nextLabel={t("date.next")}
        clearLabel={t("dates.letPlan")}
      >
        <span className={start ? "" : "due-none"}>{start ? days.format(start) : t("dates.start.none")}</span>
        <Icon name="calendar" size={17} />
      </DateMenu>
    </div>
  );
}

/** When a step happens and how long it takes. */
export function StepDates({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan } = useScreen();
  const propose = useProposeChange();
  const days = useDays();
  const { due } = useDue(node);
  const apart = node.kind === "subtask";
  return (
    <>
      <div className="field">
        <span className="field-label" aria-hidden="true">
          {t("due.label")}
        </span>
        <DateMenu
          label={t("due.label")}
          buttonLabel={due ? t("due.is", { date: days.format(due) }) : t("due.set")}
          className="select-button"
          value={due}
          onChange={(date) => (apart ? setDue(plan, node.id, date) : propose({ kind: "due", node: node.id, date: date ?? "" }))}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
          clearLabel={t(apart ? "due.clear" : "dates.letPlan")}
        >
          <span className={due ? "" : "due-none"}>{due ? days.format(due) : t("due.none")}</span>
          <Icon name="calendar" size={17} />
        </DateMenu>
      </div>
      <NumberField
        className="field"
        value={node.days ?? NaN}
        minValue={0}
        maxValue={1000}
        step={1}
        onChange={(value) => {
          const next = Number.isNaN(value) ? null : value;
          if (apart) setDays(plan, node.id, next);
          else if (next !== node.days) propose({ kind: "days", node: node.id, days: next });
        }}
      >
        <Label className="field-label">{t("step.days")}</Label>
        <Input className="field-input" />
      </NumberField>
      {!apart && <StartField node={node} />}
      <StepDateNotes node={node} />
      {!apart && <Dependencies node={node} />}
      {!apart && <ExplainDate node={node} />}
    </>
  );
}
