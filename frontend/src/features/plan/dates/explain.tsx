import { useState } from "react";
import { useIntl } from "react-intl";
import { nodeId } from "../../../plan/schema";
import { explainDate, type Link } from "../../../plan/schedule";
import type { NodeSnapshot } from "../../../plan/view";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { StepLink } from "../step-link";
import { useSchedule, useStepDate } from "./propose";
import { EditsOf, useEdits } from "./explain-edits";
import { dayWords, goalWords, type Speaker } from "./words";

/** Why a date is what it is: from the step back to whatever holds it, and who changed what on the way. Worked out when somebody asks. */
export function ExplainDate({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const date = useStepDate(node.id);
  if (!date?.due) return null;
  return (
    <details className="explain" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("dates.explain.title")}</summary>
      {open && <Chain node={node} />}
    </details>
  );
}

function Chain({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const intl = useIntl();
  const live = useSchedule();
  const now = useReadable(live.now);
  const input = live.input();
  const speaker: Speaker = { t, intl, today: live.today };
  const links = explainDate({ ...input, today: "" }, node.id);
  const titleOf = (id: string) => input.nodes.find((one) => one.id === id)?.title || t("step.untitled");
  const anchored = ["anchor", "start"].includes(links.at(-1)?.reason.code ?? "");
  const edits = useEdits([...links.map((link) => link.node), ...(anchored ? [""] : [])], now);
  return (
    <ol className="explain-chain">
      {links.map((link) => (
        <li key={link.node}>
          {link.node === node.id ? (
            <strong>{link.title}</strong>
          ) : (
            <StepLink id={nodeId(link.node)}>{link.title}</StepLink>
          )}{" "}
          <span>{reasonWords(speaker, link, titleOf(link.reason.node), goalWords(speaker, input.anchor.kind))}</span>
          <EditsOf node={link.node} edits={edits} most={link.node === node.id ? 4 : 1} />
        </li>
      ))}
      {anchored && (
        <li>
          <strong>{t("dates.ledger.plan")}</strong> <span>{input.anchor.date && dayWords(speaker, input.anchor.date)}</span>
          <EditsOf node="" edits={edits} most={2} />
        </li>
      )}
    </ol>
  );
}

const plain: Readonly<Record<string, MessageId>> = {
  anchor: "dates.because.anchor",
  start: "dates.because.start",
  typed: "dates.because.typed",
  done: "dates.because.done",
  skipped: "dates.because.skipped",
  today: "dates.because.today",
  expected: "dates.because.expected",
  order: "dates.because.order",
  next: "dates.because.next",
  contains: "dates.because.contains",
  undated: "dates.because.undated",
};

/** The rest of a sentence that begins with the step: "by 3 May: it follows Legal redline". */
function reasonWords(speaker: Speaker, { date, reason }: Link, other: string, goal: string): string {
  const { t } = speaker;
  const values = { date: date && dayWords(speaker, date), other, goal, days: reason.lag, has: date === "" ? "no" : "yes" };
  if (reason.code === "after" || reason.code === "before") {
    const type = ["SS", "FF", "SF"].includes(reason.type) ? reason.type : "FS";
    return t(`dates.because.${reason.code}.${type}` as MessageId, values);
  }
  return t(plain[reason.code] ?? "dates.because.undated", values);
}
