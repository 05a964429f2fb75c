/** The few English words that both languages say alike; screens localise from the data instead. */
import { dateOf, parseDay } from "./day";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** One date ("12 May") or two ("12 → 19 May", "28 Apr → 5 May"), with years where they differ. */
export function datesInWords(from: string, to: string): string {
  const a = parseDay(from);
  const b = parseDay(to);
  if (a === undefined) return "";
  const first = dateOf(a);
  if (b === undefined) return `${first.d} ${month(first.m)}`;
  const last = dateOf(b);
  const end = `${last.d} ${month(last.m)}`;
  if (first.y !== last.y) return `${first.d} ${month(first.m)} ${first.y} → ${end} ${last.y}`;
  return first.m === last.m ? `${first.d} → ${end}` : `${first.d} ${month(first.m)} → ${end}`;
}

function month(m: number): string {
  return MONTHS[m - 1] ?? "";
}

/** "+7 days", "−1 day". */
export function counted(n: number, unit: string): string {
  return `${n > 0 ? "+" : "−"}${Math.abs(n)} ${unit}${Math.abs(n) === 1 ? "" : "s"}`;
}
