import { cloneElement, createContext, Suspense, useContext, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode, type Ref } from "react";
import type { IconName } from "./icons";
import { lazyPart } from "./lazy";
import type { MenuListProps, Parts } from "./menu-list";

const loadList = () => import("./menu-list");
const MenuList = lazyPart(loadList);

/** The components that entries are drawn with, once a menu is open and their code is there. */
export const MenuParts = createContext<Parts | null>(null);

function useParts(): Parts {
  const parts = useContext(MenuParts);
  if (!parts) throw new Error("entries belong into a MenuButton");
  return parts;
}

export interface MenuItemProps {
  id?: string;
  icon?: IconName;
  /** Something drawn in place of the icon. */
  lead?: ReactNode;
  keys?: string;
  danger?: boolean;
  href?: string;
  children: string;
}

export function MenuItem(props: MenuItemProps) {
  const { Item } = useParts();
  return <Item {...props} />;
}

export interface MenuSectionProps {
  "aria-label"?: string;
  /** Given when the section is a choice of its own. */
  selected?: string;
  onSelect?: (id: string) => void;
  children: ReactNode;
}

export function MenuSection(props: MenuSectionProps) {
  const { Section } = useParts();
  return <Section {...props} />;
}

export function MenuHeader(props: { className?: string; children: ReactNode }) {
  const { Header } = useParts();
  return <Header {...props} />;
}

export function MenuSeparator() {
  const { Separator } = useParts();
  return <Separator />;
}

/** What a button needs to open a menu. */
interface TriggerProps {
  ref?: Ref<HTMLButtonElement>;
  onPress?: () => void;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  onPointerEnter?: () => void;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
}

/** A button and the menu that it opens. Nothing of the menu is there until then. */
export function MenuButton({
  button,
  children,
  ...rest
}: { button: ReactElement<TriggerProps>; children: ReactNode | (() => ReactNode) } & Omit<MenuListProps, "trigger" | "first" | "onClose" | "children">) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<"first" | "last" | null>(null);
  return (
    <>
      {cloneElement(button, {
        ref: trigger,
        "aria-haspopup": "menu",
        "aria-expanded": open !== null,
        onPress: () => setOpen("first"),
        onPointerEnter: () => void loadList(),
        onKeyDown: (event) => {
          if (event.altKey || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(event.key === "ArrowDown" ? "first" : "last");
        },
      })}
      {open !== null && (
        <Suspense fallback={null}>
          <MenuList {...rest} trigger={trigger} first={open} onClose={() => setOpen(null)}>
            {typeof children === "function" ? children() : children}
          </MenuList>
        </Suspense>
      )}
    </>
  );
}
