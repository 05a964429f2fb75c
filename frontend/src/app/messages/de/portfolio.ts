import type { portfolio as en } from "../en/portfolio";

export const portfolio: Record<keyof typeof en, string> = {
  "portfolio.title": "Pläne",
};
