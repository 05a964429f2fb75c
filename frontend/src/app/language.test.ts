import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { createIntl } from "react-intl";
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

/** Names of the arguments and tags of a message, and by which numbers it chooses. Throws when it is not ICU syntax. */
function holes(message: string): string[] {
  const names = new Set<string>();
  const visit = (parts: readonly MessageFormatElement[]): void => {
    for (const part of parts) {
      if (part.type === TYPE.literal || part.type === TYPE.pound) continue;
      names.add(part.value);
      if (part.type === TYPE.plural || part.type === TYPE.select) for (const option of Object.values(part.options)) visit(option.value);
      if (part.type === TYPE.tag) visit(part.children);
    }
  };
  visit(parse(message));
  return [...names].sort();
}

/** The same in both languages, because they are names, signs, or words that German has too. */
const SAME: ReadonlySet<string> = new Set([
  "CFO", "CISO", "Champion", "Coplan", "Format", "Go-live", "Link", "Memo", "Name", "Offline", "Plan", "Status", "Uploads", "{quote} in {step}",
]);

describe("German", () => {
  it("has every sentence, with the same blanks", () => {
    const wrong: string[] = [];
    for (const [id, english] of Object.entries(en)) {
      const german = (de as Record<string, string>)[id];
      if (german === undefined || german === "") wrong.push(`${id}: missing`);
      // A blank may be needed in one language only inside a plural, such as a date; none may be new.
      else if (holes(german).some((hole) => !holes(english).includes(hole))) wrong.push(`${id}: ${holes(german).join()} for ${holes(english).join()}`);
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it("says nothing in English", () => {
    const words = (message: string) => /\p{L}{2}/u.test(message.replace(/\{[^{}]*\}/g, ""));
    const same = Object.entries(en).filter(([id, english]) => words(english) && (de as Record<string, string>)[id] === english);
    expect(same.map(([, english]) => english).filter((english) => !SAME.has(english))).toEqual([]);
  });

  it("puts no full stop after a date, which ends with one: 3. Feb.", () => {
    const dates = /\{(date|from|to|needs|until|theirs|mine|value)\}\./;
    expect(Object.entries(de).filter(([, message]) => dates.test(message)).map(([id]) => id)).toEqual([]);
  });

  it("and English can be spoken: every message takes the values it names", () => {
    const failures: string[] = [];
    for (const [locale, messages] of [["en", en], ["de", de]] as const) {
      const intl = createIntl({ locale, messages, onError: (error) => failures.push(error.message) });
      for (const [id, message] of Object.entries(messages)) {
        const values = Object.fromEntries(holes(message).map((name) => [name, /<\w+>/.test(message) && message.includes(`<${name}>`) ? (parts: unknown) => parts : 1]));
        intl.formatMessage({ id: id as keyof typeof en }, values as Record<string, number>);
      }
    }
    expect(failures).toEqual([]);
  });
});
