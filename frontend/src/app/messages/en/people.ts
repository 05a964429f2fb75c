/** Stakeholders, coverage, working agreement. */
export const people = {
  "view.people": "People",
} as const;
