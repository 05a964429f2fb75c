/** Dates as people type them: `12.5.`, `12 May`, `5/12` where months come first, `+2w`, `fri`. */

const DAY = 86_400_000;

/** The calendar date that the words mean for a reader of `locale`, as YYYY-MM-DD; null when they mean none. */
export function parseTypedDate(text: string, today: string, locale: string): string | null {
  const words = text.trim().toLowerCase();
  if (words === "") return null;
  return fromToday(words, today) ?? weekday(words, today, locale) ?? full(words) ?? dayAndMonth(words, today, locale);
}

/** A date that exists, as text. */
function dateOf(year: number, month: number, day: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || year > 9999 || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null;
  return at.toISOString().slice(0, 10);
}

const plusDays = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** `+10` days, `+2w` weeks, `+1m` months. */
function fromToday(words: string, today: string): string | null {
  const match = /^\+(\d{1,3})\s*([a-z])?/.exec(words);
  if (!match) return null;
  const count = Number(match[1]);
  switch (match[2]) {
    case undefined:
    case "d":
    case "t": // Tage
      return plusDays(today, count);
    case "w":
      return plusDays(today, 7 * count);
    case "m": {
      const [year = 0, month = 1, day = 1] = today.split("-").map(Number);
      const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
      return new Date(Date.UTC(year, month - 1 + count, Math.min(day, last))).toISOString().slice(0, 10);
    }
    default:
      return null;
  }
}

/** The next such day; today only by its own date. */
function weekday(words: string, today: string, locale: string): string | null {
  if (!/^\p{L}{2,}\.?$/u.test(words)) return null;
  const format = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  for (let days = 1; days <= 7; days++) {
    const date = plusDays(today, days);
    if (format.format(Date.parse(date)).toLowerCase().startsWith(words.replace(/\.$/, ""))) return date;
  }
  return null;
}

/** `2027-05-12`. */
function full(words: string): string | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  return match && dateOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** A day and a month, in numbers or by name, with or without a year; without one the next time it comes round. */
function dayAndMonth(words: string, today: string, locale: string): string | null {
  const parts = words.match(/\d+|\p{L}+/gu) ?? [];
  const named = parts.findIndex((part) => /\p{L}/u.test(part));
  const numbers = parts.filter((_, at) => at !== named);
  if (parts.length < 2 || parts.length > 3 || numbers.some((part) => !/^\d+$/.test(part))) return null;
  let month: number;
  if (named !== -1) {
    month = monthNamed(parts[named] ?? "", locale);
  } else {
    const at = monthsFirst(locale) ? 0 : 1;
    month = Number(numbers.splice(at, 1)[0]);
  }
  const day = Number(numbers[0]);
  const year = numbers[1];
  if (year !== undefined) return year.length === 2 || year.length === 4 ? dateOf(Number(year) + (year.length === 2 ? 2000 : 0), month, day) : null;
  const now = Number(today.slice(0, 4));
  // The 29th of February may be years away.
  for (let at = now; at <= now + 8; at++) {
    const date = dateOf(at, month, day);
    if (date !== null && date >= today) return date;
  }
  return null;
}

/** 1 to 12; 0 for no month. A few letters are enough. */
function monthNamed(word: string, locale: string): number {
  if (word.length < 3) return 0;
  const format = new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" });
  for (let month = 1; month <= 12; month++) {
    if (format.format(Date.UTC(2027, month - 1, 1)).toLowerCase().startsWith(word)) return month;
  }
  return 0;
}

function monthsFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale).formatToParts(0).map(({ type }) => type);
  return parts.indexOf("month") < parts.indexOf("day") && parts.indexOf("year") > parts.indexOf("month");
}
