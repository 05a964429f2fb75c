import type { ComponentType, ReactNode, RefObject } from "react";
import {
  Header as AriaHeader,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection as AriaMenuSection,
  Popover,
  Separator as AriaSeparator,
  type MenuProps,
  type PopoverProps,
} from "react-aria-components";
import { Icon } from "./icons";
import { MenuParts, type MenuItemProps, type MenuSectionProps } from "./menu";

export interface Parts {
  readonly Item: ComponentType<MenuItemProps>;
  readonly Section: ComponentType<MenuSectionProps>;
  readonly Header: ComponentType<{ className?: string; children: ReactNode }>;
  readonly Separator: ComponentType;
}

export interface MenuListProps extends Pick<MenuProps<object>, "onAction" | "selectionMode" | "selectedKeys" | "disabledKeys"> {
  "aria-label": string;
  trigger: RefObject<HTMLButtonElement | null>;
  placement?: NonNullable<PopoverProps["placement"]>;
  /** Which entry has the focus at first. */
  first: "first" | "last";
  onClose: () => void;
  children: ReactNode;
}

const parts: Parts = { Item, Section, Header: AriaHeader, Separator: AriaSeparator };

/** An open menu. */
export default function MenuList({ trigger, placement = "bottom start", first, onClose, children, ...rest }: MenuListProps) {
  return (
    <Popover
      className="popover"
      aria-label={rest["aria-label"]}
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      placement={placement}
      offset={4}
    >
      <MenuParts value={parts}>
        <AriaMenu {...rest} autoFocus={first} onClose={onClose} className="menu">
          {children}
        </AriaMenu>
      </MenuParts>
    </Popover>
  );
}

function Item({ icon, lead, keys, children, danger, ...rest }: MenuItemProps) {
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

function Section({ selected, onSelect, ...rest }: MenuSectionProps) {
  const choice =
    selected === undefined
      ? {}
      : {
          selectionMode: "single" as const,
          selectedKeys: [selected],
          disallowEmptySelection: true,
          onSelectionChange: (keys: "all" | Iterable<unknown>) => {
            if (keys !== "all") for (const key of keys) onSelect?.(String(key));
          },
        };
  return <AriaMenuSection {...rest} {...choice} />;
}
