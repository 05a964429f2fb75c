/**
 * Ordering keys. The same algorithm as `server/plan/ord.go`; testdata/plan/ord.json is checked against
 * both. Digits are in the order of their UTF-16 code units, so `<` compares keys.
 */
import type { Ord } from "./schema";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;
const KEY = /^[0-9A-Za-z]*[1-9A-Za-z]$/;

const digitOf = (key: string, at: number): number => DIGITS.indexOf(key.charAt(at));

/** Whether `key` is a key as `ordBetween` makes them: the last digit isn't 0, so a key below it exists. */
export function isOrd(key: unknown): key is Ord {
  return typeof key === "string" && KEY.test(key);
}

/**
 * The key strictly between `a` and `b`, where null is an open end; undefined when none fits (equal, the
 * wrong way round, or not keys). The same pair always gives the same key, so two people who insert at one
 * place make equal keys, and readers order those by node id.
 */
export function ordBetween(a: string | null, b: string | null): Ord | undefined {
  if ((a !== null && !isOrd(a)) || (b !== null && !isOrd(b))) return undefined;
  if (a !== null && b !== null && a >= b) return undefined;
  if (b === null) return after(a ?? "") as Ord;
  if (a === null) return before(b) as Ord;
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  const common = a.slice(0, n);
  const restA = a.slice(n);
  const restB = b.slice(n);
  if (restA === "") return (common + before(restB)) as Ord;
  const low = digitOf(restA, 0);
  const high = digitOf(restB, 0);
  if (high - low > 1) return (common + DIGITS.charAt((low + high) >> 1)) as Ord;
  // Shorter than b, so before it; its first digit is above a's.
  if (restB.length > 1) return (common + restB.charAt(0)) as Ord;
  return (common + restA.charAt(0) + after(restA.slice(1))) as Ord;
}

/** `n` ascending keys, evenly spaced, of the shortest width that leaves room around each. */
export function ordSpread(n: number): Ord[] {
  let width = 1;
  let space = BASE;
  while (space <= n) {
    width++;
    space *= BASE;
  }
  const keys: Ord[] = [];
  for (let i = 1; i <= n; i++) {
    let rest = Math.floor((i * space) / (n + 1));
    let key = "";
    for (let at = 0; at < width; at++) {
      key = DIGITS.charAt(rest % BASE) + key;
      rest = Math.floor(rest / BASE);
    }
    keys.push(key.replace(/0+$/, "") as Ord);
  }
  return keys;
}

/** `n` ascending keys strictly between `a` and `b`, halving so that they stay short; undefined when none fit. */
export function ordsBetween(a: string | null, b: string | null, n: number): Ord[] | undefined {
  if (n === 0) return [];
  const middle = ordBetween(a, b);
  if (middle === undefined) return undefined;
  const left = ordsBetween(a, middle, (n - 1) >> 1);
  const right = ordsBetween(middle, b, n - 1 - ((n - 1) >> 1));
  return left && right ? [...left, middle, ...right] : undefined;
}

function after(a: string): string {
  for (let i = 0; i < a.length; i++) {
    const digit = digitOf(a, i);
    if (digit < BASE - 1) return a.slice(0, i) + DIGITS.charAt(digit + 1);
  }
  return `${a}V`;
}

function before(b: string): string {
  let i = 0;
  while (b[i] === "0") i++;
  const digit = digitOf(b, i);
  return digit > 1 ? b.slice(0, i) + DIGITS.charAt(digit - 1) : `${b.slice(0, i)}0V`;
}
