import type { structure as en } from "../en/structure";

export const structure: Record<keyof typeof en, string> = {
  "structure.steps": "Schritte",
};
