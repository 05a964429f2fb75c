import { parseDate, type CalendarDate } from "@internationalized/date";
import { useContext, type ReactNode } from "react";
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateInput,
  DatePicker as AriaDatePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
  Label,
  OverlayTriggerStateContext,
  Popover,
} from "react-aria-components";
import { Button, IconButton } from "./button";
import { Icon } from "./icons";

/** A calendar date as YYYY-MM-DD, or null for none. Odd text counts as none. */
function toCalendar(value: string | null | undefined): CalendarDate | null {
  if (!value) return null;
  try {
    return parseDate(value);
  } catch {
    return null;
  }
}

export interface DatePickerProps {
  label: string;
  hideLabel?: boolean;
  value: string | null | undefined;
  onChange: (date: string | null) => void;
  openLabel: string;
  previousLabel: string;
  nextLabel: string;
  /** Given when "no date" may be chosen. */
  clearLabel?: string;
  isDisabled?: boolean;
}

/** A date typed in segments or picked from a month, both in the reader's own order and calendar. */
export function DatePicker(props: DatePickerProps) {
  return (
    <AriaDatePicker
      className="date-picker"
      value={toCalendar(props.value)}
      isDisabled={props.isDisabled ?? false}
      shouldForceLeadingZeros={false}
      onChange={(date) => {
        // Years before 1900 are a year still being typed.
        if (!date || date.year >= 1900) props.onChange(date ? date.toString() : null);
      }}
    >
      <Label className={props.hideLabel ? "visually-hidden" : "field-label"}>{props.label}</Label>
      <Group className="date-group">
        <DateInput className="date-input">{(segment) => <DateSegment className="date-segment" segment={segment} />}</DateInput>
        <AriaButton className="date-open" aria-label={props.openLabel}>
          <Icon name="calendar" size={18} />
        </AriaButton>
      </Group>
      <CalendarPopover {...props} />
    </AriaDatePicker>
  );
}

/** The month alone, opened by a button of one's own. */
export function DateMenu({ button, ...props }: DatePickerProps & { button: ReactNode }) {
  return (
    <AriaDatePicker
      className="date-menu"
      aria-label={props.label}
      value={toCalendar(props.value)}
      onChange={(date) => props.onChange(date ? date.toString() : null)}
    >
      <Group className="date-menu-group">{button}</Group>
      <CalendarPopover {...props} />
    </AriaDatePicker>
  );
}

function CalendarPopover(props: DatePickerProps) {
  return (
    <Popover className="popover" offset={6} placement="bottom end">
      <Dialog className="calendar-dialog" aria-label={props.label}>
        <Calendar className="calendar">
          <header className="calendar-head">
            <IconButton slot="previous" icon="chevronLeft" label={props.previousLabel} small />
            <Heading className="calendar-title" />
            <IconButton slot="next" icon="chevronRight" label={props.nextLabel} small />
          </header>
          <CalendarGrid className="calendar-grid" weekdayStyle="short">
            <CalendarGridHeader>
              {(day) => <CalendarHeaderCell className="calendar-weekday">{day}</CalendarHeaderCell>}
            </CalendarGridHeader>
            <CalendarGridBody>{(date) => <CalendarCell className="calendar-day" date={date} />}</CalendarGridBody>
          </CalendarGrid>
        </Calendar>
        {props.clearLabel && props.value && <ClearDate label={props.clearLabel} onClear={() => props.onChange(null)} />}
      </Dialog>
    </Popover>
  );
}

function ClearDate({ label, onClear }: { label: string; onClear: () => void }) {
  const overlay = useContext(OverlayTriggerStateContext);
  return (
    <Button
      look="quiet"
      small
      className="calendar-clear"
      onPress={() => {
        onClear();
        overlay?.close();
      }}
    >
      {label}
    </Button>
  );
}
