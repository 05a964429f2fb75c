import { describe, expect, it } from "vitest";
import { arrange, ownRows, type OwnPlan, type Row } from "./rows";
import { ApiError, createApi, type PlanRow } from "../../sync/api";

function row(id: string, change: Partial<Row> = {}): Row {
  return {
    id, title: id, status: "live", created: "", archived: false, light: "green", reasons: [], done: 0, total: 10, overdue: 0,
    goLive: { date: "", forecast: "", late: 0 }, slipped: 0, next: null, gate: null,
    sellerEdits: 0, buyerEdits: 0, sellerAt: "", buyerAt: "", problem: "", own: null, ...change,
  };
}

const rows = [
  row("Borealis", { light: "red", done: 5, goLive: { date: "2027-03-01", forecast: "2027-03-01", late: 0 }, slipped: 9, sellerAt: "2026-11-20T10:00:00Z" }),
  row("acme", { light: "yellow", done: 9, goLive: { date: "2027-01-15", forecast: "2027-01-15", late: 0 }, buyerAt: "2026-11-21T10:00:00Z" }),
  row("Corvus", { light: "", total: 0, next: { node: "n", title: "Security review", due: "", side: "buyer" }, slipped: -2, gate: { node: "g", title: "Terms agreed", due: "2027-01-08", side: "buyer" } }),
  row("Old", { archived: true }),
];
const ids = (list: readonly Row[]) => list.map((each) => each.id).join(" ");

describe("arrange", () => {
  it.each([
    ["current", "", "plan", false, "acme Borealis Corvus"],
    ["current", "", "plan", true, "Corvus Borealis acme"],
    ["current", "", "health", false, "Borealis acme Corvus"],
    ["current", "", "progress", true, "acme Borealis Corvus"],
    ["current", "", "goLive", false, "acme Borealis Corvus"],
    ["current", "", "slipped", true, "Borealis acme Corvus"],
    ["current", "", "gate", false, "Corvus acme Borealis"],
    ["current", "terms", "plan", false, "Corvus"],
    ["current", "", "edits", true, "acme Borealis Corvus"],
    ["attention", "", "plan", false, "acme Borealis"],
    ["archived", "", "plan", false, "Old"],
    ["current", "SECURITY review", "plan", false, "Corvus"],
    ["current", "nothing like it", "plan", false, ""],
  ] as const)("%s plans with “%s” by %s, down %s", (filter, search, column, down, expected) => {
    expect(ids(arrange(rows, filter, search, { column, down }))).toBe(expected);
  });
});

describe("ownRows", () => {
  it("leaves out links that no longer work, and keeps what fails for a while", async () => {
    const plan = (id: string, health: () => Promise<PlanRow>): OwnPlan => ({ id, name: "", role: "buyer", api: { ...createApi(), health } });
    const found = await ownRows(
      [
        plan("fine", () => Promise.resolve(row("fine"))),
        plan("revoked", () => Promise.reject(new ApiError(401, "revoked", "This link was withdrawn."))),
        plan("away", () => Promise.reject(new ApiError(0, "unreachable", "The server can't be reached."))),
      ],
      "2026-11-22",
      (cause) => (cause instanceof Error ? cause.message : ""),
    );
    expect(found.map((each) => [each.id, each.problem])).toEqual([
      ["fine", ""],
      ["away", "The server can't be reached."],
    ]);
  });
});
