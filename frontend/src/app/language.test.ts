import { describe, expect, it } from "vitest";
import { pickLanguage } from "./language";
import { de } from "./messages/de";
import { en } from "./messages/en";

describe("pickLanguage", () => {
  it.each([
    [null, ["de-AT", "en"], { language: "de", locale: "de-AT" }],
    [null, ["fr-FR", "de", "en"], { language: "de", locale: "de" }],
    [null, ["en-GB"], { language: "en", locale: "en-GB" }],
    [null, ["fr-FR"], { language: "en", locale: "fr-FR" }],
    [null, ["x_bad", ""], { language: "en", locale: "en" }],
    ["de" as const, ["en-US"], { language: "de", locale: "de" }],
    ["en" as const, ["de-DE", "en-GB"], { language: "en", locale: "en-GB" }],
  ])("%s of %j", (choice, wanted, expected) => {
    expect(pickLanguage(choice, wanted)).toEqual(expected);
  });
});

/** Names of the arguments and tags in a message; what follows a plural's selector is a sentence, not a name. */
function holes(message: string): string[] {
  return [...new Set([...message.matchAll(/(?<!(?:=\d+|\b(?:one|few|many|other))\s*)\{\s*(\w+)\s*[,}]|<(\w+)>/g)].map((match) => match[1] ?? match[2] ?? ""))].sort();
}

describe("German", () => {
  it("has every sentence, in its own words, with the same blanks", () => {
    const wrong: string[] = [];
    for (const [id, english] of Object.entries(en)) {
      const german = (de as Record<string, string>)[id];
      if (!german) wrong.push(`${id}: missing`);
      // A blank may be needed in one language only inside a plural, such as a date; none may be new.
      else if (holes(german).some((hole) => !holes(english).includes(hole))) wrong.push(`${id}: ${holes(german).join()} for ${holes(english).join()}`);
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });
});
