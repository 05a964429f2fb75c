import { useState, type ReactNode } from "react";
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
  type MenuItemProps,
  type MenuProps,
  type PopoverProps,
} from "react-aria-components";
import { Icon, type IconName } from "./icons";

export { MenuSection, Separator as MenuSeparator, Header as MenuHeader };

/** Whether a pointer is held down. Seen before any component hears of the press. */
let held = false;
for (const [type, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]] as const) {
  document.addEventListener(
    type,
    () => {
      held = down;
    },
    { capture: true },
  );
}

/**
 * A button (first child) and what it opens. It opens when the pointer is let go: a menu may come up right under the
 * pointer, and letting go over an entry would choose it.
 */
export function MenuButton<T extends object>({
  button,
  placement = "bottom start",
  children,
  ...rest
}: { button: ReactNode; placement?: NonNullable<PopoverProps["placement"]> } & MenuProps<T>) {
  const [isOpen, setOpen] = useState(false);
  const change = (open: boolean) => {
    if (!open || !held) setOpen(open);
    else document.addEventListener("pointerup", () => setTimeout(() => setOpen(true)), { once: true });
  };
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={change}>
      {button}
      <Popover className="popover" placement={placement} offset={4}>
        <AriaMenu {...rest} className="menu">
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

export function MenuItem({
  icon,
  lead,
  keys,
  children,
  danger,
  ...rest
}: Omit<MenuItemProps, "children" | "className"> & {
  icon?: IconName;
  /** Something drawn in place of the icon. */
  lead?: ReactNode;
  keys?: string;
  danger?: boolean;
  children: string;
}) {
  return (
    <AriaMenuItem {...rest} textValue={children} className={`menu-item${danger ? " menu-item-danger" : ""}`}>
      {({ isSelected, selectionMode }) => (
        <>
          {lead ?? (icon && <Icon name={icon} size={18} />)}
          <span className="menu-item-label">{children}</span>
          {keys && <kbd className="menu-item-keys">{keys}</kbd>}
          {selectionMode !== "none" && (
            <span className="menu-item-tick">{isSelected && <Icon name="check" size={16} />}</span>
          )}
        </>
      )}
    </AriaMenuItem>
  );
}
