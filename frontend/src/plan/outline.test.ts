import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { addStep, removeNode, setAccountable, setDue, setMilestone, setStatus, setTitle, setWhy } from "./edit";
import { addBelow, duplicate, indent, isBlank, moveToStage, moveAll, nudgeAll, outdent, removeNodes, splitStage, together, tuckUnder, turnIntoStage } from "./outline";
import { parseOutline, pasteOutline } from "./paste";
import { readPlan, type NodeView } from "./project";
import { NODE, nodeId, nodeMap, noteOf, roleId, type NodeId, type Plan } from "./schema";
import { readSize, remedies, verdictOf } from "./size";
import { forkPlan, samplePlan, syncAll, writeNode } from "./testing";
import { buildTree, readPlaces, shownTree } from "./tree";
import { createUndo } from "./undo";

/** "Title kind" per line, indented by level. */
function drawn(plan: Plan): string[] {
  const draw = (nodes: readonly NodeView[], depth: number): string[] =>
    nodes.flatMap((node) => [`${"  ".repeat(depth)}${node.title} ${node.kind}`, ...draw(node.steps, depth + 1)]);
  return draw(readPlan(plan).stages, 0);
}

const id = nodeId;

describe("levels", () => {
  test("in and out again: a milestone becomes a task, a subtask, and the milestone it was", () => {
    const plan = samplePlan(1, 0);
    for (const [name, ord] of [["a", "D"], ["b", "K"], ["c", "V"]] as const) writeNode(plan, name, "milestone", "s0", ord, name);
    expect(indent(plan, [id("b")])).toBeUndefined();
    expect(indent(plan, [id("c")])).toBeUndefined();
    expect(indent(plan, [id("c")])).toBeUndefined();
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  a milestone", "    b task", "      c subtask"]);
    expect(indent(plan, [id("c")])).toBe("first");
    expect(indent(plan, [id("a")])).toBe("first");
    expect(outdent(plan, [id("c")])).toBeUndefined();
    expect(outdent(plan, [id("c")])).toBeUndefined();
    expect(outdent(plan, [id("c")])).toBe("outermost");
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  a milestone", "    b task", "  c milestone"]);
    setMilestone(plan, id("c"), false);
    expect(drawn(plan).at(-1)).toBe("  c task");
  });

  test("several at once keep their order and are one undo entry", () => {
    const plan = samplePlan(1, 4);
    const undo = createUndo(plan);
    const before = drawn(plan);
    indent(plan, [id("s0t3"), id("s0t1"), id("s0t2")]);
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  Step 0.0 task", "    Step 0.1 subtask", "    Step 0.2 subtask", "    Step 0.3 subtask"]);
    const nested = drawn(plan);
    outdent(plan, [id("s0t1"), id("s0t2"), id("s0t3")]);
    expect(drawn(plan)).toEqual(before);
    undo.undo();
    expect(drawn(plan)).toEqual(nested);
    undo.undo();
    expect(drawn(plan)).toEqual(before);
    expect(undo.state.get().canUndo).toBe(false);
  });
});

describe("adding below", () => {
  test("goes right below: first under what shows its steps, beside what is folded", () => {
    const plan = samplePlan(1, 2);
    setTitle(plan, addStep(plan, "subtask", "", { parent: id("s0t0"), before: null }), "sub");
    setTitle(plan, addBelow(plan, id("s0t0")), "open");
    setTitle(plan, addBelow(plan, id("s0t0"), true), "folded");
    setTitle(plan, addBelow(plan, id("s0")), "top");
    expect(drawn(plan)).toEqual([
      "Stage 0 stage",
      "  top task",
      "  Step 0.0 task",
      "    open subtask",
      "    sub subtask",
      "  folded task",
      "  Step 0.1 task",
    ]);
  });

  test("an empty step becomes the next stage, in one undo entry", () => {
    const plan = samplePlan(2, 1);
    const undo = createUndo(plan);
    const empty = addBelow(plan, id("s0t0"));
    expect(isBlank(plan, empty)).toBe(true);
    expect(isBlank(plan, id("s0t0"))).toBe(false);
    const stage = turnIntoStage(plan, empty);
    setTitle(plan, stage, "Between");
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  Step 0.0 task", "Between stage", "Stage 1 stage", "  Step 1.0 task"]);
    undo.undo();
    undo.undo();
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  Step 0.0 task", "   task", "Stage 1 stage", "  Step 1.0 task"]);
  });

  test("undo of several added nodes keeps what a colleague typed into one of them, in the bin", () => {
    const plan = samplePlan(1, 1);
    const undo = createUndo(plan);
    const colleague = forkPlan(plan, 2);
    const { ids } = pasteOutline(plan, id("s0t0"), parseOutline("one\ntwo"));
    syncAll(plan, colleague);
    setTitle(colleague, ids[1]!, "two, with legal");
    syncAll(plan, colleague);
    undo.undo();
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  Step 0.0 task"]);
    expect(readPlan(plan).bin.map((node) => node.title).sort()).toEqual(["one", "two, with legal"]);
    undo.redo();
    syncAll(plan, colleague);
    expect(drawn(colleague)).toEqual(["Stage 0 stage", "  Step 0.0 task", "  one task", "  two, with legal task"]);
  });
});

describe("several at once", () => {
  test("one transaction, one undo entry", () => {
    const plan = samplePlan(2, 3);
    const undo = createUndo(plan);
    const before = readPlan(plan);
    let transactions = 0;
    plan.doc.on("afterTransaction", () => transactions++);
    const some = [id("s0t2"), id("s0t0")];
    together(plan, () => some.forEach((one) => setStatus(plan, one, "done")));
    moveToStage(plan, some, id("s1"));
    removeNodes(plan, [id("s1"), id("s1t0")]);
    expect(transactions).toBe(3);
    expect(drawn(plan)).toEqual(["Stage 0 stage", "  Step 0.1 task"]);
    undo.undo();
    expect(drawn(plan).slice(-3)).toEqual(["  Step 1.2 task", "  Step 0.0 task", "  Step 0.2 task"]);
    undo.undo();
    undo.undo();
    expect(readPlan(plan)).toEqual(before);
  });

  test("split a stage, and tuck steps under another, each undone at once", () => {
    const plan = samplePlan(1, 4);
    writeNode(plan, "m", "milestone", "s0", "0V", "M");
    const undo = createUndo(plan);
    const before = drawn(plan);
    splitStage(plan, id("s0"), id("s0t2"), "Stage 0, part 2");
    expect(drawn(plan)).toEqual([
      "Stage 0 stage", "  M milestone", "  Step 0.0 task", "  Step 0.1 task",
      "Stage 0, part 2 stage", "  Step 0.2 task", "  Step 0.3 task",
    ]);
    undo.undo();
    expect(drawn(plan)).toEqual(before);
    tuckUnder(plan, id("m"), [id("s0t0"), id("s0t1")]);
    expect(drawn(plan).slice(0, 4)).toEqual(["Stage 0 stage", "  M task", "    Step 0.0 subtask", "    Step 0.1 subtask"]);
    undo.undo();
    expect(drawn(plan)).toEqual(before);
  });
});

describe("moving several as one", () => {
  const plan = (): Plan => samplePlan(2, 4);
  const ids = (...all: string[]): NodeId[] => all.map((one) => id(one));

  test("they land in one place in their order, with what stands under them, as one undo entry", () => {
    const p = plan();
    const sub = addStep(p, "subtask", "sub", { parent: id("s0t2"), before: null });
    const undo = createUndo(p);
    const before = drawn(p);
    moveAll(p, ids("s0t3", sub, "s0t0", "s0t2"), { parent: id("s1"), before: id("s1t1") });
    expect(readPlan(p).stages.map((stage) => stage.steps.map((step) => step.id))).toEqual([["s0t1"], ["s1t0", "s0t0", "s0t2", "s0t3", "s1t1", "s1t2", "s1t3"]]);
    expect(readPlan(p).stages[1]!.steps[2]!.steps.map((step) => step.id)).toEqual([sub]);
    undo.undo();
    expect(drawn(p)).toEqual(before);
  });

  test("dropped among themselves they close ranks there", () => {
    const p = plan();
    moveAll(p, ids("s0t0", "s0t2"), { parent: id("s0"), before: id("s0t2") });
    expect(readPlan(p).stages[0]!.steps.map((step) => step.id)).toEqual(["s0t1", "s0t0", "s0t2", "s0t3"]);
  });

  test("a block goes down past its neighbour and over the edge into the next stage, and up again", () => {
    const p = plan();
    const places = (): string[][] => readPlan(p).stages.map((stage) => stage.steps.map((step) => step.id));
    expect(nudgeAll(p, ids("s0t1", "s0t2"), "down")).toBe(true);
    expect(places()[0]).toEqual(["s0t0", "s0t3", "s0t1", "s0t2"]);
    expect(nudgeAll(p, ids("s0t1", "s0t2"), "down")).toBe(true);
    expect(places()).toEqual([["s0t0", "s0t3"], ["s0t1", "s0t2", "s1t0", "s1t1", "s1t2", "s1t3"]]);
    expect(nudgeAll(p, ids("s0t1", "s0t2"), "up")).toBe(true);
    expect(places()[0]).toEqual(["s0t0", "s0t3", "s0t1", "s0t2"]);
    expect(nudgeAll(p, ids("s0t0", "s0t3"), "up")).toBe(false);
  });
});

describe("duplicating", () => {
  test("copies words, people and days under new ids; what waited inside the copy waits inside it", () => {
    const plan = samplePlan(1, 3);
    const [a, b, c] = [id("s0t0"), id("s0t1"), id("s0t2")];
    setDue(plan, a, "2027-03-01");
    setWhy(plan, a, "So that legal can start");
    setStatus(plan, a, "done");
    setAccountable(plan, a, roleId("ciso"));
    const note = noteOf(plan, a)!;
    const text = (note.get(0) as Y.XmlElement).get(0) as Y.XmlText;
    text.insert(0, "Bring the deck", { bold: {} });
    text.format(0, 5, { "comment--aaaaaaaa": { id: "t1" } });
    plan.doc.transact(() => {
      (nodeMap(plan, b)!).set(NODE.after, new Y.Map([["s0t0", { type: "FS", lag: 0 }], ["s0t2", { type: "FS", lag: 2 }]]));
    });
    const sub = addStep(plan, "subtask", "sub", { parent: a, before: null });
    const [a2, b2] = duplicate(plan, [b, a, sub]);
    const all = readPlan(plan).stages[0]!.steps;
    expect(all.map((step) => step.id)).toEqual([a, b, a2, b2, c]);
    expect(all[2]).toMatchObject({
      title: "Step 0.0", due: "2027-03-01", why: "So that legal can start", status: "not-started", kind: "task",
      owners: [{ role: "ciso", kind: "accountable" }], noteText: "Bring the deck",
      note: [{ type: "paragraph", content: [{ type: "text", text: "Bring the deck", marks: [{ type: "bold" }] }] }],
    });
    expect(all[2]!.steps.map((step) => step.title)).toEqual(["sub"]);
    expect(all[2]!.steps[0]!.id).not.toBe(sub);
    expect(all[3]!.after).toEqual([a2!, c].map((node) => ({ node, type: "FS", lag: node === c ? 2 : 0 })).sort((x, y) => (x.node < y.node ? -1 : 1)));
    expect(all[1]!.after.map(({ node }) => node)).toEqual([a, c]);
  });

  test("a whole stage, undone at once", () => {
    const plan = samplePlan(2, 2);
    const undo = createUndo(plan);
    const before = drawn(plan);
    duplicate(plan, [id("s0")]);
    expect(drawn(plan)).toEqual([...before.slice(0, 3), ...before.slice(0, 3), ...before.slice(3)]);
    undo.undo();
    expect(drawn(plan)).toEqual(before);
  });

  test("a full plan says so and stays as it is", () => {
    const plan = samplePlan(1, 300);
    const before = readPlan(plan);
    expect(() => duplicate(plan, [id("s0")])).toThrow("A plan holds 500 stages and steps at most");
    expect(readPlan(plan)).toEqual(before);
  });
});

describe("pasting", () => {
  const shape = (text: string): unknown => parseOutline(text).map(({ title, steps }) => [title, steps.map((step) => (step.steps.length > 0 ? [step.title, step.steps.map((sub) => sub.title)] : step.title))]);

  test.each([
    ["bullets of all sorts", "- one\n* two\n• three\n– four\n+ five", [[null, ["one", "two", "three", "four", "five"]]]],
    ["numbers and letters", "1. one\n2) two\n(3) three\na) four\niv. five", [[null, ["one", "two", "three", "four", "five"]]]],
    ["indentation", "Demo\n  Invite IT\n  Book room\nReview", [[null, [["Demo", ["Invite IT", "Book room"]], "Review"]]]],
    ["tabs as indentation", "- Demo\n\t- Invite IT", [[null, [["Demo", ["Invite IT"]]]]]],
    ["numbers with dots as levels", "1. Demo\n1.1 Invite IT\n1.2 Book room\n2. Review", [[null, [["Demo", ["Invite IT", "Book room"]], "Review"]]]],
    ["a named stage", "Stage: Evaluation\nDemo\nPhase 2: Procurement\nLegal redline", [["Evaluation", ["Demo"]], ["Procurement", ["Legal redline"]]]],
    ["headings", "# Evaluation\nDemo\n## Procurement\n- Legal", [["Evaluation", ["Demo"]], ["Procurement", ["Legal"]]]],
    ["plain lines above bullets", "Evaluation\n- Demo\nProcurement\n- Legal\n- Security", [["Evaluation", ["Demo"]], ["Procurement", ["Legal", "Security"]]]],
    ["a line that ends in a colon", "Evaluation:\nDemo\nReview", [["Evaluation", ["Demo", "Review"]]]],
    ["dates and amounts are no numbering", "2027 budget approved\n3.5 days of training", [[null, ["2027 budget approved", "3.5 days of training"]]]],
    ["blank lines and rules", "\n\none\n---\n\n two\r\n", [[null, [["one", ["two"]]]]]],
  ])("%s", (_, text, expected) => {
    expect(shape(text)).toEqual(expected);
  });

  test("columns become the description, ticks become done, and long lines lose no word", () => {
    const long = `${"word ".repeat(60)}end`;
    const [stage] = parseOutline(`[x] Demo\t12 May\tDana\n- [ ] Review\n${long}`);
    expect(stage!.steps.slice(0, 2)).toMatchObject([{ title: "Demo", note: "12 May · Dana", done: true }, { title: "Review", note: "", done: false }]);
    expect(`${stage!.steps[2]!.title} ${stage!.steps[2]!.note}`).toBe(long);
    expect(stage!.steps[2]!.title.length).toBeLessThanOrEqual(200);
  });

  test("an empty step takes the first line; the rest follows; headings start stages after this one", () => {
    const plan = samplePlan(2, 1);
    const undo = createUndo(plan);
    const empty = addBelow(plan, id("s0t0"));
    const before = drawn(plan);
    const pasted = pasteOutline(plan, empty, parseOutline("- Demo\n  - Invite IT\n- Review\n\nStage: Legal\n- Redline\n  - Draft\n    - Clause 7\n      - Footnote"));
    expect(pasted).toMatchObject({ stages: 1, steps: 7 });
    expect(drawn(plan)).toEqual([
      "Stage 0 stage", "  Step 0.0 task", "  Demo task", "    Invite IT subtask", "  Review task",
      "Legal stage", "  Redline milestone", "    Draft task", "      Clause 7 subtask", "      Footnote subtask",
      "Stage 1 stage", "  Step 1.0 task",
    ]);
    undo.undo();
    expect(drawn(plan)).toEqual(before);
  });

  test("two people pasting at one place keep every line", () => {
    const a = samplePlan(1, 1);
    const b = forkPlan(a, 2);
    pasteOutline(a, id("s0t0"), parseOutline("a1\na2\na3"));
    pasteOutline(b, id("s0t0"), parseOutline("b1\nb2\nb3"));
    removeNode(b, id("s0t0"));
    syncAll(a, b);
    expect(drawn(a)).toEqual(drawn(b));
    expect(drawn(a).slice(1).map((line) => line.trim().slice(0, 2)).sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
  });
});

describe("size", () => {
  test.each([[0, "empty"], [5, "thin"], [6, "good"], [10, "good"], [11, "sweet"], [15, "sweet"], [16, "good"], [20, "good"], [21, "long"], [30, "long"], [31, "over"]])(
    "%i steps: %s",
    (steps, verdict) => {
      expect(verdictOf(steps)).toBe(verdict);
    },
  );

  test("counts what progress counts; fifteen short steps are skimmed in under thirty seconds", () => {
    const plan = samplePlan(3, 5);
    setStatus(plan, id("s0t0"), "skipped");
    addStep(plan, "subtask", "never seen in the folded list", { parent: id("s0t1"), before: null });
    const size = readSize(plan, buildTree(readPlaces(plan)));
    expect(size).toMatchObject({ steps: readPlan(plan).progress.total, verdict: "sweet", skim: 18 });
    expect(size.stages.map((stage) => stage.steps)).toEqual([4, 5, 5]);
  });

  test("the remedies bring a plan of 36 steps down, and stop proposing when there is nothing small left", () => {
    const plan = samplePlan(3, 12);
    const read = () => buildTree(readPlaces(plan));
    for (let n = 0; n < 40; n++) {
      const [remedy] = remedies(plan, read());
      if (!remedy) break;
      const before = readPlan(plan).progress.total;
      if (remedy.kind === "tuck") tuckUnder(plan, remedy.into, remedy.steps);
      else splitStage(plan, remedy.stage, remedy.from, "More");
      if (remedy.kind === "tuck") expect(readPlan(plan).progress.total).toBe(before - remedy.steps.length);
    }
    expect(remedies(plan, read())).toEqual([]);
    expect(readPlan(plan).progress.total).toBeLessThanOrEqual(12);
    expect(shownTree(plan).flatMap((stage) => stage.children).length).toBeGreaterThan(3);
  });
});
