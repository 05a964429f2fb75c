/** What the rules take and give: plain data, the same keys as `server/plan/lint`. */
import type { ScheduleInput } from "../schedule/types";

export interface LintInput {
  /** What the scheduler sees; without its `today` the rules that look at the calendar stay silent. */
  readonly plan: ScheduleInput;
  readonly profile: string;
  /** Of the plan: draft, live, paused, won or lost. */
  readonly status: string;
  readonly roles: readonly LintRole[];
  /** What the scheduler doesn't need to know of a node; one missing here has no contributors and no gate. */
  readonly nodes: readonly LintNode[];
  /** Day of the last edit, "" not known. */
  readonly lastEdit: string;
}

export interface LintRole {
  readonly id: string;
  readonly title: string;
  readonly side: string;
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly involveBy: string;
}

export interface LintNode {
  readonly id: string;
  readonly contributors: readonly string[];
  readonly gated: boolean;
  readonly reviewer: string;
}

export const LINT_CODES = [
  "too-thin",
  "too-large",
  "ends-at-signing",
  "no-first-value",
  "span-long",
  "skim-long",
  "one-sided",
  "one-sided-owners",
  "role-missing",
  "no-owner",
  "undated",
  "unrealistic",
  "no-reviewer",
  "no-contact",
  "stale",
] as const;
export type LintCode = (typeof LINT_CODES)[number];

export type Remedy =
  | ""
  | "add-procurement"
  | "add-implementation"
  | "add-first-value"
  | "add-role"
  | "set-owner"
  | "set-date"
  | "use-typical"
  | "set-reviewer"
  | "fill-contact";

/** One suggestion. What doesn't apply to its code is empty. */
export interface Lint {
  /** Tells this suggestion from all others of the plan; it stays the same while its numbers change. */
  readonly key: string;
  readonly code: LintCode;
  /** gap: something is missing; hint: it might be better otherwise. */
  readonly weight: "gap" | "hint";
  /** "" the plan. */
  readonly node: string;
  readonly role: string;
  /** Kind of role, side, verdict: see the code. */
  readonly what: string;
  readonly count: number;
  readonly limit: number;
  /** Usual range of a duration, working days, and what is typical. */
  readonly min: number;
  readonly max: number;
  readonly value: number;
  /** By when, or what the schedule would set. */
  readonly date: string;
  /** "" none that one click could do. */
  readonly remedy: Remedy;
}
