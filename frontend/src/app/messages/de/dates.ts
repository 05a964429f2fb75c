import type { dates as en } from "../en/dates";

export const dates: Record<keyof typeof en, string> = {
  "dates.title": "Termine",
};
