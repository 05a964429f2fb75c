/** A plan's history, read as it grows: what was done after some moment, without the updates themselves. */
import type { Readable } from "../plan/readable";
import type { Api, HistoryEntry, HistoryQuery } from "./api";

/** Entries asked for at a time, and the most that are read for one answer: more is a matter for the history page. */
const PAGE = 500;
const MOST = 5_000;

/** How long edits gather before the history is asked again, in milliseconds. */
const PAUSE = 250;

export interface PlanLog {
  /** Position of the newest entry this page knows to be in its document; 0 before the first connection. */
  readonly position: Readable<number>;
  /** Entries after position `seq`, oldest first. Rejects with an ApiError. */
  readonly after: (seq: number, signal?: AbortSignal) => Promise<readonly HistoryEntry[]>;
  /** What was ever changed of some fields of some steps (the empty id is the plan itself), oldest first. */
  readonly about: (nodes: readonly string[], fields: readonly string[], signal?: AbortSignal) => Promise<readonly HistoryEntry[]>;
  /** The date of the latest edit by either side, empty before the first; `today` is the reader's. */
  readonly lastEdit: (today: string) => Promise<string>;
}

export function createLog(api: Pick<Api, "history" | "health">, plan: string, position: Readable<number>): PlanLog {
  const read = async (seq: number, query: HistoryQuery): Promise<readonly HistoryEntry[]> => {
    const entries: HistoryEntry[] = [];
    for (let from: number | null = seq + 1; from !== null && entries.length < MOST; ) {
      const page = await api.history(plan, { ...query, from, limit: PAGE });
      entries.push(...page.entries);
      if (page.next !== null && page.next <= from) throw new Error(`the history of ${plan} doesn't advance past ${from}`);
      from = page.next;
    }
    return entries;
  };
  return {
    position,
    after: (seq, signal) => read(seq, signal ? { signal } : {}),
    about: (nodes, fields, signal) => read(0, { nodes, fields, ...(signal ? { signal } : {}) }),
    lastEdit: async (today) => {
      const { sellerAt, buyerAt } = await api.health(plan, today);
      return (sellerAt > buyerAt ? sellerAt : buyerAt).slice(0, 10);
    },
  };
}

/** What is known of the entries after some position. A failure keeps what was known. */
export interface Followed {
  readonly entries: readonly HistoryEntry[];
  /** The first answer has come. */
  readonly known: boolean;
  /** Why the latest attempt failed. */
  readonly problem: unknown;
}

/** Entries after `seq`, kept up to date while somebody listens. */
export function followLog(log: PlanLog, seq: number): Readable<Followed> {
  let value: Followed = { entries: [], known: false, problem: null };
  let upTo = seq;
  const listeners = new Set<() => void>();
  let stop: () => void = () => undefined;

  const set = (next: Followed): void => {
    value = next;
    for (const listener of [...listeners]) listener();
  };
  const start = (): void => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let busy = false;
    const read = async (): Promise<void> => {
      busy = true;
      try {
        const fresh = await log.after(upTo, abort.signal);
        if (abort.signal.aborted) return;
        upTo = fresh.at(-1)?.seq ?? upTo;
        set({ entries: fresh.length > 0 ? [...value.entries, ...fresh] : value.entries, known: true, problem: null });
      } catch (problem) {
        if (abort.signal.aborted) return;
        set({ ...value, problem });
      }
      busy = false;
      if (log.position.get() > upTo && value.problem === null) later();
    };
    const later = (): void => {
      if (!busy) timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, PAUSE);
    };
    const unsubscribe = log.position.subscribe(later);
    void read();
    stop = () => {
      abort.abort();
      clearTimeout(timer);
      unsubscribe();
    };
  };

  return {
    get: () => value,
    subscribe: (onChange) => {
      const listener = (): void => onChange();
      listeners.add(listener);
      if (listeners.size === 1) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
  };
}
