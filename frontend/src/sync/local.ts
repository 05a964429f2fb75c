/**
 * The copy of one document on this device, for one person, in IndexedDB.
 *
 * Confirmed state and unsent edits lie apart: `updates` holds what came from the server or was acknowledged
 * by it, `unsent` one row per local transaction it hasn't confirmed. The document is the union of both. Rows
 * are only ever added, moved or folded inside one IndexedDB transaction, so a tab that dies mid-write leaves
 * either the state before or the state after, and two tabs on one copy can't disturb each other.
 */
import * as Y from "yjs";

/** A local transaction the server hasn't confirmed. */
export interface UnsentEdit {
  /** Sorts by time across tabs. */
  readonly id: string;
  readonly update: Uint8Array;
  /** Edits with the same change are one change to the person: a burst of typing. */
  readonly change: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface StoredProposal {
  readonly at: string;
  readonly lines: readonly string[];
}

export interface LoadedCopy {
  /** Confirmed state, in the order it was stored. */
  readonly updates: readonly Uint8Array[];
  /** Oldest first. */
  readonly unsent: readonly UnsentEdit[];
  /** Epoch of the state; 0 when nothing is stored. */
  readonly epoch: number;
}

export type LocalProblem = "unavailable" | "full" | "failed";

type Op =
  | { readonly kind: "confirmed"; readonly update: Uint8Array }
  | { readonly kind: "unsent"; readonly edit: UnsentEdit }
  | { readonly kind: "settle"; readonly ids: readonly string[] }
  | { readonly kind: "epoch"; readonly epoch: number }
  | { readonly kind: "fold" }
  | { readonly kind: "dismiss"; readonly key: number }
  | {
      readonly kind: "discard";
      readonly epoch: number;
      readonly unsent: readonly string[];
      readonly proposals: readonly StoredProposal[];
    };

export interface LocalOptions {
  /** Names the copy: document and person. */
  readonly name: string;
  readonly indexedDB?: IDBFactory | undefined;
  /** Rows of confirmed state above which they are folded into one. Default 200. */
  readonly foldAbove?: number;
  /** Pause before a failed write is tried again, in milliseconds. Default 5000. */
  readonly retryAfter?: number;
}

const STORES = ["updates", "unsent", "proposals", "meta"] as const;

/** Every write is queued and done in order; the queue is written in one transaction as soon as the last is done. */
export class LocalCopy {
  /** Called when storing on this device begins or ceases to work. */
  onProblem: ((problem: LocalProblem | null) => void) | null = null;
  readonly #name: string;
  readonly #factory: IDBFactory | undefined;
  readonly #foldAbove: number;
  readonly #retryAfter: number;
  #db: IDBDatabase | null = null;
  #queue: Op[] = [];
  #writing: Promise<void> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #rows = 0;
  #epoch = 0;
  #problem: LocalProblem | null = null;
  #closed = false;

  constructor(options: LocalOptions) {
    this.#name = `coplan ${options.name}`;
    this.#factory = options.indexedDB;
    this.#foldAbove = options.foldAbove ?? 200;
    this.#retryAfter = options.retryAfter ?? 5_000;
  }

  /** Null while everything queued so far is stored or about to be. */
  get problem(): LocalProblem | null {
    return this.#problem;
  }

  /** Reads the whole copy. Without a usable IndexedDB: an empty copy, and `problem` says why. */
  async load(): Promise<LoadedCopy> {
    const empty: LoadedCopy = { updates: [], unsent: [], epoch: 0 };
    if (!this.#factory) {
      this.#setProblem("unavailable");
      return empty;
    }
    try {
      this.#db = await openDatabase(this.#factory, this.#name);
    } catch {
      this.#setProblem("unavailable");
      return empty;
    }
    this.#db.onversionchange = () => this.#db?.close();
    const tx = this.#db.transaction(STORES, "readonly");
    const [updates, unsent, epoch] = await Promise.all([
      result(tx.objectStore("updates").getAll() as IDBRequest<Uint8Array[]>),
      result(tx.objectStore("unsent").getAll() as IDBRequest<UnsentEdit[]>),
      result(tx.objectStore("meta").get("epoch") as IDBRequest<number | undefined>),
    ]);
    this.#rows = updates.length;
    this.#epoch = epoch ?? 0;
    this.#write();
    return { updates, unsent, epoch: epoch ?? 0 };
  }

  /** Unsent edits as stored now, other tabs' included. */
  async readUnsent(): Promise<readonly UnsentEdit[]> {
    if (!this.#db) return [];
    await this.flush();
    const tx = this.#db.transaction("unsent", "readonly");
    return result(tx.objectStore("unsent").getAll() as IDBRequest<UnsentEdit[]>);
  }

  async readConfirmed(): Promise<readonly Uint8Array[]> {
    if (!this.#db) return [];
    await this.flush();
    const tx = this.#db.transaction("updates", "readonly");
    return result(tx.objectStore("updates").getAll() as IDBRequest<Uint8Array[]>);
  }

  async readProposals(): Promise<readonly (StoredProposal & { readonly key: number })[]> {
    if (!this.#db) return [];
    await this.flush();
    const store = this.#db.transaction("proposals", "readonly").objectStore("proposals");
    const [keys, values] = await Promise.all([
      result(store.getAllKeys()),
      result(store.getAll() as IDBRequest<StoredProposal[]>),
    ]);
    return values.map((value, at) => ({ ...value, key: Number(keys[at]) }));
  }

  /** Stores state that the server has. */
  keepConfirmed(update: Uint8Array): void {
    this.#push({ kind: "confirmed", update });
    this.#rows++;
    if (this.#rows > this.#foldAbove) {
      this.#rows = 1;
      this.#push({ kind: "fold" });
    }
  }

  keepUnsent(edit: UnsentEdit): void {
    this.#push({ kind: "unsent", edit });
  }

  /** The server has these edits: moves them to the confirmed state. Unknown ids are skipped. */
  settle(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#push({ kind: "settle", ids });
    this.#rows++;
  }

  setEpoch(epoch: number): void {
    this.#push({ kind: "epoch", epoch });
  }

  /** Drops the confirmed state and the given unsent edits, and keeps readable proposals in their place. */
  discard(epoch: number, unsent: readonly string[], proposals: readonly StoredProposal[]): void {
    this.#push({ kind: "discard", epoch, unsent, proposals });
    this.#rows = 0;
  }

  dismissProposal(key: number): void {
    this.#push({ kind: "dismiss", key });
  }

  /** Resolves when all that was queued is stored, or could not be. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#db?.close();
    this.#db = null;
  }

  #push(op: Op): void {
    if (this.#problem === "unavailable" || this.#closed) return;
    this.#queue.push(op); // before load: written once the database is open
    if (this.#retry === null) this.#write();
  }

  #write(): void {
    if (this.#writing === null && this.#db && this.#queue.length > 0) this.#writing = this.#drain(this.#db);
  }

  /** Writes until the queue is empty. Ends in the same turn that finds it empty, so no push is overlooked. */
  async #drain(db: IDBDatabase): Promise<void> {
    while (this.#queue.length > 0) {
      const ops = takeBatch(this.#queue);
      try {
        this.#epoch = await apply(db, this.#epoch, ops);
        this.#setProblem(null);
      } catch (cause) {
        // Nothing of this batch was stored. It stays first in line.
        this.#queue = [...ops, ...this.#queue];
        this.#setProblem(isQuota(cause) ? "full" : "failed");
        this.#retry = setTimeout(() => {
          this.#retry = null;
          this.#write();
        }, this.#retryAfter);
        break;
      }
    }
    this.#writing = null;
  }

  #setProblem(problem: LocalProblem | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.onProblem?.(problem);
  }
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("updates", { autoIncrement: true });
      request.result.createObjectStore("unsent", { keyPath: "id" });
      request.result.createObjectStore("proposals", { autoIncrement: true });
      request.result.createObjectStore("meta");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(request.error));
  });
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(request.error));
  });
}

function failed(error: DOMException | null): Error {
  return error ?? new Error("IndexedDB gave no reason");
}

function isQuota(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && (cause as { name?: unknown }).name === "QuotaExceededError";
}

/**
 * Takes the operations that one transaction may do together off the queue. Those that read before they
 * write what others add go alone.
 */
function takeBatch(queue: Op[]): Op[] {
  const alone = queue.findIndex((op) => op.kind === "fold" || op.kind === "discard");
  return queue.splice(0, alone === -1 ? queue.length : Math.max(1, alone));
}

/**
 * Does all of `ops` in one transaction: all of them are stored, or none. Resolves to the epoch of the copy.
 * When another tab has discarded this copy for a newer epoch, what belongs to the old one is dropped.
 */
function apply(db: IDBDatabase, epoch: number, ops: readonly Op[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(STORES, "readwrite", { durability: "strict" });
    let now = epoch;
    tx.oncomplete = () => resolve(now);
    tx.onabort = () => reject(failed(tx.error));
    const updates = tx.objectStore("updates");
    const unsent = tx.objectStore("unsent");
    const meta = tx.objectStore("meta");
    const proposals = tx.objectStore("proposals");
    const stored = meta.get("epoch") as IDBRequest<number | undefined>;
    stored.onsuccess = () => {
      const outdated = (stored.result ?? 0) > epoch;
      try {
        for (const op of ops) now = perform(op, outdated, stored.result ?? 0) ?? now;
      } catch (cause) {
        reject(cause instanceof Error ? cause : new Error(String(cause)));
        tx.abort();
      }
    };
    const perform = (op: Op, outdated: boolean, storedEpoch: number): number | undefined => {
      switch (op.kind) {
        case "confirmed":
          if (!outdated) updates.add(op.update);
          return undefined;
        case "unsent":
          unsent.put(op.edit);
          return undefined;
        case "settle":
          settleRows(unsent, outdated ? null : updates, op.ids);
          return undefined;
        case "fold":
          if (!outdated) foldRows(updates);
          return undefined;
        case "dismiss":
          proposals.delete(op.key);
          return undefined;
        case "discard":
          if (!outdated) updates.clear();
          for (const id of op.unsent) unsent.delete(id);
          for (const proposal of op.proposals) proposals.add(proposal);
          break;
        case "epoch":
          break;
      }
      const newest = Math.max(op.epoch, storedEpoch);
      meta.put(newest, "epoch");
      return newest;
    };
  });
}

/** Moves edits to the confirmed rows as they are: a damaged one must not keep the others back. */
function settleRows(unsent: IDBObjectStore, updates: IDBObjectStore | null, ids: readonly string[]): void {
  for (const id of ids) {
    const request = unsent.get(id) as IDBRequest<UnsentEdit | undefined>;
    request.onsuccess = () => {
      if (request.result) updates?.add(request.result.update);
      unsent.delete(id);
    };
  }
}

/** Folds all confirmed rows into one. Through a document, which is linear where merging updates isn't. */
function foldRows(updates: IDBObjectStore): void {
  const keys = updates.getAllKeys();
  const rows = updates.getAll() as IDBRequest<Uint8Array[]>;
  rows.onsuccess = () => {
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const update of rows.result) {
        try {
          Y.applyUpdate(doc, update);
        } catch {
          // An unreadable row holds nothing the server lacks; without it the next sync fetches the gap.
        }
      }
    });
    for (const key of keys.result) updates.delete(key);
    updates.add(Y.encodeStateAsUpdate(doc));
    doc.destroy();
  };
}
