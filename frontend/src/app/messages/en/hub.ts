/** Resources: links, files, folders, search. */
export const hub = {
  "view.resources": "Resources",
} as const;
