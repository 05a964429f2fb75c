/** What one click does about a suggestion: one transaction, one undo entry each. */
import { addStage, addStep, setAccountable, setDue } from "../edit";
import { addRoles } from "../people";
import { schedulePlan } from "../schedule/schedule";
import { readScheduleInput } from "../schedule/read";
import { LOCAL, NODE, nodeMap, type NodeId, type Plan, type Side } from "../schema";
import { buildTree, readPlaces } from "../tree";

export interface NewStep {
  readonly title: string;
  readonly side: Side;
  /** Working days. */
  readonly days: number;
  readonly blocker?: boolean;
}

/**
 * Adds a stage with milestones, at the end or, for what comes before the implementation, ahead of the last
 * stage. Each gets the date that the schedule gives it.
 */
export function addStageOf(plan: Plan, title: string, steps: readonly NewStep[], where: "end" | "before-last"): NodeId {
  const stages = buildTree(readPlaces(plan)).top.filter((node) => node.kind === "stage");
  const before = where === "before-last" && stages.length > 1 ? (stages.at(-1)?.id ?? null) : null;
  return plan.doc.transact(() => {
    const stage = addStage(plan, title, before);
    addSteps(plan, stage, steps);
    return stage;
  }, LOCAL);
}

/** Adds milestones at the end of a stage. */
export function addSteps(plan: Plan, stage: NodeId, steps: readonly NewStep[]): void {
  plan.doc.transact(() => {
    const ids = steps.map(({ title, side, days, blocker }) => {
      const id = addStep(plan, "milestone", title, { parent: stage, before: null }, side);
      nodeMap(plan, id)?.set(NODE.days, days);
      if (blocker === true) nodeMap(plan, id)?.set(NODE.likelyBlocker, true);
      return id;
    });
    const dates = new Map(schedulePlan(readScheduleInput(plan, "")).nodes.map((node) => [node.id, node.due]));
    for (const id of ids) {
      const due = dates.get(id) ?? "";
      if (due === "") continue;
      nodeMap(plan, id)?.set(NODE.planned, due);
      setDue(plan, id, due);
    }
  }, LOCAL);
}

/** Adds a milestone below the last stage of the plan; false when there is none. */
export function addAtEnd(plan: Plan, step: NewStep): boolean {
  const last = buildTree(readPlaces(plan)).top.findLast((node) => node.kind === "stage");
  if (!last) return false;
  addSteps(plan, last.id, [step]);
  return true;
}

/** Adds a role on the buyer's side and, where a step needs it and has nobody, makes it answer for that step. */
export function addBuyerRole(plan: Plan, title: string, kind: string, node: NodeId | null): void {
  plan.doc.transact(() => {
    const [role] = addRoles(plan, [{ title, side: "buyer", kind }]);
    const owner = node === null ? undefined : readScheduleInput(plan, "").nodes.find(({ id }) => id === node)?.owner;
    if (role !== undefined && node !== null && owner === "") setAccountable(plan, node, role);
  }, LOCAL);
}
