/** Suggestions about a plan. */
export const lints = {
  "lint.title": "Suggestions",
} as const;
