import { useMemo, useState } from "react";
import { Input, Label, NumberField } from "react-aria-components";
import { useIntl } from "react-intl";
import { setAnchorTerms } from "../../../plan/dates";
import { ANCHOR_KINDS, nodeId, type AnchorKind, type Side } from "../../../plan/schema";
import { compareBaseline, makeLedger, readBaseline, readProposal, readSlips, type Baseline } from "../../../plan/schedule";
import { Button } from "../../../ui/button";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { Check } from "./check";
import { useProposeChange, useSchedule } from "./propose";
import { readTerms } from "./terms";
import { useRoots } from "./use-roots";
import { dayWords, spanWords, workingDaysWords, type Speaker } from "./words";
import "./dates.css";

const kindMessages: Record<AnchorKind, MessageId> = { "go-live": "anchor.goLive", value: "anchor.value", start: "anchor.start" };
const CURRENCIES = ["EUR", "USD", "GBP", "CHF"] as const;

/** What the plan is counted towards, what both sides agreed to, and where the days went. */
export default function DatesPanel({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { rights } = useScreen();
  return (
    <Dialog wide title={t("dates.title")} closeLabel={t("action.close")} isOpen onOpenChange={(open) => !open && onClose()}>
      <div className="dates-panel">
        {rights.write && <AnchorForm />}
        <Agreement />
        <LedgerView />
      </div>
    </Dialog>
  );
}

function AnchorForm() {
  const t = useText();
  const days = useDays();
  const { plan, store } = useScreen();
  const propose = useProposeChange();
  const live = useSchedule();
  useReadable(live.now);
  useRoots(useMemo(() => [plan.anchor, plan.meta], [plan]));
  const anchor = useReadable(store.anchor);
  const terms = readTerms(plan);
  const steps = live.input().nodes.filter(({ kind }) => kind === "milestone" || kind === "task");
  const event = anchor.event ?? { what: "", source: "", consequence: "" };
  const currencies = terms.currency === "" || CURRENCIES.some((one) => one === terms.currency) ? CURRENCIES : [...CURRENCIES, terms.currency];
  return (
    <section className="dates-section">
      <div className="dates-fields">
        <Select
          label={t("dates.anchor.kind")}
          value={terms.kind}
          onChange={(id) => setAnchorTerms(plan, { kind: id as AnchorKind })}
          choices={ANCHOR_KINDS.map((id) => ({ id, label: t(kindMessages[id]) }))}
        />
        <div className="field">
          <span className="field-label" aria-hidden="true">
            {t("dates.anchor.date")}
          </span>
          <DateMenu
            label={t("dates.anchor.date")}
            buttonLabel={t("anchor.change", { label: t("dates.anchor.date"), date: anchor.date ? days.format(anchor.date, "long") : t("anchor.none") })}
            className="select-button"
            value={anchor.date}
            onChange={(date) => propose({ kind: "anchor", date: date ?? "", carry: false })}
            previousLabel={t("date.previous")}
            nextLabel={t("date.next")}
          >
            {anchor.date ? days.format(anchor.date, "long") : t("anchor.none")}
            <Icon name="calendar" size={17} />
          </DateMenu>
        </div>
        {terms.kind !== "start" && (
          <Select
            label={t("dates.anchor.step")}
            value={terms.node || "last"}
            onChange={(id) => setAnchorTerms(plan, { node: id === "last" ? "" : id })}
            choices={[{ id: "last", label: t("dates.anchor.last") }, ...steps.map(({ id, title }) => ({ id, label: title || t("step.untitled") }))]}
          />
        )}
      </div>
      <Check isSelected={anchor.provisional} onChange={(provisional) => setAnchorTerms(plan, { provisional })} label={t("dates.anchor.provisional")} />
      <div className="dates-fields">
        <Line label={t("dates.event.what")} value={event.what} onCommit={(what) => setAnchorTerms(plan, { event: { ...event, what } })} />
        <Line label={t("dates.event.source")} value={event.source} onCommit={(source) => setAnchorTerms(plan, { event: { ...event, source } })} />
        <Line label={t("dates.event.consequence")} value={event.consequence} onCommit={(consequence) => setAnchorTerms(plan, { event: { ...event, consequence } })} />
      </div>
      <div className="dates-fields">
        <NumberField
          className="field"
          value={terms.costPerWeek ?? NaN}
          minValue={0}
          onChange={(cost) => setAnchorTerms(plan, { costPerWeek: Number.isNaN(cost) ? null : cost })}
        >
          <Label className="field-label">{t("dates.cost")}</Label>
          <Input className="field-input" />
        </NumberField>
        <Select
          label={t("dates.currency")}
          value={terms.currency || null}
          onChange={(currency) => setAnchorTerms(plan, { currency })}
          choices={currencies.map((id) => ({ id, label: id }))}
        />
      </div>
    </section>
  );
}

/** A line that travels as a whole, when one leaves it. */
function Line({ label, value, onCommit }: { label: string; value: string; onCommit: (text: string) => void }) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <TextField
      label={label}
      value={draft ?? value}
      maxLength={300}
      onChange={setDraft}
      onBlur={() => {
        if (draft !== null && draft.trim() !== value) onCommit(draft.trim());
        setDraft(null);
      }}
    />
  );
}

/** The dates both sides agreed to, beside those of today; and agreeing anew. */
function Agreement() {
  const t = useText();
  const intl = useIntl();
  const { plan, rights, person, command } = useScreen();
  const live = useSchedule();
  useReadable(live.now);
  useRoots(useMemo(() => [plan.baseline], [plan]));
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const agreed = readBaseline(plan);
  const open = readProposal(plan);
  const speaker: Speaker = { t, intl, today: live.today };
  const mine = person?.side === "seller" || person?.side === "buyer" ? person.side : null;
  const may = rights.write && mine !== null;
  const run = (name: string, args: unknown): void => {
    setBusy(true);
    setFailed("");
    command(name, args)
      .catch((error: unknown) => setFailed(error instanceof Error ? error.message : t("error.unknown")))
      .finally(() => setBusy(false));
  };
  return (
    <section className="dates-section" aria-label={t("dates.agreed.title")}>
      <h3 className="details-label">{t("dates.agreed.title")}</h3>
      {agreed ? (
        <>
          <p>{t("dates.agreed.since", { date: dayWords(speaker, agreed.at.slice(0, 10)) })}</p>
          <DriftList baseline={agreed} speaker={speaker} />
        </>
      ) : (
        <p>{t("dates.agreed.none")}</p>
      )}
      {open && (
        <div className="dates-open">
          <p>{t("dates.agreed.open", { side: t(sideMessage((open.agreed[0] ?? "joint") as Side)) })}</p>
          {!agreed && <p>{t("dates.agreed.goLive", { date: dayWords(speaker, open.goLive) })}</p>}
          {may && (
            <div className="form-actions">
              {!open.agreed.includes(mine) && (
                <Button look="main" isDisabled={busy} onPress={() => run("baseline.agree", { at: open.at })}>
                  {t("dates.agreed.agree")}
                </Button>
              )}
              <Button isDisabled={busy} onPress={() => run("baseline.withdraw", { at: open.at })}>
                {t(open.agreed.includes(mine) ? "dates.agreed.withdraw" : "dates.agreed.decline")}
              </Button>
            </div>
          )}
        </div>
      )}
      {may && !open && (
        <Button className="dates-propose" isDisabled={busy} onPress={() => run("baseline.propose", {})}>
          {t(agreed ? "dates.agreed.again" : "dates.agreed.propose")}
        </Button>
      )}
      {failed !== "" && (
        <p className="preview-failed" role="alert">
          {failed}
        </p>
      )}
    </section>
  );
}

function DriftList({ baseline, speaker }: { baseline: Baseline; speaker: Speaker }) {
  const { t } = speaker;
  const drift = compareBaseline(useSchedule().input(), baseline);
  const moved = drift.steps.filter(({ state }) => state === "late" || state === "early");
  if (moved.length === 0) return <p className="preview-none">{t("dates.agreed.kept")}</p>;
  return (
    <ul className="preview-moves">
      {moved.map(({ node, title, from, to, days }) => (
        <li key={node}>
          <span className="preview-step">{title || t("step.untitled")}</span>
          <span className="preview-dates">{spanWords(speaker, from, to)}</span>
          <span className={`preview-days${days > 0 ? " is-late" : ""}`}>{workingDaysWords(speaker, days)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Days lost and won, by side and by cause, with every note. */
function LedgerView() {
  const t = useText();
  const intl = useIntl();
  const { plan, store } = useScreen();
  const live = useSchedule();
  useRoots(useMemo(() => [plan.slips], [plan]));
  const slips = readSlips(plan).sort((a, b) => (a.at < b.at ? 1 : -1));
  const speaker: Speaker = { t, intl, today: live.today };
  const ledger = makeLedger(slips);
  return (
    <section className="dates-section" aria-label={t("dates.ledger.title")}>
      <h3 className="details-label">{t("dates.ledger.title")}</h3>
      {slips.length === 0 ? (
        <p>{t("dates.ledger.none")}</p>
      ) : (
        <>
          <dl className="preview-effect">
            {ledger.bySide.map(({ key, days }) => (
              <div key={key}>
                <dt>
                  <SideMark side={key as Side} /> {t(sideMessage(key as Side))}
                </dt>
                <dd>{t("dates.ledger.days", { days })}</dd>
              </div>
            ))}
          </dl>
          <ul className="preview-moves">
            {slips.map((slip) => (
              <li key={slip.id}>
                <span className="preview-step">
                  {slip.reason}
                  <small>
                    {slip.node === "" ? t("dates.ledger.plan") : store.node(nodeId(slip.node)).get()?.title || t("step.untitled")} · {t(sideMessage(slip.side as Side))}
                  </small>
                </span>
                <span className="preview-dates">{spanWords(speaker, slip.from, slip.to)}</span>
                <span className={`preview-days${slip.days > 0 ? " is-late" : ""}`}>{workingDaysWords(speaker, slip.days)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
