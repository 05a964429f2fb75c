/** Requests to the server over the socket: ids, answers, timeouts, and what a lost connection means for each. */
import { encodeCommand, type CommandResult } from "./wire";

export type CommandCode = "offline" | "timeout" | "unknown" | "closed" | (string & {});

/**
 * A command failed. `code` is the server's own, or
 * - `offline`: it was never sent; trying again is safe.
 * - `timeout`, `unknown`: it was sent and no answer came; look before trying again.
 * - `closed`: the session ended first.
 * The message is a sentence for the person.
 */
export class CommandError extends Error {
  constructor(
    readonly code: CommandCode,
    message: string,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

interface Waiting {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CommandError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Edit frame that must be acknowledged first, so that the server sees what the command speaks of. */
  after: number;
  sent: boolean;
}

export class Commands {
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** Queues a command. It is sent by `pump` once edits up to frame `after` are acknowledged; `args` may be a function to ask then. */
  add(name: string, args: unknown, timeout: number, after: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const timer = setTimeout(() => {
        const entry = this.#waiting.get(id);
        this.#fail(
          id,
          entry?.sent === true
            ? new CommandError("timeout", "The server didn't answer in time. Check whether it was done before trying again.")
            : new CommandError("offline", "There is no connection to the server right now. Nothing was sent; please try again."),
        );
      }, timeout);
      this.#waiting.set(id, { id, name, args, resolve, reject, timer, after, sent: false });
    });
  }

  /** Sends what may go: connected, and edits up to `acked` are acknowledged. */
  pump(acked: number, send: (frame: Uint8Array) => void): void {
    for (const entry of this.#waiting.values()) {
      if (entry.sent || entry.after > acked) continue;
      entry.sent = true;
      send(encodeCommand(entry.id, entry.name, typeof entry.args === "function" ? (entry.args as () => unknown)() : entry.args));
    }
  }

  answer(id: number, result: CommandResult): void {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    if (!result.ok) {
      this.#fail(id, new CommandError(result.code || "refused", result.error || "The server refused."));
      return;
    }
    clearTimeout(entry.timer);
    this.#waiting.delete(id);
    entry.resolve(result.result);
  }

  /** The connection is gone: whatever was sent has an unknown fate, the rest waits for the next connection. */
  disconnected(): void {
    for (const entry of [...this.#waiting.values()]) {
      if (entry.sent) {
        this.#fail(
          entry.id,
          new CommandError("unknown", "The connection broke before the server answered. Check whether it was done before trying again."),
        );
      } else {
        entry.after = Number.POSITIVE_INFINITY; // set anew once edits are resent
      }
    }
  }

  /** A new connection has resent its edits, the last as frame `after`. */
  reconnected(after: number): void {
    for (const entry of this.#waiting.values()) entry.after = after;
  }

  close(): void {
    for (const id of [...this.#waiting.keys()]) this.#fail(id, new CommandError("closed", "The plan was closed."));
  }

  #fail(id: number, error: CommandError): void {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.#waiting.delete(id);
    entry.reject(error);
  }
}
