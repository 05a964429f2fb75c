import { expect, test } from "vitest";
import { parseDay } from "./day";
import { HOLIDAY_COUNTRIES, publicHolidays } from "./public-holidays";

const on = (country: (typeof HOLIDAY_COUNTRIES)[number], year: number) => publicHolidays(country, year).map(({ date }) => date.slice(5));

test("holidays are on the days that the countries published", () => {
  expect(on("DE", 2026)).toEqual(["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"]);
  expect(on("DE", 2027)).toEqual(["01-01", "03-26", "03-29", "05-01", "05-06", "05-17", "10-03", "12-25", "12-26"]);
  // Boxing Day 2026 is a Saturday, and in 2027 both Christmas days are on a weekend.
  expect(on("GB", 2026)).toEqual(["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]);
  expect(on("GB", 2027).slice(-2)).toEqual(["12-27", "12-28"]);
  expect(on("US", 2026)).toEqual(["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]);
  expect(on("FR", 2026)).toEqual(["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"]);
  expect(on("NL", 2031)).toContain("04-26"); // the 27th is a Sunday
  expect(on("AT", 2026)).toContain("06-04");
  expect(on("SE", 2026)).toContain("06-06");
});

test("every country has its holidays in order and once, in any year", () => {
  for (const country of HOLIDAY_COUNTRIES) {
    for (let year = 2020; year < 2060; year++) {
      const dates = publicHolidays(country, year).map(({ date }) => date);
      expect(dates).toEqual([...new Set(dates)].sort());
      for (const date of dates) expect(parseDay(date)).toBeDefined();
      if (country === "GB" || country === "US") for (const date of dates) expect((parseDay(date) ?? 0) % 7, date).toBeLessThan(5);
    }
  }
});
