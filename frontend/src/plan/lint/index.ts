/**
 * Suggestions: what a careful colleague would mention about a plan; no React, no sockets.
 *
 * ```ts
 * const input = readLintInput(plan, { today, lastEdit });   // dates "2026-05-04", "" not known
 * checkPlan(input)                                          // Lint[]; sentences are in the catalogue
 * ```
 *
 * Answers what `server/plan/lint` answers (testdata/plan/lint).
 */
export * from "./check";
export * from "./profiles";
export * from "./read";
export * from "./remedy";
export * from "./types";
