import type { HistoryEntry } from "../../sync/api";

/** Entries that read as one: the same person doing the same thing within a short while. */
export interface Run {
  readonly entry: HistoryEntry;
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

/** Entries by the reader's days, newest first, with runs of the same sentence told once. */
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
    if (last && isSame(last.entry, entry)) day.runs[day.runs.length - 1] = { entry, from: last.from, to: at + 1 };
    else day.runs.push({ entry, from: at, to: at + 1 });
  });
  return days.reverse().map(({ date, runs }) => ({ date, runs: runs.reverse() }));
}

function isSame(a: HistoryEntry, b: HistoryEntry): boolean {
  return (
    a.actor.id === b.actor.id && a.sentence === b.sentence && Math.abs(Date.parse(b.at) - Date.parse(a.at)) <= PAUSE
  );
}

function localDay(at: string): string {
  const time = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}
