import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { ordSpread } from "../ord";
import { NODE, nodeMap, openPlan, type Plan } from "../schema";
import { writeNode } from "../testing";
import { NO_DAYS, addWorkingDays, applyChange, calendarChange, commitChange, previewChange, readScheduleInput, schedulePlan, workingDays, type Change, type ScheduleInput, type ScheduleNode } from ".";

/** Plans in which nothing fights: no typed dates, nothing begun, dependencies on earlier steps only; their calendars are as odd as any. */
const day = fc.integer({ min: 0, max: 250 }).map((n) => addWorkingDays({ ...NO_DAYS, weekend: [] }, "2027-01-04", n));
const span = fc.tuple(day, fc.integer({ min: 0, max: 12 })).map(([from, n]) => ({ from, to: addWorkingDays({ ...NO_DAYS, weekend: [] }, from, n), label: "" }));
const calendars = fc.record({
  weekend: fc.constantFrom(null, [6, 7], [5, 6], [7], []),
  holidays: fc.array(day.map((date) => ({ date, label: "" })), { maxLength: 6 }),
  freezes: fc.array(span, { maxLength: 2 }),
  away: fc.array(fc.tuple(span, fc.constantFrom("ciso", "ae")).map(([one, role]) => ({ ...one, role, person: "" })), { maxLength: 3 }),
  quarters: fc.constant(null),
});
const steps = fc.array(
  fc.record({
    days: fc.integer({ min: 1, max: 12 }),
    owner: fc.constantFrom("", "ciso", "ae"),
    after: fc.uniqueArray(fc.record({ back: fc.integer({ min: 1, max: 4 }), type: fc.constantFrom("FS", "SS", "FF", "SF"), lag: fc.constantFrom(0, 0, 1, 5, -2) }), { maxLength: 2, selector: ({ back }) => back }),
  }),
  { minLength: 2, maxLength: 12 },
);
const plans: fc.Arbitrary<ScheduleInput> = fc.record({ kind: fc.constantFrom("go-live", "value", "start"), date: day, calendar: calendars, steps }).map(({ kind, date, calendar, steps }) => ({
  anchor: { kind, date, provisional: false, node: "", costPerWeek: null },
  calendar,
  roles: [
    { id: "ciso", person: "Mara" },
    { id: "ae", person: "Ben" },
  ],
  nodes: steps.flatMap((step, i): ScheduleNode[] => {
    const blank = { alias: "", status: "not-started", side: "joint", due: "", start: "", planned: "", doneOn: "", expected: "", title: "" };
    const stage = { ...blank, id: `s${Math.floor(i / 4)}`, kind: "stage", parent: "", days: null, owner: "", after: [] };
    const after = step.after.filter(({ back }) => back <= i).map(({ back, type, lag }) => ({ node: `n${i - back}`, type, lag }));
    const node = { ...blank, id: `n${i}`, kind: "milestone", parent: stage.id, days: step.days, owner: step.owner, after };
    return i % 4 === 0 ? [stage, node] : [node];
  }),
  today: "",
}));

const datesOf = (input: ScheduleInput) => new Map(schedulePlan(input).nodes.map((node) => [node.id, node]));

describe("whatever the calendar", () => {
  test("every dependency holds and every step has its days, none of which ends on a day off", () => {
    fc.assert(
      fc.property(plans, (input) => {
        const dates = datesOf(input);
        const between = (from = "", to = "") => workingDays(input.calendar, from, to);
        for (const node of input.nodes.filter(({ kind }) => kind !== "stage")) {
          const own = dates.get(node.id);
          expect(between(own?.start, own?.due) + 1).toBeGreaterThanOrEqual(node.days ?? 0);
          for (const { node: other, type, lag } of node.after) {
            const from = dates.get(other);
            if (type === "FS") expect(between(from?.due, own?.start)).toBeGreaterThanOrEqual(lag + 1);
            if (type === "SS") expect(between(from?.start, own?.start)).toBeGreaterThanOrEqual(lag);
            if (type === "FF") expect(between(from?.due, own?.due)).toBeGreaterThanOrEqual(lag);
            if (type === "SF") expect(between(from?.start, own?.due)).toBeGreaterThanOrEqual(lag - 1);
          }
        }
        const odd = schedulePlan(input).problems.filter(({ node, code }) => node !== "" && (code === "non-working" || code === "away"));
        expect(odd).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("a day off more never makes a plan from a start shorter, and taking it out again gives the same plan", () => {
    fc.assert(
      fc.property(plans, day, (input, date) => {
        const start = { ...input, anchor: { ...input.anchor, kind: "start" } };
        fc.pre(!input.calendar.holidays.some((one) => one.date === date));
        const before = schedulePlan(start);
        const off = applyChange(start, calendarChange({ holidays: [{ date, label: "" }] }));
        expect(schedulePlan(off).finish >= before.finish).toBe(true);
        expect(schedulePlan(applyChange(off, calendarChange({}, { holidays: [{ date, label: "" }] })))).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test("moving the anchor moves everything by as many working days", () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: -60, max: 60 }), (input, by) => {
        const calendar = { ...NO_DAYS, weekend: input.calendar.weekend };
        const plain = { ...input, calendar, anchor: { ...input.anchor, date: addWorkingDays(calendar, "2027-06-07", 0) } };
        const before = datesOf(plain);
        const moved = applyChange(plain, { kind: "anchor", date: addWorkingDays(calendar, plain.anchor.date, by), carry: false });
        for (const [id, { due }] of datesOf(moved)) expect(workingDays(calendar, before.get(id)?.due ?? "", due), id).toBe(by);
      }),
      { numRuns: 300 },
    );
  });
});

/** A document with these steps, in one stage, counted back from a date. */
function written(days: readonly number[]): Plan {
  const plan = openPlan(new Y.Doc());
  plan.doc.transact(() => {
    plan.anchor.set("kind", "go-live");
    plan.anchor.set("date", "2027-06-30");
  });
  writeNode(plan, "stage", "stage", "", "V", "Stage");
  const ords = ordSpread(days.length);
  days.forEach((n, i) => nodeMap(plan, writeNode(plan, `n${i}`, "task", "stage", ords[i] ?? "", `Step ${i}`))?.set(NODE.days, n));
  return plan;
}

test("what a preview shows is what committing it writes, and what every reader then computes", () => {
  const changes: fc.Arbitrary<(ids: readonly string[]) => Change> = fc.oneof(
    fc.tuple(fc.nat(), day).map(([n, date]) => (ids: readonly string[]): Change => ({ kind: "due", node: ids[n % ids.length] ?? "", date })),
    fc.tuple(fc.nat(), fc.integer({ min: 1, max: 30 })).map(([n, days]) => (ids: readonly string[]): Change => ({ kind: "days", node: ids[n % ids.length] ?? "", days })),
    day.map((date) => (): Change => ({ kind: "anchor", date, carry: false })),
    span.map((freeze) => (): Change => calendarChange({ freezes: [freeze] })),
    fc.tuple(fc.nat(), day).map(([n, date]) => (ids: readonly string[]): Change => ({ kind: "target", anchorKind: "value", node: ids[n % ids.length] ?? "", date })),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 6 }), fc.array(changes, { minLength: 1, maxLength: 5 }), (days, list) => {
      const plan = written(days);
      for (const make of list) {
        const input = readScheduleInput(plan, "");
        const change = make(input.nodes.filter(({ kind }) => kind === "task").map(({ id }) => id));
        const preview = previewChange(input, change);
        commitChange(plan, change, preview);
        const after = schedulePlan(readScheduleInput(plan, ""));
        expect(after).toEqual(preview.after);
      }
    }),
    { numRuns: 150 },
  );
});
