import type { hub as en } from "../en/hub";

export const hub: Record<keyof typeof en, string> = {
  "view.resources": "Unterlagen",
};
