import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, marksIn, search, wordsOf, type Searchable } from "./search";

const item = (key: string, title: string, ...texts: string[]): Searchable => ({ key, title, texts });
const items = [
  item("review", "Vendor security assessment", "Security review", "Penetration test report and data flow answered."),
  item("redline", "Legal redline", "", "Master agreement, agreed between both counsels. Security annex last."),
  item("aisha", "Aisha Khan", "Head of information security", "aisha@northwind.example"),
  item("solheim", "Ingrid Sølheim-Ångström", "General counsel"),
  item("emoji", "Go 🚀 live", ""),
];
const found = (query: string) => search(items, query).map((hit) => hit.item.key).join(" ");

describe("search", () => {
  it.each([
    ["security", "review redline aisha"],
    ["SECUR", "review redline aisha"],
    ["legal", "redline"],
    ["gal", "redline"],
    ["security vendor", "review"],
    ["annex legal", "redline"],
    ["angstrom", "solheim"],
    ["ångström", "solheim"],
    ["🚀", "emoji"],
    ["northwind.example", "aisha"],
    ["security nowhere", ""],
    ["  ", ""],
    ["(.*", ""],
  ])("“%s” finds %s", (query, expected) => expect(found(query)).toBe(expected));

  it("prefers the start of a word to its middle", () => {
    expect(search([item("a", "Unplanned"), item("b", "The plan")], "plan").map((hit) => hit.item.key)).toEqual(["b", "a"]);
  });

  it("shows words around a hit outside the title, and none when the title has it all", () => {
    const [hit] = search([item("a", "Step", `${"word ".repeat(40)}needle ${"more ".repeat(60)}`)], "needle");
    expect(hit?.snippet).toMatch(/^…(word )+needle (more ?)+…$/);
    expect(hit && hit.snippetMarks.map(([from, to]) => hit.snippet.slice(from, to))).toEqual(["needle"]);
    expect(search(items, "vendor")[0]?.snippet).toBe("");
  });

  it("marks every place once", () => {
    expect(marksIn("Aaa baab", wordsOf("a aa"))).toEqual([[0, 3], [5, 7]]);
  });

  it("keeps places while folding, whatever is written", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(fold(text)).toHaveLength(text.length);
    }));
  });

  it("finds every item by any piece of its own words, with marks inside the texts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" }), fc.nat(), fc.nat(), (title, text, from, length) => {
        const letters = Array.from(title); // by code points: nobody types half of one
        const start = from % letters.length;
        const query = letters.slice(start, start + 1 + (length % 12)).join("");
        const hits = search([item("x", title, text)], query);
        expect(hits).toHaveLength(wordsOf(query).length === 0 ? 0 : 1);
        for (const hit of hits) {
          for (const [a, b] of hit.titleMarks) expect(a < b && b <= title.length).toBe(true);
          for (const [a, b] of hit.snippetMarks) expect(a < b && b <= hit.snippet.length).toBe(true);
        }
      }),
    );
  });
});
