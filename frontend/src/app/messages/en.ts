/**
 * Every sentence of the interface, in ICU message syntax, by area. A translation is another folder with the same
 * files and keys. Words for a buyer: short, concrete, no product jargon.
 */
import { first } from "./en/first";
import { later } from "./en/later";

export const en = { ...first, ...later } as const;

export type Messages = Record<keyof typeof en, string>;
