/** The edits this document holds that the server hasn't confirmed, in the order they were made. */
import * as Y from "yjs";
import type { UnsentEdit } from "./local";

/** Frames in which a backlog is sent at most; a longer one is sent in merged pieces. */
const MAX_BACKLOG_FRAMES = 64;

/** Pauses longer than this between keystrokes begin a new change. Milliseconds. */
const BURST = 1_000;

export class Unsent {
  readonly #edits = new Map<string, UnsentEdit>();
  /** Tells apart tabs that share a local copy. */
  readonly #tab = Math.floor(Math.random() * 0xffffffff).toString(36);
  #counter = 0;
  #lastAt = 0;
  #lastTyping = false;
  #change = "";

  /** Takes in edits of earlier sessions or other tabs. Returns those that weren't known. */
  adopt(edits: readonly UnsentEdit[]): UnsentEdit[] {
    const fresh = edits.filter((edit) => !this.#edits.has(edit.id));
    for (const edit of fresh) this.#edits.set(edit.id, edit);
    return fresh;
  }

  /** Takes in a local transaction's update. */
  add(update: Uint8Array, transaction: Y.Transaction, now: number): UnsentEdit {
    const typing = isTyping(transaction);
    this.#counter++;
    if (!typing || !this.#lastTyping || now - this.#lastAt > BURST) this.#change = `${this.#tab}:${this.#counter}`;
    this.#lastTyping = typing;
    this.#lastAt = Math.max(now, this.#lastAt); // a clock set back must not reorder
    const id = `${String(this.#lastAt).padStart(15, "0")}-${this.#tab}-${String(this.#counter).padStart(9, "0")}`;
    const edit: UnsentEdit = { id, update, change: this.#change, at: this.#lastAt };
    this.#edits.set(id, edit);
    return edit;
  }

  settle(ids: readonly string[]): void {
    for (const id of ids) this.#edits.delete(id);
  }

  /** Forgets everything and returns it. */
  take(): UnsentEdit[] {
    const all = this.all();
    this.#edits.clear();
    return all;
  }

  all(): UnsentEdit[] {
    return [...this.#edits.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get size(): number {
    return this.#edits.size;
  }

  has(id: string): boolean {
    return this.#edits.has(id);
  }

  /** How many changes a person would say these are. */
  countChanges(): number {
    return new Set([...this.#edits.values()].map((edit) => edit.change)).size;
  }

  /** The whole backlog as updates to send, one per change where there aren't too many. */
  backlog(): { readonly ids: readonly string[]; readonly update: Uint8Array }[] {
    const groups = groupByChange(this.all());
    const perFrame = Math.ceil(groups.length / MAX_BACKLOG_FRAMES);
    const frames: { ids: string[]; update: Uint8Array }[] = [];
    for (let at = 0; at < groups.length; at += perFrame) {
      const edits = groups.slice(at, at + perFrame).flat();
      frames.push({ ids: edits.map((edit) => edit.id), update: merge(edits.map((edit) => edit.update)) });
    }
    return frames;
  }
}

/** Runs of edits that are one change each. */
export function groupByChange(edits: readonly UnsentEdit[]): UnsentEdit[][] {
  const groups: UnsentEdit[][] = [];
  for (const edit of edits) {
    const last = groups.at(-1);
    if (last?.[0]?.change === edit.change) last.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

/** Merges in rounds of 100: merging is quadratic in the number of updates. */
function merge(updates: readonly Uint8Array[]): Uint8Array {
  let round = [...updates];
  while (round.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < round.length; at += 100) next.push(Y.mergeUpdates(round.slice(at, at + 100)));
    round = next;
  }
  return round[0] ?? new Uint8Array([0, 0]);
}

/** Whether a transaction did nothing but type, delete or format text. */
function isTyping(transaction: Y.Transaction): boolean {
  for (const type of transaction.changed.keys()) {
    const target: unknown = type;
    if (!(target instanceof Y.Text) && !(target instanceof Y.XmlFragment)) return false;
  }
  return true;
}
