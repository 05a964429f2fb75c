import { expect, test } from "vitest";
import { parseTypedDate } from "./typed-date";

const TODAY = "2026-11-30"; // a Monday

test.each([
  ["12.5.", "de-DE", "2027-05-12"],
  ["12.5", "en-GB", "2027-05-12"],
  ["5/12", "en-US", "2027-05-12"],
  ["12/5/28", "en-GB", "2028-05-12"],
  ["12 may", "en-GB", "2027-05-12"],
  ["May 12", "en-US", "2027-05-12"],
  ["12. Mai", "de-DE", "2027-05-12"],
  ["3 dec", "en-GB", "2026-12-03"],
  ["30.11.", "de-DE", "2026-11-30"],
  ["29 feb", "en-GB", "2028-02-29"],
  ["2027-05-12", "de-DE", "2027-05-12"],
  ["12 May 2030", "en-GB", "2030-05-12"],
  ["+10", "en-GB", "2026-12-10"],
  ["+2w", "en-GB", "2026-12-14"],
  ["+3m", "en-GB", "2027-02-28"],
  ["fri", "en-GB", "2026-12-04"],
  ["mo", "de-DE", "2026-12-07"],
  ["mittwoch", "de-DE", "2026-12-02"],
])("“%s” in %s is %s", (text, locale, date) => expect(parseTypedDate(text, TODAY, locale)).toBe(date));

test.each(["", "soon", "31 feb", "32.1.", "12", "1.2.3.4", "12 foo", "13/13", "+", "+5x", "may", "12.5.123", "0.0."])("“%s” is no date", (text) =>
  expect(parseTypedDate(text, TODAY, "en-GB")).toBe(null),
);
