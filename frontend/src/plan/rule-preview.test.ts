import { describe, expect, it } from "vitest";
import { addRule } from "./rules";
import { rulesBroken } from "./rule-preview";
import { readScheduleInput, previewChange, type Change } from "./schedule";
import { nodeId, nodeMap, type RoleId } from "./schema";
import { samplePlan } from "./testing";

const STEP = nodeId("s0t0");
const TODAY = "2027-03-01";

function dated() {
  const plan = samplePlan();
  plan.doc.transact(() => {
    plan.anchor.set("kind", "start");
    plan.anchor.set("date", "2027-03-01");
    nodeMap(plan, STEP)?.set("due", "2027-03-05");
  });
  return plan;
}

describe("rules that a change would raise", () => {
  const broken = (plan: ReturnType<typeof dated>, change: Change) => {
    const input = readScheduleInput(plan, TODAY);
    return rulesBroken(plan, input, change, previewChange({ ...input, today: "" }, change), TODAY).map(({ rule, worst }) => [rule.kind, worst.node, worst.days]);
  };
  const due = (date: string): Change => ({ kind: "due", node: STEP, date });

  it("are those that it breaks, and breaks further", () => {
    const plan = dated();
    expect(broken(plan, due("2027-06-01"))).toEqual([]);
    addRule(plan, { kind: "extension", role: "ciso" as RoleId, node: STEP, until: "2027-03-05" });
    expect(broken(plan, due("2027-03-05"))).toEqual([]);
    expect(broken(plan, due("2027-03-04"))).toEqual([]);
    expect(broken(plan, due("2027-03-09"))).toEqual([["extension", STEP, 4]]);
    nodeMap(plan, STEP)?.set("due", "2027-03-09");
    expect(broken(plan, due("2027-03-08"))).toEqual([]);
    expect(broken(plan, due("2027-03-10"))).toEqual([["extension", STEP, 5]]);
    expect(broken(plan, { kind: "status", node: STEP, status: "done", date: "2027-03-09" })).toEqual([]);
  });
});
