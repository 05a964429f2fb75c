/** Public holidays that hold in the whole of a country; regions have more of their own. Names are the country's. */
import { dayNumber, formatDay } from "./day";

/** ISO 3166-1; of the United Kingdom they are those of England and Wales, of the United States the federal ones. */
export const HOLIDAY_COUNTRIES = ["AT", "DE", "FR", "GB", "NL", "SE", "US"] as const;
export type HolidayCountry = (typeof HOLIDAY_COUNTRIES)[number];

type Rule =
  | readonly [name: string, kind: "on", month: number, day: number]
  /** Days after Easter Sunday. */
  | readonly [name: string, kind: "easter", days: number]
  /** The n-th such weekday of a month, 1 is Monday; -1 is the last. */
  | readonly [name: string, kind: "nth", month: number, weekday: number, n: number];

const RULES: Record<HolidayCountry, readonly Rule[]> = {
  AT: [
    ["Neujahr", "on", 1, 1], ["Heilige Drei Könige", "on", 1, 6], ["Ostermontag", "easter", 1], ["Staatsfeiertag", "on", 5, 1],
    ["Christi Himmelfahrt", "easter", 39], ["Pfingstmontag", "easter", 50], ["Fronleichnam", "easter", 60], ["Mariä Himmelfahrt", "on", 8, 15],
    ["Nationalfeiertag", "on", 10, 26], ["Allerheiligen", "on", 11, 1], ["Mariä Empfängnis", "on", 12, 8], ["Christtag", "on", 12, 25], ["Stefanitag", "on", 12, 26],
  ],
  DE: [
    ["Neujahr", "on", 1, 1], ["Karfreitag", "easter", -2], ["Ostermontag", "easter", 1], ["Tag der Arbeit", "on", 5, 1], ["Christi Himmelfahrt", "easter", 39],
    ["Pfingstmontag", "easter", 50], ["Tag der Deutschen Einheit", "on", 10, 3], ["1. Weihnachtstag", "on", 12, 25], ["2. Weihnachtstag", "on", 12, 26],
  ],
  FR: [
    ["Jour de l’an", "on", 1, 1], ["Lundi de Pâques", "easter", 1], ["Fête du Travail", "on", 5, 1], ["Victoire 1945", "on", 5, 8], ["Ascension", "easter", 39],
    ["Lundi de Pentecôte", "easter", 50], ["Fête nationale", "on", 7, 14], ["Assomption", "on", 8, 15], ["Toussaint", "on", 11, 1], ["Armistice 1918", "on", 11, 11], ["Noël", "on", 12, 25],
  ],
  GB: [
    ["New Year’s Day", "on", 1, 1], ["Good Friday", "easter", -2], ["Easter Monday", "easter", 1], ["Early May bank holiday", "nth", 5, 1, 1],
    ["Spring bank holiday", "nth", 5, 1, -1], ["Summer bank holiday", "nth", 8, 1, -1], ["Christmas Day", "on", 12, 25], ["Boxing Day", "on", 12, 26],
  ],
  NL: [
    ["Nieuwjaarsdag", "on", 1, 1], ["Tweede paasdag", "easter", 1], ["Koningsdag", "on", 4, 27], ["Hemelvaartsdag", "easter", 39],
    ["Tweede pinksterdag", "easter", 50], ["Eerste kerstdag", "on", 12, 25], ["Tweede kerstdag", "on", 12, 26],
  ],
  SE: [
    ["Nyårsdagen", "on", 1, 1], ["Trettondedag jul", "on", 1, 6], ["Långfredagen", "easter", -2], ["Annandag påsk", "easter", 1], ["Första maj", "on", 5, 1],
    ["Kristi himmelsfärdsdag", "easter", 39], ["Sveriges nationaldag", "on", 6, 6], ["Juldagen", "on", 12, 25], ["Annandag jul", "on", 12, 26],
  ],
  US: [
    ["New Year’s Day", "on", 1, 1], ["Martin Luther King Jr. Day", "nth", 1, 1, 3], ["Washington’s Birthday", "nth", 2, 1, 3], ["Memorial Day", "nth", 5, 1, -1],
    ["Juneteenth", "on", 6, 19], ["Independence Day", "on", 7, 4], ["Labor Day", "nth", 9, 1, 1], ["Columbus Day", "nth", 10, 1, 2], ["Veterans Day", "on", 11, 11],
    ["Thanksgiving Day", "nth", 11, 4, 4], ["Christmas Day", "on", 12, 25],
  ],
};

/** The holidays of a country in a year, by date. */
export function publicHolidays(country: HolidayCountry, year: number): { readonly date: string; readonly label: string }[] {
  const days = new Map<number, string>();
  for (const rule of RULES[country]) {
    const day = observed(country, dayOf(rule, year), days);
    const other = days.get(day);
    days.set(day, other === undefined ? rule[0] : `${other}, ${rule[0]}`);
  }
  return [...days].sort((a, b) => a[0] - b[0]).map(([day, label]) => ({ date: formatDay(day), label }));
}

function dayOf(rule: Rule, year: number): number {
  switch (rule[1]) {
    case "on":
      return dayNumber(year, rule[2], rule[3]);
    case "easter":
      return easter(year) + rule[2];
    case "nth": {
      const [, , month, weekday, n] = rule;
      const first = dayNumber(year, month, 1);
      if (n > 0) return first + mod(weekday - 1 - first, 7) + (n - 1) * 7;
      const last = (month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1)) - 1;
      return last - mod(last - (weekday - 1), 7);
    }
  }
}

/** Where a day on a weekend is made up for: the next free weekday in Britain, the nearer one in the United States. */
function observed(country: HolidayCountry, day: number, taken: ReadonlyMap<number, string>): number {
  const weekday = mod(day, 7); // Monday is 0
  if (country === "US") return weekday === 5 ? day - 1 : weekday === 6 ? day + 1 : day;
  if (country === "NL" && weekday === 6) return day === dayNumber(yearOf(day), 4, 27) ? day - 1 : day;
  if (country !== "GB") return day;
  let free = day;
  while (mod(free, 7) >= 5 || taken.has(free)) free++;
  return free;
}

const yearOf = (day: number): number => Number(formatDay(day).slice(0, 4));
const mod = (a: number, b: number): number => ((a % b) + b) % b;

/** Easter Sunday in the Gregorian calendar (the anonymous algorithm of 1876). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return dayNumber(year, Math.floor(f / 31), (f % 31) + 1);
}
