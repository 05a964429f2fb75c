/** Structural edits made at once by several people, merged by real Yjs in every order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { addStep, canMove, EditError, moveNode, nudge, removeNode, restoreNode, treeOf } from "./edit";
import { addBelow, duplicate, indent, moveAll, moveCheckAll, moveToStage, nudgeAll, outdent, removeNodes, tuckUnder } from "./outline";
import { parseOutline, pasteOutline } from "./paste";
import { readPlan } from "./project";
import { nodeId, type NodeId, type Plan } from "./schema";
import { forkPlan, samplePlan, syncAll, writeNode } from "./testing";
import { buildTree, placeOf, readPlaces, type Place, type TreeNode } from "./tree";

type Op =
  | { readonly op: "move"; readonly node: number; readonly parent: number; readonly before: number }
  | { readonly op: "add"; readonly parent: number; readonly before: number }
  | { readonly op: "nudge"; readonly node: number; readonly up: boolean }
  | { readonly op: "remove" | "restore"; readonly node: number }
  | { readonly op: "indent" | "outdent" | "duplicate" | "removeMany" | "toStage" | "tuck" | "below" | "moveMany" | "nudgeMany"; readonly nodes: readonly number[] }
  | { readonly op: "paste"; readonly node: number; readonly depth: number };

const index = fc.nat(30);
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant("move" as const), node: index, parent: index, before: index }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("add" as const), parent: index, before: index }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("nudge" as const), node: index, up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("remove" as const, "restore" as const), node: index }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom("indent", "outdent", "indent", "outdent", "duplicate", "removeMany", "toStage", "tuck", "below", "moveMany", "moveMany", "nudgeMany").map((name) => name as "indent"),
      nodes: fc.array(index, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("paste" as const), node: index, depth: fc.nat(4) }) },
);
const round = fc.tuple(fc.array(op, { maxLength: 6 }), fc.array(op, { maxLength: 6 }), fc.array(op, { maxLength: 3 }));

let done = 0;

/** Performs the edit when it is possible here; an impossible one must be refused without a trace. */
function perform(plan: Plan, edit: Op): void {
  const ids = [...readPlaces(plan).keys()].sort();
  const pick = (n: number): NodeId => ids[n % ids.length]!;
  const sibling = (parent: NodeId, n: number): NodeId | null => {
    const children = [...readPlaces(plan).values()].filter((place) => place.parent === parent);
    return children[n % (children.length + 1)]?.id ?? null;
  };
  try {
    switch (edit.op) {
      case "move": {
        const parent = pick(edit.parent);
        moveNode(plan, pick(edit.node), { parent, before: sibling(parent, edit.before) });
        break;
      }
      case "add": {
        const parent = pick(edit.parent);
        addStep(plan, "task", "new", { parent, before: sibling(parent, edit.before) });
        break;
      }
      case "nudge":
        nudge(plan, pick(edit.node), edit.up ? "up" : "down");
        break;
      case "remove":
        removeNode(plan, pick(edit.node));
        break;
      case "restore":
        restoreNode(plan, pick(edit.node));
        break;
      case "paste":
        pasteOutline(plan, pick(edit.node), parseOutline(`one\n${"  ".repeat(edit.depth)}two\nStage: three\n- four`));
        break;
      default: {
        const nodes = edit.nodes.map(pick);
        const before = JSON.stringify(readPlan(plan));
        const stage = [...readPlaces(plan).values()].filter((place) => place.kind === "stage")[0]!;
        if (edit.op === "indent" || edit.op === "outdent") {
          const stop = (edit.op === "indent" ? indent : outdent)(plan, nodes);
          if (stop !== undefined) expect(JSON.stringify(readPlan(plan))).toBe(before);
        } else if (edit.op === "duplicate") duplicate(plan, nodes);
        else if (edit.op === "removeMany") removeNodes(plan, nodes);
        else if (edit.op === "toStage") moveToStage(plan, nodes, stage.id);
        else if (edit.op === "below") addBelow(plan, nodes[0]!);
        else if (edit.op === "nudgeMany") nudgeAll(plan, nodes, edit.nodes[0]! % 2 === 0 ? "up" : "down");
        else if (edit.op === "moveMany") {
          const parent = pick(edit.nodes[0]! + 7);
          const spot = { parent, before: sibling(parent, edit.nodes[0]! + 3) };
          if (moveCheckAll(plan, nodes)(spot)) moveAll(plan, nodes, spot);
        }
        else if (nodes[1] && canMove(plan, nodes[1], { parent: nodes[0]!, before: null })) tuckUnder(plan, nodes[0]!, [nodes[1]]);
      }
    }
    done++;
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
  }
}

function* walk(nodes: readonly TreeNode[]): Generator<NodeId> {
  for (const node of nodes) {
    yield node.id;
    yield* walk(node.children);
  }
}

/** Every stored node is shown once, or is in the bin, or hangs under something in the bin. */
function checkNothingLost(plan: Plan): void {
  const places = readPlaces(plan);
  const tree = treeOf(plan);
  const shown = [...walk(tree.top)];
  expect(new Set(shown).size).toBe(shown.length);
  const binned = new Set(tree.bin);
  const hidden = [...places.keys()].filter((id) => !shown.includes(id));
  for (const id of hidden) {
    let at: NodeId | null = id;
    const met = new Set<NodeId>();
    while (at !== null && !binned.has(at) && !met.has(at)) {
      met.add(at);
      at = places.get(at)?.parent ?? null;
    }
    expect(at !== null && binned.has(at), `${id} is neither shown nor under something deleted`).toBe(true);
  }
}

function planWithMilestones(): Plan {
  const plan = samplePlan(2, 2);
  writeNode(plan, "m0", "milestone", "s0", "x", "Milestone 0");
  writeNode(plan, "m1", "milestone", "s1", "x", "Milestone 1");
  writeNode(plan, "m0t", "task", "m0", "V", "Under milestone 0");
  return plan;
}

test("three people editing the structure at once converge, and no step is lost or doubled", () => {
  done = 0;
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 4 }), (rounds) => {
      const a = planWithMilestones();
      const b = forkPlan(a, 2);
      const c = forkPlan(a, 3);
      const known = new Set(readPlaces(a).keys());
      for (const [forA, forB, forC] of rounds) {
        for (const edit of forA) perform(a, edit);
        for (const edit of forB) perform(b, edit);
        for (const edit of forC) perform(c, edit);
        for (const plan of [a, b, c]) for (const id of readPlaces(plan).keys()) known.add(id);
        syncAll(a, b, c);
        const view = readPlan(a);
        expect(readPlan(b)).toEqual(view);
        expect(readPlan(c)).toEqual(view);
        expect(new Set(readPlaces(a).keys())).toEqual(known);
        checkNothingLost(a);
      }
    }),
    { numRuns: 60 },
  );
  expect(done).toBeGreaterThan(200);
});

test("two people inserting at one place make equal keys; the next move puts the third exactly between", () => {
  const a = samplePlan(1, 2);
  const b = forkPlan(a, 2);
  const spot = { parent: nodeId("s0"), before: nodeId("s0t1") };
  const fromA = addStep(a, "task", "A", spot);
  const fromB = addStep(b, "task", "B", spot);
  syncAll(a, b);
  expect(readPlaces(a).get(fromA)?.ord).toBe(readPlaces(a).get(fromB)?.ord);
  const [first, second] = [fromA, fromB].sort() as [NodeId, NodeId];
  moveNode(a, nodeId("s0t0"), { parent: nodeId("s0"), before: second });
  syncAll(a, b);
  for (const plan of [a, b]) expect([...walk(treeOf(plan).top)]).toEqual(["s0", first, "s0t0", second, "s0t1"]);
});

test("two people moving the same step leave it in one place, the same for both", () => {
  const a = samplePlan(3, 2);
  const b = forkPlan(a, 2);
  moveNode(a, nodeId("s0t0"), { parent: nodeId("s1"), before: null });
  moveNode(b, nodeId("s0t0"), { parent: nodeId("s2"), before: nodeId("s2t0") });
  syncAll(a, b);
  expect(readPlan(a)).toEqual(readPlan(b));
  expect([...walk(treeOf(a).top)].filter((id) => id === "s0t0")).toHaveLength(1);
});

test("a ring made by moving two nodes into each other is cut at the smallest id, and can be mended", () => {
  // The editor's own moves can't nest a ring (milestones don't hold milestones); other clients can.
  const plan = samplePlan(1, 0);
  for (const [id, parent] of [["p", "q"], ["q", "r"], ["r", "p"], ["leaf", "q"]] as const) {
    writeNode(plan, id, "milestone", parent, "V", id);
  }
  const tree = treeOf(plan);
  expect(tree.warnings).toEqual([{ node: "p", code: "cycle" }]);
  expect([...walk(tree.top)].sort()).toEqual(["leaf", "p", "q", "r", "s0"]);
  expect(canMove(plan, nodeId("p"), { parent: nodeId("s0"), before: null })).toBe(true);
  moveNode(plan, nodeId("p"), { parent: nodeId("s0"), before: null });
  expect(treeOf(plan).warnings).toEqual([]);
  checkNothingLost(plan);
});

test("any parents at all give a tree that shows each node once", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(12), fc.constantFrom("A", "V", "z", "")), { maxLength: 12 }), (parents) => {
      const places = new Map<NodeId, Place>(
        parents.map(([parent, ord], n) => {
          const id = nodeId(`n${n}`);
          return [id, { id, kind: "task", parent: parent === 12 ? null : nodeId(`n${parent}`), ord, del: null }];
        }),
      );
      const shown = [...walk(buildTree(places).top)];
      expect(shown.sort()).toEqual([...places.keys()].sort());
    }),
  );
});

test("odd values in a node's place read as harmless ones", () => {
  const plan = samplePlan(1, 1);
  const map = plan.nodes.get("s0t0") as Parameters<typeof placeOf>[1];
  map.set("parent", 42);
  map.set("ord", true);
  map.set("kind", { a: 1 });
  map.set("del", 0);
  expect(placeOf(nodeId("s0t0"), map)).toEqual({ id: "s0t0", kind: "unknown", parent: null, ord: "", del: null });
});

test("opposite moves at once: one indents what the other indents under it; both keep their words and both can be moved on", () => {
  const a = samplePlan(1, 3);
  const b = forkPlan(a, 2);
  const [first, second] = [nodeId("s0t0"), nodeId("s0t1")];
  expect(indent(a, [second])).toBeUndefined(); // second under first
  moveNode(b, first, { parent: second, before: null });
  syncAll(a, b);
  expect(readPlan(a)).toEqual(readPlan(b));
  expect(treeOf(a).warnings).toEqual([{ node: "s0t0", code: "cycle" }]);
  checkNothingLost(a);
  moveNode(a, second, { parent: nodeId("s0"), before: null });
  syncAll(a, b);
  for (const plan of [a, b]) {
    expect(treeOf(plan).warnings).toEqual([]); // the cut was written down: first stays where everyone saw it
    expect(readPlaces(plan).get(first)?.parent).toBeNull();
    expect(readPlaces(plan).get(second)?.parent).toBe("s0");
  }
});

test("a chain that two people made too deep reads as subtasks, and outdenting mends it", () => {
  const a = samplePlan(1, 3);
  const b = forkPlan(a, 2);
  expect(indent(a, [nodeId("s0t1")])).toBeUndefined(); // t1 under t0
  expect(indent(b, [nodeId("s0t2")])).toBeUndefined(); // t2 under t1
  syncAll(a, b);
  const kinds = (plan: Plan): string[] => readPlan(plan).stages[0]!.steps.flatMap((step) => [step.kind, ...step.steps.flatMap((sub) => [sub.kind, ...sub.steps.map((deep) => deep.kind)])]);
  expect(kinds(a)).toEqual(["task", "subtask", "subtask"]);
  expect(outdent(b, [nodeId("s0t2")])).toBeUndefined();
  syncAll(a, b);
  expect(kinds(a)).toEqual(["task", "subtask", "subtask"]);
  expect(treeOf(a).top[0]!.children[0]!.children.map((child) => child.id)).toEqual(["s0t1", "s0t2"]);
  expect(indent(a, [nodeId("s0t2")])).toBe("deepest");
});
