/** Review mode and what changed. */
export const review = {
  "view.review": "Review",
} as const;
