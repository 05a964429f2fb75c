import { memo, useMemo, useRef, useState } from "react";
import { FormattedMessage } from "react-intl";
import { setPlanTitle } from "../../plan/edit";
import { LIMITS, type AnchorKind, type NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { DateMenu } from "../../ui/date-menu";
import { useDays } from "../../ui/dates";
import { Icon } from "../../ui/icons";
import { useText, type MessageId } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { AnchorMore } from "./dates/anchor-more";
import { useProposeChange } from "./dates/propose";
import { isOpenStep, stepIds, useNodes } from "./hooks";
import { PlanStatusMenu } from "./plan-status";
import { useScreen } from "./screen";

const anchorMessages: Record<AnchorKind, MessageId> = {
  "go-live": "anchor.goLive",
  value: "anchor.value",
  start: "anchor.start",
};

/** What the plan is, when it ends, and how far it is: readable in half a minute. */
export function PlanHeader() {
  return (
    <header className="plan-header">
      <PlanTitle />
      <AnchorLine />
      <Road />
    </header>
  );
}

function PlanTitle() {
  const { store, plan, rights } = useScreen();
  const { title } = useReadable(store.meta);
  return rights.frame ? (
    <>
      <h1 className="visually-hidden">{title}</h1>
      <TitleField title={title} onCommit={(text) => setPlanTitle(plan, text)} />
    </>
  ) : (
    <h1 className="plan-title">{title}</h1>
  );
}

/** The title is picked as a whole, not typed together: it travels when the person leaves the field. */
function TitleField({ title, onCommit }: { title: string; onCommit: (text: string) => void }) {
  const t = useText();
  const [text, setText] = useState(title);
  const [seen, setSeen] = useState(title);
  const dropped = useRef(false);
  if (seen !== title) {
    setSeen(title);
    // Somebody else's new title shows unless this person is in the middle of theirs.
    if (text === seen) setText(title);
  }
  const commit = () => {
    const next = text.trim();
    if (!dropped.current && next !== "" && next !== title) onCommit(next);
    else if (next === "" || dropped.current) setText(title);
    dropped.current = false;
  };
  return (
    <span className="shared-field plan-title" data-text={text}>
      <textarea
        className="shared-field-input"
        rows={1}
        aria-label={t("plan.title")}
        maxLength={LIMITS.title}
        value={text}
        onChange={(event) => setText(event.target.value.replace(/\n/g, " "))}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            dropped.current = true;
            event.currentTarget.blur();
          }
        }}
      />
    </span>
  );
}

function AnchorLine() {
  const t = useText();
  const { store, rights } = useScreen();
  const propose = useProposeChange();
  const anchor = useReadable(store.anchor);
  const days = useDays();
  const label = t(anchorMessages[anchor.kind]);
  const until = anchor.date ? days.until(anchor.date) : null;
  const date = anchor.date ? days.format(anchor.date, "long") : t(rights.write ? "anchor.none" : "next.undated");
  return (
    <p className="anchor">
      <Icon name="flag" size={18} />
      <span className="anchor-label">{label}</span>
      {rights.write ? (
        <DateMenu
          label={label}
          value={anchor.date}
          onChange={(next) => propose({ kind: "anchor", date: next ?? "", carry: false })}
          className="button button-quiet anchor-date"
          buttonLabel={t("anchor.change", { label, date })}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
        >
          {date}
        </DateMenu>
      ) : (
        <span className="anchor-date-still">{date}</span>
      )}
      {anchor.provisional && <span className="chip">{t("anchor.provisional")}</span>}
      {until !== null && (
        <span className={`anchor-until${until < 0 ? " anchor-past" : ""}`}>
          <FormattedMessage
            id={until < 0 ? "countdown.past" : "countdown.ahead"}
            values={{ days: Math.abs(until) }}
          />
        </span>
      )}
      <AnchorMore />
      <PlanStatusMenu />
    </p>
  );
}

/** Every step as one segment, stage by stage, up to the flag: the whole plan at a glance. */
const Road = memo(function Road() {
  const { store } = useScreen();
  const tree = useReadable(store.tree);
  const progress = useReadable(store.progress);
  const stages = tree.top.filter((node) => node.kind === "stage" && node.children.length > 0);
  const counts = useCounts(tree.top);
  if (progress.total === 0) return null;
  return (
    <div className="road">
      <div className="road-track" aria-hidden="true">
        {stages.map((stage) => (
          <RoadStage key={stage.id} stage={stage} />
        ))}
      </div>
      <p className="road-words">
        <strong>
          <FormattedMessage id="progress.done" values={{ done: progress.done, total: progress.total }} />
        </strong>
        {counts.late > 0 && (
          <span className="road-late">
            <FormattedMessage id="progress.late" values={{ count: counts.late }} />
          </span>
        )}
        {counts.blocked > 0 && (
          <span className="road-late">
            <FormattedMessage id="progress.blocked" values={{ count: counts.blocked }} />
          </span>
        )}
      </p>
    </div>
  );
});

/** The same list until the branch changes shape. */
function useStepIds(nodes: readonly TreeNode[]): readonly NodeId[] {
  return useMemo(() => stepIds(nodes), [nodes]);
}

function useCounts(top: readonly TreeNode[]): { late: number; blocked: number } {
  const nodes = useNodes(useStepIds(top));
  const { today } = useDays();
  let late = 0;
  let blocked = 0;
  for (const node of nodes) {
    if (!node) continue;
    if (node.status === "blocked") blocked++;
    if (isOpenStep(node) && node.due !== null && node.due < today) late++;
  }
  return { late, blocked };
}

function RoadStage({ stage }: { stage: TreeNode }) {
  const ids = useStepIds(stage.children);
  const nodes = useNodes(ids);
  return (
    <span className="road-stage" style={{ flexGrow: ids.length }}>
      {nodes.map((node, at) => node && <span key={ids[at]} className={`road-step road-${node.status}`} />)}
    </span>
  );
}
