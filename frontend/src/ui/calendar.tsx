import { parseDate, type CalendarDate } from "@internationalized/date";
import {
  Button as AriaButton,
  Calendar as AriaCalendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from "react-aria-components";
import { Icon, type IconName } from "./icons";

/** A calendar date as YYYY-MM-DD, or null for none. Odd text counts as none. */
export function toCalendar(value: string | null | undefined): CalendarDate | null {
  if (!value) return null;
  try {
    return parseDate(value);
  } catch {
    return null;
  }
}

export interface MonthProps {
  label: string;
  previousLabel: string;
  nextLabel: string;
  /** Left out inside a date picker, which brings its own. */
  value?: string | null;
  onChange?: (date: string) => void;
}

/** One month to pick a day from, weeks and names as the reader is used to. */
export default function Month({ label, previousLabel, nextLabel, value, onChange }: MonthProps) {
  return (
    <AriaCalendar
      className="calendar"
      aria-label={label}
      {...(onChange ? { value: toCalendar(value), onChange: (date) => onChange(date.toString()), autoFocus: true } : {})}
    >
      <header className="calendar-head">
        <Turn slot="previous" icon="chevronLeft" label={previousLabel} />
        <Heading className="calendar-title" />
        <Turn slot="next" icon="chevronRight" label={nextLabel} />
      </header>
      <CalendarGrid className="calendar-grid" weekdayStyle="short">
        <CalendarGridHeader>
          {(day) => <CalendarHeaderCell className="calendar-weekday">{day}</CalendarHeaderCell>}
        </CalendarGridHeader>
        <CalendarGridBody>{(date) => <CalendarCell className="calendar-day" date={date} />}</CalendarGridBody>
      </CalendarGrid>
    </AriaCalendar>
  );
}

/** The calendar itself says what these do. */
function Turn({ slot, icon, label }: { slot: "previous" | "next"; icon: IconName; label: string }) {
  return (
    <AriaButton slot={slot} aria-label={label} data-hint={label} className="icon-button icon-button-small">
      <Icon name={icon} size={17} />
    </AriaButton>
  );
}
