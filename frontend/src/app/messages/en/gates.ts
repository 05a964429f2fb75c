/** Gates, sign-offs, locks, escalation and extension rules. */
export const gates = {
  "gate.title": "Gate",
} as const;
