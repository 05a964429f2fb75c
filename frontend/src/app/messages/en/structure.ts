/** Adding, moving, selecting and sizing steps; next steps; names and nouns. */
export const structure = {
  "structure.steps": "Steps",
} as const;
