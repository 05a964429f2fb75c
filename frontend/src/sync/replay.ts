/** The plan as it was after any entry of its history, rebuilt in the browser from the entries' updates. */
import * as Y from "yjs";
import type { Api, HistoryEntry } from "./api";

/** Entries between two keyframes. Seeking applies fewer than this many updates. */
const KEYFRAME_EVERY = 100;

/** Entries asked for at once. */
const PAGE = 500;

export class Replay {
  readonly entries: readonly HistoryEntry[];
  /** State after `(n + 1) * KEYFRAME_EVERY` entries; made as the history is first walked through. */
  readonly #keyframes: Uint8Array[] = [];
  #doc = new Y.Doc();
  /** Entries applied to #doc. */
  #applied = 0;

  /** `entries`: the whole history from the first, with their updates. */
  constructor(entries: readonly HistoryEntry[]) {
    this.entries = entries;
  }

  get length(): number {
    return this.entries.length;
  }

  /**
   * The document after the first `count` entries. Going forward keeps and returns the same document, going
   * back makes another one. It belongs to this Replay and changes with the next seek: read it, don't keep it.
   */
  seek(count: number): Y.Doc {
    const target = Math.min(Math.max(0, Math.trunc(count)), this.entries.length);
    const frame = Math.min(Math.floor(target / KEYFRAME_EVERY), this.#keyframes.length);
    if (target < this.#applied || frame * KEYFRAME_EVERY > this.#applied) {
      this.#doc.destroy();
      this.#doc = new Y.Doc();
      this.#applied = frame * KEYFRAME_EVERY;
      const state = this.#keyframes[frame - 1];
      if (state) Y.applyUpdate(this.#doc, state);
    }
    while (this.#applied < target) {
      const end = Math.min(target, this.#applied + KEYFRAME_EVERY - (this.#applied % KEYFRAME_EVERY));
      this.#doc.transact(() => {
        for (const entry of this.entries.slice(this.#applied, end)) {
          if (entry.update.length > 0) Y.applyUpdate(this.#doc, entry.update);
        }
      });
      this.#applied = end;
      if (end === (this.#keyframes.length + 1) * KEYFRAME_EVERY) this.#keyframes.push(Y.encodeStateAsUpdate(this.#doc));
    }
    return this.#doc;
  }

  close(): void {
    this.#doc.destroy();
  }
}

/**
 * Reads a plan's whole history with its updates. `progress` is told how many entries have come.
 * Rejects with an ApiError, or with the signal's reason when aborted.
 */
export async function loadHistory(
  api: Pick<Api, "history">,
  plan: string,
  options: { readonly progress?: (entries: number) => void; readonly signal?: AbortSignal } = {},
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let from: number | null = 0;
  while (from !== null) {
    const page = await api.history(plan, {
      from,
      limit: PAGE,
      updates: true,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    entries.push(...page.entries);
    options.progress?.(entries.length);
    if (page.next !== null && page.next <= from) throw new Error(`history of ${plan} doesn't advance past ${from}`);
    from = page.next;
  }
  return entries;
}
