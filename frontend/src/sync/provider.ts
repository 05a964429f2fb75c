/**
 * Keeps one Y.Doc in step with the server over `coplan.1`.
 *
 * A local transaction goes three ways at once: into the document, into the copy on this device, and, when
 * connected, to the server as a numbered frame. It counts as pending until the server acknowledges it as
 * durable. After a connection is lost, everything pending is sent again, one frame per change; the server
 * skips what it has.
 */
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Cell, type Readable } from "../plan/readable";
import { backoff } from "./backoff";
import { closeReason } from "./close";
import { Commands } from "./commands";
import { EditFrames } from "./frames";
import type { LocalCopy } from "./local";
import { LOCAL_COPY, RemoteOrigin } from "./origin";
import type { Can } from "./person";
import { proposalsOf, type Describe } from "./proposals";
import { Presence } from "./presence";
import { describeStatus, type Status } from "./status";
import { openWebSocket, type Probe, type Socket } from "./socket";
import { Unsent } from "./unsent";
import { applyQuietly, cover, holdsMore } from "./updates";
import {
  decodeFrame,
  encodeEdit,
  encodeHello,
  encodeQueryAwareness,
  encodeStep1,
  SUBPROTOCOL,
  type Hello,
  type Incoming,
  type Notice,
  type Reset,
} from "./wire";

/** Somebody else's edit arrived. */
export interface RemoteEntry {
  readonly seq: number;
  readonly person: string;
}

export interface ProviderOptions {
  /** The socket's URL with its token. */
  readonly url: string;
  /** Version of the plan schema this client knows. */
  readonly schema: number;
  readonly local: LocalCopy;
  /** Browsers don't tell why an upgrade was refused; this asks. */
  readonly probe?: () => Promise<Probe>;
  /** Says in sentences what each group of updates changes, on top of `base`. For proposals after a reset. */
  readonly describe?: Describe;
  readonly openSocket?: (url: string, protocol: string) => Socket;
  /** Where `online` and `offline` are heard: the window, where there is one. */
  readonly events?: EventTarget | undefined;
  /** What the browser believes. A hint for the status only: a server on this machine needs no network. */
  readonly isOnline?: () => boolean;
  readonly random?: () => number;
  /** What this person may do until the server says. */
  readonly can?: Can;
  /** The server discarded this document: the provider is finished, load afresh. */
  readonly onReset?: (reason: string) => void;
}

/** Milliseconds of silence after which the server is asked for a sign of life, and given up on. */
const ASK_AFTER = 20_000;
const GIVE_UP_AFTER = 35_000;
/** Milliseconds that a lost connection may take to return before the person is told. */
const GRACE = 1_500;
/** Milliseconds without acknowledgement after which "Saving…" becomes more explicit. */
const SLOW_SAVE = 10_000;
/** Age in milliseconds at which another tab's unsent edit is taken over. */
const ADOPT_AFTER = 10_000;
const HOUSEKEEPING_EVERY = 5_000;
const COMMAND_TIMEOUT = 15_000;
/** Milliseconds that a command given without a connection waits for one to return: people stand before a button. */
const COMMAND_PATIENCE = 3_000;

type Phase =
  | { readonly kind: "loading" }
  | { readonly kind: "waiting" } // for the next attempt
  | { readonly kind: "opening"; readonly socket: Socket }
  | { readonly kind: "open"; readonly socket: Socket } // the server's state isn't known yet
  | { readonly kind: "live"; readonly socket: Socket }
  | { readonly kind: "denied"; readonly code: number; readonly name: string; readonly text: string }
  | { readonly kind: "reset"; readonly reason: string }
  | { readonly kind: "closed" };

export class CoplanProvider {
  readonly doc: Y.Doc;
  /** Resolves when the copy on this device is in the document; an empty copy counts. */
  readonly loaded: Promise<void>;

  readonly #options: ProviderOptions;
  readonly #local: LocalCopy;
  readonly #presence: Presence;
  readonly #unsent: Unsent;
  readonly #commands = new Commands();
  readonly #status: Cell<Status>;
  readonly #hello = new Cell<Hello | null>(null);
  readonly #synced = new Cell(false);
  readonly #entryListeners = new Set<(entry: RemoteEntry) => void>();
  readonly #events: EventTarget | undefined;

  #phase: Phase = { kind: "loading" };
  #can: Can;
  #notice: Notice | null = null;
  #epoch = 0;
  readonly #position = new Cell(0);
  readonly #frames = new EditFrames();
  #attempts = 0;
  #everConnected = false;
  #lostAt = 0;
  #heardAt = 0;
  #asked = false;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #graceTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #housekeeping: ReturnType<typeof setInterval>;

  constructor(doc: Y.Doc, options: ProviderOptions) {
    this.doc = doc;
    this.#presence = new Presence(doc, (frame) => {
      if (this.#phase.kind === "live") this.#send(frame);
    });
    this.#options = options;
    this.#local = options.local;
    this.#can = options.can ?? { write: true, comment: true, history: true };
    this.#unsent = new Unsent();
    this.#status = new Cell<Status>({ kind: "connecting", words: "connecting", pending: 0, text: "Connecting…" });
    this.#events = options.events;

    doc.on("update", this.#onUpdate);
    this.#events?.addEventListener("online", this.#onOnline);
    this.#events?.addEventListener("offline", this.#onOffline);
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_EVERY);
    this.#local.onProblem = () => this.#refresh();
    this.loaded = this.#load();
  }

  get awareness(): Awareness {
    return this.#presence.awareness;
  }

  get status(): Readable<Status> {
    return this.#status;
  }

  /** What the server said first on the latest connection; null before the first. */
  get hello(): Readable<Hello | null> {
    return this.#hello;
  }

  /** True once the server's whole state has arrived on some connection. */
  get synced(): Readable<boolean> {
    return this.#synced;
  }

  /** Journal position this document is known to include. */
  get position(): Readable<number> {
    return this.#position;
  }

  /** Calls `fn` for each edit of somebody else as it arrives live. */
  onEntry(fn: (entry: RemoteEntry) => void): () => void {
    const listener = (entry: RemoteEntry) => fn(entry);
    this.#entryListeners.add(listener);
    return () => void this.#entryListeners.delete(listener);
  }

  /**
   * Asks the server to do something in this person's name. Local edits made before are acknowledged first.
   * Waits for a connection up to `timeout` milliseconds. Rejects with a CommandError.
   */
  command(name: string, args: unknown, timeout = COMMAND_TIMEOUT): Promise<unknown> {
    const live = this.#phase.kind === "live";
    const patience = live || !this.#everConnected ? timeout : Math.min(timeout, COMMAND_PATIENCE);
    const promise = this.#commands.add(name, args, patience, live ? this.#frames.sent : Number.POSITIVE_INFINITY);
    this.#pumpCommands();
    return promise;
  }

  /** Resolves when everything edited so far is stored on this device (or can't be). */
  flush(): Promise<void> {
    return this.#local.flush();
  }

  /** Tries to connect at once instead of after the pause. */
  retryNow(): void {
    if (this.#phase.kind !== "waiting") return;
    this.#attempts = 0;
    this.#open();
  }

  async close(): Promise<void> {
    if (this.#phase.kind === "closed") return;
    this.#presence.leave();
    this.#dropSocket(1000, "closed");
    this.#setPhase({ kind: "closed" });
    this.#detach();
    this.#commands.close();
    await this.#local.close();
  }

  // ---- the copy on this device ----

  async #load(): Promise<void> {
    const copy = await this.#local.load().catch(() => ({ updates: [], unsent: [], epoch: 0 }));
    if (this.#phase.kind !== "loading") return;
    this.#epoch = copy.epoch;
    const fresh = this.#unsent.adopt(copy.unsent);
    if (copy.updates.length + fresh.length > 0) {
      this.doc.transact(() => {
        for (const update of copy.updates) applyQuietly(this.doc, update);
        for (const edit of fresh) applyQuietly(this.doc, edit.update);
      }, LOCAL_COPY);
    }
    this.#setPhase({ kind: "waiting" });
    this.#open();
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    if (origin instanceof RemoteOrigin || origin === LOCAL_COPY) return;
    // A reader's editor may normalise what it shows. That isn't an edit and the server would refuse it.
    if (!this.#can.write) return;
    const edit = this.#unsent.add(update, transaction, Date.now());
    this.#local.keepUnsent(edit);
    if (this.#phase.kind === "live") this.#sendEdit([edit.id], update);
    this.#refresh();
  };

  /** Another tab of this person may have been closed with edits it never sent. */
  async #adoptOrphans(): Promise<void> {
    const before = Date.now() - ADOPT_AFTER;
    const rows = await this.#local.readUnsent().catch(() => []);
    if (this.#phase.kind !== "live" || !this.#can.write) return;
    const orphans = this.#unsent.adopt(rows.filter((edit) => edit.at < before));
    for (const edit of orphans) {
      this.doc.transact(() => applyQuietly(this.doc, edit.update), LOCAL_COPY);
      this.#sendEdit([edit.id], edit.update);
    }
    if (orphans.length > 0) this.#refresh();
  }

  // ---- connection ----

  #open(): void {
    this.#clearRetry();
    const open = this.#options.openSocket ?? openWebSocket;
    let socket: Socket;
    try {
      socket = open(this.#options.url, SUBPROTOCOL);
    } catch {
      this.#lost(null);
      return;
    }
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#onOpen(socket);
    };
    socket.onmessage = (event) => this.#onMessage(socket, event.data);
    socket.onerror = () => undefined; // a close follows
    socket.onclose = (event) => {
      if (this.#socket() !== socket) return;
      if (opened) this.#onClose(event.code, event.reason);
      else void this.#onRefused();
    };
    this.#setPhase({ kind: "opening", socket });
  }

  #onOpen(socket: Socket): void {
    this.#heardAt = Date.now();
    this.#asked = false;
    this.#frames.restart();
    this.#setPhase({ kind: "open", socket });
    this.#send(encodeHello(this.doc.clientID, this.#options.schema, this.#epoch));
    this.#send(encodeStep1(Y.encodeStateVector(this.doc)));
  }

  #onClose(code: number, said: string): void {
    const reason = closeReason(code);
    if (reason.retry) this.#lost(null);
    else this.#deny(reason.code, reason.name, said || reason.text);
  }

  async #onRefused(): Promise<void> {
    this.#lost(null);
    const probe = await this.#options.probe?.().catch(() => undefined);
    if (probe?.kind === "denied" && this.#phase.kind === "waiting") this.#deny(probe.status, "refused", probe.text);
  }

  #lost(pause: number | null): void {
    this.#dropSocket();
    if (this.#lostAt === 0) this.#lostAt = Date.now();
    this.#setPhase({ kind: "waiting" });
    this.#attempts++;
    this.#retryTimer = setTimeout(() => this.#open(), pause ?? backoff(this.#attempts, this.#options.random));
    this.#graceTimer ??= setTimeout(() => {
      this.#graceTimer = null;
      this.#refresh();
    }, GRACE);
  }

  #deny(code: number, name: string, text: string): void {
    this.#clearRetry();
    this.#dropSocket();
    this.#setPhase({ kind: "denied", code, name, text });
  }

  #socket(): Socket | null {
    const phase = this.#phase;
    return phase.kind === "opening" || phase.kind === "open" || phase.kind === "live" ? phase.socket : null;
  }

  /** Lets go of the socket and of everything that only held for its connection. */
  #dropSocket(code?: number, reason?: string): void {
    const socket = this.#socket();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(code, reason);
    } catch {
      // It was never open.
    }
    this.#commands.disconnected();
    this.#presence.forgetOthers();
  }

  #send(frame: Uint8Array): void {
    try {
      this.#socket()?.send(frame as Uint8Array<ArrayBuffer>);
    } catch {
      // The close event that follows puts everything unacknowledged back in line.
    }
  }

  #sendEdit(ids: readonly string[], update: Uint8Array): void {
    this.#send(encodeEdit(this.#frames.next(ids, Date.now()), update));
  }

  // ---- frames from the server ----

  #onMessage(socket: Socket, data: unknown): void {
    if (this.#socket() !== socket || !(data instanceof ArrayBuffer)) return;
    this.#heardAt = Date.now();
    this.#asked = false;
    try {
      this.#take(decodeFrame(new Uint8Array(data)));
    } catch (cause) {
      // Nothing sensible can follow on this connection; the next one starts from the state vector.
      console.error("coplan: a frame from the server could not be used", cause);
      this.#lost(null);
    }
  }

  #take(frame: Incoming): void {
    switch (frame.type) {
      case "hello":
        this.#onHello(frame.hello);
        break;
      case "step1":
        this.#onServerState(frame.stateVector);
        break;
      case "update":
        this.#applyRemote(frame.update, "", 0);
        if (frame.complete) {
          this.#attempts = 0; // not before: what can't be read would be fetched again at once, for ever
          this.#synced.set(true);
          this.#refresh();
        }
        break;
      case "entry":
        this.#applyRemote(frame.update, frame.person, frame.seq);
        this.#reached(frame.seq);
        for (const listener of [...this.#entryListeners]) listener({ seq: frame.seq, person: frame.person });
        break;
      case "ack":
        this.#onAck(frame.n, frame.seq);
        break;
      case "reset":
        void this.#onReset(frame.reset);
        break;
      case "result":
        this.#commands.answer(frame.id, frame.result);
        break;
      case "notice":
        this.#notice = frame.notice.state === "ok" ? null : frame.notice;
        this.#refresh();
        break;
      case "awareness":
        this.#presence.receive(frame.update);
        break;
      case "queryAwareness":
        this.#presence.tell();
        break;
      case "denied":
      case "unknown":
        break;
    }
  }

  #onHello(hello: Hello): void {
    this.#hello.set(hello);
    this.#can = hello.can;
    this.#notice = null;
    this.#reached(hello.seq);
    if (this.#epoch !== 0 && hello.epoch !== 0 && hello.epoch !== this.#epoch) {
      void this.#onReset({ epoch: hello.epoch, code: "epoch", reason: "The plan was moved to a new version.", frames: [] });
      return;
    }
    if (hello.epoch !== 0 && hello.epoch !== this.#epoch) {
      this.#epoch = hello.epoch;
      this.#local.setEpoch(hello.epoch);
    }
    if (!hello.can.write && this.#unsent.size > 0) {
      void this.#onReset({
        epoch: this.#epoch,
        code: "forbidden",
        reason: "You can still read this plan, but no longer edit it.",
        frames: [],
      });
    }
  }

  /** The server says what it has: send what it lacks, then whatever is edited from now on. */
  #onServerState(stateVector: Uint8Array): void {
    const phase = this.#phase;
    if (phase.kind === "live") {
      // It holds back an edit that refers to something it lacks.
      if (this.#can.write) this.#sendEdit([], Y.encodeStateAsUpdate(this.doc, stateVector));
      return;
    }
    if (phase.kind !== "open") return;
    this.#everConnected = true;
    this.#lostAt = 0;
    this.#clearGrace();
    this.#phase = { kind: "live", socket: phase.socket };
    if (this.#can.write) this.#sendBacklog(stateVector);
    this.#commands.reconnected(this.#frames.sent);
    this.#pumpCommands();
    this.#presence.renew();
    this.#refresh();
  }

  #sendBacklog(stateVector: Uint8Array): void {
    const covered = Y.decodeStateVector(stateVector);
    for (const { ids, update } of this.#unsent.backlog()) {
      this.#sendEdit(ids, update);
      cover(covered, update);
    }
    if (holdsMore(this.doc, covered)) this.#sendEdit([], Y.encodeStateAsUpdate(this.doc, stateVector));
  }

  #applyRemote(update: Uint8Array, person: string, seq: number): void {
    if (update.length <= 2) return; // no structs, no deletes
    Y.applyUpdate(this.doc, update, new RemoteOrigin(person, seq));
    this.#local.keepConfirmed(update);
  }

  #reached(seq: number): void {
    this.#position.set(Math.max(this.#position.get(), seq));
  }

  #onAck(n: number, seq: number): void {
    this.#reached(seq);
    const settled = this.#frames.ack(n, Date.now());
    this.#unsent.settle(settled);
    this.#local.settle(settled);
    this.#pumpCommands();
    this.#refresh();
  }

  #pumpCommands(): void {
    if (this.#phase.kind === "live") this.#commands.pump(this.#frames.acked, (frame) => this.#send(frame));
  }

  async #onReset(reset: Reset): Promise<void> {
    const ended = this.#phase.kind === "reset" || this.#phase.kind === "closed";
    if (ended) return;
    this.#dropSocket(1000, "reset");
    this.#setPhase({ kind: "reset", reason: reset.reason });
    this.#detach();
    const edits = this.#unsent.take();
    const base = await this.#local.readConfirmed().catch(() => []);
    const proposals = proposalsOf(base, edits, this.#options.describe);
    this.#local.discard(reset.epoch || this.#epoch, edits.map((edit) => edit.id), proposals);
    this.#commands.close();
    await this.#local.close();
    this.#options.onReset?.(reset.reason);
  }

  // ---- surroundings ----

  readonly #onOnline = (): void => {
    this.#attempts = 0;
    if (this.#phase.kind === "waiting") this.#open();
  };

  readonly #onOffline = (): void => {
    if (this.#socket()) this.#lost(null);
    this.#refresh();
  };

  #keepHouse(): void {
    if (this.#socket() && this.#phase.kind !== "opening") {
      const silence = Date.now() - this.#heardAt;
      if (silence > GIVE_UP_AFTER) {
        this.#lost(0);
        return;
      }
      if (silence > ASK_AFTER && !this.#asked) {
        this.#asked = true;
        this.#send(encodeQueryAwareness());
      }
    }
    if (this.#phase.kind === "live") void this.#adoptOrphans();
    this.#refresh();
  }

  #detach(): void {
    this.#clearRetry();
    this.#clearGrace();
    clearInterval(this.#housekeeping);
    this.doc.off("update", this.#onUpdate);
    this.#presence.close();
    this.#events?.removeEventListener("online", this.#onOnline);
    this.#events?.removeEventListener("offline", this.#onOffline);
  }

  #clearRetry(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  #clearGrace(): void {
    if (this.#graceTimer !== null) clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
  }

  // ---- status ----

  #setPhase(phase: Phase): void {
    this.#phase = phase;
    this.#refresh();
  }

  #refresh(): void {
    const next = this.#readStatus();
    const now = this.#status.get();
    if (JSON.stringify(next) !== JSON.stringify(now)) this.#status.set(next);
  }

  #readStatus(): Status {
    const phase = this.#phase;
    const pending = this.#unsent.countChanges();
    const kept = this.#local.problem === null;
    switch (phase.kind) {
      case "denied":
      case "reset":
        return describeStatus({ ...phase, pending });
      case "live":
        return describeStatus({
          kind: "live",
          pending,
          synced: this.#synced.get(),
          degraded: this.#notice?.state === "degraded" ? this.#notice.text : null,
          slow: Date.now() - this.#frames.movedAt > SLOW_SAVE,
        });
      case "loading":
      case "waiting":
      case "opening":
      case "open": {
        const patient = this.#lostAt === 0 || Date.now() - this.#lostAt < GRACE;
        if (!patient || this.#options.isOnline?.() === false) return describeStatus({ kind: "away", pending, kept });
        return describeStatus({ kind: "connecting", pending, again: this.#everConnected });
      }
      case "closed":
        return describeStatus({ kind: "away", pending, kept });
    }
  }
}
