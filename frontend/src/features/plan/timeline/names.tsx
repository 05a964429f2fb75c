import { memo } from "react";
import type { NodeId } from "../../../plan/schema";
import { DateMenu } from "../../../ui/date-menu";
import { useText } from "../../../ui/text";
import { useProposeChange } from "../dates/propose";
import { dayWords, type Speaker } from "../dates/words";
import { isOpenStep } from "../hooks";
import { useScreen } from "../screen";
import { StatusGlyph, statusMessage } from "../status";
import type { Sizes } from "./chart";
import type { Entry } from "./use-steps";

export interface NamesProps {
  readonly entries: readonly Entry[];
  /** The one that Tab leads to. */
  readonly active: NodeId | null;
  readonly sizes: Sizes;
  readonly speaker: Speaker;
  readonly href: string;
  readonly onFocus: (id: NodeId) => void;
  readonly onOpen: (id: NodeId) => void;
}

/** What the rows are, and in words what the drawing shows; each leads to the step. */
export const Names = memo(function Names({ entries, active, sizes, speaker, href, onFocus, onOpen }: NamesProps) {
  const t = useText();
  return (
    <ol className="tl-names" aria-label={t("timeline.rows")}>
      {entries.map((entry) => (
        <li key={entry.id} className={`tl-name tl-name-${entry.kind}`} style={{ blockSize: sizes.row }}>
          <a
            id={`tl-${entry.id}`}
            className="tl-link"
            style={{ paddingInlineStart: `${Math.max(0, entry.level - 1) * 0.9}rem` }}
            href={href}
            tabIndex={entry.id === active ? 0 : -1}
            aria-label={sentence(speaker, entry)}
            aria-describedby="tl-hint"
            onFocus={() => onFocus(entry.id)}
            onClick={(event) => {
              if (!event.metaKey && !event.ctrlKey && !event.shiftKey) onOpen(entry.id);
            }}
          >
            {entry.kind !== "stage" && <StatusGlyph status={entry.node.status} size={18} />}
            <span className="tl-title">{entry.node.title || t("step.untitled")}</span>
          </a>
          {entry.due === "" && entry.kind !== "stage" && isOpenStep(entry.node) && <NoDate entry={entry} />}
        </li>
      ))}
    </ol>
  );
});

function NoDate({ entry }: { entry: Entry }) {
  const t = useText();
  const { rights } = useScreen();
  const propose = useProposeChange();
  if (!rights.write) return <span className="tl-none">{t("timeline.noDate")}</span>;
  return (
    <DateMenu
      label={t("due.label")}
      buttonLabel={`${t("timeline.noDate")}. ${t("timeline.setDate", { title: entry.node.title || t("step.untitled") })}`}
      className="tl-none tl-set"
      value={null}
      onChange={(date) => propose({ kind: "due", node: entry.id, date: date ?? "" })}
      previousLabel={t("date.previous")}
      nextLabel={t("date.next")}
    >
      {t("timeline.noDate")}
    </DateMenu>
  );
}

/** "Security review, 3 Mar to 10 Mar, in progress, 4 working days of room". */
function sentence(speaker: Speaker, entry: Entry): string {
  const { t, today } = speaker;
  const title = entry.node.title || t("step.untitled");
  const status = t(statusMessage(entry.node.status));
  if (entry.due === "") return entry.kind === "stage" ? title : t("timeline.row.none", { title, status });
  const due = dayWords(speaker, entry.due);
  const dates = entry.moment || entry.start === entry.due ? due : t("timeline.span", { from: dayWords(speaker, entry.start), to: due });
  if (entry.kind === "stage") return t("timeline.row.stage", { title, dates });
  const over = !isOpenStep(entry.node);
  return t("timeline.row.step", {
    title,
    dates,
    status,
    room: over || entry.slack === null ? "other" : entry.slack <= 0 ? "none" : "some",
    days: entry.slack ?? 0,
    late: over ? "no" : entry.expected > entry.due ? "late" : today !== "" && entry.due < today ? "overdue" : "no",
    expected: entry.expected && dayWords(speaker, entry.expected),
  });
}
