import { useId } from "react";
import { Input, NumberField } from "react-aria-components";
import { CASE_KEYS, LIMITS, nodeId, type CaseKey } from "../../../plan/schema";
import { caseText, OUTCOME_OF_CASE, readMetrics, setCostPerWeek, setEvent, type PlanEvent } from "../../../plan/why";
import { Icon } from "../../../ui/icons";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { CellField } from "../cell-field";
import { useLive } from "../live";
import { StepLink } from "../step-link";
import { useScreen } from "../screen";
import { typeInto } from "../text/rename";
import { SharedField } from "../text/shared-field";
import { viewHref } from "../views";
import { useMoney, useMoneyFormat, usePlanWhy, useServing } from "./hooks";
import { Metrics } from "./metrics";
import "../page-sheet.css";
import "./case.css";

/** Why both sides do this: the case, the numbers that should move, the event behind the date. */
export default function CasePage() {
  const t = useText();
  const { planId } = useScreen();
  return (
    <div className="sheet page-sheet case">
      <header className="page-head">
        <div>
          <h1 className="page-title">{t("view.case")}</h1>
          <p className="page-lead">{t("case.lead")}</p>
        </div>
        <a className="button button-edge" href={viewHref(planId, "memo")}>
          {t("memo.open")}
        </a>
      </header>
      <section className="case-grid" aria-label={t("case.title")}>
        {CASE_KEYS.map((key) => (
          <CaseField key={key} name={key} />
        ))}
      </section>
      <Metrics />
      <Event />
      <Outcomes />
    </div>
  );
}

function CaseField({ name }: { name: CaseKey }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const words = usePlanWhy().case[name];
  const text = caseText(plan, name);
  const field = `case:${name}`;
  const label = t(`case.${name}`);
  return (
    <div className="case-field" data-goto={field}>
      <h2 className="details-label" aria-hidden={rights.write}>
        {label}
      </h2>
      {rights.write && text ? (
        <SharedField
          text={text}
          label={label}
          className="case-text"
          placeholder={t(`case.${name}Placeholder`)}
          maxLength={LIMITS.caseText}
          multiline
          fieldId={field}
          onSplice={(target, splice) => typeInto(target, splice, field)}
        />
      ) : (
        <p className="case-text">{words || <span className="rich-empty">{t("case.empty")}</span>}</p>
      )}
    </div>
  );
}

const PARTS = ["what", "source", "consequence"] as const satisfies readonly (keyof PlanEvent)[];

function Event() {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const { event } = useReadable(store.anchor);
  const { costPerWeek } = usePlanWhy();
  const money = useMoney();
  const format = useMoneyFormat();
  const id = useId();
  const now = event ?? { what: "", source: "", consequence: "" };
  return (
    <section className="case-section" aria-labelledby={id} data-goto="event">
      <h2 id={id} className="page-heading">
        {t("event.title")}
      </h2>
      <p className="case-hint">{t("event.lead")}</p>
      {rights.write ? (
        <dl className="case-facts">
          {PARTS.map((part) => (
            <div key={part}>
              <dt>{t(`event.${part}`)}</dt>
              <dd>
                <CellField
                  label={t(`event.${part}`)}
                  value={now[part]}
                  maxLength={LIMITS.eventPart}
                  placeholder={t(`event.${part}Placeholder`)}
                  onCommit={(words) => setEvent(plan, { ...now, [part]: words })}
                />
              </dd>
            </div>
          ))}
          <div>
            <dt>{t("event.cost")}</dt>
            <dd>
              <NumberField
                className="cell"
                aria-label={t("event.cost")}
                value={costPerWeek ?? NaN}
                minValue={0}
                maxValue={1e12}
                formatOptions={format}
                onChange={(cost) => setCostPerWeek(plan, Number.isNaN(cost) ? null : cost)}
              >
                <Input className="cell-input" placeholder={t("event.costPlaceholder")} />
              </NumberField>
            </dd>
          </div>
        </dl>
      ) : (
        <dl className="case-facts">
          {PARTS.filter((part) => now[part] !== "").map((part) => (
            <div key={part}>
              <dt>{t(`event.${part}`)}</dt>
              <dd>{now[part]}</dd>
            </div>
          ))}
          {costPerWeek !== null && (
            <div>
              <dt>{t("event.cost")}</dt>
              <dd>{money(costPerWeek)}</dd>
            </div>
          )}
        </dl>
      )}
      {!rights.write && event === null && costPerWeek === null && <p className="rich-empty">{t("case.empty")}</p>}
    </section>
  );
}

/** Which steps serve each outcome. */
function Outcomes() {
  const t = useText();
  const { plan } = useScreen();
  const metrics = useLive([plan.metrics], () => readMetrics(plan));
  const serving = useServing();
  const id = useId();
  const outcomes: { id: string; label: string }[] = [
    { id: OUTCOME_OF_CASE, label: t("outcome.case") },
    ...metrics.map((metric) => ({ id: metric.id, label: metric.name || t("metric.untitled") })),
  ];
  return (
    <section className="case-section" aria-labelledby={id}>
      <h2 id={id} className="page-heading">
        {t("outcome.title")}
      </h2>
      <p className="case-hint">{t("outcome.lead")}</p>
      <ul className="case-outcomes">
        {outcomes.map((outcome) => (
          <li key={outcome.id}>
            <h3>{outcome.label}</h3>
            {(serving.get(outcome.id) ?? []).length === 0 ? (
              <p className="rich-empty">{t("outcome.noSteps" satisfies MessageId)}</p>
            ) : (
              <ul className="case-steps">
                {serving.get(outcome.id)?.map((step) => (
                  <li key={step.id}>
                    {step.done && <Icon name="check" size={16} />}
                    <StepLink id={nodeId(step.id)}>{step.title || t("step.untitled")}</StepLink>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
