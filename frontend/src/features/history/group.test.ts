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

  it("is empty for an empty history", () => {
    expect(groupByDay([], utcDay)).toEqual([]);
  });
});
