/** Values that two people set at once, found by both, with the real Yjs in between. */
import fc from "fast-check";
import * as Y from "yjs";
import { expect, test } from "vitest";
import { watchConflicts, type Conflict, type ConflictWatch } from "./conflicts";
import { addRole, moveNode, setAccountable, setDays, setDue, setPlanTitle, setStatus } from "./edit";
import { NODE, nodeId, roleId, STEP_STATUSES, type Plan } from "./schema";
import { forkPlan, samplePlan, syncAll } from "./testing";

const BEN = 1;
const DANA = 2;
const step = nodeId("s0t0");

interface Side {
  readonly plan: Plan;
  readonly watch: ConflictWatch;
  readonly seen: () => (Pick<Conflict, "field" | "mine" | "theirs" | "stands" | "client">)[];
}

function side(plan: Plan, client: number): Side {
  const watch = watchConflicts(plan, { isMine: (one) => one === client, isCatchingUp: (origin) => origin === "remote", now: () => 0 });
  return { plan, watch, seen: () => watch.all.get().map(({ field, mine, theirs, stands, client: by }) => ({ field, mine, theirs, stands, client: by })) };
}

/** Two replicas that know each other's past. */
function two(): { ben: Side; dana: Side; meet: () => void } {
  const first = samplePlan(2, 2, BEN);
  const second = forkPlan(first, DANA);
  return { ben: side(first, BEN), dana: side(second, DANA), meet: () => syncAll(first, second) };
}

test("a date set by both is told to both, with what stands", () => {
  const { ben, dana, meet } = two();
  setDue(ben.plan, step, "2027-05-12");
  setDue(dana.plan, step, "2027-05-09");
  meet();
  const stands = ben.plan.nodes.get(step) instanceof Y.Map ? (ben.plan.nodes.get(step) as Y.Map<unknown>).get(NODE.due) : "";
  expect(ben.seen()).toEqual([{ field: "due", mine: "2027-05-12", theirs: "2027-05-09", stands: stands === "2027-05-12" ? "mine" : "theirs", client: DANA }]);
  expect(dana.seen()).toEqual([{ field: "due", mine: "2027-05-09", theirs: "2027-05-12", stands: stands === "2027-05-09" ? "mine" : "theirs", client: BEN }]);
  expect(dana.watch.all.get()[0]?.offline).toBe(true);
});

test("whoever then chooses decides for both", () => {
  const { ben, dana, meet } = two();
  setDue(ben.plan, step, "2027-05-12");
  setDue(dana.plan, step, "2027-05-09");
  meet();
  const loser = ben.seen()[0]?.stands === "mine" ? dana : ben;
  setDue(loser.plan, step, String(loser.seen()[0]?.mine));
  expect(loser.seen()).toEqual([]);
  meet();
  expect([ben.seen(), dana.seen()]).toEqual([[], []]);
});

test("a change of what one has seen is no conflict, and neither is the same value", () => {
  const { ben, dana, meet } = two();
  setStatus(ben.plan, step, "blocked");
  meet();
  setStatus(dana.plan, step, "done");
  setDays(ben.plan, step, 5);
  setDays(dana.plan, step, 5);
  meet();
  expect([ben.seen(), dana.seen()]).toEqual([[], []]);
});

test("a computed date that another's wins over is nobody's loss; a typed one is", () => {
  const { ben, dana, meet } = two();
  const computed = (plan: Plan, id: string, date: string): void => {
    const map = plan.nodes.get(id) as Y.Map<unknown>;
    plan.doc.transact(() => {
      map.set(NODE.due, date);
      map.set(NODE.planned, date);
    });
  };
  computed(dana.plan, "s0t0", "2027-05-09");
  setDue(ben.plan, nodeId("s0t0"), "2027-05-12");
  computed(ben.plan, "s0t1", "2027-06-01");
  setDue(dana.plan, nodeId("s0t1"), "2027-06-02");
  meet();
  expect(dana.seen().map(({ mine, theirs }) => [mine, theirs])).toEqual([["2027-06-02", "2027-06-01"]]);
  expect(ben.seen().map(({ mine, theirs }) => [mine, theirs])).toEqual([["2027-05-12", "2027-05-09"]]);
});

test("two accountable owners at once are a question to both", () => {
  const { ben, dana, meet } = two();
  const cfo = addRole(ben.plan, "CFO", "buyer");
  meet();
  setAccountable(ben.plan, step, cfo);
  setAccountable(dana.plan, step, roleId("ciso"));
  meet();
  expect(ben.seen()).toMatchObject([{ field: "owner", mine: cfo, theirs: "ciso", client: DANA }]);
  expect(dana.seen()).toMatchObject([{ field: "owner", mine: "ciso", theirs: cfo, client: BEN }]);
  expect(ben.seen()[0]?.stands === "mine").toBe(dana.seen()[0]?.stands === "theirs");
  setAccountable(dana.plan, step, roleId("ciso"));
  meet();
  expect([ben.seen(), dana.seen()]).toEqual([[], []]);
});

test("a step moved to two stages at once, and the plan's title, are told too; deleted steps aren't", () => {
  const { ben, dana, meet } = two();
  moveNode(ben.plan, nodeId("s0t1"), { parent: nodeId("s1"), before: null });
  moveNode(dana.plan, nodeId("s0t1"), { parent: nodeId("s0"), before: step });
  setPlanTitle(ben.plan, "Ours");
  setPlanTitle(dana.plan, "Yours");
  setStatus(ben.plan, step, "done");
  setStatus(dana.plan, step, "blocked");
  dana.plan.doc.transact(() => (dana.plan.nodes.get(step) as Y.Map<unknown>).set(NODE.del, "2027-01-01"));
  meet();
  expect(ben.seen().map(({ field }) => field).sort()).toEqual(["meta:title", "parent"]);
  expect(dana.seen().map(({ field }) => field).sort()).toEqual(["meta:title", "parent"]);
});

test("undecided ones of an earlier visit come back while they still stand", () => {
  const { ben, dana, meet } = two();
  setDue(ben.plan, step, "2027-05-12");
  setDue(dana.plan, step, "2027-05-09");
  meet();
  const kept = ben.watch.all.get();
  const later = forkPlan(ben.plan, 9);
  const again = (): readonly Conflict[] => watchConflicts(later, { isMine: (one) => one === BEN || one === 9, isCatchingUp: () => false, kept }).all.get();
  expect(again()).toEqual(kept);
  setDue(later, step, "2027-07-01");
  expect(again()).toEqual([]);
});

test("both always hear of the same collisions, and of no others", () => {
  const steps = ["s0t0", "s0t1", "s1t0"].map(nodeId);
  const edit = fc.record({ who: fc.boolean(), at: fc.nat(2), value: fc.nat(4), meet: fc.boolean() });
  let collisions = 0;
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 25 }), (edits) => {
      const { ben, dana, meet } = two();
      // What each set since they last met: the model of what collides.
      const since = [new Map<number, string>(), new Map<number, string>()] as const;
      const agree = (): void => {
        const before = [ben.watch.all.get(), dana.watch.all.get()];
        meet();
        const fresh = (all: readonly Conflict[], old: readonly Conflict[] | undefined): string[] =>
          all.filter((one) => !old?.includes(one)).map(({ node, mine, theirs }) => [node, ...[mine, theirs].sort()].join(" ")).sort();
        const expected = steps
          .flatMap((id, at) => {
            const [a, b] = [since[0].get(at), since[1].get(at)];
            return a !== undefined && b !== undefined && a !== b ? [[id, ...[a, b].sort()].join(" ")] : [];
          })
          .sort();
        expect(fresh(ben.watch.all.get(), before[0])).toEqual(expected);
        expect(fresh(dana.watch.all.get(), before[1])).toEqual(expected);
        collisions += expected.length;
        since[0].clear();
        since[1].clear();
      };
      for (const { who, at, value, meet: met } of edits) {
        const { plan } = who ? ben : dana;
        const status = STEP_STATUSES[value] ?? "done";
        const map = plan.nodes.get(steps[at] ?? step) as Y.Map<unknown>;
        if (map.get(NODE.status) !== status) {
          setStatus(plan, steps[at] ?? step, status);
          since[who ? 0 : 1].set(at, status);
        }
        if (met) agree();
      }
      agree();
    }),
    { numRuns: 250 },
  );
  expect(collisions).toBeGreaterThan(20);
});
