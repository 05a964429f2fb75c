import { describe, expect, it } from "vitest";
import { readSigned } from "./gate";
import { readGateSnapshot } from "./gate-state";
import { addCriterion, addGate, checkCriterion } from "./gates";
import { duplicate } from "./outline";
import { nodeId, type NodeId, type Plan } from "./schema";
import { at, forkPlan, samplePlan, syncAll } from "./testing";
import { createUndo } from "./undo";

const STEP = nodeId("s0t0");
const ben = { id: "p-ben", name: "Ben" };
const dana = { id: "p-dana", name: "Dana" };

const criterionOf = (plan: Plan, step: NodeId, list: "exit", id: string) =>
  readGateSnapshot(plan, step, readSigned(plan))?.[list].find((one) => one.id === id);

function gated() {
  const plan = samplePlan();
  addGate(plan, STEP);
  return { plan, criterion: addCriterion(plan, STEP, "exit", "Findings closed") };
}

describe("ticking a criterion", () => {
  it("is undone and redone by whoever ticked it", () => {
    const { plan, criterion } = gated();
    const undo = createUndo(plan);
    const by = () => criterionOf(plan, STEP, "exit", criterion)?.checked?.by;
    checkCriterion(plan, STEP, "exit", criterion, ben, true);
    expect(by()).toBe("p-ben");
    undo.undo();
    expect(by()).toBeUndefined();
    undo.redo();
    expect(by()).toBe("p-ben");
    checkCriterion(plan, STEP, "exit", criterion, ben, false);
    undo.undo();
    expect(by()).toBe("p-ben");
  });

  it("is never done in another's name by an undo", () => {
    const { plan, criterion } = gated();
    checkCriterion(plan, STEP, "exit", criterion, ben, true);
    const other = forkPlan(plan, 2);
    const undo = createUndo(other);
    checkCriterion(other, STEP, "exit", criterion, dana, false);
    undo.undo();
    syncAll(plan, other);
    expect(criterionOf(plan, STEP, "exit", criterion)?.checked).toBeNull();
    checkCriterion(other, STEP, "exit", criterion, dana, true);
    undo.undo();
    undo.redo();
    expect(criterionOf(other, STEP, "exit", criterion)?.checked).toMatchObject({ by: "p-dana", name: "Dana" });
  });

  it("stays with the step when that is duplicated", () => {
    const { plan, criterion } = gated();
    checkCriterion(plan, STEP, "exit", criterion, ben, true);
    const copy = at(duplicate(plan, [STEP]), 0);
    expect(criterionOf(plan, copy, "exit", criterion)).toMatchObject({ text: "Findings closed", checked: null });
  });
});
