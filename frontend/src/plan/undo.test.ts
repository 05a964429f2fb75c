import { describe, expect, test, vi } from "vitest";
import type * as Y from "yjs";
import { addStep, moveNode, removeNode, setDue, setPlanTitle, setStatus, setTitle } from "./edit";
import { readPlan } from "./project";
import { nodeId, nodeMap, noteOf, type Plan } from "./schema";
import { forkPlan, samplePlan, syncAll } from "./testing";
import { readNode } from "./view";
import { createUndo } from "./undo";

const node = (plan: Plan, id: string) => readNode(nodeId(id), nodeMap(plan, nodeId(id))!);
const EDITOR = Symbol("rich text binding");

describe("undo", () => {
  test("takes back one edit at a time, however fast they came, and redo brings them again", () => {
    const plan = samplePlan();
    const undo = createUndo(plan);
    setStatus(plan, nodeId("s0t0"), "done");
    setDue(plan, nodeId("s0t0"), "2027-03-10");
    moveNode(plan, nodeId("s0t0"), { parent: nodeId("s1"), before: null });
    const end = readPlan(plan);
    expect(undo.state.get()).toEqual({ canUndo: true, canRedo: false });
    undo.undo();
    expect(node(plan, "s0t0")).toMatchObject({ parent: "s0", due: "2027-03-10", status: "done" });
    undo.undo();
    expect(node(plan, "s0t0")).toMatchObject({ due: null, status: "done" });
    undo.undo();
    expect(node(plan, "s0t0").status).toBe("not-started");
    expect(undo.state.get()).toEqual({ canUndo: false, canRedo: true });
    for (let i = 0; i < 3; i++) undo.redo();
    expect(readPlan(plan)).toEqual(end);
  });

  test("a burst of typing is one entry; typing elsewhere, or a click between, starts another", () => {
    const plan = samplePlan();
    const undo = createUndo(plan);
    for (const title of ["S", "Se", "Sec"]) setTitle(plan, nodeId("s0t0"), title, "typing");
    setTitle(plan, nodeId("s0t1"), "Other", "typing");
    setStatus(plan, nodeId("s0t1"), "done");
    setTitle(plan, nodeId("s0t1"), "Other step", "typing");
    const titles = (): string[] => [node(plan, "s0t0").title, node(plan, "s0t1").title, node(plan, "s0t1").status];
    const seen: string[][] = [];
    while (undo.state.get().canUndo) {
      undo.undo();
      seen.push(titles());
    }
    expect(seen).toEqual([
      ["Sec", "Other", "done"],
      ["Sec", "Other", "not-started"],
      ["Sec", "Step 0.1", "not-started"],
      ["Step 0.0", "Step 0.1", "not-started"],
    ]);
  });

  test("never takes back a colleague's edit", () => {
    const plan = samplePlan();
    const colleague = forkPlan(plan, 2);
    const undo = createUndo(plan);
    setStatus(plan, nodeId("s0t0"), "in-progress");
    setTitle(colleague, nodeId("s0t1"), "Theirs");
    setStatus(colleague, nodeId("s0t2"), "blocked");
    syncAll(plan, colleague);
    undo.undo();
    undo.undo();
    expect(node(plan, "s0t0").status).toBe("not-started");
    expect(node(plan, "s0t1").title).toBe("Theirs");
    expect(node(plan, "s0t2").status).toBe("blocked");
  });

  test("leaves a step where it is, and the plan its title, where a colleague chose at the same moment and lost", () => {
    const plan = forkPlan(samplePlan(), 9);
    const colleague = forkPlan(plan, 2);
    const undo = createUndo(plan);
    moveNode(plan, nodeId("s0t0"), { parent: nodeId("s1"), before: null });
    setPlanTitle(plan, "Mine");
    moveNode(colleague, nodeId("s0t0"), { parent: nodeId("s0"), before: null });
    setPlanTitle(colleague, "Theirs");
    syncAll(plan, colleague);
    expect([node(plan, "s0t0").parent, readPlan(plan).title]).toEqual(["s1", "Mine"]);
    undo.undo();
    undo.undo();
    expect([node(plan, "s0t0").parent, readPlan(plan).title]).toEqual(["s1", "Mine"]);
    expect(nodeMap(plan, nodeId("s0t0"))?.get("ord")).toBeTypeOf("string");
  });

  test("of adding a step deletes it softly: what a colleague typed into it can be restored", () => {
    const plan = samplePlan();
    const colleague = forkPlan(plan, 2);
    const undo = createUndo(plan);
    const id = addStep(plan, "task", "Draft", { parent: nodeId("s0"), before: null });
    syncAll(plan, colleague);
    setTitle(colleague, id, "Draft by Dana");
    syncAll(plan, colleague);
    undo.undo();
    syncAll(plan, colleague);
    expect(readPlan(colleague).bin.map((deleted) => deleted.id)).toEqual([id]);
    expect(node(colleague, id).title).toBe("Draft by Dana");
    undo.redo();
    syncAll(plan, colleague);
    expect(readPlan(colleague).bin).toEqual([]);
    expect(readPlan(plan)).toEqual(readPlan(colleague));
    undo.undo();
    expect(readPlan(plan).bin.map((deleted) => deleted.id)).toEqual([id]);
  });

  test("of a deletion restores, and works for rich text written by an editor's binding", () => {
    const plan = samplePlan();
    const undo = createUndo(plan, [EDITOR]);
    removeNode(plan, nodeId("s0"));
    plan.doc.transact(() => {
      const paragraph = noteOf(plan, nodeId("s1t0"))!.get(0) as Y.XmlElement;
      (paragraph.get(0) as Y.XmlText).insert(0, "Hello");
    }, EDITOR);
    expect(node(plan, "s1t0").noteText).toBe("Hello");
    undo.undo();
    expect(node(plan, "s1t0").noteText).toBe("");
    undo.undo();
    expect(readPlan(plan).bin).toEqual([]);
  });

  test("tells when it becomes possible, and stops when closed", () => {
    const plan = samplePlan();
    const undo = createUndo(plan);
    const told = vi.fn();
    undo.state.subscribe(told);
    setStatus(plan, nodeId("s0t0"), "done");
    setStatus(plan, nodeId("s0t0"), "blocked");
    expect(told).toHaveBeenCalledTimes(1);
    undo.close();
    setStatus(plan, nodeId("s0t0"), "skipped");
    expect(told).toHaveBeenCalledTimes(1);
  });
});
