import { CheckboxButton, CheckboxField } from "react-aria-components";
import { criterionText, type CriterionView } from "../../../plan/gate";
import { addCriterion, checkCriterion, removeCriterion, type CriterionList } from "../../../plan/gates";
import { LIMITS, type NodeId } from "../../../plan/schema";
import { Button, IconButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { focusField } from "../focus";
import { FieldPresence } from "../presence";
import { useScreen } from "../screen";
import { typeInto } from "../text/rename";
import { SharedField } from "../text/shared-field";

/** One checklist of a gate. Its words are typed together; its ticks are in a person's name. */
export function Criteria({ node, list, criteria }: { node: NodeId; list: CriterionList; criteria: readonly CriterionView[] }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const add = () => focusField(`criterion:${addCriterion(plan, node, list)}`);
  if (!rights.write && criteria.length === 0) return null;
  const label = t(list === "entry" ? "gate.entry" : "gate.exit");
  return (
    <div className="gate-list">
      <h4 className="details-label">{label}</h4>
      {criteria.length > 0 && (
        <ul className="criteria" aria-label={label}>
          {criteria.map((one) => (
            <Criterion key={one.id} node={node} list={list} criterion={one} onEnter={add} />
          ))}
        </ul>
      )}
      {rights.write && (
        <Button look="quiet" small icon="plus" className="gate-add" onPress={add}>
          {t(list === "entry" ? "gate.addEntry" : "gate.addExit")}
        </Button>
      )}
    </div>
  );
}

function Criterion({
  node,
  list,
  criterion,
  onEnter,
}: {
  node: NodeId;
  list: CriterionList;
  criterion: CriterionView;
  onEnter: () => void;
}) {
  const t = useText();
  const { plan, rights, person } = useScreen();
  const text = criterionText(plan, node, list, criterion.id);
  const field = `criterion:${criterion.id}`;
  const name = criterion.text || t("gate.criterionBlank");
  const by = criterion.checked?.name ?? "";
  return (
    <li className="criterion">
      <CheckboxField
        aria-label={t("gate.check", { text: name })}
        isSelected={criterion.checked !== null}
        isReadOnly={!rights.write}
        onChange={(on) => person && checkCriterion(plan, node, list, criterion.id, person, on)}
      >
        <CheckboxButton className="check">
          {({ isSelected }) => <span className="check-box">{isSelected && <Icon name="check" size={14} />}</span>}
        </CheckboxButton>
      </CheckboxField>
      <span className="criterion-words">
        {rights.write && text ? (
          <>
            <SharedField
              text={text}
              label={t("gate.criterion")}
              placeholder={t("gate.criterionPlaceholder")}
              maxLength={LIMITS.criterion}
              fieldId={field}
              onSplice={(target, splice) => typeInto(target, splice, field)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
                event.preventDefault();
                onEnter();
              }}
            />
            <FieldPresence field={field} />
          </>
        ) : (
          <span>{name}</span>
        )}
        {by !== "" && <span className="criterion-by">{t("gate.checkedBy", { name: by })}</span>}
      </span>
      {rights.write && (
        <IconButton small icon="close" label={t("gate.removeCriterion", { text: name })} onPress={() => removeCriterion(plan, node, list, criterion.id)} />
      )}
    </li>
  );
}
