import { describe, expect, test } from "vitest";
import { roleId, type PlanDate } from "../../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../../plan/view";
import { cover, missing, needs, unfilled } from "./coverage";

const role = (id: string, more: Partial<RoleSnapshot> = {}): RoleSnapshot => ({
  id: roleId(id), title: id, side: "buyer", kind: "", person: "", name: "", email: "", phone: "", involveBy: null, ...more,
});
const step = (due: string, owners: Record<string, "accountable" | "contributor">, status: NodeSnapshot["status"] = "not-started") =>
  ({ due, start: null, status, owners: Object.entries(owners).map(([id, kind]) => ({ role: roleId(id), kind })) }) as unknown as NodeSnapshot;
const until = (date: string) => (Date.parse(date) - Date.parse("2027-03-01")) / 86_400_000;

describe("who is missing", () => {
  test("a kind, or words that say it, on the right side", () => {
    const roles = [
      role("Counsel", { side: "seller", kind: "legal" }),
      role("a", { kind: "champion" }),
      role("Group CISO"),
      role("IT-Leitung"),
      role("Einkauf"),
    ];
    expect(missing(roles).map((one) => one.id)).toEqual(["economic", "legal"]);
    expect(unfilled(roles).map((one) => one.id)).not.toContain("procurement");
    expect(unfilled(roles).map((one) => one.id)).not.toContain("sellerLegal");
  });
});

describe("who is needed", () => {
  const coverage = cover([
    step("2027-03-20", { ciso: "accountable", se: "contributor" }),
    step("2027-03-10", { ciso: "contributor" }, "done"),
    step("2027-05-01", { cfo: "accountable" }),
    step("2027-03-02", { cfo: "accountable" }, "skipped"),
  ]);

  test("open steps within three weeks, and the day set for it", () => {
    const roles = [
      role("cfo"),
      role("ciso"),
      role("se", { name: "Lena" }),
      role("law", { involveBy: "2027-02-20" as PlanDate }),
      role("far", { involveBy: "2027-06-20" as PlanDate }),
    ];
    expect(needs(roles, coverage, until).map(({ role: { id }, date, lacks }) => [id, date, lacks])).toEqual([
      ["law", "2027-02-20", "name"],
      ["ciso", "2027-03-20", "name"],
      ["se", "2027-03-20", "contact"],
    ]);
  });

  test("nobody who can be reached", () => {
    expect(needs([role("ciso", { name: "A", email: "a@b.example" }), role("se", { person: "p1" })], coverage, until)).toEqual([]);
  });

  test("each role's steps, by its part in them", () => {
    expect(coverage.get(roleId("ciso"))?.accountable).toHaveLength(1);
    expect(coverage.get(roleId("ciso"))?.contributing).toHaveLength(1);
    expect(coverage.get(roleId("cfo"))?.accountable).toHaveLength(1);
  });
});
