/** Small parsers for JSON from outside: a value is checked on the way in, never cast. */

/** What came isn't what was expected; `message` says what and where. */
export class ParseError extends Error {
  constructor(where: string, expected: string, value: unknown) {
    super(`${where === "" ? "the value" : where}: expected ${expected}, got ${describe(value)}`);
    this.name = "ParseError";
  }
}

/** Reads a value found at `where`, or throws a ParseError. */
export type Parser<T> = (value: unknown, where: string) => T;

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value;
}

export const text: Parser<string> = (value, where) => {
  if (typeof value !== "string") throw new ParseError(where, "text", value);
  return value;
};

export const number: Parser<number> = (value, where) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ParseError(where, "a number", value);
  return value;
};

export const flag: Parser<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw new ParseError(where, "true or false", value);
  return value;
};

export const anything: Parser<unknown> = (value) => value;

export function list<T>(item: Parser<T>): Parser<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new ParseError(where, "a list", value);
    return value.map((entry: unknown, at) => item(entry, `${where}[${at}]`));
  };
}

/** As `item`, or `otherwise` where the value is missing or null. */
export function or<T, U>(item: Parser<T>, otherwise: U): Parser<T | U> {
  return (value, where) => (value === undefined || value === null ? otherwise : item(value, where));
}

/** An object with at least these fields; others are left out of the result. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Parser<T[K]> }): Parser<T> {
  return (value, where) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ParseError(where, "an object", value);
    const source = value as Record<string, unknown>;
    const out: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      out[key] = fields[key](Object.hasOwn(source, key) ? source[key] : undefined, where === "" ? key : `${where}.${key}`);
    }
    return out as T;
  };
}

/** An object used as a table from any key to one kind of value. */
export function table<T>(item: Parser<T>): Parser<Readonly<Record<string, T>>> {
  return (value, where) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ParseError(where, "an object", value);
    const out: Record<string, T> = Object.create(null) as Record<string, T>;
    for (const [key, entry] of Object.entries(value)) out[key] = item(entry, `${where}.${key}`);
    return out;
  };
}

/** Parses text as JSON and then with `item`. */
export function json<T>(source: string, item: Parser<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new ParseError(where, "JSON", source);
  }
  return item(value, where);
}
