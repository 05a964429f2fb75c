/**
 * Reads the entries of one Y.Map, or of a plain object inside it, by the type they should have. Absent
 * entries read as empty; entries of another type read as empty too and leave a warning. As in
 * `server/plan/fields.go`.
 */
import * as Y from "yjs";
import { readRich, richText, xmlTextWords, type Rich } from "./richtext";
import { parseDate } from "./schema";

/** The document held something odd; what the view made of it. `path` is the keys to it, joined by "/". */
export interface Warning {
  readonly code: "odd-value" | "no-parent" | "cycle" | "accountable";
  readonly path: string;
  readonly text: string;
}

type Source = Y.Map<unknown> | Readonly<Record<string, unknown>> | null;

export class Fields {
  readonly path: string;
  readonly #warnings: Warning[];
  readonly #source: Source;

  constructor(warnings: Warning[], source: Source, path: string) {
    this.#warnings = warnings;
    this.#source = source;
    this.path = path;
  }

  /** Whether there is anything to read from. */
  get present(): boolean {
    return this.#source !== null;
  }

  /** The entry, or undefined; null counts as absent. */
  get(key: string): unknown {
    const source = this.#source;
    if (source === null) return undefined;
    if (source instanceof Y.Map) return source.get(key) ?? undefined;
    return Object.hasOwn(source, key) ? (source[key] ?? undefined) : undefined;
  }

  warn(code: Warning["code"], path: string, text: string): void {
    this.#warnings.push({ code, path, text });
  }

  odd(key: string): void {
    const path = `${this.path}/${key}`;
    this.warn("odd-value", path, `${path} holds a value that does not belong there; it is ignored.`);
  }

  /** A string; a text type reads as its words. */
  text(key: string): string {
    const value = this.get(key);
    if (value === undefined) return "";
    const words = wordsOf(value);
    if (words === undefined) this.odd(key);
    return words ?? "";
  }

  /** Rich text; a string or plain text reads as one paragraph. */
  rich(key: string): Rich[] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (isFragment(value)) return readRich(value);
    const words = wordsOf(value);
    if (words === undefined) {
      this.odd(key);
      return [];
    }
    return [words === "" ? { type: "paragraph" } : { type: "paragraph", content: [{ type: "text", text: words }] }];
  }

  oneOf<T extends string, U extends string>(key: string, allowed: readonly T[], absent: U): T | U {
    const value = this.get(key);
    if (value === undefined) return absent;
    if ((allowed as readonly unknown[]).includes(value)) return value as T;
    this.odd(key);
    return absent;
  }

  date(key: string): string {
    const value = this.get(key);
    if (value === undefined || value === "") return "";
    const date = parseDate(value);
    if (date === undefined) this.odd(key);
    return date ?? "";
  }

  flag(key: string): boolean {
    const value = this.get(key);
    if (typeof value === "boolean") return value;
    if (value !== undefined) this.odd(key);
    return false;
  }

  integer(key: string): number | null {
    const value = this.get(key);
    if (isInteger(value)) return value;
    if (value !== undefined) this.odd(key);
    return null;
  }

  number(key: string): number | null {
    const value = this.get(key);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value !== undefined) this.odd(key);
    return null;
  }

  /** A plain list's strings; other members are left out. */
  strings(key: string): string[] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.odd(key);
      return [];
    }
    return value.filter((item): item is string => typeof item === "string");
  }

  /** A plain object; a missing or odd one is not present. */
  object(key: string): Fields {
    const value = this.get(key);
    const plain = plainObject(value);
    if (value !== undefined && plain === null) this.odd(key);
    return new Fields(this.#warnings, plain, `${this.path}/${key}`);
  }

  /** The Y.Map under `key`; null when it is missing or odd. */
  map(key: string): Fields | null {
    const value = this.get(key);
    if (value === undefined) return null;
    if (isMap(value)) return new Fields(this.#warnings, value, `${this.path}/${key}`);
    this.odd(key);
    return null;
  }

  /** A plain object's entries, for keys that aren't known beforehand. */
  values(): [string, unknown][] {
    return this.#source === null || this.#source instanceof Y.Map ? [] : Object.entries(this.#source);
  }

  /** The entries of the Y.Map under `key`, nulls left out. */
  entries(key: string): [string, unknown][] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (!isMap(value)) {
      this.odd(key);
      return [];
    }
    return [...value.entries()].filter(([, entry]) => entry !== null && entry !== undefined);
  }

  /** The Y.Maps in the Y.Map under `key`; other entries leave a warning. */
  maps(key: string): [string, Fields][] {
    const value = this.get(key);
    if (value === undefined) return [];
    if (!isMap(value)) {
      this.odd(key);
      return [];
    }
    return mapsIn(this.#warnings, value, `${this.path}/${key}`);
  }
}

/** The entries of `map` that are Y.Maps; others leave a warning. */
export function mapsIn(warnings: Warning[], map: Y.Map<unknown>, path: string): [string, Fields][] {
  const out: [string, Fields][] = [];
  const self = new Fields(warnings, map, path);
  for (const [id, value] of map.entries()) {
    if (isMap(value)) out.push([id, new Fields(warnings, value, `${path}/${id}`)]);
    else self.odd(id);
  }
  return out;
}

export function isMap(value: unknown): value is Y.Map<unknown> {
  return value instanceof Y.Map && !(value instanceof Y.XmlHook);
}

/** A whole number that both JavaScript and Go hold exactly. */
export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function plainObject(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== "object" || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? (value as Record<string, unknown>) : null;
}

function isFragment(value: unknown): value is Y.XmlFragment {
  return value instanceof Y.XmlFragment && !(value instanceof Y.XmlElement);
}

/** The words of a string or text type; undefined for anything else. */
export function wordsOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Y.XmlText) return xmlTextWords(value);
  // Y.Text declares a toString of its own, which the linter doesn't see.
  // eslint-disable-next-line @typescript-eslint/no-base-to-string
  if (value instanceof Y.Text) return value.toString();
  if (isFragment(value)) return richText(readRich(value));
  return undefined;
}
