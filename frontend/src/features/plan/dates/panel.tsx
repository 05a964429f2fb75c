import { useMemo, useState } from "react";
import { Input, Label, NumberField } from "react-aria-components";
import { setAnchorTerms } from "../../../plan/dates";
import { ANCHOR_KINDS, type AnchorKind } from "../../../plan/schema";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import type { Change, LiveSchedule } from "../../../plan/schedule";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { Agreement } from "./agreement";
import { WorkingCalendar } from "./calendar";
import { Check } from "./check";
import { SuggestedDurations } from "./durations";
import { LedgerView } from "./ledger";
import { useProposeChange, useSchedule } from "./propose";
import { readTerms } from "./terms";
import { useRoots } from "./use-roots";
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
        {rights.write && <SuggestedDurations />}
        <WorkingCalendar />
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
    <section className="dates-section" aria-labelledby="dates-anchor">
      <h3 className="dates-heading" id="dates-anchor">
        {t("dates.anchor.title")}
      </h3>
      <div className="dates-fields">
        <Select
          label={t("dates.anchor.kind")}
          value={terms.kind}
          onChange={(id) => propose(countedTowards(live, id))}
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
            onChange={(id) => propose({ kind: "target", anchorKind: terms.kind, node: id === "last" ? "" : id, date: anchor.date ?? "" })}
            choices={[{ id: "last", label: t("dates.anchor.last") }, ...steps.map(({ id, title }) => ({ id, label: title || t("step.untitled") }))]}
          />
        )}
      </div>
      <Check isSelected={anchor.provisional} onChange={(provisional) => setAnchorTerms(plan, { provisional })} label={t("dates.anchor.provisional")} />
      <Line label={t("dates.event.what")} value={event.what} onCommit={(what) => setAnchorTerms(plan, { event: { ...event, what } })} />
      <div className="dates-fields dates-pair">
        <Line label={t("dates.event.source")} value={event.source} onCommit={(source) => setAnchorTerms(plan, { event: { ...event, source } })} />
        <Line label={t("dates.event.consequence")} value={event.consequence} onCommit={(consequence) => setAnchorTerms(plan, { event: { ...event, consequence } })} />
      </div>
      <div className="dates-fields dates-pair">
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

/** Counts the plan towards something else, with the date that leaves its steps where they are as far as can be. */
function countedTowards(live: LiveSchedule, anchorKind: string): Change {
  const { agreed } = live.now.get();
  const input = live.input();
  const due = (id: string) => agreed.nodes.find((node) => node.id === id)?.due ?? "";
  const { kind, date, node } = input.anchor;
  if (anchorKind === "start") return { kind: "target", anchorKind, node, date: agreed.start || date };
  // Go-live and first value are ends of different steps.
  const target = kind === "start" ? node : "";
  const last = input.nodes.findLast((one) => one.kind !== "stage" && one.kind !== "subtask" && due(one.id) !== "");
  return { kind: "target", anchorKind, node: target, date: due(target || (last?.id ?? "")) || date };
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
