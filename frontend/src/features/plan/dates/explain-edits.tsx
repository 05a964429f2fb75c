import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { netChanges } from "../../../plan/changes";
import type { HistoryChange, HistoryEntry } from "../../../sync/api";
import { formatAgo, useNow } from "../../../ui/dates";
import { useProblem } from "../../../ui/problem";
import { Sentence } from "../../../ui/sentence";
import { useText } from "../../../ui/text";
import { useChangeWords } from "../review/change-words";
import { useScreen } from "../screen";
import { sideMessage } from "../status";

/** What of a step, or of the plan itself, makes dates. */
const FIELDS = ["due", "start", "days", "status", "doneOn", "after", "del", "date", "kind", "node"] as const;

/** What was changed, newest first; null while it is being read. */
interface Edits {
  readonly entries: readonly HistoryEntry[] | null;
  readonly problem: unknown;
}

/** Who changed the dates of these steps (the empty id is the plan's own), read again when `version` is another. */
export function useEdits(nodes: readonly string[], version: unknown): Edits {
  const { log } = useScreen();
  const key = nodes.join(",");
  const [edits, setEdits] = useState<Edits>({ entries: null, problem: null });
  useEffect(() => {
    if (!log) return;
    const abort = new AbortController();
    log.about(key.split(","), FIELDS, abort.signal).then(
      (entries) => setEdits({ entries: entries.toReversed(), problem: null }),
      (problem: unknown) => {
        if (!abort.signal.aborted) setEdits((known) => ({ ...known, problem }));
      },
    );
    return () => abort.abort();
  }, [log, key, version]);
  return edits;
}

/** The latest changes of one step's date, each with who made it and when. */
export function EditsOf({ node, edits: { entries, problem }, most }: { node: string; edits: Edits; most: number }) {
  const t = useText();
  const says = useProblem();
  const { log } = useScreen();
  if (!log) return null;
  if (problem !== null && entries === null) return node === "" ? null : <p className="explain-edit">{says(problem)}</p>;
  if (entries === null) return null;
  const all = entries.flatMap((entry) => entry.changes.filter((change) => change.node === node).map((change) => ({ entry, change })));
  if (all.length === 0) return <p className="explain-edit">{t("dates.explain.untouched")}</p>;
  return (
    <ul className="explain-edits">
      {all.slice(0, most).map(({ entry, change }) => (
        <Edit key={`${entry.seq} ${change.field} ${change.part}`} entry={entry} change={change} />
      ))}
      {all.length > most && <li className="explain-edit">{t("dates.explain.earlier", { count: all.length - most })}</li>}
    </ul>
  );
}

function Edit({ entry, change }: { entry: HistoryEntry; change: HistoryChange }) {
  const t = useText();
  const intl = useIntl();
  const now = useNow();
  const words = useChangeWords();
  const net = netChanges([{ ...entry, changes: [change] }])[0]?.changes[0];
  const { name, side } = entry.actor;
  const { follows } = change;
  const who = side === "seller" || side === "buyer" ? `${name} (${t(sideMessage(side))})` : name;
  const lead = follows && (follows.node !== "" ? follows.nodeTitle || t("step.untitled") : t(follows.field === "calendar" ? "dates.explain.calendar" : "dates.ledger.plan"));
  return (
    <li className="explain-edit">
      {(net && words(change.node, net)) ?? (
        <span lang="en">
          <Sentence text={change.text.charAt(0).toLocaleUpperCase("en") + change.text.slice(1)} />
        </span>
      )}
      {lead && ` ${t("dates.explain.with", { what: lead })}`}
      <small>
        {who} · <time dateTime={entry.at}>{formatAgo(intl, entry.at, now)}</time>
      </small>
    </li>
  );
}
