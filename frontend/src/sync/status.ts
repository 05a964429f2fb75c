/** Whether what the person sees is saved, as data and in words. */

/** An edit the server refused, or that a reset made impossible, kept so that nothing typed is lost. */
export interface Proposal {
  readonly id: number;
  /** ISO time of the edit. */
  readonly at: string;
  /** Plain sentences saying what was typed or changed. */
  readonly lines: readonly string[];
}

interface Common {
  /** Changes made here that the server hasn't confirmed. A burst of typing is one change. */
  readonly pending: number;
  /** Which sentence fits, for a screen that has it in its own language. */
  readonly words: StatusWords;
  /** One sentence or word for the status region, in English or as the server said it. */
  readonly text: string;
}

export type StatusWords =
  | "saved"
  | "saving"
  | "savingSlow"
  | "connecting"
  | "reconnecting"
  | "loading"
  | "offline"
  | "offlineKeeps"
  | "offlineKept"
  | "offlineTab"
  | "degraded"
  | "denied"
  | "reset";

export type Status =
  /** Everything is durable at the server. */
  | ({ readonly kind: "saved" } & Common)
  /** Connected; some changes await the server's acknowledgement. */
  | ({ readonly kind: "saving" } & Common)
  /** Opening the first connection, or reconnecting for less than a moment. */
  | ({ readonly kind: "connecting" } & Common)
  /** Not connected. `kept` tells whether unsent changes survive closing this tab. */
  | ({ readonly kind: "offline"; readonly kept: boolean } & Common)
  /** Connected, but the server can't store for now; changes wait here. */
  | ({ readonly kind: "degraded" } & Common)
  /** The server won't have us, and trying again doesn't help. */
  | ({ readonly kind: "denied"; readonly code: number; readonly name: string } & Common)
  /** The server discarded this copy; a fresh one is being loaded. */
  | ({ readonly kind: "reset"; readonly reason: string } & Common);

export type StatusKind = Status["kind"];

/** What the provider knows, before it is put into words. */
export type Condition =
  | { readonly kind: "denied"; readonly code: number; readonly name: string; readonly text: string; readonly pending: number }
  | { readonly kind: "reset"; readonly reason: string; readonly pending: number }
  | { readonly kind: "connecting"; readonly again: boolean; readonly pending: number }
  | { readonly kind: "away"; readonly kept: boolean; readonly pending: number }
  | {
      readonly kind: "live";
      readonly pending: number;
      readonly synced: boolean;
      /** The server's sentence while it can't store. */
      readonly degraded: string | null;
      /** The last acknowledgement is long ago. */
      readonly slow: boolean;
    };

export function describeStatus(condition: Condition): Status {
  const { pending } = condition;
  switch (condition.kind) {
    case "denied":
      return { kind: "denied", words: "denied", code: condition.code, name: condition.name, pending, text: condition.text };
    case "reset":
      return { kind: "reset", words: "reset", reason: condition.reason, pending, text: `Loading the plan afresh: ${condition.reason}` };
    case "connecting":
      return condition.again
        ? { kind: "connecting", words: "reconnecting", pending, text: "Reconnecting…" }
        : { kind: "connecting", words: "connecting", pending, text: "Connecting…" };
    case "away":
      return { kind: "offline", words: offlineWords(pending, condition.kept), kept: condition.kept, pending, text: offlineText(pending, condition.kept) };
    case "live":
      if (condition.degraded !== null) return { kind: "degraded", words: "degraded", pending, text: condition.degraded };
      if (pending > 0) {
        const text = condition.slow ? `Still saving: ${changes(pending)} not confirmed yet` : "Saving…";
        return { kind: "saving", words: condition.slow ? "savingSlow" : "saving", pending, text };
      }
      return condition.synced
        ? { kind: "saved", words: "saved", pending, text: "Saved" }
        : { kind: "connecting", words: "loading", pending, text: "Loading…" };
  }
}

export function changes(n: number): string {
  return n === 1 ? "1 change" : `${n} changes`;
}

function offlineWords(pending: number, kept: boolean): StatusWords {
  if (pending === 0) return kept ? "offlineKeeps" : "offline";
  return kept ? "offlineKept" : "offlineTab";
}

/** The sentence for not being connected. `kept`: this device stores the changes, not just this tab. */
export function offlineText(pending: number, kept: boolean): string {
  if (pending === 0) return kept ? "Offline: you can keep working, changes stay on this device" : "Offline";
  return kept ? `Offline: ${changes(pending)} kept on this device` : `Offline: ${changes(pending)} kept only while this tab is open`;
}
