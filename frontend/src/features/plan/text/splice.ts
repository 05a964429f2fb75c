/** One replacement in a string: `remove` UTF-16 units at `index` give way to `insert`. */
export interface Splice {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** The parts of a Y.Text event's delta. */
export interface DeltaPart {
  readonly retain?: number | undefined;
  readonly insert?: unknown;
  readonly delete?: number | undefined;
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * The one replacement that turns `before` into `after`, or undefined when they are equal.
 *
 * In "aa" → "aaa" any of three places would do; the caret tells which one was meant: what stands
 * behind it was there before. A pair of surrogates is never cut in two, since half a character
 * can't be sent.
 */
export function spliceBetween(before: string, after: string, caret: number): Splice | undefined {
  if (before === after) return undefined;
  let suffix = 0;
  const suffixMax = Math.min(before.length, after.length - Math.max(0, Math.min(caret, after.length)));
  while (suffix < suffixMax && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
  let prefix = 0;
  const prefixMax = Math.min(before.length, after.length) - suffix;
  while (prefix < prefixMax && before[prefix] === after[prefix]) prefix++;
  if (suffix > 0 && isLow(after.charCodeAt(after.length - suffix))) suffix--;
  if (prefix > 0 && isHigh(after.charCodeAt(prefix - 1))) prefix--;
  return {
    index: prefix,
    remove: before.length - prefix - suffix,
    insert: after.slice(prefix, after.length - suffix),
  };
}

/**
 * Where a caret at `index` stands after somebody else's change. Text inserted exactly at the caret
 * goes behind it, so that what its owner types next stays in one piece; a caret within or at the end
 * of replaced text ends up behind the replacement.
 */
export function mapIndex(delta: readonly DeltaPart[], index: number): number {
  let at = 0;
  let mapped = index;
  let replaced = false; // the caret stood behind text deleted at `at`
  for (const part of delta) {
    if (part.retain !== undefined) {
      at += part.retain;
      replaced = false;
    } else if (part.delete !== undefined) {
      if (mapped > at) {
        mapped -= Math.min(part.delete, mapped - at);
        replaced = true;
      }
    } else {
      const length = typeof part.insert === "string" ? part.insert.length : 1;
      if (mapped > at || replaced) mapped += length;
      at += length;
    }
  }
  return mapped;
}
