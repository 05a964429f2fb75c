import { describe, expect, it } from "vitest";
import type { HistoryEntry } from "../../sync/api";
import { groupByDay } from "./group";

const entry = (seq: number, at: string, person: string, sentence: string): HistoryEntry => ({
  seq,
  ordinal: seq,
  at,
  actor: { id: person, name: person, role: "buyer", side: "buyer" },
  kind: "update",
  what: "",
  sentence,
  say: { id: "", values: {} },
  sentences: [],
  changes: [],
  node: "",
  field: "",
  update: new Uint8Array(),
});

const utcDay = (at: string) => at.slice(0, 10);

describe("groupByDay", () => {
  it("tells runs of the same sentence once, with the position after the last of them", () => {
    const days = groupByDay(
      [
        entry(0, "2027-03-01T10:00:00Z", "dana", "edited the summary"),
        entry(1, "2027-03-01T10:01:00Z", "dana", "edited the summary"),
        entry(2, "2027-03-01T10:02:00Z", "ben", "edited the summary"),
        entry(3, "2027-03-01T10:30:00Z", "ben", "edited the summary"),
        entry(4, "2027-03-02T09:00:00Z", "ben", "edited the summary"),
      ],
      utcDay,
    );
    expect(days.map((day) => [day.date, day.runs.map(({ from, to }) => [from, to])])).toEqual([
      ["2027-03-02", [[4, 5]]],
      ["2027-03-01", [[3, 4], [2, 3], [0, 2]]],
    ]);
  });

  it("tells a title that was typed once, from what it was to what it became", () => {
    const title = (title: string) => ({ title, kind: "milestone" });
    const typed = (seq: number, at: string, id: string, values: Record<string, unknown>, node = "a"): HistoryEntry => ({
      ...entry(seq, `2027-03-01T10:${at}Z`, "dana", `${id} ${JSON.stringify(values)}`),
      say: { id, values },
      sentences: ["one"],
      node,
    });
    const renamed = (seq: number, at: string, from: string, to: string, node?: string) =>
      typed(seq, at, "node.renamed", { old: title(from), step: title(to) }, node);
    const [day] = groupByDay(
      [
        typed(0, "00:00", "node.newIn", { kind: "milestone", parent: title("Evaluation") }),
        typed(1, "00:01", "node.named", { kind: "milestone", step: title("D") }),
        renamed(2, "00:02", "D", "De"),
        renamed(3, "00:03", "De", "Demo"),
        renamed(4, "30:00", "Demo", "Demos"),
        renamed(5, "30:01", "Demos", "Demo day"),
        renamed(6, "30:02", "Review", "Reviews", "b"),
        { ...renamed(7, "30:03", "Reviews", "Results", "b"), sentences: ["one", "two"] },
      ],
      utcDay,
    );
    expect(day?.runs.map(({ say, from, to }) => [from, to, say.id, say.values])).toEqual([
      [7, 8, "node.renamed", { old: title("Reviews"), step: title("Results") }],
      [6, 7, "node.renamed", { old: title("Review"), step: title("Reviews") }],
      [4, 6, "node.renamed", { old: title("Demo"), step: title("Demo day") }],
      [0, 4, "node.addedIn", { kind: "milestone", parent: title("Evaluation"), step: title("Demo") }],
    ]);
  });

  it("is empty for an empty history", () => {
    expect(groupByDay([], utcDay)).toEqual([]);
  });
});
