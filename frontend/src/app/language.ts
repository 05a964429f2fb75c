/** The language of the interface: the reader's choice, else the first of the browser's that there is a catalogue for. */
import { Cell, type Readable } from "../plan/readable";
import { en, type Messages } from "./messages/en";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

export interface Spoken {
  readonly language: Language;
  /**
   * For dates, numbers and plurals: the reader's own region of the language (en-GB). Where there is no catalogue in
   * a language of theirs, sentences are English and dates still theirs.
   */
  readonly locale: string;
  readonly messages: Messages;
}

const KEY = "coplan.language";

function isLanguage(text: string | null | undefined): text is Language {
  return (LANGUAGES as readonly string[]).includes(text ?? "");
}

const languageOf = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

/** The reader's choice on this device, null while they have made none. */
function chosen(): Language | null {
  try {
    const value = localStorage.getItem(KEY);
    return isLanguage(value) ? value : null;
  } catch {
    return null;
  }
}

/** Which language and locale fit the browser's list, given the reader's choice, if any. */
export function pickLanguage(choice: Language | null, wanted: readonly string[]): { language: Language; locale: string } {
  const tags = wanted.filter((tag) => supported(tag));
  const fitting = tags.map(languageOf).find(isLanguage);
  const language = choice ?? fitting ?? "en";
  const own = tags.find((tag) => languageOf(tag) === language);
  return { language, locale: own ?? (choice === null ? tags[0] : undefined) ?? language };
}

function supported(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}

async function messagesOf(language: Language): Promise<Messages> {
  return language === "de" ? (await import("./messages/de")).de : en;
}

const spoken = new Cell<Spoken>({ language: "en", locale: "en", messages: en });

/** What the interface speaks now. */
export const speech: Readable<Spoken> = spoken;

/**
 * Loads the catalogue and switches to it. A catalogue that can't be loaded (offline, first visit) leaves the language
 * as it is.
 */
async function speak(choice: Language | null): Promise<void> {
  const { language, locale } = pickLanguage(choice, navigator.languages);
  try {
    const messages = await messagesOf(language);
    document.documentElement.lang = language;
    spoken.set({ language, locale, messages });
  } catch (error) {
    console.error(error);
  }
}

/** To await before anything is shown, so that no English flashes by. */
export function startLanguage(): Promise<void> {
  return speak(chosen());
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Without storage the choice holds for this page.
  }
  void speak(language);
}
