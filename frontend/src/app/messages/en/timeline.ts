/** The timeline view. */
export const timeline = {
  "view.timeline": "Timeline",
} as const;
