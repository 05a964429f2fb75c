import type { ReactNode } from "react";
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

/** A button (first child) and what it opens. */
export function MenuButton<T extends object>({
  button,
  placement = "bottom start",
  children,
  ...rest
}: { button: ReactNode; placement?: NonNullable<PopoverProps["placement"]> } & MenuProps<T>) {
  return (
    <MenuTrigger>
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
