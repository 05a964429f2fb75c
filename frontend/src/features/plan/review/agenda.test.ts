import { describe, expect, it } from "vitest";
import { nodeId, parseDate, type StepStatus } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { agendaOf, dayAfter, keepListed } from "./agenda";

const step = (id: string, due: string, status: StepStatus = "not-started") =>
  ({ id: nodeId(id), due: parseDate(due) ?? null, status }) as NodeSnapshot;
const agenda = (...nodes: NodeSnapshot[]) => agendaOf(nodes, (node) => node.due ?? "", "2027-03-08", "2027-03-15");

describe("the agenda", () => {
  it("lists what is late or blocked, and what is due from today up to the next review, by date", () => {
    expect(
      agenda(
        step("later", "2027-03-16"),
        step("stuck", "2027-05-01", "blocked"),
        step("last day", "2027-03-15"),
        step("late", "2027-03-07"),
        step("today", "2027-03-08", "in-progress"),
        step("undated", ""),
        step("stuck undated", "", "blocked"),
        step("done late", "2027-03-01", "done"),
        step("skipped", "2027-03-09", "skipped"),
      ),
    ).toEqual({ late: ["late", "stuck", "stuck undated"], next: ["today", "last day"] });
  });

  it("keeps the plan's order within a day", () => {
    expect(agenda(step("b", "2027-03-09"), step("a", "2027-03-09")).next).toEqual(["b", "a"]);
  });

  it("keeps what was listed where it was", () => {
    const before = [nodeId("a"), nodeId("b")];
    expect(keepListed(before, [nodeId("b")])).toBe(before);
    expect(keepListed(before, [nodeId("c"), nodeId("a")])).toEqual(["a", "b", "c"]);
  });

  it("counts days across months and years", () => {
    expect(dayAfter("2027-12-28", 7)).toBe("2028-01-04");
    expect(dayAfter("2028-02-28", 1)).toBe("2028-02-29");
  });
});
