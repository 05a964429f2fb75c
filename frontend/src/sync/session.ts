/** One plan, open in one tab: its document, its connection, and a fresh start after a reset. */
import * as Y from "yjs";
import type { Awareness } from "y-protocols/awareness";
import { describeUpdates } from "../plan/describe";
import { Cell, type Readable } from "../plan/readable";
import { SCHEMA_VERSION } from "../plan/schema";
import { ApiError, createApi } from "./api";
import { LocalCopy } from "./local";
import type { Can } from "./person";
import { CoplanProvider, type ProviderOptions, type RemoteEntry } from "./provider";
import type { Probe } from "./socket";
import type { Proposal, Status } from "./status";
import type { Hello } from "./wire";

export interface SessionOptions {
  readonly planId: string;
  /** The personal link's token. */
  readonly token: string;
  /** Id of the person: names the copy on this device, so that two people on one machine don't share it. */
  readonly person: string;
  /** What the person may do until the server says; everything when absent. */
  readonly can?: Can;
  /** The server's base URL without a trailing slash; the page's own origin when absent. */
  readonly base?: string;
  readonly indexedDB?: IDBFactory | undefined;
  /** Overrides for tests. */
  readonly provider?: Partial<ProviderOptions>;
}

/** The document as it stands now. A new one, with the next generation, after every reset. */
export interface Live {
  readonly generation: number;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
}

export interface PlanSession {
  readonly live: Readable<Live>;
  readonly status: Readable<Status>;
  /** What the server said on the latest connection; null before the first. */
  readonly hello: Readable<Hello | null>;
  /** True once the server's whole state has arrived. */
  readonly synced: Readable<boolean>;
  /** Refused or stranded edits, readable. They stay until dismissed. */
  readonly proposals: Readable<readonly Proposal[]>;
  readonly dismiss: (id: number) => void;
  /**
   * Asks the server to do something in this person's name. Rejects with a CommandError. Arguments given as a
   * function are asked for when the command is sent: after all earlier edits have come to the server.
   */
  readonly command: (name: string, args: unknown, timeout?: number) => Promise<unknown>;
  /** Calls `fn` for each edit of somebody else as it arrives live. */
  readonly onEntry: (fn: (entry: RemoteEntry) => void) => () => void;
  /** Journal position the document is known to include; 0 before the first connection. */
  readonly position: Readable<number>;
  readonly retryNow: () => void;
  /** Resolves when all edits so far are stored on this device. */
  readonly flush: () => Promise<void>;
  /** Resolves when what this device knows of the plan is in the document. */
  readonly loaded: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Running {
  readonly doc: Y.Doc;
  readonly local: LocalCopy;
  readonly provider: CoplanProvider;
}

/** More resets than this in a row within a minute mean that starting afresh doesn't help. */
const MAX_RESETS = 3;

export function openPlanSession(options: SessionOptions): PlanSession {
  const base = options.base ?? globalThis.location.origin;
  const name = `plan/${options.planId} ${options.person}`;
  const url = `${base.replace(/^http/, "ws")}/ws/plan/${encodeURIComponent(options.planId)}?token=${encodeURIComponent(options.token)}`;
  const factory = "indexedDB" in options ? options.indexedDB : globalThis.indexedDB;
  const status = new Cell<Status>({ kind: "connecting", words: "connecting", pending: 0, text: "Connecting…" });
  const hello = new Cell<Hello | null>(null);
  const synced = new Cell(false);
  const proposals = new Cell<readonly Proposal[]>([]);
  const position = new Cell(0);
  const entryListeners = new Set<(entry: RemoteEntry) => void>();
  const resets: number[] = [];
  let closed = false;
  let detach: () => void = () => undefined;

  const start = (): Running => {
    const doc = new Y.Doc();
    const local = new LocalCopy({ name, indexedDB: factory });
    const provider = new CoplanProvider(doc, {
      url,
      schema: SCHEMA_VERSION,
      local,
      probe: () => probe(base, options.token),
      describe: describeUpdates,
      events: typeof window === "undefined" ? undefined : window,
      isOnline: () => typeof navigator === "undefined" || navigator.onLine,
      ...(options.can ? { can: options.can } : {}),
      ...options.provider,
      onReset: restart,
    });
    const mirrors = [
      mirror(provider.status, status),
      mirror(provider.hello, hello),
      mirror(provider.synced, synced),
      mirror(provider.position, position),
      provider.onEntry((entry) => {
        for (const listener of [...entryListeners]) listener(entry);
      }),
    ];
    detach = () => {
      for (const stop of mirrors) stop();
    };
    void provider.loaded.then(() => showProposals(local));
    return { doc, local, provider };
  };

  const showProposals = async (copy: LocalCopy): Promise<void> => {
    const stored = await copy.readProposals().catch(() => []);
    proposals.set(stored.map(({ key, at, lines }) => ({ id: key, at, lines })));
  };

  const restart = (reason: string): void => {
    if (closed) return;
    const now = Date.now();
    resets.push(now);
    while (resets[0] !== undefined && resets[0] < now - 60_000) resets.shift();
    if (resets.length > MAX_RESETS) {
      detach();
      status.set({
        kind: "denied",
        words: "denied",
        code: 0,
        name: "reset",
        pending: 0,
        text: `The server keeps refusing this page's copy of the plan: ${reason} Please reload the page.`,
      });
      return;
    }
    detach();
    const old = live.get();
    running = start();
    live.set({ generation: old.generation + 1, doc: running.doc, awareness: running.provider.awareness });
    // Editors bound to the old document let go of it when the screen mounts afresh.
    setTimeout(() => old.doc.destroy(), 1_000);
  };

  let running = start();
  const live = new Cell<Live>({ generation: 1, doc: running.doc, awareness: running.provider.awareness });

  return {
    live,
    status,
    hello,
    synced,
    proposals,
    dismiss: (id) => {
      running.local.dismissProposal(id);
      proposals.set(proposals.get().filter((proposal) => proposal.id !== id));
    },
    command: (command, args, timeout) => running.provider.command(command, args, timeout),
    onEntry: (fn) => {
      const listener = (entry: RemoteEntry) => fn(entry);
      entryListeners.add(listener);
      return () => void entryListeners.delete(listener);
    },
    position,
    retryNow: () => running.provider.retryNow(),
    flush: () => running.provider.flush(),
    loaded: () => running.provider.loaded,
    close: async () => {
      closed = true;
      detach();
      await running.provider.close();
      live.get().doc.destroy();
    },
  };
}

function mirror<T>(from: Readable<T>, to: Cell<T>): () => void {
  to.set(from.get());
  return from.subscribe(() => to.set(from.get()));
}

/** Asks over HTTP what the link is worth, since a browser doesn't tell why a socket couldn't be opened. */
async function probe(base: string, token: string): Promise<Probe> {
  try {
    await createApi({ base, token }).self();
    return { kind: "ok" };
  } catch (cause) {
    if (cause instanceof ApiError && [401, 403, 404, 410].includes(cause.status)) {
      return { kind: "denied", status: cause.status, text: cause.message };
    }
    return { kind: "unreachable" };
  }
}
