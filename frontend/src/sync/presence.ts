/** Who is here and where their caret is: seen by others, kept by nobody. */
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import type * as Y from "yjs";
import { encodeAwareness } from "./wire";

/** Milliseconds between two frames about this person. */
const EVERY = 100;

/** Shares this client's awareness state, at most one frame per pause and never the last one lost. */
export class Presence {
  readonly awareness: Awareness;
  readonly #send: (frame: Uint8Array) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #told = -1;

  /** `send` drops the frame while there is no connection. */
  constructor(doc: Y.Doc, send: (frame: Uint8Array) => void) {
    this.awareness = new Awareness(doc);
    this.#send = send;
    this.awareness.on("update", this.#onUpdate);
  }

  /** Sends this client's state. */
  tell(): void {
    if (this.#clock() === -1) return;
    this.#told = this.#clock();
    this.#send(encodeAwareness(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID])));
  }

  /** After a new connection: under a new clock, so that others take it over the state they dropped. */
  renew(): void {
    const state = this.awareness.getLocalState();
    if (state !== null) this.awareness.setLocalState(state);
    if (this.#told !== this.#clock()) this.tell();
  }

  receive(update: Uint8Array): void {
    applyAwarenessUpdate(this.awareness, update, this);
  }

  /** Without a connection nobody else can be said to be here. */
  forgetOthers(): void {
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.awareness.clientID);
    removeAwarenessStates(this.awareness, others, this);
  }

  /** Says goodbye. */
  leave(): void {
    removeAwarenessStates(this.awareness, [this.awareness.clientID], this);
    this.tell();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.awareness.off("update", this.#onUpdate);
    this.awareness.destroy();
  }

  readonly #onUpdate = (_change: unknown, origin: unknown): void => {
    if (origin === "local" && this.#timer === null) this.#tellSoon();
  };

  #tellSoon(): void {
    this.#timer = null;
    if (this.#told === this.#clock()) return;
    this.tell();
    this.#timer = setTimeout(() => this.#tellSoon(), EVERY);
  }

  #clock(): number {
    return this.awareness.meta.get(this.awareness.clientID)?.clock ?? -1;
  }
}
