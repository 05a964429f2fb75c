import type { Say } from "../../plan/changes";
import type { HistoryEntry } from "../../sync/api";

/** Entries that read as one: the same person doing the same thing, or typing on, within a short while. */
export interface Run {
  /** The last of them. */
  readonly entry: HistoryEntry;
  /** What all of them did. */
  readonly say: Say;
  /** How many entries there are before the run, and how many with it. */
  readonly from: number;
  readonly to: number;
}

export interface Day {
  /** The reader's calendar date, YYYY-MM-DD. */
  readonly date: string;
  readonly runs: readonly Run[];
}

/** A pause longer than this starts a new run, in milliseconds. */
const PAUSE = 10 * 60_000;

/** Entries by the reader's days, newest first, with runs of the same sentence, and titles as they were typed, told once. */
export function groupByDay(entries: readonly HistoryEntry[], dayOf: (at: string) => string = localDay): Day[] {
  const days: { date: string; runs: Run[] }[] = [];
  entries.forEach((entry, at) => {
    const date = dayOf(entry.at);
    let day = days.at(-1);
    if (day?.date !== date) {
      day = { date, runs: [] };
      days.push(day);
    }
    const last = day.runs.at(-1);
    const say = last && together(last, entry);
    if (last && say) day.runs[day.runs.length - 1] = { entry, say, from: last.from, to: at + 1 };
    else day.runs.push({ entry, say: entry.say, from: at, to: at + 1 });
  });
  return days.reverse().map(({ date, runs }) => ({ date, runs: runs.reverse() }));
}

/** What a run and the next entry did; undefined where they are two things. */
function together(run: Run, next: HistoryEntry): Say | undefined {
  const { entry: last, say } = run;
  if (last.actor.id !== next.actor.id || Math.abs(Date.parse(next.at) - Date.parse(last.at)) > PAUSE) return undefined;
  if (last.sentence === next.sentence) return next.say;
  if (last.node !== next.node || last.sentences.length > 1 || next.sentences.length > 1) return undefined;
  return named(say, next.say);
}

/** A step that is added and then given its title, letter by letter. */
function named(before: Say, after: Say): Say | undefined {
  const { step } = after.values;
  if (after.id === "node.renamed" && NAMED.has(before.id)) return { ...before, values: { ...before.values, step } };
  if (after.id !== "node.named") return undefined;
  if (before.id === "node.new") return { id: "node.added", values: { ...before.values, step } };
  if (before.id === "node.newIn") return { id: "node.addedIn", values: { ...before.values, step } };
  return undefined;
}

/** What a change of a title goes on from. */
const NAMED: ReadonlySet<string> = new Set(["node.added", "node.addedIn", "node.named", "node.renamed"]);

function localDay(at: string): string {
  const time = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}
