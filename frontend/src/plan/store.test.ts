import { describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { addStep, moveNode, removeNode, setAnchor, setPlanTitle, setStatus, setTitle } from "./edit";
import { nodeId, openPlan } from "./schema";
import { createPlanStore } from "./store";
import { at, docWithId, samplePlan } from "./testing";

describe("the store", () => {
  test("gives the same object until what it shows changes", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const one = store.node(nodeId("s0t0"));
    const other = store.node(nodeId("s0t1"));
    expect(store.node(nodeId("s0t0"))).toBe(one);
    const before = { one: one.get(), other: other.get(), tree: store.tree.get(), meta: store.meta.get() };
    setTitle(plan, nodeId("s0t0"), "Renamed");
    expect(one.get()).not.toBe(before.one);
    expect(one.get()?.title).toBe("Renamed");
    expect(other.get()).toBe(before.other);
    expect(store.tree.get()).toBe(before.tree);
    expect(store.meta.get()).toBe(before.meta);
  });

  test("tells only those who watch what changed, once per transaction", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const [row, neighbour, tree, progress, meta, anchor] = [vi.fn(), vi.fn(), vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    store.node(nodeId("s0t0")).subscribe(row);
    store.node(nodeId("s0t1")).subscribe(neighbour);
    store.tree.subscribe(tree);
    store.progress.subscribe(progress);
    store.meta.subscribe(meta);
    store.anchor.subscribe(anchor);
    const calls = (): number[] => [row, neighbour, tree, progress, meta, anchor].map((fn) => fn.mock.calls.length);
    plan.doc.transact(() => {
      setTitle(plan, nodeId("s0t0"), "A");
      setTitle(plan, nodeId("s0t0"), "B");
    });
    expect(calls()).toEqual([1, 0, 0, 0, 0, 0]);
    setStatus(plan, nodeId("s0t0"), "done");
    expect(calls()).toEqual([2, 0, 0, 1, 0, 0]);
    moveNode(plan, nodeId("s0t0"), { parent: nodeId("s0"), before: null });
    expect(calls()).toEqual([3, 0, 1, 1, 0, 0]);
    setPlanTitle(plan, "New title");
    setAnchor(plan, { date: "2027-05-01" });
    expect(calls()).toEqual([3, 0, 1, 1, 1, 1]);
  });

  test("tells nobody when a change leaves what is shown as it was", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const watch = vi.fn();
    store.node(nodeId("s0t0")).subscribe(watch);
    plan.doc.transact(() => {
      setStatus(plan, nodeId("s0t0"), "done");
      setStatus(plan, nodeId("s0t0"), "not-started");
    });
    expect(watch).not.toHaveBeenCalled();
  });

  test("someone who reads inside another's callback still gets told", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const row = store.node(nodeId("s0t0"));
    const watch = vi.fn();
    plan.nodes.observeDeep(() => void row.get());
    row.subscribe(watch);
    setTitle(plan, nodeId("s0t0"), "Read early");
    expect(watch).toHaveBeenCalledTimes(1);
  });

  test("branches that a move doesn't touch keep their identity", () => {
    const plan = samplePlan(3, 2);
    const store = createPlanStore(plan.doc);
    const [first, second, third] = store.tree.get().top;
    moveNode(plan, nodeId("s1"), { parent: null, before: nodeId("s0") });
    const moved = store.tree.get().top;
    expect([at(moved, 0), at(moved, 1), at(moved, 2)]).toEqual([second, first, third]);
    expect(at(moved, 0)).toBe(second);
    expect(at(moved, 2)).toBe(third);
    addStep(plan, "task", "x", { parent: nodeId("s2"), before: null });
    expect(store.tree.get().top[0]).toBe(second);
    expect(store.tree.get().top[2]).not.toBe(third);
  });

  test("a node comes and goes", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const ghost = store.node(nodeId("later"));
    expect(ghost.get()).toBeUndefined();
    const told = vi.fn();
    ghost.subscribe(told);
    plan.doc.transact(() => {
      const map = new Y.Map<unknown>();
      plan.nodes.set("later", map);
      map.set("kind", "task");
      map.set("parent", "s0");
    });
    expect(told).toHaveBeenCalledTimes(1);
    expect(ghost.get()?.title).toBe("");
    removeNode(plan, nodeId("later"));
    expect(ghost.get()?.del).not.toBeNull();
    expect(store.tree.get().bin).toEqual(["later"]);
  });

  test("counts milestones and tasks, without skipped ones", () => {
    const plan = samplePlan(2, 2);
    const store = createPlanStore(plan.doc);
    setStatus(plan, nodeId("s0t0"), "done");
    setStatus(plan, nodeId("s0t1"), "skipped");
    expect(store.progress.get()).toEqual({ done: 1, total: 3 });
    removeNode(plan, nodeId("s1"));
    expect(store.progress.get()).toEqual({ done: 1, total: 1 });
  });

  test("isn't ready before the server's content is there, and writes nothing itself", () => {
    const doc = docWithId(9);
    const store = createPlanStore(doc);
    expect(store.ready.get()).toBe(false);
    expect(store.tree.get().top).toEqual([]);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(samplePlan().doc));
    expect(store.ready.get()).toBe(true);
    expect(store.tree.get().top).toHaveLength(2);
    expect(doc.store.clients.has(9)).toBe(false);
  });

  test("shows threads as the server writes them, orphaned when their words go", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const dana = { id: "p1", name: "Dana", role: "champion", side: "buyer" };
    plan.doc.transact(() => {
      const text = new Y.XmlText();
      const paragraph = new Y.XmlElement("paragraph");
      plan.summary.insert(0, [paragraph]);
      paragraph.insert(0, [text]);
      text.insert(0, "Acme loses a day a week");
      text.format(5, 5, { "comment--AAAAAAAA": { id: "t1" } });
      const thread = new Y.Map<unknown>();
      plan.threads.set("t1", thread);
      thread.set("anchor", { kind: "text", field: "summary", quote: "loses", prefix: "Acme ", suffix: " a day" });
      thread.set("by", dana);
      thread.set("at", "2026-11-01T10:00:00.000Z");
      const msgs = new Y.Map<unknown>();
      thread.set("msgs", msgs);
      const msg = new Y.Map<unknown>();
      msgs.set("m1", msg);
      msg.set("by", dana);
      msg.set("at", "2026-11-01T10:00:00.000Z");
      msg.set("body", "Two days, really");
    });
    expect(store.threads.get()).toMatchObject([{ id: "t1", orphan: false, resolved: false, by: dana, messages: [{ body: "Two days, really" }] }]);
    const told = vi.fn();
    store.threads.subscribe(told);
    const text = (plan.summary.get(0) as Y.XmlElement).get(0) as Y.XmlText;
    text.insert(0, "!");
    expect(told).not.toHaveBeenCalled();
    text.delete(6, 5);
    expect(store.threads.get()[0]?.orphan).toBe(true);
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("follows nothing once closed", () => {
    const plan = samplePlan();
    const store = createPlanStore(plan.doc);
    const told = vi.fn();
    store.meta.subscribe(told);
    store.close();
    setPlanTitle(openPlan(plan.doc), "Later");
    expect(told).not.toHaveBeenCalled();
  });
});
