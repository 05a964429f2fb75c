/** A day as a number: 0 is 0001-01-01, a Monday, so that day mod 7 is the weekday. */
import { parseDate } from "../schema";

const LAST_DAY = 3_652_058; // 9999-12-31

export interface Ymd {
  readonly y: number;
  readonly m: number;
  readonly d: number;
}

/** The day of a real calendar date of the years 1 to 9999, else undefined. */
export function parseDay(date: string): number | undefined {
  if (parseDate(date) === undefined || date.startsWith("0000")) return undefined;
  return dayNumber(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8)));
}

export function validDate(date: string): string {
  return parseDay(date) === undefined ? "" : date;
}

/** Counts with years that begin in March, so that the leap day comes last. */
export function dayNumber(year: number, m: number, d: number): number {
  const y = m <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * ((m + 9) % 12) + 2) / 5) + d - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146_097 + doe - 306;
}

/** Days before the year 1 and after 9999 are cut to it. */
export function dateOf(day: number): Ymd {
  const z = Math.min(Math.max(day, 0), LAST_DAY) + 306;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const m = ((mp + 2) % 12) + 1;
  const y = yoe + era * 400;
  return { y: m <= 2 ? y + 1 : y, m, d: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

export function formatDay(day: number): string {
  const { y, m, d } = dateOf(day);
  return `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}
