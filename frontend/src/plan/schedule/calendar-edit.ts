/** Edits of a plan's working calendar: made as changes of the schedule, since days off move dates. */
import * as Y from "yjs";
import { newId } from "../id";
import { CALENDAR, QUARTERS, type Plan } from "../schema";
import { sameSpan } from "./calendar";
import type { Change } from "./preview";
import type { ScheduleCalendar } from "./types";

export type CalendarChange = Extract<Change, { kind: "calendar" }>;

/** A calendar that says nothing. */
export const NO_DAYS: ScheduleCalendar = { weekend: null, holidays: [], freezes: [], away: [], quarters: null };

export function calendarChange(add: Partial<ScheduleCalendar>, drop: Partial<ScheduleCalendar> = {}): CalendarChange {
  return { kind: "calendar", add: { ...NO_DAYS, ...add }, drop: { ...NO_DAYS, ...drop } };
}

/** Writes the edit, and nothing of what others changed meanwhile; inside a transaction. */
export function writeCalendar({ calendar }: Plan, { add, drop }: CalendarChange): void {
  if (add.weekend) calendar.set(CALENDAR.weekend, [...add.weekend]);
  if (add.quarters) calendar.set(CALENDAR.quarters, { [QUARTERS.month]: add.quarters.month, [QUARTERS.days]: add.quarters.days });
  else if (drop.quarters) calendar.delete(CALENDAR.quarters);
  if (add.holidays.length + drop.holidays.length > 0) {
    const days = mapAt(calendar, CALENDAR.holidays);
    for (const { date } of drop.holidays) if (!add.holidays.some((one) => one.date === date)) days.delete(date);
    for (const { date, label } of add.holidays) days.set(date, label);
  }
  writeSpans(calendar, CALENDAR.freezes, add.freezes, drop.freezes);
  writeSpans(calendar, CALENDAR.away, add.away, drop.away);
}

type Spans = ScheduleCalendar["freezes"] | ScheduleCalendar["away"];

/** What replaces an entry keeps its id, so that two who correct one absence at once leave one, not two. */
function writeSpans(calendar: Y.Map<unknown>, key: string, add: Spans, drop: Spans): void {
  if (add.length + drop.length === 0) return;
  const entries = mapAt(calendar, key);
  const free: string[] = [];
  entries.forEach((value, id) => {
    const span = { role: "", person: "", label: "", from: "", to: "", ...(value instanceof Y.Map ? value.toJSON() : (value as object)) };
    if (drop.some((one) => sameSpan({ role: "", person: "", ...one }, span))) free.push(id);
  });
  for (const span of add) {
    const said = Object.entries(span).filter(([, value]) => value !== "");
    entries.set(free.shift() ?? newId(), Object.fromEntries(said));
  }
  for (const id of free) entries.delete(id);
}

function mapAt(map: Y.Map<unknown>, key: string): Y.Map<unknown> {
  const now = map.get(key);
  if (now instanceof Y.Map) return now as Y.Map<unknown>;
  const made = new Y.Map<unknown>();
  map.set(key, made);
  return made;
}
