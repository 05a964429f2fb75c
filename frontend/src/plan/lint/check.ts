/** The rules. As in `server/plan/lint/check.go`. */
import { parseDay } from "../schedule/day";
import { checkRealism, usualFor } from "../schedule/library";
import { schedulePlan } from "../schedule/schedule";
import type { NodeDate, ScheduleInput, ScheduleNode } from "../schedule/types";
import { lintProfile } from "./profiles";
import type { Lint, LintCode, LintInput } from "./types";

type Found = Partial<Omit<Lint, "key">> & Pick<Lint, "code" | "weight">;

/** The suggestions for a plan, in the order of their codes and, within one, of the plan. Never throws. */
export function checkPlan(input: LintInput): Lint[] {
  const { plan } = input;
  const profile = lintProfile(input.profile);
  const schedule = schedulePlan(plan);
  const steps = plan.nodes.filter((node) => isStep(node) && node.status !== "skipped");
  const open = steps.filter((node) => node.status !== "done");
  const dates = new Map<string, NodeDate>(schedule.nodes.map((node) => [node.id, node]));
  const extra = new Map(input.nodes.map((node) => [node.id, node]));
  const roles = new Map(input.roles.map((role) => [role.id, role]));
  const out: Lint[] = [];
  const add = (found: Found): void => void out.push(complete(found));

  // Size
  const size = { weight: "hint", count: steps.length } as const;
  if (steps.length < profile.minSteps) {
    const buys = steps.some((step) => usualFor(step.title, step.alias)?.phase === "procurement");
    const can = !buys && profile.id !== "onboarding" && profile.id !== "renewal";
    add({ ...size, code: "too-thin", limit: profile.minSteps, remedy: can ? "add-procurement" : "" });
  } else if (steps.length > profile.maxSteps) {
    add({ ...size, code: "too-large", limit: profile.maxSteps });
  }

  // What comes after the signature, or after a plan that never looks at its value
  if (profile.firstValue && steps.length > 0) {
    const usuals = steps.map((step) => usualFor(step.title, step.alias));
    const signature = usuals.findLastIndex((usual) => usual?.id === "signature");
    const implementation = usuals.findLastIndex((usual) => usual?.phase === "implementation");
    const value = usuals.findLastIndex((usual) => usual?.id === "first-value");
    if (signature >= 0 && implementation < signature && value < signature) {
      add({ code: "ends-at-signing", weight: "gap", node: steps[signature]?.id ?? "", remedy: "add-implementation" });
    } else if (value < 0 && implementation >= 0) {
      add({ code: "no-first-value", weight: "gap", node: steps.at(-1)?.id ?? "", remedy: "add-first-value" });
    }
  }

  // Length
  const span = daysBetween(schedule.start, schedule.finish);
  if (span !== undefined && profile.spanDays > 0 && span > profile.spanDays) {
    add({ code: "span-long", weight: "hint", count: span, limit: profile.spanDays });
  }
  const skim = skimSeconds(plan);
  if (profile.skimSeconds > 0 && skim > profile.skimSeconds) {
    add({ code: "skim-long", weight: "hint", count: skim, limit: profile.skimSeconds });
  }

  // One side does, or answers for, everything
  if (profile.bothSides && steps.length >= 3) {
    const owners = steps.flatMap((step) => roles.get(step.owner) ?? []);
    const only = (side: string): boolean => steps.every((step) => step.side === side);
    for (const what of ["seller", "buyer"]) {
      if (only(what)) add({ code: "one-sided", weight: "gap", what, count: steps.length });
    }
    for (const what of ["seller", "buyer"]) {
      if (owners.length >= 3 && owners.every((role) => role.side === what) && !only(what)) {
        add({ code: "one-sided-owners", weight: "hint", what, count: owners.length });
      }
    }
  }

  // Roles that nobody has
  const missing = (what: string, node: string): void => {
    if (input.roles.some((role) => role.kind === what && role.side !== "seller")) return;
    if (out.some((lint) => lint.code === "role-missing" && lint.what === what)) return;
    add({ code: "role-missing", weight: "gap", node, what, remedy: "add-role" });
  };
  if (steps.length > 0) for (const kind of profile.roles) missing(kind, "");
  for (const step of open) {
    const need = NEEDS_ROLE[usualFor(step.title, step.alias)?.id ?? ""];
    // A small purchase has its terms and questions answered by whoever buys.
    if (need !== undefined && profile.id !== "quick") missing(need, step.id);
  }

  for (const { id: node, owner } of open) {
    if (owner === "") add({ code: "no-owner", weight: "gap", node, remedy: "set-owner" });
  }
  for (const { id: node, kind, due } of open) {
    if (kind === "milestone" && parseDay(due) === undefined) {
      add({ code: "undated", weight: "gap", node, date: dates.get(node)?.due ?? "", remedy: "set-date" });
    }
  }
  for (const { node, verdict: what, days: count, min, max, typical: value } of checkRealism(plan, profile.id)) {
    add({ code: "unrealistic", weight: "hint", node, what, count, min, max, value, remedy: "use-typical" });
  }
  for (const { id: node } of open) {
    const more = extra.get(node);
    if (more?.gated === true && !roles.has(more.reviewer)) add({ code: "no-reviewer", weight: "gap", node, remedy: "set-reviewer" });
  }

  // The person behind a role, before the role is needed: when its first open step begins, or as the plan says
  for (const role of input.roles) {
    const what = blank(role.name) ? "name" : blank(role.email) && blank(role.phone) ? "address" : "";
    if (what === "") continue;
    const needs = [role.involveBy];
    for (const step of open) {
      const more = extra.get(step.id);
      const works = step.owner === role.id || more?.contributors.includes(role.id) === true;
      if (works || (more?.gated === true && more.reviewer === role.id)) needs.push(dates.get(step.id)?.start ?? "");
    }
    const date = needs.filter((need) => parseDay(need) !== undefined).reduce((a, b) => (a === "" || b < a ? b : a), "");
    const ahead = daysBetween(plan.today, date);
    if (ahead !== undefined && ahead <= profile.contactDays) {
      add({ code: "no-contact", weight: "gap", role: role.id, what, date, remedy: "fill-contact" });
    }
  }

  const quiet = daysBetween(input.lastEdit, plan.today);
  if (input.status === "live" && profile.staleDays > 0 && quiet !== undefined && quiet >= profile.staleDays) {
    add({ code: "stale", weight: "hint", count: quiet, limit: profile.staleDays });
  }
  return out;
}

/** The kind of role on the buyer's side without which a step of the duration library gets stuck. */
const NEEDS_ROLE: Readonly<Record<string, string>> = {
  "legal-review": "legal",
  "privacy-review": "legal",
  "security-review": "security",
};

const EMPTY = { node: "", role: "", what: "", count: 0, limit: 0, min: 0, max: 0, value: 0, date: "", remedy: "" } as const;

function complete(found: Found): Lint {
  const lint = { ...EMPTY, ...found };
  const where = lint.code === "role-missing" ? [lint.what] : [lint.node, lint.role].filter((part) => part !== "");
  return { key: [lint.code satisfies LintCode, ...where].join(":"), ...lint };
}

const isStep = (node: ScheduleNode): boolean => node.kind === "milestone" || node.kind === "task";
const blank = (text: string): boolean => countWords(text) === 0;

function daysBetween(from: string, to: string): number | undefined {
  const [a, b] = [parseDay(from), parseDay(to)];
  return a === undefined || b === undefined ? undefined : b - a;
}

/**
 * How long it takes to look over a plan's stages and steps: their titles at 240 words a minute, and a
 * second for the status and date of each step. Subtasks and what a step says when opened aren't skimmed.
 */
export function skimSeconds(plan: ScheduleInput): number {
  const steps = plan.nodes.filter(isStep);
  const titled = plan.nodes.filter((node) => isStep(node) || node.kind === "stage");
  const words = titled.reduce((sum, node) => sum + countWords(node.title), 0);
  return Math.floor((words + 3) / 4) + steps.length;
}

/** Runs of characters between blanks. */
export function countWords(text: string): number {
  return text.split(/[ \t\n\r]+/).filter((word) => word !== "").length;
}
