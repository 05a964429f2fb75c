/** The calendar as one list, and the edit that changes one entry of it. */
import { calendarChange, type CalendarChange, type ScheduleCalendar } from "../../../plan/schedule";

export type EntryKind = "holiday" | "freeze" | "away";

/** Days off, whoever's they are. */
export interface CalendarEntry {
  /** Tells the rows apart on the screen. */
  readonly key: string;
  readonly kind: EntryKind;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Of somebody who is away: a role, or a person in all of theirs; both "" for everybody's days off. */
  readonly role: string;
  readonly person: string;
}

/** By date. */
export function entriesOf({ holidays, freezes, away }: ScheduleCalendar): CalendarEntry[] {
  const nobody = { role: "", person: "" };
  const list = [
    ...holidays.map(({ date, label }) => ({ kind: "holiday" as const, from: date, to: date, label, ...nobody })),
    ...freezes.map((span) => ({ kind: "freeze" as const, ...nobody, ...span })),
    ...away.map((span) => ({ kind: "away" as const, ...span })),
  ];
  return list
    .map((entry, i) => ({ ...entry, key: `${entry.kind} ${entry.from} ${entry.to} ${entry.role} ${entry.person} ${entry.label} ${i}` }))
    .sort((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1));
}

/** The edit that puts one entry in the place of another; null for none. */
export function editOf(next: Omit<CalendarEntry, "key"> | null, before: CalendarEntry | null): CalendarChange {
  return calendarChange(partOf(next), partOf(before));
}

function partOf(entry: Omit<CalendarEntry, "key"> | null): Partial<ScheduleCalendar> {
  if (!entry) return {};
  const { kind, from, to, label, role, person } = entry;
  switch (kind) {
    case "holiday":
      return { holidays: [{ date: from, label }] };
    case "freeze":
      return { freezes: [{ from, to, label }] };
    case "away":
      return { away: [{ role, person, from, to, label }] };
  }
}
