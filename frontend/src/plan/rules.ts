/** Edits of rules about delays. As in edit.ts: one function, one transaction, one undo entry. Answers are commands. */
import * as Y from "yjs";
import { checkDate, checkLength, EditError, pick, write } from "./edit";
import { isMap } from "./fields";
import { newId } from "./id";
import { DEFAULT_RULE_DAYS, LIMITS, RULE, type NodeId, type Plan, type RoleId, type RuleKind } from "./schema";
import { markAdded } from "./undo";

export interface NewRule {
  readonly kind: RuleKind;
  readonly role: RoleId | null;
  /** Calendar days a step may be late, for a rule about delays. */
  readonly days?: number;
  /** The step it is about; null is any, for a rule about delays. */
  readonly node: NodeId | null;
  /** The date that may not be passed without the role, for a rule about extensions. */
  readonly until?: string | null;
  /** The condition in words. */
  readonly text?: string;
}

/** Adds a rule and returns its id. */
export function addRule(plan: Plan, rule: NewRule): string {
  const text = rule.text?.trim() ?? "";
  checkLength(text, LIMITS.rule, "A rule");
  checkDays(rule.days ?? DEFAULT_RULE_DAYS);
  checkDate(rule.until ?? null, "The agreed date");
  if (rule.kind === "extension" && (rule.node === null || !rule.until)) {
    throw new EditError("empty", "Choose the step, and the date that it may not pass.");
  }
  if ([...plan.rules.values()].filter((one) => isMap(one) && !one.has(RULE.del)).length >= LIMITS.rules) {
    throw new EditError("full", `A plan holds ${LIMITS.rules} rules at most.`);
  }
  const id = newId();
  write(plan, (transaction) => {
    const map = new Y.Map<unknown>();
    plan.rules.set(id, map);
    map.set(RULE.kind, rule.kind);
    map.set(RULE.text, new Y.Text(text));
    if (rule.role !== null) map.set(RULE.role, rule.role);
    if (rule.node !== null) map.set(RULE.node, rule.node);
    if (rule.kind === "delay") map.set(RULE.days, rule.days ?? DEFAULT_RULE_DAYS);
    if (rule.kind === "extension" && rule.until) map.set(RULE.until, rule.until);
    markAdded(transaction, map, new Date().toISOString());
  });
  return id;
}

function checkDays(days: number): void {
  if (!Number.isInteger(days) || days < 0 || days > 365) {
    throw new EditError("number", "A rule allows a whole number of days, from 0 to 365.");
  }
}

function needRule(plan: Plan, id: string): Y.Map<unknown> {
  const map = plan.rules.get(id);
  if (!isMap(map) || map.has(RULE.del)) throw new EditError("gone", "That rule is no longer in the plan.");
  return map;
}

export function setRuleRole(plan: Plan, id: string, role: RoleId | null): void {
  pick(plan, needRule(plan, id), RULE.role, role);
}

export function setRuleDays(plan: Plan, id: string, days: number): void {
  checkDays(days);
  pick(plan, needRule(plan, id), RULE.days, days);
}

/** The date that may not be passed without the role. */
export function setRuleUntil(plan: Plan, id: string, date: string): void {
  checkDate(date, "The agreed date");
  pick(plan, needRule(plan, id), RULE.until, date);
}

export function removeRule(plan: Plan, id: string): void {
  pick(plan, needRule(plan, id), RULE.del, new Date().toISOString());
}

/** The rule's words, to bind a field to. */
export function ruleText(plan: Plan, id: string): Y.Text | undefined {
  const map = plan.rules.get(id);
  const text = isMap(map) ? map.get(RULE.text) : undefined;
  return text instanceof Y.Text ? text : undefined;
}
