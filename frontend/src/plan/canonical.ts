/**
 * Plain data as JSON in the one way that Go and JavaScript share, and its SHA-256: what a person signs must
 * hash alike on both sides. As in `server/plan/canonical.go`.
 */
import { digest } from "lib0/hash/sha256";
import { compareText } from "./richtext";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** JSON without spaces, object keys in UTF-16 order; half surrogate pairs read as U+FFFD, as the server reads them. */
export function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(canonical).join(",")}]`;
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Readonly<Record<string, Plain>>).sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(wellFormed(key))}:${canonical(entry)}`).join(",")}}`;
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

/** The SHA-256 of a text, in lower-case hexadecimal. */
export function sha256(text: string): string {
  return [...digest(new TextEncoder().encode(text))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
