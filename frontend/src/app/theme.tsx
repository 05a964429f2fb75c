import { useSyncExternalStore } from "react";
import { Cell } from "../plan/readable";
import { IconButton } from "../ui/button";
import { MenuButton, MenuItem } from "../ui/menu";
import { useText } from "../ui/text";
import { useReadable } from "../ui/use-readable";

type Theme = "system" | "light" | "dark";
const KEY = "coplan.theme";

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

const theme = new Cell<Theme>(stored());

function show(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = value;
}

show(theme.get());

function choose(value: Theme): void {
  try {
    if (value === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // Without storage the choice holds for this page.
  }
  theme.set(value);
  show(value);
}

const systemDark = matchMedia("(prefers-color-scheme: dark)");

function useIsDark(): boolean {
  const chosen = useReadable(theme);
  const system = useSyncExternalStore(
    (onChange) => {
      systemDark.addEventListener("change", onChange);
      return () => systemDark.removeEventListener("change", onChange);
    },
    () => systemDark.matches,
  );
  return chosen === "dark" || (chosen === "system" && system);
}

export function ThemeMenu() {
  const t = useText();
  const chosen = useReadable(theme);
  const dark = useIsDark();
  return (
    <MenuButton
      aria-label={t("theme.label")}
      placement="bottom end"
      selectionMode="single"
      selectedKeys={[chosen]}
      onAction={(key) => choose(key as Theme)}
      button={<IconButton icon={dark ? "moon" : "sun"} label={t("theme.label")} />}
    >
      <MenuItem id="system" icon="halfDisc">
        {t("theme.system")}
      </MenuItem>
      <MenuItem id="light" icon="sun">
        {t("theme.light")}
      </MenuItem>
      <MenuItem id="dark" icon="moon">
        {t("theme.dark")}
      </MenuItem>
    </MenuButton>
  );
}

/** The same choice as one entry of another menu: the other of the two. */
export function useThemeSwitch(): { label: string; onAction: () => void } {
  const t = useText();
  const dark = useIsDark();
  return { label: t(dark ? "theme.toLight" : "theme.toDark"), onAction: () => choose(dark ? "light" : "dark") };
}
