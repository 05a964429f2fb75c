import { useRef, type ReactNode } from "react";
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

/** How long after opening a held pointer is dragged to an entry on purpose, in milliseconds. */
const DRAG_MS = 250;

/** A button (first child) and what it opens. */
export function MenuButton<T extends object>({
  button,
  placement = "bottom start",
  children,
  onAction,
  ...rest
}: { button: ReactNode; placement?: NonNullable<PopoverProps["placement"]> } & MenuProps<T>) {
  // A menu may come up right under the pointer that opened it: letting go there chooses nothing.
  const opened = useRef({ at: 0, used: false });
  const use = () => {
    opened.current.used = true;
  };
  const act: typeof onAction = (key, value) => {
    if (opened.current.used || performance.now() - opened.current.at > DRAG_MS) onAction?.(key, value);
  };
  return (
    <MenuTrigger
      onOpenChange={(open) => {
        if (open) opened.current = { at: performance.now(), used: false };
      }}
    >
      {button}
      <Popover className="popover" placement={placement} offset={4}>
        <div className="menu-frame" onPointerDownCapture={use} onKeyDownCapture={use} onClickCapture={(event) => event.detail === 0 && use()}>
          <AriaMenu {...rest} {...(onAction && { onAction: act })} className="menu">
            {children}
          </AriaMenu>
        </div>
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
