import type { lints as en } from "../en/lints";

export const lints: Record<keyof typeof en, string> = {
  "lint.title": "Vorschläge",
};
