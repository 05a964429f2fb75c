import type { gates as en } from "../en/gates";

export const gates: Record<keyof typeof en, string> = {
  "gate.title": "Freigabe",
};
