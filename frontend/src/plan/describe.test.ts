import { expect, test } from "vitest";
import * as Y from "yjs";
import { describeUpdates } from "./describe";
import { addStep, moveNode, removeNode, setAccountable, setAnchor, setDue, setPlanTitle, setStatus, setTitle } from "./edit";
import { nodeId, roleId, type Plan } from "./schema";
import { samplePlan } from "./testing";

/** The sentences for each call, all its transactions taken as one change. */
function told(plan: Plan, ...edits: (() => void)[]): string[][] {
  const base = [Y.encodeStateAsUpdate(plan.doc)];
  const groups = edits.map((edit) => {
    const updates: Uint8Array[] = [];
    const keep = (update: Uint8Array) => void updates.push(update);
    plan.doc.on("update", keep);
    edit();
    plan.doc.off("update", keep);
    return updates;
  });
  return describeUpdates(base, groups);
}

test("refused edits read as sentences", () => {
  const plan = samplePlan();
  const id = nodeId("s0t0");
  const lines = told(
    plan,
    () => setDue(plan, id, "2027-03-10"),
    () => setStatus(plan, id, "done"),
    () => setTitle(plan, id, "Security review"),
    () => moveNode(plan, id, { parent: nodeId("s1"), before: null }),
    () => setAccountable(plan, id, roleId("ciso")),
    () => removeNode(plan, id),
    () => void addStep(plan, "task", "Legal redline", { parent: nodeId("s0"), before: null }),
    () => setPlanTitle(plan, "Northwind × Acme"),
    () => setAnchor(plan, { date: "2027-05-01" }),
  );
  expect(lines).toEqual([
    ["Set the due date of “Step 0.0” to 2027-03-10"],
    ["Set the status of “Step 0.0” to done"],
    ["Changed a title to “Security review”"],
    ["Moved “Security review”"],
    ["Set the owner of “Security review” to CISO", "Set the side of “Security review” to buyer"],
    ["Deleted “Security review”"],
    ["Added the task “Legal redline”"],
    ["Renamed the plan to “Northwind × Acme”"],
    ["Set the plan's date to 2027-05-01"],
  ]);
});

test("what was typed letter by letter is told as words", () => {
  const plan = samplePlan();
  const paragraph = new Y.XmlElement("paragraph");
  const text = new Y.XmlText();
  paragraph.insert(0, [text]);
  plan.summary.insert(0, [paragraph]);
  const [lines] = told(plan, () => {
    for (const [at, letter] of Array.from("It costs a day a week").entries()) text.insert(at, letter);
  });
  expect(lines).toEqual(["Typed “It costs a day a week” in the executive summary"]);
});
