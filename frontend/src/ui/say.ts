import { useCallback } from "react";
import { useIntl, type IntlShape } from "react-intl";
import { formatDay, useToday } from "./dates";
import type { MessageId } from "./text";

/**
 * A sentence of the history, or a part of one, before it is put into a language. Its message is `say.<id>` in the
 * catalogue; values are strings and numbers to choose by, or things to show (see `server/replay/say.go`).
 */
export interface Say {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the history knows of who did something. */
export interface Teller {
  readonly name: string;
  readonly role: string;
  readonly side: string;
}

export interface SayWords {
  /** The sentence without the person, as the reader's language has it; `otherwise` where this page is older than it. */
  readonly what: (say: Say, otherwise: string) => string;
  /** The same with the person before it. */
  readonly whole: (by: Teller, say: Say, otherwise: string) => string;
}

/** Puts what the history tells into words. Titles stand between asterisks, which `Sentence` emphasises. */
export function useSayWords(): SayWords {
  const intl = useIntl();
  const today = useToday();
  const what = useCallback((say: Say, otherwise: string) => sayWords(intl, today, say) ?? otherwise, [intl, today]);
  const whole = useCallback(
    (by: Teller, say: Say, otherwise: string) => {
      const words = sayWords(intl, today, say);
      if (words === null) return otherwise;
      const role = by.role === "owner" && by.side !== "" ? by.side : by.role;
      const system = by.role === "system" || role === "";
      const who = by.name || intl.formatMessage({ id: by.role === "system" ? "history.system" : "say.someone" });
      return intl.formatMessage({ id: system ? "say.bySystem" : "say.by" }, { who, role, what: words });
    },
    [intl, today],
  );
  return { what, whole };
}

/** Null for a message that the catalogue doesn't have. */
export function sayWords(intl: IntlShape, today: string, say: Say): string | null {
  const id = `say.${say.id}`;
  if (!(id in intl.messages)) return null;
  const values = Object.entries(say.values).map(([name, value]) => [name, show(intl, today, value)] as const);
  return intl.formatMessage({ id: id as MessageId }, Object.fromEntries(values));
}

function show(intl: IntlShape, today: string, value: unknown): string | number {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return "";
  const parts = value as Record<string, unknown>;
  const text = (key: string): string => (typeof parts[key] === "string" ? parts[key] : "");
  if ("title" in parts) return text("title") === "" ? `*${intl.formatMessage({ id: "say.untitled" }, { kind: text("kind") })}*` : `*${text("title")}*`;
  if ("quote" in parts) return intl.formatMessage({ id: "say.quote" }, { text: text("quote") });
  if ("date" in parts) return formatDay(intl, text("date"), today);
  if (Array.isArray(parts["titles"])) {
    const shown = parts["titles"].map((title) => show(intl, today, title) as string);
    const more = Number(parts["more"]);
    return intl.formatList(more > 0 ? [...shown, intl.formatMessage({ id: "say.more" }, { n: more })] : shown, { type: "conjunction" });
  }
  if ("id" in parts) return sayWords(intl, today, { id: text("id"), values: (parts["values"] ?? {}) as Say["values"] }) ?? "";
  return text("text");
}
