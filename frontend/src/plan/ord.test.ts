import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOrd, ordBetween, ordsBetween, ordSpread } from "./ord";

interface Vectors {
  between: { a: string; b: string; want?: string; error?: boolean }[];
  spread: { n: number; want: string[] }[];
}
const vectors = JSON.parse(readFileSync(new URL("../../../testdata/plan/ord.json", import.meta.url), "utf8")) as Vectors;

describe("ordering keys", () => {
  test("agree with the server's on the shared vectors", () => {
    expect(vectors.between.length).toBeGreaterThan(10);
    for (const { a, b, want } of vectors.between) {
      expect({ a, b, key: ordBetween(a || null, b || null) }).toEqual({ a, b, key: want });
    }
    expect(vectors.spread.length).toBeGreaterThan(0);
    for (const { n, want } of vectors.spread) expect(ordSpread(n)).toEqual(want);
  });

  test("any sequence of insertions keeps strict order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 200 }), (positions) => {
        const keys: string[] = [];
        for (const position of positions) {
          const at = position % (keys.length + 1);
          const key = ordBetween(keys[at - 1] ?? null, keys[at] ?? null);
          expect(key, `between ${keys[at - 1]} and ${keys[at]}`).toSatisfy(isOrd);
          keys.splice(at, 0, key!);
        }
        expect([...keys].sort()).toEqual(keys);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test("a list that grows at its end keeps short keys", () => {
    let key: string | null = null;
    for (let i = 0; i < 500; i++) key = ordBetween(key, null)!;
    expect(key!.length).toBeLessThan(20);
  });

  test("many keys between two neighbours are strictly ordered", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.constantFrom<[string | null, string | null]>([null, null], ["V", null], [null, "1"], ["V", "W"], ["V", "V1"]), (n, [a, b]) => {
        const keys = ordsBetween(a, b, n)!;
        const all = [...(a === null ? [] : [a]), ...keys, ...(b === null ? [] : [b])];
        expect(keys).toHaveLength(n);
        expect([...all].sort()).toEqual(all);
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  test.each([
    ["equal", "V", "V"],
    ["the wrong way round", "W", "V"],
    ["ending in zero", "V0", null],
    ["empty", "", "V"],
    ["foreign letters", "é", null],
  ])("no key fits when neighbours are %s", (_, a, b) => {
    expect(ordBetween(a, b)).toBeUndefined();
    expect(ordsBetween(a, b, 2)).toBeUndefined();
  });
});
