import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countChanges, netChanges, PRESENCE, type LoggedChange, type LoggedEntry } from "./changes";

let seq = 0;
const entry = (name: string, ...changes: (Partial<LoggedChange> & { field: string })[]): LoggedEntry => ({
  seq: ++seq,
  at: `2027-03-01T10:00:${String(seq % 60).padStart(2, "0")}Z`,
  actor: { id: name.toLowerCase(), name },
  changes: changes.map((change) => ({ node: "n", nodeTitle: "Review", part: "", action: "update", old: null, new: null, say: { id: "", values: {} }, text: `changed ${change.field}`, ...change })),
});
const facts = (entries: readonly LoggedEntry[]) =>
  netChanges(entries).map(({ node, changes }) => [node, ...changes.map(({ field, from, to }) => [field, from, to])]);

describe("net changes", () => {
  it("tell a date that moved several times once, from first to last, with everyone who moved it", () => {
    const [thing] = netChanges([
      entry("Ben", { field: "due", old: "2027-03-03", new: "2027-03-10" }),
      entry("Dana", { field: "due", old: "2027-03-10", new: "2027-03-12" }),
      entry("Ben", { field: "due", old: "2027-03-12", new: "2027-03-11", nodeTitle: "Security review" }),
    ]);
    expect(thing?.title).toBe("Security review");
    expect(thing?.changes).toMatchObject([{ from: "2027-03-03", to: "2027-03-11", people: ["Ben", "Dana"], count: 3 }]);
  });

  it("leave out what was put back, an absent value being what it reads as", () => {
    expect(
      facts([
        entry("Ben", { field: "status", old: null, new: "done" }, { field: "side", old: null, new: "buyer" }, { field: "alias", old: "", new: "VSA" }),
        entry("Ben", { field: "status", old: "done", new: "not-started" }, { field: "side", old: "buyer", new: "joint" }, { field: "alias", old: "VSA", new: null }),
      ]),
    ).toEqual([]);
  });

  it("tell a new step by its date and status, not by how it was written", () => {
    expect(
      facts([
        entry("Ben", { field: "nodes", action: "add" }),
        entry("Ben", { field: "title", old: "", new: "Order form" }, { field: "owners", part: "cfo", new: "accountable" }, { field: "due", new: "2027-04-01" }),
      ]),
    ).toEqual([["n", [PRESENCE, null, "there"], ["due", null, "2027-04-01"]]]);
  });

  it("tell a deleted step as deleted only, a restored one as restored, and neither when both happened", () => {
    const remove = entry("Ben", { field: "del", new: "2027-03-01T10:00:00Z" });
    const restore = entry("Ben", { field: "del", action: "delete", old: "2027-03-01T10:00:00Z" });
    const status = entry("Ben", { field: "status", new: "done" });
    expect(facts([status, remove])).toEqual([["n", [PRESENCE, "there", "deleted"]]]);
    expect(facts([restore])).toEqual([["n", [PRESENCE, "deleted", "there"]]]);
    expect(facts([remove, restore, status])).toEqual([["n", ["status", "not-started", "done"]]]);
    expect(facts([entry("Ben", { field: "nodes", action: "add" }), remove])).toEqual([]);
    expect(facts([entry("Ben", { field: "nodes", action: "add" }), entry("Ben", { field: "nodes", action: "delete" })])).toEqual([]);
  });

  it("keep owners apart by role, and what happened to roles apart from the plan's own title", () => {
    expect(
      facts([
        entry("Ben", { field: "owners", part: "cfo", new: "accountable" }, { field: "owners", part: "cto", old: "accountable" }),
        entry("Ben", { node: "", field: "title", old: "A", new: "B" }, { node: "", field: "title", part: "cfo", old: "CFO", new: "Finance" }),
      ]),
    ).toEqual([
      ["n", ["owners", null, "accountable"], ["owners", "accountable", null]],
      ["", ["title", "A", "B"], ["title", "CFO", "Finance"]],
    ]);
  });

  it("count comments, and hush what only reorders, tidies or records a review", () => {
    const things = netChanges([
      entry("Dana", { field: "threads", action: "add" }),
      entry("Ben", { field: "msgs", action: "add" }),
      entry("Ben", { field: "resolved", action: "add" }, { field: "ord" }, { field: "parent", old: "s", new: "s" }, { field: "planned" }),
      entry("Ben", { node: "", field: "reviews", action: "add" }, { node: "", field: "dismissed" }),
    ]);
    expect(things.map(({ changes }) => changes.map(({ field, count, people }) => [field, count, people]))).toEqual([[["threads", 2, ["Dana", "Ben"]]]]);
    expect(countChanges(things)).toBe(1);
  });

  it("tell the same written thing once", () => {
    const note = { field: "note", action: "edit", text: "edited the description of *Review*" };
    expect(netChanges([entry("Ben", note), entry("Ben", note), entry("Dana", note)])[0]?.changes).toMatchObject([{ count: 3, people: ["Ben", "Dana"] }]);
  });

  it("gather what is written in many small edits", () => {
    const gate = (text: string) => ({ field: "gate", text });
    expect(netChanges([entry("Ben", gate("added a gate"), gate("added a criterion")), entry("Dana", gate("checked it off"))])[0]?.changes).toMatchObject([
      { field: "gate", count: 3, people: ["Ben", "Dana"] },
    ]);
  });

  it("whatever happens to a picked value, come to the difference between its first and its last", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("2027-03-01", "2027-03-02", "2027-03-03"), { minLength: 1, maxLength: 12 }), (dates) => {
        const entries = dates.slice(1).map((date, at) => entry("Ben", { field: "due", old: dates[at], new: date }));
        const [first, last] = [dates[0], dates.at(-1)];
        const [thing] = netChanges(entries);
        if (first === last) expect(thing).toBeUndefined();
        else expect(thing?.changes).toMatchObject([{ from: first, to: last, count: dates.length - 1 }]);
      }),
    );
  });
});
