import { useSyncExternalStore } from "react";
import { useIntl, type IntlShape } from "react-intl";

/** Calendar dates are `YYYY-MM-DD` and have no zone; all arithmetic is on days since 1970. */
function dayNumber(date: string): number {
  const [year, month, day] = date.split("-").map(Number);
  return Math.round(Date.UTC(year ?? NaN, (month ?? NaN) - 1, day ?? NaN) / 86_400_000);
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

function localToday(): string {
  const now = new Date();
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

const clock = {
  get: localToday,
  subscribe: (onChange: () => void) => {
    const timer = setInterval(onChange, 60_000);
    return () => clearInterval(timer);
  },
};

/** Today by the reader's clock; moves on at their midnight. */
export function useToday(): string {
  return useSyncExternalStore(clock.subscribe, clock.get);
}

/** Days around today within which a day and month can't be mistaken. */
const NEAR = 270;

/** "12 May", with the year where it could be mistaken or when asked for. */
export function formatDay(intl: IntlShape, date: string, today: string, style: "short" | "long" = "short"): string {
  const year = style === "long" || Math.abs(daysBetween(today, date)) > NEAR;
  return intl.formatDate(`${date}T00:00:00Z`, {
    timeZone: "UTC",
    day: "numeric",
    month: style === "long" ? "long" : "short",
    ...(year ? { year: "numeric" } : {}),
  });
}

const minutes = {
  get: () => Math.floor(Date.now() / 60_000) * 60_000,
  subscribe: clock.subscribe,
};

/** The current minute, in milliseconds since 1970. */
export function useNow(): number {
  return useSyncExternalStore(minutes.subscribe, minutes.get);
}

/** Formats calendar dates for the reader. */
export function useDays() {
  const intl = useIntl();
  const today = useToday();
  return {
    today,
    format: (date: string, style?: "short" | "long") => formatDay(intl, date, today, style),
    /** Days until the date; negative once it has passed. */
    until: (date: string) => daysBetween(today, date),
  };
}

/** "2 min ago", "yesterday", and from a week on the date. `at` is an ISO time. */
export function formatAgo(intl: IntlShape, at: string, now: number): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return "";
  const seconds = Math.round((time - now) / 1000);
  if (seconds > -60) return intl.formatRelativeTime(0, "second", { numeric: "auto" });
  if (seconds > -3600) return intl.formatRelativeTime(Math.round(seconds / 60), "minute", { style: "short" });
  if (seconds > -86_400) return intl.formatRelativeTime(Math.round(seconds / 3600), "hour", { style: "short" });
  if (seconds > -7 * 86_400) return intl.formatRelativeTime(Math.round(seconds / 86_400), "day", { numeric: "auto" });
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return intl.formatDate(time, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}
