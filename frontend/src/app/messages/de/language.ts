import type { language as en } from "../en/language";

export const language: Record<keyof typeof en, string> = {
  "language.label": "Sprache",
};
