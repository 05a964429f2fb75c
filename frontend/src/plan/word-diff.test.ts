import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffWords, shortened, type DiffPart } from "./word-diff";

const marked = (parts: readonly DiffPart[]): string => parts.map(({ kind, text }) => (kind === "same" ? text : `${kind === "out" ? "[-" : "[+"}${text}]`)).join("");
const without = (parts: readonly DiffPart[], kind: DiffPart["kind"]): string => parts.filter((part) => part.kind !== kind).map(({ text }) => text).join("");

describe("the difference of two texts", () => {
  it("is told in words", () => {
    expect(marked(diffWords("Two findings are open", "Three findings are still open"))).toBe("[-Two][+Three] findings are [+still ]open");
    expect(marked(diffWords("It ends.", "It ends. Or not."))).toBe("It ends.[+ Or not.]");
    expect(marked(diffWords("Same", "Same"))).toBe("Same");
    expect(marked(diffWords("", "New words"))).toBe("[+New words]");
    expect(marked(diffWords("Gone", ""))).toBe("[-Gone]");
  });

  it("keeps a few words around what changed", () => {
    const long = Array.from({ length: 30 }, (_, at) => `w${at}`).join(" ");
    expect(marked(shortened(diffWords(`${long} a ${long}`, `${long} b ${long}`)))).toBe("… w25 w26 w27 w28 w29 [-a][+b] w0 w1 w2 w3 w4 … ");
  });

  it("holds both texts, whatever they are", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c ", " ", "\n", "dd "), { maxLength: 30 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (from, to) => {
        const parts = diffWords(from, to);
        expect(without(parts, "in")).toBe(from);
        expect(without(parts, "out")).toBe(to);
        if (from === to) expect(parts.every(({ kind }) => kind === "same")).toBe(true);
      }),
    );
  });

  it("of very long texts is all of both", () => {
    const long = "word ".repeat(700);
    expect(diffWords(long, `${long}more`)).toEqual([{ kind: "out", text: long }, { kind: "in", text: `${long}more` }]);
  });
});
