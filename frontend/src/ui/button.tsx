import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from "react";
import { Icon, type IconName } from "./icons";

export type ButtonLook = "main" | "edge" | "quiet" | "danger";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "children" | "onClick" | "disabled" | "onChange" | "value">;

/** A button of the browser's own: a long list has a thousand of them. */
export interface PlainButtonProps extends Native {
  onPress?: (() => void) | undefined;
  isDisabled?: boolean | undefined;
  /** What it was pressed for is under way. It keeps the focus and can't be pressed again. */
  isPending?: boolean | undefined;
  className?: string;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement> | undefined;
}

export function PlainButton({ onPress, isDisabled, isPending, type = "button", ...rest }: PlainButtonProps) {
  const pending = isPending ? { "aria-disabled": true, "data-pending": "" } : {};
  const press = (event: MouseEvent) => {
    // Meant for the button, not for what it stands in.
    event.stopPropagation();
    if (!isPending) onPress?.();
  };
  return <button {...rest} {...pending} type={isPending ? "button" : type} disabled={isDisabled} onClick={press} />;
}

export interface ButtonProps extends PlainButtonProps {
  /** main: the one thing to do here; edge: an alternative; quiet: among many; danger: takes something away. */
  look?: ButtonLook;
  small?: boolean;
  icon?: IconName;
  children: ReactNode;
}

export function Button({ look = "edge", small, icon, className = "", children, ...rest }: ButtonProps) {
  return (
    <PlainButton {...rest} className={`button button-${look}${small ? " button-small" : ""} ${className}`}>
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </PlainButton>
  );
}

export interface IconButtonProps extends Omit<PlainButtonProps, "children"> {
  icon: IconName;
  /** What it does, in words: read out, and shown on hover and focus. */
  label: string;
  /** The shortcut shown beside the label. */
  keys?: string | undefined;
  small?: boolean;
  /** Shown beside the icon; the label says what it counts. */
  count?: number | undefined;
}

export function IconButton({ icon, label, keys, small, className = "", count, ...rest }: IconButtonProps) {
  return (
    <PlainButton
      {...rest}
      aria-label={label}
      data-hint={label}
      data-hint-keys={keys}
      className={`icon-button${small ? " icon-button-small" : ""} ${className}`}
    >
      <Icon name={icon} size={small ? 17 : 20} />
      {count ? <span className="count">{count}</span> : null}
    </PlainButton>
  );
}

export interface IconToggleProps extends Omit<IconButtonProps, "onPress"> {
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
}

export function IconToggle({ isSelected, onChange, ...rest }: IconToggleProps) {
  return <IconButton {...rest} aria-pressed={isSelected} onPress={() => onChange(!isSelected)} />;
}
