/** Executive summary, business case, metrics, decision memo. */
export const why = {
  "view.case": "Why",
} as const;
