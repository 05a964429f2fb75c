/** What a kind of sale makes of the rules; zero turns a rule off. As in `server/plan/lint/lint.go`. */
export interface LintProfile {
  readonly id: string;
  readonly minSteps: number;
  readonly maxSteps: number;
  /** Calendar days from first to last. */
  readonly spanDays: number;
  readonly skimSeconds: number;
  /** Calendar days. */
  readonly staleDays: number;
  /** How many calendar days ahead a contact is asked for. */
  readonly contactDays: number;
  readonly firstValue: boolean;
  readonly bothSides: boolean;
  /** Kinds of role on the buyer's side every such plan needs. */
  readonly roles: readonly string[];
}

const custom: LintProfile = {
  id: "custom",
  minSteps: 6,
  maxSteps: 30,
  spanDays: 270,
  skimSeconds: 30,
  staleDays: 14,
  contactDays: 14,
  firstValue: true,
  bothSides: true,
  roles: ["champion"],
};

export const LINT_PROFILES: readonly LintProfile[] = [
  custom,
  { ...custom, id: "enterprise", contactDays: 21, roles: ["champion", "economic buyer"] },
  { ...custom, id: "quick", maxSteps: 20, spanDays: 60, staleDays: 7, contactDays: 7, roles: ["economic buyer"] },
  { ...custom, id: "renewal", minSteps: 3, maxSteps: 20, spanDays: 120, firstValue: false, roles: ["economic buyer"] },
  { ...custom, id: "onboarding", minSteps: 4, spanDays: 120, staleDays: 7, contactDays: 7, roles: [] },
];

/** The profile called `id`; an unknown one counts as custom. "quick-start" is another name of quick. */
export function lintProfile(id: string): LintProfile {
  const name = id === "quick-start" ? "quick" : id;
  return LINT_PROFILES.find((profile) => profile.id === name) ?? custom;
}
