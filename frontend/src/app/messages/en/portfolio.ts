/** All plans of a workspace; templates. */
export const portfolio = {
  "portfolio.title": "Plans",
} as const;
