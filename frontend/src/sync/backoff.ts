/** The first pause and the longest, in milliseconds. */
const FIRST = 400;
const LONGEST = 30_000;

/**
 * The pause before the n-th attempt in a row (from 1): doubling, capped, and spread evenly over its upper
 * half, so that a thousand browsers cut off together don't return together.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt - 1, 20));
  return ceiling / 2 + (random() * ceiling) / 2;
}
