import { useState } from "react";
import { useIntl } from "react-intl";
import { EditError } from "../../../plan/edit";
import { newId } from "../../../plan/id";
import { rulesBroken, type BrokenRule } from "../../../plan/rule-preview";
import { nodeId, SIDES, type Side } from "../../../plan/schema";
import { applyChange, commitChange, isOfStep, previewChange, type Change, type Move, type Preview } from "../../../plan/schedule";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { CopyButton } from "../../../ui/copy-button";
import { useDays } from "../../../ui/dates";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useProblem } from "../../../ui/problem";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { roleLabel } from "../step-fields";
import { Check } from "./check";
import { asAgreed, useSchedule } from "./propose";
import { readTerms } from "./terms";
import { moneyWords, previewSentence, problemWords, spanWords, workingDaysWords, type Speaker } from "./words";
import "./dates.css";

/** Reasons that come up again and again; anything else is typed. */
const REASONS: readonly MessageId[] = ["dates.reason.waiting", "dates.reason.away", "dates.reason.scope", "dates.reason.priority"];

const REASON_LENGTH = 200;

type Phase = { readonly kind: "asking" } | { readonly kind: "recording" } | { readonly kind: "failed"; readonly text: string };

/** What a change of dates moves, before it is made: leave it, make it, or make it and say why. */
export default function PreviewDialog({ change: asked, onClose }: { change: Change; onClose: () => void }) {
  const t = useText();
  const problem = useProblem();
  const intl = useIntl();
  const { plan, store, command } = useScreen();
  const live = useSchedule();
  const announce = useAnnounce();
  const [change, setChange] = useState(asked);
  const [along, setAlong] = useState(false);
  const [phase, setPhase] = useState<Phase>({ kind: "asking" });
  const [slip, setSlip] = useState<SlipDraft | null>(null);
  useReadable(live.now);
  // What others do meanwhile is part of what is shown, until this change itself is made.
  const [made, setMade] = useState<{ preview: Preview; agreed: Preview } | null>(null);
  const input = live.input();
  const fresh = { preview: previewChange(input, change), agreed: asAgreed(input, change) };
  const { preview, agreed } = made ?? fresh;
  const roles = useReadable(store.roles);
  const speaker: Speaker = { t, intl, today: live.today, roleName: (id) => roles.find((role) => role.id === id)?.title ?? "" };
  const terms = readTerms(plan);
  const kind = change.kind === "target" ? change.anchorKind : terms.kind;
  const sentence = previewSentence(speaker, change, preview, kind, terms.currency);
  // Against the plan as it was when this was asked, so that nobody decides on a picture that moved unseen.
  const [asOf] = useState(() => datesOf(fresh.preview));
  const meanwhile = made === null && datesOf(preview) !== asOf;
  const gone = made === null && isOfStep(change) && !input.nodes.some(({ id }) => id === change.node);
  const done = meanwhile && !gone && JSON.stringify(input) === JSON.stringify(applyChange(input, change));
  const stuck = agreed.moves.filter(({ fixed }) => fixed);
  const recordable = agreed.shift.days !== 0;
  const reason = slip?.reason.trim() ?? "";
  // Who usually answers for the time: the step's side, both for the plan's own date.
  const side = useReadable(store.node(nodeId(agreed.shift.node)))?.side ?? "joint";

  const record = async (draft: SlipDraft): Promise<void> => {
    setPhase({ kind: "recording" });
    try {
      await command("slip.record", draft);
      onClose();
    } catch (error) {
      setPhase({ kind: "failed", text: problem(error) });
    }
  };
  const commit = () => {
    if (made) {
      if (slip) void record(slip);
      return;
    }
    try {
      commitChange(plan, change, agreed, along ? stuck : []);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      setPhase({ kind: "failed", text: problem(error) });
      return;
    }
    announce(t("dates.preview.made", { sentence }));
    if (reason === "" || slip === null || !recordable) {
      onClose();
      return;
    }
    const { from, to } = agreed.shift;
    const draft = { ...slip, node: agreed.shift.node, from, to, reason };
    setSlip(draft);
    setMade(fresh);
    void record(draft);
  };

  return (
    <Dialog wide title={t("dates.preview.title")} closeLabel={t("action.close")} isOpen onOpenChange={(open) => !open && onClose()}>
      <div className="preview">
        <div className="preview-sentence">
          <p>{sentence}</p>
          <CopyButton text={sentence} label={t("dates.preview.copy")} />
        </div>
        {(meanwhile || gone) && (
          <p className="preview-meanwhile" role="status">
            <Icon name="history" size={17} />
            {t(gone ? "dates.preview.gone" : done ? "dates.preview.same" : "dates.preview.meanwhile")}
          </p>
        )}
        <Effect preview={preview} speaker={speaker} kind={kind} currency={terms.currency} />
        <Broken rules={rulesBroken(plan, input, change, agreed, live.today)} />
        <Moves moves={preview.moves} speaker={speaker} />
        {preview.conflicts.length > 0 && <Conflicts preview={preview} speaker={speaker} />}
        {made === null && (
          <>
            {change.kind === "anchor" && (
              <Check isSelected={change.carry} onChange={(carry) => setChange({ ...change, carry })} label={t("dates.preview.carry")} />
            )}
            {stuck.length > 0 && <Check isSelected={along} onChange={setAlong} label={t("dates.preview.along", { count: stuck.length })} />}
            {recordable && <Why slip={slip} side={side} onChange={setSlip} />}
          </>
        )}
        {phase.kind === "failed" && (
          <p className="preview-failed" role="alert">
            {made ? t("dates.preview.notRecorded", { error: phase.text }) : phase.text}
          </p>
        )}
        <div className="form-actions preview-actions">
          <Button onPress={onClose}>{t(made ? "action.close" : "dates.preview.leave")}</Button>
          {!gone && !done && (
            <Button look="main" autoFocus onPress={commit} isPending={phase.kind === "recording"}>
              {t(made ? "action.retry" : reason !== "" && recordable ? "dates.preview.commitReason" : !isOfStep(change) && change.kind !== "anchor" ? "dates.preview.commitOther" : "dates.preview.commit")}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** The dates before the change, to see whether others moved them. */
function datesOf({ before }: Preview): string {
  return JSON.stringify(before.nodes.map(({ id, due, finish }) => [id, due, finish]));
}

/** Go-live before and after, and what the difference costs. */
function Effect({ preview, speaker, kind, currency }: { preview: Preview; speaker: Speaker; kind: string; currency: string }) {
  const { t } = speaker;
  const { from, to, days } = preview.goLive;
  if (to === "") return null;
  const moved = from !== to && from !== "";
  return (
    <dl className="preview-effect">
      <div className={moved && days > 0 ? "is-late" : undefined}>
        <dt>{t(kind === "value" ? "anchor.value" : kind === "start" ? "dates.end" : "anchor.goLive")}</dt>
        <dd>
          {spanWords(speaker, from, to)}
          <small>{moved ? workingDaysWords(speaker, days) : t("dates.preview.unmoved")}</small>
        </dd>
      </div>
      {preview.cost !== null && (
        <div className="is-late">
          <dt>{t("dates.preview.cost")}</dt>
          <dd>
            {moneyWords(speaker, preview.cost, currency)}
            <small>{t("dates.preview.costHow")}</small>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Moves({ moves, speaker }: { moves: readonly Move[]; speaker: Speaker }) {
  const { t } = speaker;
  if (moves.length === 0) return <p className="preview-none">{t("dates.preview.noMoves")}</p>;
  return (
    <section aria-label={t("dates.preview.moves", { count: moves.length })}>
      <h3 className="details-label">{t("dates.preview.moves", { count: moves.length })}</h3>
      <ul className="preview-moves">
        {moves.map((move) => (
          <li key={move.node}>
            <span className="preview-step">
              {move.title || t("step.untitled")}
              {move.fixed && <small>{t("dates.preview.fixed")}</small>}
            </span>
            <span className="preview-dates">{spanWords(speaker, move.from, move.to)}</span>
            <span className={`preview-days${move.days > 0 ? " is-late" : ""}`}>{workingDaysWords(speaker, move.days)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Rules that the change would raise: somebody is told of it, or has to agree. */
function Broken({ rules }: { rules: readonly BrokenRule[] }) {
  const t = useText();
  const { format } = useDays();
  const { store } = useScreen();
  const roles = useReadable(store.roles);
  if (rules.length === 0) return null;
  return (
    <ul className="problems">
      {rules.map(({ rule, worst }) => {
        const role = roles.find((one) => one.id === rule.role);
        const days = rule.kind === "extension" ? t("rule.beyond", { days: worst.days, date: format(rule.until) }) : t("rule.late", { days: worst.days });
        return (
          <li key={rule.id}>
            <Icon name="flag" size={17} />
            <span>
              {store.node(nodeId(worst.node)).get()?.title || t("step.untitled")} {days}{" "}
              {t(rule.kind === "extension" ? "rule.needs" : "rule.goesTo", { role: role ? roleLabel(role) : t("rule.nobody") })}
              {rule.text !== "" && <span className="broken-words"> “{rule.text}”</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Conflicts({ preview, speaker }: { preview: Preview; speaker: Speaker }) {
  const { store } = useScreen();
  const { t } = speaker;
  const input = useSchedule().input();
  const roles = store.roles.get();
  const titleOf = (id: string): string =>
    input.nodes.find((node) => node.id === id)?.title || roles.find((role) => role.id === id)?.title || t("step.untitled");
  return (
    <ul className="problems">
      {preview.conflicts.map((found) => (
        <li key={`${found.code} ${found.node} ${found.other}`}>
          <Icon name="warning" size={17} />
          {problemWords(speaker, found, titleOf)}
        </li>
      ))}
    </ul>
  );
}

interface SlipDraft {
  readonly id: string;
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly side: Side;
  readonly reason: string;
}

/** Why the date moves and whose days they are: kept in the ledger both sides see. */
function Why({ slip, side, onChange }: { slip: SlipDraft | null; side: Side; onChange: (slip: SlipDraft) => void }) {
  const t = useText();
  const draft = slip ?? { id: newId(), node: "", from: "", to: "", side, reason: "" };
  const set = (part: Partial<SlipDraft>) => onChange({ ...draft, ...part });
  return (
    <section className="preview-why" aria-label={t("dates.reason.label")}>
      <div className="preview-why-fields">
        <TextField
          label={t("dates.reason.label")}
          placeholder={t("dates.reason.placeholder")}
          value={draft.reason}
          maxLength={REASON_LENGTH}
          onChange={(reason) => set({ reason })}
        />
        <Select
          label={t("dates.reason.side")}
          value={draft.side}
          onChange={(id) => set({ side: id as Side })}
          choices={SIDES.map((id) => ({ id, label: t(sideMessage(id)), lead: <SideMark side={id} /> }))}
        />
      </div>
      <div className="preview-reasons">
        {REASONS.map((id) => (
          <Button key={id} small look="edge" className="chip-button" onPress={() => set({ reason: t(id) })}>
            {t(id)}
          </Button>
        ))}
      </div>
    </section>
  );
}
