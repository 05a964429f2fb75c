/** Searching the whole plan. */
export const search = {
  "search.title": "Search the plan",
  "search.placeholder": "Steps, people, comments, files…",
  "search.results": "Found",
  "search.found": "{count, plural, =0 {Nothing found} one {# place found} other {# places found}}",
  "search.none": "Nothing in this plan says “{query}”.",
  "search.more": "{shown} of {count}",
  "search.steps": "Stages and steps",
  "search.why": "Why and how",
  "search.pages": "Go to",
} as const;
