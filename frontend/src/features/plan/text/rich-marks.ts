import { LINK_PROTOCOLS } from "../../../plan/richtext";

/** y-prosemirror keeps marks that may overlap under `name--hash`, one key per mark. */
export function markName(key: string): string {
  return /^(.+)--[A-Za-z0-9+/=]{8}$/.exec(key)?.[1] ?? key;
}

const SAFE = new RegExp(`^(${LINK_PROTOCOLS.join("|")}):`, "i");

/** The address if a click on it can't run anything, with https:// where no scheme was typed. */
export function safeHref(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  // Browsers ignore control characters and blanks in front of and inside a scheme.
  // eslint-disable-next-line no-control-regex
  const text = value.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, "");
  if (text === "") return undefined;
  if (SAFE.test(text)) return text;
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[\w-]+(\.[\w-]+)+:\d/.test(text) ? undefined : `https://${text}`;
}
