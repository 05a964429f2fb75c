import { describe, expect, it } from "vitest";
import { netChanges, type LoggedChange, type LoggedEntry } from "../../../plan/changes";
import { groupOf, isHeadline, linesOf } from "./groups";

let seq = 0;
const entry = (name: string, at: string, ...changes: Partial<LoggedChange>[]): LoggedEntry => ({
  seq: ++seq,
  at,
  actor: { id: name, name },
  changes: changes.map((change) => ({ node: "n", nodeTitle: "Step", field: "", part: "", action: "set", old: null, new: null, say: { id: "", values: {} }, text: change.field ?? "", ...change })),
});
const things = (...entries: LoggedEntry[]) => netChanges(entries);
const MON = "2027-03-08T10:00:00.000Z";
const TUE = "2027-03-09T10:00:00.000Z";

describe("what changed, on a call", () => {
  it("is told by the change that matters most", () => {
    const groups = (...changes: Partial<LoggedChange>[]) => things(entry("Ben", MON, ...changes)).map(groupOf);
    const due = { field: "due", old: "2027-03-01", new: "2027-03-05" };
    expect(groups(due, { field: "status", old: "not-started", new: "done" })).toEqual(["done"]);
    expect(groups({ field: "status", old: "in-progress", new: "skipped" })).toEqual(["done"]);
    expect(groups(due, { field: "status", old: "not-started", new: "blocked" })).toEqual(["moved"]);
    expect(groups({ field: "nodes", action: "add" }, due)).toEqual(["added"]);
    expect(groups({ field: "del", new: "2027-03-08" }, due)).toEqual(["gone"]);
    expect(groups({ field: "note", text: "edited the description" })).toEqual(["other"]);
    expect(groups({ node: "", field: "date", old: "2027-03-01", new: "2027-03-02" })).toEqual(["plan"]);
  });

  it("is one line for what the same people did on one day", () => {
    const [thing] = things(
      entry("Ben", MON, { field: "due", new: "2027-03-05" }, { field: "days", new: 3 }),
      entry("Dana", MON, { field: "title", old: "A", new: "B" }),
      entry("Ben", TUE, { field: "side", old: "joint", new: "buyer" }),
    );
    expect(linesOf(thing?.changes ?? []).map((line) => line.map(({ field }) => field))).toEqual([["due", "days"], ["title"], ["side"]]);
  });

  it("begins with the plan's date, name and state", () => {
    const [plan] = things(entry("Ben", MON, ...["date", "currency", "title", "case"].map((field) => ({ node: "", field, old: "a", new: "b" }))));
    expect(plan?.changes.filter(isHeadline).map(({ field }) => field)).toEqual(["date", "title"]);
  });
});
