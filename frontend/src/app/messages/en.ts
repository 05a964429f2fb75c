/**
 * Every sentence of the interface, in ICU message syntax, by area. A translation is another folder with the same
 * files and keys. Words for a buyer: short, concrete, no product jargon.
 */
import { base } from "./en/base";
import { dates } from "./en/dates";
import { gates } from "./en/gates";
import { hub } from "./en/hub";
import { language } from "./en/language";
import { lints } from "./en/lints";
import { people } from "./en/people";
import { portfolio } from "./en/portfolio";
import { review } from "./en/review";
import { search } from "./en/search";
import { say } from "./en/say";
import { structure } from "./en/structure";
import { timeline } from "./en/timeline";
import { why } from "./en/why";

export const en = {
  ...base,
  ...structure,
  ...dates,
  ...timeline,
  ...gates,
  ...why,
  ...lints,
  ...people,
  ...hub,
  ...review,
  ...portfolio,
  ...search,
  ...language,
  ...say,
} as const;

export type Messages = Record<keyof typeof en, string>;
