/** Durations, dependencies, the working calendar, slippage, baseline. */
export const dates = {
  "dates.title": "Dates",
} as const;
