import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { openPlan } from "../schema";
import { createUndo } from "../undo";
import {
  checkRealism,
  commitChange,
  compareBaseline,
  DURATION_LIBRARY,
  explainDate,
  makeLedger,
  previewChange,
  readBaseline,
  readScheduleInput,
  readSlips,
  schedulePlan,
  usualFor,
  type Baseline,
  type Change,
  type ScheduleCalendar,
  type ScheduleInput,
  type ScheduleNode,
} from ".";

const folder = new URL("../../../../testdata/plan/schedule/", import.meta.url);

/** In the files, empty values are left out. */
type Sparse = Readonly<Record<string, unknown>>;
interface Vector {
  readonly name: string;
  readonly input?: Sparse;
  readonly result: unknown;
  readonly previews?: readonly (Sparse & { readonly change: Sparse })[];
  readonly explain?: Readonly<Record<string, unknown>>;
  readonly baseline?: Sparse;
  readonly drift?: unknown;
  readonly profile?: string;
  readonly realism?: unknown;
  readonly slips?: readonly Sparse[];
  readonly ledger?: unknown;
}

const KEEPS_ZERO = new Set(["slack", "days", "cost", "costPerWeek", "weekend"]);

/** Leaves out of objects what is empty, but keeps a slack of 0, which differs from none, and durations. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const small = compact(item);
    if (small === null || small === undefined) continue;
    if (!KEEPS_ZERO.has(key) && isEmpty(small)) continue;
    out[key] = small;
  }
  return out;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}

const list = (value: unknown): Sparse[] => (value ?? []) as Sparse[];

function fillNode(node: Sparse): ScheduleNode {
  const blank = { id: "", kind: "", parent: "", title: "", alias: "", status: "", side: "", due: "", start: "", planned: "", doneOn: "" };
  const after = list(node["after"]).map((a) => ({ node: "", type: "", lag: 0, ...a }));
  return { ...blank, expected: "", days: null, owner: "", ...node, after };
}

function fillCalendar(calendar: Sparse): ScheduleCalendar {
  const span = { from: "", to: "", label: "" };
  return {
    weekend: (calendar["weekend"] ?? null) as number[] | null,
    holidays: list(calendar["holidays"]).map((h) => ({ date: "", label: "", ...h })),
    freezes: list(calendar["freezes"]).map((s) => ({ ...span, ...s })),
    away: list(calendar["away"]).map((s) => ({ role: "", person: "", ...span, ...s })),
    quarters: calendar["quarters"] ? { month: 0, days: 0, ...calendar["quarters"] } : null,
  };
}

function fillInput(input: Sparse): ScheduleInput {
  return {
    anchor: { kind: "", date: "", provisional: false, node: "", costPerWeek: null, ...(input["anchor"] as Sparse | undefined) },
    calendar: fillCalendar((input["calendar"] ?? {}) as Sparse),    roles: list(input["roles"]).map((role) => ({ id: "", person: "", ...role })),
    nodes: list(input["nodes"]).map(fillNode),
    today: (input["today"] ?? "") as string,
  };
}

function fillChange(change: Sparse): Change {
  const after = list(change["after"]).map((a) => ({ node: "", type: "", lag: 0, ...a }));
  const blank = { node: "", date: "", days: null, status: "", carry: false, anchorKind: "" };
  const calendar = { add: fillCalendar((change["add"] ?? {}) as Sparse), drop: fillCalendar((change["drop"] ?? {}) as Sparse) };
  const durations = list(change["durations"]).map((one) => ({ node: "", days: 0, ...one }));
  return { ...blank, ...change, after, ...calendar, durations } as unknown as Change;
}

function check(vector: Vector): void {
  const input = fillInput(vector.input ?? {});
  expect(compact(schedulePlan(input))).toEqual(vector.result ?? {});
  for (const { change, ...want } of vector.previews ?? []) {
    const { before, after, ...got } = previewChange(input, fillChange(change));
    expect(before.nodes.length).toBe(after.nodes.length);
    expect(compact(got), JSON.stringify(change)).toEqual(want);
  }
  for (const [id, links] of Object.entries(vector.explain ?? {})) expect(compact(explainDate(input, id)), id).toEqual(links);
  if (vector.drift !== undefined && vector.baseline) {
    const baseline = { at: "", goLive: "", dates: {}, agreed: [], ...vector.baseline } as Baseline;
    expect(compact(compareBaseline(input, baseline))).toEqual(vector.drift);
    expect(compact(checkRealism(input, vector.profile ?? ""))).toEqual(vector.realism ?? []);
  }
  if (vector.slips) {
    const slips = vector.slips.map((slip) => ({ id: "", node: "", from: "", to: "", days: 0, side: "", reason: "", at: "", ...slip }));
    expect(compact(makeLedger(slips))).toEqual(vector.ledger);
  }
}

function read(file: string): Vector[] {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector[];
}

describe("the schedule is the server's", () => {
  const rules = read("rules.json");
  test.each(rules.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => check(vector));

  test("of two hundred random plans", () => {
    const random = read("random.json");
    expect(random.length).toBe(200);
    for (const vector of random) check(vector);
  });
});

test("the usual durations are the server's, and so is how titles are read", () => {
  const usual = JSON.parse(readFileSync(new URL("usual.json", folder), "utf8")) as { library: unknown; titles: Record<string, string> };
  expect(DURATION_LIBRARY).toEqual(usual.library);
  for (const [title, id] of Object.entries(usual.titles)) expect(usualFor(title, "")?.id ?? "", title).toBe(id);
});

interface Reading {
  readonly name: string;
  readonly update: string;
  readonly input: { readonly nodes: readonly Sparse[] };
  readonly slips: unknown;
  readonly baseline: unknown;
}

describe("reading a document", () => {
  const readings = JSON.parse(readFileSync(new URL("documents.json", folder), "utf8")) as Reading[];
  const open = (update: string) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(update, "base64"));
    return openPlan(doc);
  };

  test.each(readings.map((reading) => [reading.name, reading] as const))("gives what the server reads: %s", (_, reading) => {
    const plan = open(reading.update);
    expect(readScheduleInput(plan, "2026-03-04")).toEqual(reading.input);
    expect(readSlips(plan)).toEqual(reading.slips);
    expect(readBaseline(plan) ?? null).toEqual(reading.baseline);
  });

  test("a previewed change is written with what follows from it, and undone at once", () => {
    const plan = open(readings.find(({ name }) => name === "template-enterprise")!.update);
    const undo = createUndo(plan);
    const before = readScheduleInput(plan, "");
    const change: Change = { kind: "days", node: "legal-redline", days: 20 };
    const preview = previewChange(before, change);
    expect(preview.goLive.days).toBe(0); // worked back: what comes before moves
    expect(preview.moves.length).toBeGreaterThan(0);
    commitChange(plan, change, preview);
    const after = readScheduleInput(plan, "");
    expect(schedulePlan(after)).toEqual(preview.after);
    for (const { id, due } of schedulePlan(after).nodes) {
      const stored = after.nodes.find((n) => n.id === id)!;
      if (stored.kind !== "stage") expect([stored.due, stored.planned]).toEqual([due, due]);
    }
    undo.undo();
    expect(readScheduleInput(plan, "")).toEqual(before);
    undo.close();
  });
});

describe("moving the anchor", () => {
  test("carries typed dates along when asked, and says what fights it when not", () => {
    const readings = JSON.parse(readFileSync(new URL("documents.json", folder), "utf8")) as Reading[];
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(readings.find(({ name }) => name === "edited")!.update, "base64"));
    const plan = openPlan(doc);
    const before = readScheduleInput(plan, "");
    expect(before.nodes.find(({ id }) => id === "security-review")).toMatchObject({ start: "2026-04-13", due: "2026-05-04" });
    const change: Change = { kind: "anchor", date: "2026-07-14", carry: true };
    const preview = previewChange(before, change);
    commitChange(plan, change, preview);
    const after = readScheduleInput(plan, "");
    expect(after.nodes.find(({ id }) => id === "security-review")).toMatchObject({ start: "2026-04-27", due: "2026-05-18" });
    expect(schedulePlan(after)).toEqual(preview.after);
  });
});

const date = fc.oneof(fc.constantFrom("", "soon", "2026-02-30", "9999-12-31", "0001-01-01"), fc.integer({ min: 1, max: 28 }).map((d) => `2026-03-${String(d).padStart(2, "0")}`));
const anyNumber = fc.oneof(fc.constant(null), fc.integer({ min: -5, max: 40 }), fc.constantFrom(2 ** 52, -(2 ** 52)));
const ids = fc.constantFrom("a", "b", "c", "d", "e", "f", "");
const node = fc.record({
  id: ids,
  kind: fc.constantFrom("stage", "milestone", "task", "subtask", "epic", ""),
  parent: ids,
  title: fc.string({ maxLength: 4 }),
  alias: fc.constant(""),
  status: fc.constantFrom("not-started", "done", "skipped", "in-progress", "?"),
  side: fc.constant("joint"),
  due: date,
  start: date,
  planned: date,
  doneOn: date,
  expected: date,
  days: anyNumber,
  owner: ids,
  after: fc.array(fc.record({ node: ids, type: fc.constantFrom("FS", "SS", "FF", "SF", "?"), lag: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }) }), { maxLength: 3 }),
});
const span = fc.record({ role: ids, person: ids, from: date, to: date, label: fc.constant("") });
const odd = fc.record({
  anchor: fc.record({ kind: fc.constantFrom("go-live", "value", "start", "?"), date, provisional: fc.boolean(), node: ids, costPerWeek: fc.constant(null) }),
  calendar: fc.record({
    weekend: fc.oneof(fc.constant(null), fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 9 })),
    holidays: fc.array(fc.record({ date, label: fc.constant("") })),
    freezes: fc.array(span),
    away: fc.array(span),
    quarters: fc.oneof(fc.constant(null), fc.record({ month: fc.integer({ min: -20, max: 20 }), days: fc.integer({ min: -5, max: 5000 }) })),
  }),
  roles: fc.array(fc.record({ id: ids, person: ids })),
  nodes: fc.array(node, { maxLength: 12 }),
  today: date,
});

describe("the scheduler", () => {
  test("answers whatever it is given, with dates that exist", () => {
    fc.assert(
      fc.property(odd, (input) => {
        const schedule = schedulePlan(input);
        for (const { start, due, finish } of schedule.nodes) {
          for (const text of [start, due, finish]) expect(text === "" || /^\d{4}-\d\d-\d\d$/.test(text), text).toBe(true);
        }
        explainDate(input, "a");
        previewChange(input, { kind: "missed", node: "a", date: "2026-04-01" });
      }),
      { numRuns: 400 },
    );
  });

  test("takes a few milliseconds for 500 nodes", () => {
    const nodes = Array.from({ length: 500 }, (_, i) =>
      fillNode({ id: `n${i}`, kind: i % 20 === 0 ? "stage" : "task", parent: i % 20 === 0 ? "" : `n${i - (i % 20)}`, days: 3, after: i % 3 === 0 && i > 40 ? [{ node: `n${i - 33}`, type: "FS" }] : [] }),
    );
    const input = fillInput({ anchor: { date: "2030-01-01" }, nodes: nodes });
    for (let i = 0; i < 20; i++) schedulePlan(input);
    const began = performance.now();
    for (let i = 0; i < 20; i++) schedulePlan(input);
    expect((performance.now() - began) / 20).toBeLessThan(100); // about three when nothing else runs
  });
});
