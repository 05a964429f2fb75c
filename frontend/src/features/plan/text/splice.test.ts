import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { mapIndex, spliceBetween, type Splice } from "./splice";

const apply = (text: string, { index, remove, insert }: Splice) =>
  text.slice(0, index) + insert + text.slice(index + remove);

describe("spliceBetween", () => {
  it.each([
    ["a repeated letter goes where the caret is", "aa", "aaa", 2, { index: 1, remove: 0, insert: "a" }],
    ["a repeated letter at the end", "aa", "aaa", 3, { index: 2, remove: 0, insert: "a" }],
    ["a removed repeated letter", "aaa", "aa", 1, { index: 1, remove: 1, insert: "" }],
    ["a replaced word", "big plan", "small plan", 5, { index: 0, remove: 3, insert: "small" }],
    ["everything", "abc", "", 0, { index: 0, remove: 3, insert: "" }],
    ["one emoji for another of the same first half", "x\u{1F600}y", "x\u{1F601}y", 3, { index: 1, remove: 2, insert: "\u{1F601}" }],
  ])("%s", (_, before, after, caret, expected) => {
    expect(spliceBetween(before, after, caret)).toEqual(expected);
  });

  it("turns the one into the other, wherever the caret is, and never cuts a pair", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 12 }),
        fc.string({ unit: "grapheme", maxLength: 12 }),
        fc.nat(24),
        (before, after, caret) => {
          const splice = spliceBetween(before, after, caret);
          if (!splice) {
            expect(before).toBe(after);
            return;
          }
          expect(apply(before, splice)).toBe(after);
          expect(() => encodeURIComponent(splice.insert)).not.toThrow();
          expect(() => encodeURIComponent(before.slice(splice.index, splice.index + splice.remove))).not.toThrow();
        },
      ),
    );
  });
});

describe("mapIndex", () => {
  it("keeps the caret between the same two characters through any remote change", () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.nat(9),
        fc.nat(5),
        fc.string({ minLength: 0, maxLength: 4 }),
        (caret, at, remove, insert) => {
          const text = new Y.Doc().getText("t");
          text.insert(0, "abcdefghi");
          let delta: Y.YTextEvent["delta"] = [];
          text.observe((event) => (delta = event.delta));
          const index = Math.min(at, 9);
          const count = Math.min(remove, 9 - index);
          text.doc?.transact(() => {
            text.delete(index, count);
            text.insert(index, insert);
          });
          const mapped = mapIndex(delta, caret);
          const keptBefore = "abcdefghi".slice(0, caret).split("").filter((_, i) => i < index || i >= index + count).length;
          const insertedBefore = caret > index ? insert.length : 0;
          expect(mapped).toBe(keptBefore + insertedBefore);
        },
      ),
    );
  });
});
