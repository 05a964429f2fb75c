import { CheckboxButton, CheckboxField, Input, Label, NumberField } from "react-aria-components";
import { setDays, setDue, setLikelyBlocker, setSide } from "../../plan/edit";
import { LIMITS, NODE, nodeMap, noteOf, SIDES, type Side } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { DatePicker } from "../../ui/date-picker";
import { Icon } from "../../ui/icons";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { useScreen } from "./screen";
import { SideMark, sideMessage } from "./status";
import { typeInto } from "./text/rename";
import { RichText } from "./text/rich-text";
import { SharedField } from "./text/shared-field";
import * as Y from "yjs";

/** What a step says when it is opened: description, reason, and the fields of its row in full. */
export function StepDetails({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const note = noteOf(plan, node.id);
  return (
    <div className="details">
      <div className="details-words">
        <section>
          <h4 className="details-label">{t("step.note")}</h4>
          {note ? (
            <RichText fragment={note} field="note" node={node.id} label={t("step.note")} placeholder={t("step.notePlaceholder")} empty={<p className="rich-empty">{t("step.noteNone")}</p>} />
          ) : (
            <p className="rich-empty">{t("step.noteNone")}</p>
          )}
        </section>
        <Why node={node} />
      </div>
      {rights.write ? <Fields node={node} /> : <Facts node={node} />}
    </div>
  );
}

function Why({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const why = nodeMap(plan, node.id)?.get(NODE.why);
  if (!rights.write || !(why instanceof Y.Text)) {
    return node.why ? (
      <section>
        <h4 className="details-label">{t("step.why")}</h4>
        <p>{node.why}</p>
      </section>
    ) : null;
  }
  const field = `why:${node.id}`;
  return (
    <section>
      <h4 className="details-label" aria-hidden="true">
        {t("step.why")}
      </h4>
      <SharedField
        text={why}
        label={t("step.why")}
        placeholder={t("step.whyPlaceholder")}
        maxLength={LIMITS.why}
        multiline
        fieldId={field}
        onSplice={(text, splice) => typeInto(text, splice, field)}
      />
    </section>
  );
}

function Fields({ node }: { node: NodeSnapshot }) {
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

function Facts({ node }: { node: NodeSnapshot }) {
  const t = useText();
  return (
    <ul className="details-facts">
      <li>
        <SideMark side={node.side} /> {t(sideMessage(node.side))}
      </li>
      {node.days !== null && <li>{t("step.daysIs", { days: node.days })}</li>}
      {node.likelyBlocker && <li>{t("step.likelyBlocker")}</li>}
    </ul>
  );
}
