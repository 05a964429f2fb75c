import { Suspense, useRef, useState, type ReactNode } from "react";
import { PlainButton } from "./button";
import type { DatePopoverProps } from "./date-popover";
import { lazyPart } from "./lazy";

const loadPopover = () => import("./date-popover");
const DatePopover = lazyPart(loadPopover);

export interface DateMenuProps extends Omit<DatePopoverProps, "trigger" | "onClose"> {
  /** For the button, which date it is now. */
  buttonLabel: string;
  className: string;
  children: ReactNode;
}

/** A date shown as a button; pressing it opens the month, whose code is fetched then. */
export function DateMenu({ buttonLabel, className, children, onChange, ...rest }: DateMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <PlainButton
        ref={button}
        className={className}
        aria-label={buttonLabel}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={() => void loadPopover()}
        onPress={() => setOpen(true)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {children}
      </PlainButton>
      {isOpen && (
        <Suspense fallback={null}>
          <DatePopover
            {...rest}
            trigger={button}
            onClose={() => setOpen(false)}
            onChange={(date) => {
              setOpen(false);
              onChange(date);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
