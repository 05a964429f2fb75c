import type { ReactNode, Ref } from "react";
import {
  Button as AriaButton,
  ToggleButton as AriaToggleButton,
  Tooltip,
  TooltipTrigger,
  type ButtonProps as AriaButtonProps,
  type ToggleButtonProps as AriaToggleButtonProps,
} from "react-aria-components";
import { Icon, type IconName } from "./icons";

export type ButtonLook = "main" | "edge" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  /** main: the one thing to do here; edge: an alternative; quiet: among many; danger: takes something away. */
  look?: ButtonLook;
  small?: boolean;
  icon?: IconName;
  className?: string;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "edge", small, icon, className = "", children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button-${look}${small ? " button-small" : ""} ${className}`}>
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  icon: IconName;
  /** What it does, in words: read out, and shown on hover and focus. */
  label: string;
  /** The shortcut shown beside the label. */
  keys?: string | undefined;
  small?: boolean;
  className?: string;
  /** Shown beside the icon; the label says what it counts. */
  count?: number | undefined;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, keys, small, className = "", count, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={`icon-button${small ? " icon-button-small" : ""} ${className}`}
      >
        <Icon name={icon} size={small ? 17 : 20} />
        {count ? <span className="count">{count}</span> : null}
      </AriaButton>
      <Hint label={label} keys={keys} />
    </TooltipTrigger>
  );
}

export interface IconToggleProps extends Omit<AriaToggleButtonProps, "className" | "children"> {
  icon: IconName;
  label: string;
  keys?: string | undefined;
  small?: boolean;
  className?: string;
  count?: number | undefined;
}

export function IconToggle({ icon, label, keys, small, className = "", count, ...rest }: IconToggleProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <AriaToggleButton
        {...rest}
        aria-label={label}
        className={`icon-button${small ? " icon-button-small" : ""} ${className}`}
      >
        <Icon name={icon} size={small ? 17 : 20} />
        {count ? <span className="count">{count}</span> : null}
      </AriaToggleButton>
      <Hint label={label} keys={keys} />
    </TooltipTrigger>
  );
}

/** The label of what is under the pointer or has the focus. */
export function Hint({ label, keys }: { label: string; keys?: string | undefined }) {
  return (
    <Tooltip className="hint" offset={6}>
      {label}
      {keys && <kbd className="hint-keys">{keys}</kbd>}
    </Tooltip>
  );
}
