import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  addRole,
  addStage,
  addStep,
  canMove,
  EditError,
  moveNode,
  nudge,
  removeNode,
  restoreNode,
  setAccountable,
  setAnchor,
  setContributor,
  setDays,
  setDue,
  setPlanTitle,
  setSide,
  setStatus,
  setTitle,
  setWhy,
  treeOf,
} from "./edit";
import { readPlan } from "./project";
import { LIMITS, LOCAL, nodeId, nodeMap, noteOf, roleId, type Plan } from "./schema";
import { forkPlan, samplePlan, syncAll, writeNode } from "./testing";
import { readAnchor, readNode } from "./view";

/** The tree as text: "s0(s0t0 s0t1) s1". */
function outline(plan: Plan): string {
  const write = (nodes: ReturnType<typeof treeOf>["top"]): string =>
    nodes.map((node) => (node.children.length > 0 ? `${node.id}(${write(node.children)})` : node.id)).join(" ");
  return write(treeOf(plan).top);
}

const node = (plan: Plan, id: string) => readNode(nodeId(id), nodeMap(plan, nodeId(id))!);

function transactionsOf(plan: Plan, fn: () => void): unknown[] {
  const origins: unknown[] = [];
  const note = (_update: Uint8Array, origin: unknown) => void origins.push(origin);
  plan.doc.on("update", note);
  fn();
  plan.doc.off("update", note);
  return origins;
}

describe("structure", () => {
  test("a new step stands where it was put, in one transaction of local origin", () => {
    const plan = samplePlan();
    let id = nodeId("");
    const origins = transactionsOf(plan, () => {
      id = addStep(plan, "task", "Legal redline", { parent: nodeId("s0"), before: nodeId("s0t1") }, "buyer");
    });
    expect(origins).toEqual([LOCAL]);
    expect(outline(plan)).toBe(`s0(s0t0 ${id} s0t1 s0t2) s1(s1t0 s1t1 s1t2)`);
    expect(node(plan, id)).toMatchObject({ title: "Legal redline", side: "buyer", status: "not-started", kind: "task", del: null });
    expect(noteOf(plan, id)?.toJSON()).toBe("<paragraph></paragraph>");
  });

  test("stages are added, moved with all they hold, and end up in order", () => {
    const plan = samplePlan();
    const id = addStage(plan, "Procurement", nodeId("s1"));
    expect(outline(plan)).toBe(`s0(s0t0 s0t1 s0t2) ${id} s1(s1t0 s1t1 s1t2)`);
    moveNode(plan, nodeId("s0"), { parent: null, before: null });
    expect(outline(plan)).toBe(`${id} s1(s1t0 s1t1 s1t2) s0(s0t0 s0t1 s0t2)`);
  });

  test("a step moves into another stage; parent and ord change together", () => {
    const plan = samplePlan();
    moveNode(plan, nodeId("s0t2"), { parent: nodeId("s1"), before: nodeId("s1t0") });
    expect(outline(plan)).toBe("s0(s0t0 s0t1) s1(s0t2 s1t0 s1t1 s1t2)");
  });

  test("moving to where it stands already writes nothing", () => {
    const plan = samplePlan();
    expect(transactionsOf(plan, () => moveNode(plan, nodeId("s0t1"), { parent: nodeId("s0"), before: nodeId("s0t2") }))).toEqual([]);
    expect(transactionsOf(plan, () => moveNode(plan, nodeId("s0t2"), { parent: nodeId("s0"), before: null }))).toEqual([]);
  });

  test("a milestone can't go under itself, a stage not under a step, nothing under what is gone", () => {
    const plan = samplePlan();
    const milestone = writeNode(plan, "m", "milestone", "s0", "z", "Contract");
    const task = addStep(plan, "task", "Redline", { parent: milestone, before: null });
    const code = (fn: () => void): string => {
      try {
        fn();
      } catch (error) {
        if (error instanceof EditError) return error.code;
        throw error;
      }
      return "done";
    };
    expect(code(() => moveNode(plan, milestone, { parent: milestone, before: null }))).toBe("cycle");
    expect(code(() => moveNode(plan, nodeId("s0"), { parent: task, before: null }))).toBe("cycle");
    expect(code(() => moveNode(plan, nodeId("s1"), { parent: task, before: null }))).toBe("kind");
    expect(code(() => moveNode(plan, task, { parent: nodeId("nowhere"), before: null }))).toBe("gone");
    expect(code(() => moveNode(plan, nodeId("nobody"), { parent: null, before: null }))).toBe("gone");
    expect(canMove(plan, nodeId("s1"), { parent: task, before: null })).toBe(false);
    expect(canMove(plan, task, { parent: nodeId("s1"), before: null })).toBe(true);
  });

  test("nudging walks through a stage and into the next", () => {
    const plan = samplePlan(2, 2);
    const seen = [outline(plan)];
    while (nudge(plan, nodeId("s0t0"), "down")) seen.push(outline(plan));
    expect(seen).toEqual([
      "s0(s0t0 s0t1) s1(s1t0 s1t1)",
      "s0(s0t1 s0t0) s1(s1t0 s1t1)",
      "s0(s0t1) s1(s0t0 s1t0 s1t1)",
      "s0(s0t1) s1(s1t0 s0t0 s1t1)",
      "s0(s0t1) s1(s1t0 s1t1 s0t0)",
    ]);
    while (nudge(plan, nodeId("s0t0"), "up"));
    expect(outline(plan)).toBe("s0(s0t0 s0t1) s1(s1t0 s1t1)");
  });

  test("among equal keys, a move still lands exactly where it was put", () => {
    const plan = samplePlan(1, 0);
    for (const id of ["a", "b", "c", "d"]) writeNode(plan, id, "task", "s0", "V", id);
    expect(outline(plan)).toBe("s0(a b c d)");
    moveNode(plan, nodeId("d"), { parent: nodeId("s0"), before: nodeId("b") });
    expect(outline(plan)).toBe("s0(a d b c)");
    const e = addStep(plan, "task", "e", { parent: nodeId("s0"), before: nodeId("c") });
    expect(outline(plan)).toBe(`s0(a d b ${e} c)`);
  });

  test("unusable keys are replaced by the move that meets them", () => {
    const plan = samplePlan(1, 0);
    writeNode(plan, "a", "task", "s0", "not a key!", "a");
    writeNode(plan, "b", "task", "s0", "zz é", "b");
    const c = addStep(plan, "task", "c", { parent: nodeId("s0"), before: null });
    expect(outline(plan)).toBe(`s0(a b ${c})`);
    moveNode(plan, c, { parent: nodeId("s0"), before: nodeId("b") });
    expect(outline(plan)).toBe(`s0(a ${c} b)`);
  });

  test("a full plan takes no more nodes and says so", () => {
    const plan = samplePlan(1, LIMITS.nodes - 1);
    expect(() => addStep(plan, "task", "one more", { parent: nodeId("s0"), before: null })).toThrow(/500/);
  });
});

describe("deleting", () => {
  test("is soft: the subtree goes to the bin and comes back as it was", () => {
    const plan = samplePlan();
    removeNode(plan, nodeId("s0"));
    expect(outline(plan)).toBe("s1(s1t0 s1t1 s1t2)");
    expect(treeOf(plan).bin).toEqual(["s0"]);
    restoreNode(plan, nodeId("s0"));
    expect(outline(plan)).toBe("s0(s0t0 s0t1 s0t2) s1(s1t0 s1t1 s1t2)");
  });

  test("restoring a step brings back the deleted stage it stands in", () => {
    const plan = samplePlan();
    removeNode(plan, nodeId("s0t1"));
    removeNode(plan, nodeId("s0"));
    restoreNode(plan, nodeId("s0t1"));
    expect(outline(plan)).toBe("s0(s0t0 s0t1 s0t2) s1(s1t0 s1t1 s1t2)");
  });

  test("loses nothing that a colleague typed into the step meanwhile", () => {
    const seller = samplePlan();
    const buyer = forkPlan(seller, 2);
    removeNode(seller, nodeId("s0t0"));
    setTitle(buyer, nodeId("s0t0"), "Vendor assessment");
    syncAll(seller, buyer);
    restoreNode(seller, nodeId("s0t0"));
    syncAll(seller, buyer);
    expect(node(seller, "s0t0").title).toBe("Vendor assessment");
    expect(readPlan(seller)).toEqual(readPlan(buyer));
  });
});

describe("fields", () => {
  test("each is read back as set, and setting the same again writes nothing", () => {
    const plan = samplePlan();
    const id = nodeId("s0t0");
    const edits = (): void => {
      setStatus(plan, id, "blocked");
      setSide(plan, id, "buyer");
      setDue(plan, id, "2027-03-10");
      setDays(plan, id, 5);
      setTitle(plan, id, "Security review");
      setWhy(plan, id, "So that IT agrees");
      setAccountable(plan, id, roleId("ciso"));
      setAnchor(plan, { kind: "value", date: "2027-06-01", provisional: true });
      setPlanTitle(plan, "Northwind × Acme");
    };
    edits();
    expect(node(plan, id)).toMatchObject({
      status: "blocked",
      side: "buyer",
      due: "2027-03-10",
      days: 5,
      title: "Security review",
      why: "So that IT agrees",
      owners: [{ role: "ciso", kind: "accountable" }],
    });
    expect(readAnchor(plan)).toMatchObject({ kind: "value", date: "2027-06-01", provisional: true });
    expect(transactionsOf(plan, edits)).toEqual([]);
    setDue(plan, id, null);
    expect(node(plan, id).due).toBeNull();
  });

  test("one role is accountable at a time; contributors stay", () => {
    const plan = samplePlan();
    const id = nodeId("s0t0");
    const legal = addRole(plan, "General Counsel", "buyer");
    setAccountable(plan, id, roleId("ciso"));
    setContributor(plan, id, legal, true);
    setAccountable(plan, id, legal);
    expect(node(plan, id).owners).toEqual([{ role: legal, kind: "accountable" }]);
    setContributor(plan, id, roleId("ciso"), true);
    setAccountable(plan, id, null);
    expect(node(plan, id).owners).toEqual([{ role: "ciso", kind: "contributor" }]);
  });

  test.each([
    ["a date that doesn't exist", (plan: Plan) => setDue(plan, nodeId("s0t0"), "2027-02-29"), "date"],
    ["a date in words", (plan: Plan) => setAnchor(plan, { date: "soon" }), "date"],
    ["half a day", (plan: Plan) => setDays(plan, nodeId("s0t0"), 0.5), "number"],
    ["an endless title", (plan: Plan) => setTitle(plan, nodeId("s0t0"), "x".repeat(LIMITS.title + 1)), "length"],
    ["an empty plan title", (plan: Plan) => setPlanTitle(plan, "  "), "empty"],
    ["a step that never was", (plan: Plan) => setStatus(plan, nodeId("nobody"), "done"), "gone"],
  ])("%s is refused and changes nothing", (_, edit, code) => {
    const plan = samplePlan();
    const before = Y.encodeStateVector(plan.doc);
    expect(() => edit(plan)).toThrow(expect.objectContaining({ name: "EditError", code }) as Error);
    expect(Y.encodeStateVector(plan.doc)).toEqual(before);
  });

  test("two people renaming one step keep both changes", () => {
    const seller = samplePlan();
    const buyer = forkPlan(seller, 2);
    setTitle(seller, nodeId("s0t0"), "Vendor Step 0.0");
    setTitle(buyer, nodeId("s0t0"), "Step 0.0 by IT");
    syncAll(seller, buyer);
    expect(node(seller, "s0t0").title).toBe("Vendor Step 0.0 by IT");
    expect(node(buyer, "s0t0").title).toBe("Vendor Step 0.0 by IT");
  });
});
