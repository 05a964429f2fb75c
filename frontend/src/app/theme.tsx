import { useSyncExternalStore } from "react";
import { Cell } from "../plan/readable";
import { IconButton } from "../ui/button";
import type { IconName } from "../ui/icons";
import { MenuButton, MenuHeader, MenuItem, MenuSection, MenuSeparator } from "../ui/menu";
import { useText } from "../ui/text";
import { useReadable } from "../ui/use-readable";
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES, speech, type Language } from "./language";

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

/** How the page looks and which language it speaks: what belongs to this reader, not to the plan. */
export function ThemeMenu() {
  const t = useText();
  const chosen = useReadable(theme);
  const { language } = useReadable(speech);
  const dark = useIsDark();
  return (
    <MenuButton
      aria-label={t("theme.settings")}
      placement="bottom end"
      button={<IconButton icon={dark ? "moon" : "sun"} label={t("theme.settings")} />}
    >
      <MenuSection selected={chosen} onSelect={(id) => choose(id as Theme)}>
        <MenuHeader className="menu-header">{t("theme.label")}</MenuHeader>
        <MenuItem id="system" icon="halfDisc">
          {t("theme.system")}
        </MenuItem>
        <MenuItem id="light" icon="sun">
          {t("theme.light")}
        </MenuItem>
        <MenuItem id="dark" icon="moon">
          {t("theme.dark")}
        </MenuItem>
      </MenuSection>
      <MenuSeparator />
      <MenuSection selected={language} onSelect={(id) => chooseLanguage(id as Language)}>
        <MenuHeader className="menu-header">{t("language.label")}</MenuHeader>
        {LANGUAGES.map((id) => (
          <MenuItem key={id} id={id}>
            {LANGUAGE_NAMES[id]}
          </MenuItem>
        ))}
      </MenuSection>
    </MenuButton>
  );
}

/** The same choices as entries of another menu: the other look, the other language. */
export function useReaderSettings(): readonly { id: string; icon: IconName; label: string; onAction: () => void }[] {
  const t = useText();
  const dark = useIsDark();
  const { language } = useReadable(speech);
  return [
    { id: "theme", icon: "halfDisc", label: t(dark ? "theme.toLight" : "theme.toDark"), onAction: () => choose(dark ? "light" : "dark") },
    ...LANGUAGES.filter((id) => id !== language).map((id) => ({
      id: `language-${id}`,
      icon: "language" as const,
      label: LANGUAGE_NAMES[id],
      onAction: () => chooseLanguage(id),
    })),
  ];
}
