/** The language of the interface: the reader's choice, else the first of the browser's that there is a catalogue for. */
import { Cell, type Readable } from "../plan/readable";
import type { Messages } from "./messages/en";

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

type Part = Readonly<Record<string, string>>;

/** A language's catalogue in two pieces: what a plan says at first, and the rest. */
const CATALOGUES: Readonly<Record<Language, { readonly first: () => Promise<Part>; readonly later: () => Promise<Part> }>> = {
  en: { first: async () => (await import("./messages/en/first")).first, later: async () => (await import("./messages/en/later")).later },
  de: { first: async () => (await import("./messages/de/first")).first, later: async () => (await import("./messages/de/later")).later },
};

// Until startLanguage is done nothing is drawn.
const spoken = new Cell<Spoken>({ language: "en", locale: "en", messages: {} as Messages });

/** What the interface speaks now. */
export const speech: Readable<Spoken> = spoken;

/** Whether the rest of the catalogue has been asked for: then it comes with every change of language. */
let whole = false;

/**
 * Loads the catalogue and switches to it. A catalogue that can't be loaded (offline, first visit) leaves the language
 * as it is.
 */
async function speak(choice: Language | null): Promise<void> {
  const { language, locale } = pickLanguage(choice, navigator.languages);
  try {
    const { first, later } = CATALOGUES[language];
    const parts = await Promise.all(whole ? [first(), later()] : [first()]);
    document.documentElement.lang = language;
    // The types say all ids; who needs the later ones waits for them.
    spoken.set({ language, locale, messages: Object.assign({}, ...parts) as Messages });
  } catch (error) {
    console.error(error);
  }
}

let rest: Promise<void> | null = null;

/** The rest of the catalogue, for everything but a plan's own page. Fails where it can't be loaded. */
export function wholeLanguage(): Promise<void> {
  rest ??= (async () => {
    whole = true;
    try {
      const { language } = spoken.get();
      const later = await CATALOGUES[language].later();
      const now = spoken.get();
      if (now.language === language) spoken.set({ ...now, messages: { ...now.messages, ...later } });
    } catch (error) {
      rest = null;
      throw error;
    }
  })();
  return rest;
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
