import { CheckboxButton, CheckboxField } from "react-aria-components";
import { setLikelyBlocker, setSide } from "../../plan/edit";
import { SIDES, type Side } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { Icon } from "../../ui/icons";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { StepDates } from "./dates/step-dates";
import { useScreen } from "./screen";
import { Contributors } from "./structure/contributors";
import { OutcomeSelect } from "./why/outcome-select";
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
      <StepDates node={node} />
      <OutcomeSelect id={node.id} />
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
      <Contributors node={node} />
    </div>
  );
}
