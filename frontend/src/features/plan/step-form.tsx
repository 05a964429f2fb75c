import { CheckboxButton, CheckboxField, Input, Label, NumberField } from "react-aria-components";
import { setDays, setDue, setLikelyBlocker, setSide } from "../../plan/edit";
import { SIDES, type Side } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { DatePicker } from "../../ui/date-picker";
import { Icon } from "../../ui/icons";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { useScreen } from "./screen";
import { SideMark, sideMessage } from "./status";

/** A step's picked values in full. */
export default function StepForm({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan } = useScreen();
  return (
    <div className="details-fields">
      <Select
        label={t("side.label")}
        value={node.side}
        onChange={(id) => setSide(plan, node.id, id as Side)}
        choices={SIDES.map((id) => ({ id, label: t(sideMessage(id)), lead: <SideMark side={id} /> }))}
      />
      <DatePicker
        label={t("due.label")}
        value={node.due}
        onChange={(date) => setDue(plan, node.id, date)}
        openLabel={t("date.open")}
        previousLabel={t("date.previous")}
        nextLabel={t("date.next")}
        clearLabel={t("due.clear")}
      />
      <NumberField
        className="field"
        value={node.days ?? NaN}
        minValue={0}
        maxValue={1000}
        step={1}
        onChange={(days) => setDays(plan, node.id, Number.isNaN(days) ? null : days)}
      >
        <Label className="field-label">{t("step.days")}</Label>
        <Input className="field-input" />
      </NumberField>
      <CheckboxField isSelected={node.likelyBlocker} onChange={(on) => setLikelyBlocker(plan, node.id, on)}>
        <CheckboxButton className="check">
          {({ isSelected }) => (
            <>
              <span className="check-box">{isSelected && <Icon name="check" size={14} />}</span>
              {t("step.likelyBlocker")}
            </>
          )}
        </CheckboxButton>
      </CheckboxField>
    </div>
  );
}
