import { memo, useEffect, useMemo, useRef } from "react";
import { useIntl } from "react-intl";
import type { HistoryEntry } from "../../sync/api";
import { Avatar, colorFor } from "../../ui/avatar";
import { useDays } from "../../ui/dates";
import { useSayWords } from "../../ui/say";
import { useText } from "../../ui/text";
import { groupByDay, type Run } from "./group";
import { Sentence } from "../../ui/sentence";

/** Everything that happened, newest first, by day. Pressing a line shows the plan as it was then. */
export function EntryList({
  entries,
  count,
  onGo,
}: {
  entries: readonly HistoryEntry[];
  count: number;
  onGo: (count: number) => void;
}) {
  const t = useText();
  const days = useDays();
  const groups = useMemo(() => groupByDay(entries), [entries]);
  const list = useRef<HTMLDivElement>(null);

  // Keeps the current line in sight, without moving the page.
  useEffect(() => {
    const frame = list.current;
    const line = frame?.querySelector<HTMLElement>("[aria-current]");
    if (!frame || !line) return;
    const [outer, inner] = [frame.getBoundingClientRect(), line.getBoundingClientRect()];
    if (inner.top < outer.top + 48) frame.scrollTop -= outer.top + 48 - inner.top;
    else if (inner.bottom > outer.bottom) frame.scrollTop += inner.bottom - outer.bottom;
  }, [count]);

  return (
    <div ref={list} className="entries">
      <h1 className="entries-title">{t("history.title")}</h1>
      {groups.map((day) => (
        <section key={day.date} className="entries-day">
          <h2 className="entries-date">{days.until(day.date) === 0 ? t("history.today") : days.format(day.date, "long")}</h2>
          <ol className="entries-list">
            {day.runs.map((run) => (
              <Line key={run.to} run={run} current={count > run.from && count <= run.to} onGo={onGo} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

const Line = memo(function Line({ run, current, onGo }: { run: Run; current: boolean; onGo: (count: number) => void }) {
  const t = useText();
  const intl = useIntl();
  const { entry, say } = run;
  const { whole } = useSayWords();
  const name = entry.actor.name || t("history.system");
  const size = run.to - run.from;
  return (
    <li>
      <button type="button" className="entry" aria-current={current ? "true" : undefined} onClick={() => onGo(run.to)}>
        <Avatar name={name} color={entry.actor.id ? colorFor(entry.actor.id) : "#5d6e76"} size={26} />
        <span className="entry-main">
          <span className="entry-words">
            <Sentence text={whole(entry.actor, say, entry.sentence)} />
          </span>
          <span className="entry-meta">
            <time dateTime={entry.at}>{intl.formatTime(entry.at)}</time>
            {size > 1 && ` · ${t("history.run", { count: size })}`}
          </span>
        </span>
      </button>
    </li>
  );
});
