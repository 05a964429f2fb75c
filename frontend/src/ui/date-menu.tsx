import { Suspense, useRef, useState, type ReactNode } from "react";
import { Button as AriaButton, Dialog, Popover } from "react-aria-components";
import { Button } from "./button";
import { lazyPart } from "./lazy";

const Month = lazyPart(() => import("./calendar"));

export interface DateMenuProps {
  /** What the date is, and for the button the date it is now. */
  label: string;
  buttonLabel: string;
  className: string;
  value: string | null;
  onChange: (date: string | null) => void;
  previousLabel: string;
  nextLabel: string;
  /** Given when "no date" may be chosen. */
  clearLabel?: string;
  children: ReactNode;
}

/** A date shown as a button; pressing it opens the month, whose code is fetched then. */
export function DateMenu(props: DateMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const choose = (date: string | null) => {
    setOpen(false);
    props.onChange(date);
  };
  return (
    <>
      <AriaButton
        ref={button}
        className={props.className}
        aria-label={props.buttonLabel}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPress={() => setOpen(true)}
      >
        {props.children}
      </AriaButton>
      {isOpen && (
        <Suspense fallback={null}>
          <Popover className="popover" triggerRef={button} isOpen onOpenChange={setOpen} offset={6} placement="bottom end">
            <Dialog className="calendar-dialog" aria-label={props.label}>
              <Month
                label={props.label}
                previousLabel={props.previousLabel}
                nextLabel={props.nextLabel}
                value={props.value}
                onChange={choose}
              />
              {props.clearLabel && props.value && (
                <Button look="quiet" small className="calendar-clear" onPress={() => choose(null)}>
                  {props.clearLabel}
                </Button>
              )}
            </Dialog>
          </Popover>
        </Suspense>
      )}
    </>
  );
}
