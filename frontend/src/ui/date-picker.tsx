import { useContext, useState } from "react";
import {
  Button as AriaButton,
  DateInput,
  DatePicker as AriaDatePicker,
  DateSegment,
  type DateValue,
  Dialog,
  Group,
  Label,
  OverlayTriggerStateContext,
  Popover,
} from "react-aria-components";
import { Button } from "./button";
import Month, { toCalendar } from "./calendar";
import { Icon } from "./icons";

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
  // A year before 1900 is one that is still being typed; it stays here until it is whole or left.
  const [typing, setTyping] = useState<DateValue | null>(null);
  return (
    <AriaDatePicker
      className="date-picker"
      value={typing ?? toCalendar(props.value)}
      isDisabled={props.isDisabled ?? false}
      shouldForceLeadingZeros={false}
      onChange={(date) => {
        const whole = date === null || date.year >= 1900;
        setTyping(whole ? null : date);
        if (whole) props.onChange(date ? date.toString() : null);
      }}
      onBlur={() => setTyping(null)}
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

function CalendarPopover(props: DatePickerProps) {
  return (
    <Popover className="popover" offset={6} placement="bottom end">
      <Dialog className="calendar-dialog" aria-label={props.label}>
        <Month label={props.label} previousLabel={props.previousLabel} nextLabel={props.nextLabel} />
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
