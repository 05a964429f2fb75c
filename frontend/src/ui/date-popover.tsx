import type { RefObject } from "react";
import { Dialog, Popover } from "react-aria-components";
import { Button } from "./button";
import DateChoice from "./date-choice";

export interface DatePopoverProps {
  trigger: RefObject<HTMLButtonElement | null>;
  label: string;
  value: string | null;
  onChange: (date: string | null) => void;
  onClose: () => void;
  previousLabel: string;
  nextLabel: string;
  /** Given when "no date" may be chosen. */
  clearLabel?: string;
}

/** The month a date is picked from, beside its button. */
export default function DatePopover({ trigger, label, value, onChange, onClose, previousLabel, nextLabel, clearLabel }: DatePopoverProps) {
  const close = (open: boolean) => {
    if (!open) onClose();
  };
  return (
    <Popover className="popover" triggerRef={trigger} isOpen onOpenChange={close} offset={6} placement="bottom end">
      <Dialog className="calendar-dialog" aria-label={label}>
        <DateChoice label={label} previousLabel={previousLabel} nextLabel={nextLabel} value={value} onChange={onChange} />
        {clearLabel && value && (
          <Button look="quiet" small className="calendar-clear" onPress={() => onChange(null)}>
            {clearLabel}
          </Button>
        )}
      </Dialog>
    </Popover>
  );
}
