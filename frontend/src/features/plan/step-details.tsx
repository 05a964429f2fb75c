import { Suspense } from "react";
import * as Y from "yjs";
import { LIMITS, NODE, nodeMap, noteOf } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { lazyPart } from "../../ui/lazy";
import { Gate } from "./gates/gate";
import { useScreen } from "./screen";
import { contributorsOf, roleLabel } from "./step-fields";
import { Alias } from "./structure/names";
import { SideMark, sideMessage } from "./status";
import { typeInto } from "./text/rename";
import { RichText } from "./text/rich-text";
import { SharedField } from "./text/shared-field";

const StepResources = lazyPart(() => import("./hub/step-resources"));
const ReaderDates = lazyPart(() => import("./dates/reader-dates"));
const OutcomeName = lazyPart(() => import("./why/outcome-name"));
const StepForm = lazyPart(() => import("./step-form"));

/** What a step says when it is opened: description, reason, and the fields of its row in full. */
export function StepDetails({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const note = noteOf(plan, node.id);
  return (
    <div className="details">
      <div className="details-words">
        <section>
          <h3 className="details-label">{t("step.note")}</h3>
          {note ? (
            <RichText fragment={note} field="note" node={node.id} label={t("step.note")} placeholder={t("step.notePlaceholder")} empty={<p className="rich-empty">{t("step.noteNone")}</p>} />
          ) : (
            <p className="rich-empty">{t("step.noteNone")}</p>
          )}
        </section>
        <Why node={node} />
        <Alias node={node} />
        <Gate node={node} />
        {(rights.write || node.links.length > 0) && (
          <Suspense fallback={null}>
            <StepResources node={node} />
          </Suspense>
        )}
      </div>
      {rights.write ? (
        <Suspense fallback={<span />}>
          <StepForm node={node} />
        </Suspense>
      ) : (
        <Facts node={node} />
      )}
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
        <h3 className="details-label">{t("step.why")}</h3>
        <p>{node.why}</p>
      </section>
    ) : null;
  }
  const field = `why:${node.id}`;
  return (
    <section>
      <h3 className="details-label" aria-hidden="true">
        {t("step.why")}
      </h3>
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

function Facts({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const involved = contributorsOf(node, useReadable(useScreen().store.roles));
  return (
    <div className="details-read">
      <ul className="details-facts">
        <li>
          <SideMark side={node.side} /> {t(sideMessage(node.side))}
        </li>
        {involved.length > 0 && <li>{t("owner.withOthers", { involved: involved.map(roleLabel).join("; ") })}</li>}
        {node.days !== null && <li>{t("step.daysIs", { days: node.days })}</li>}
        {node.likelyBlocker && <li>{t("step.likelyBlocker")}</li>}
      </ul>
      <Suspense fallback={null}>
        <OutcomeName id={node.id} />
        {node.kind !== "subtask" && <ReaderDates node={node} />}
      </Suspense>
    </div>
  );
}
