/** Is the plan enough, and not too much? */
import { NODE, nodeMap, type NodeId, type Plan } from "./schema";
import type { Tree, TreeNode } from "./tree";
import { wordsOf } from "./fields";

/**
 * thin: under 6 steps. good: 6 to 20, `sweet` among them from 11 to 15. long: 21 to 30. over: more, which
 * nobody reads: split it or fold steps into others.
 */
export type SizeVerdict = "empty" | "thin" | "good" | "sweet" | "long" | "over";

export interface PlanSize {
  /** Milestones and tasks that count; skipped ones don't. */
  readonly steps: number;
  readonly verdict: SizeVerdict;
  /** Seconds to skim the list; see `skimSeconds`. */
  readonly skim: number;
  readonly stages: readonly StageSize[];
}

export interface StageSize {
  readonly id: NodeId;
  readonly steps: number;
}

/** A stage with more steps than this is hard to keep in view. */
export const STAGE_FULL = 8;
/** Seconds a plan should take to skim. */
export const SKIM_TARGET = 30;

/** Words a person skims per second in a list of short titles: about 240 a minute. */
const WORDS_PER_SECOND = 4;
/** Seconds spent on a row besides its words: who has it, by when. */
const PER_ROW = 0.5;

export function verdictOf(steps: number): SizeVerdict {
  if (steps === 0) return "empty";
  if (steps < 6) return "thin";
  if (steps > 30) return "over";
  if (steps > 20) return "long";
  return steps >= 11 && steps <= 15 ? "sweet" : "good";
}

/** Whole seconds for so many words in so many rows. */
export function skimSeconds(words: number, rows: number): number {
  return Math.round(words / WORDS_PER_SECOND + rows * PER_ROW);
}

/**
 * Sizes up the list as one first sees it: stages and steps without their details. Subtasks stay folded under
 * their step and count neither as steps nor as words; the summary has its own measure.
 */
export function readSize(plan: Plan, tree: Tree): PlanSize {
  let words = 0;
  let rows = 0;
  const visit = (nodes: readonly TreeNode[]): number => {
    let steps = 0;
    for (const node of nodes) {
      if (node.kind === "subtask") continue;
      const map = nodeMap(plan, node.id);
      const skipped = map?.get(NODE.status) === "skipped";
      const title = wordsOf(map?.get(NODE.title)) ?? "";
      rows++;
      words += title.split(/\s+/).filter((word) => word !== "").length;
      if (!skipped && (node.kind === "milestone" || node.kind === "task")) steps++;
      steps += visit(node.children);
    }
    return steps;
  };
  const stages = tree.top.map((node) => ({ id: node.id, kind: node.kind, steps: visit([node]) }));
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  return {
    steps,
    verdict: verdictOf(steps),
    skim: skimSeconds(words, rows),
    stages: stages.filter((stage) => stage.kind === "stage").map(({ id, steps: own }) => ({ id, steps: own })),
  };
}

/** A way to make a plan shorter with one press. */
export type Remedy =
  | { readonly kind: "tuck"; readonly stage: NodeId; readonly into: NodeId; readonly steps: readonly NodeId[] }
  | { readonly kind: "split"; readonly stage: NodeId; readonly from: NodeId };

/** Days up to which a step counts as small. */
const SMALL_DAYS = 2;

/**
 * At most one proposal per stage, biggest gain first: small steps in a row without anything under them become
 * subtasks of the step before them; a stage that is still full is split in the middle.
 */
export function remedies(plan: Plan, tree: Tree): Remedy[] {
  const small = (node: TreeNode): boolean => {
    if (node.children.length > 0 || (node.kind !== "task" && node.kind !== "milestone")) return false;
    const map = nodeMap(plan, node.id);
    const days = map?.get(NODE.days);
    return map?.get(NODE.likelyBlocker) !== true && (typeof days !== "number" || days <= SMALL_DAYS);
  };
  const found: { gain: number; remedy: Remedy }[] = [];
  for (const stage of tree.top) {
    if (stage.kind !== "stage") continue;
    const full = stage.children.length > STAGE_FULL;
    let best: TreeNode[] = [];
    let run: TreeNode[] = [];
    for (const node of stage.children) {
      if (small(node)) run.push(node);
      else run = canHold(node) ? [node] : [];
      if (run.length > best.length) best = [...run];
    }
    const [into, ...steps] = best.slice(0, 6);
    if (into && steps.length >= 2) {
      found.push({ gain: steps.length, remedy: { kind: "tuck", stage: stage.id, into: into.id, steps: steps.map((step) => step.id) } });
    } else if (full) {
      const from = stage.children[Math.ceil(stage.children.length / 2)];
      if (from) found.push({ gain: 1, remedy: { kind: "split", stage: stage.id, from: from.id } });
    }
  }
  return found.sort((a, b) => b.gain - a.gain).map(({ remedy }) => remedy);
}

/** Whether a step can take subtasks: what is under it already must be of that level too. */
const canHold = (node: TreeNode): boolean => (node.kind === "task" || node.kind === "milestone") && node.children.every((child) => child.children.length === 0);
