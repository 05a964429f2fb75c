/** The regular call of both sides: what changed, what is late, what is next; decided, closed, and told. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NodeView, View } from "../src/plan/project";
import type { CreatedPlan } from "../src/sync/api";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;
let ben: Person;
let priya: Person;

/** A calendar date where the browsers are. */
const day = (offset: number): string => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(Date.now() + offset * 86_400_000);

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  // Its first steps should have been done by now: the dates are worked back from a near go-live.
  plan = await program.api().createPlan({ title: "Northwind × Acme", template: "quick-start", anchor: { kind: "go-live", date: day(10) } });
  ben = await person(browser, "Ben");
  priya = await person(browser, "Priya");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(priya, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const view = async () => (await program.api().plan(plan.id)) as View;
const steps = (nodes: readonly NodeView[]): NodeView[] => nodes.flatMap((node) => [...(node.kind === "stage" ? [] : [node]), ...steps(node.steps)]);
const goTo = async (who: Person, page: string) => {
  await who.page.getByRole("navigation", { name: "Pages of this plan" }).getByRole("link", { name: page, exact: true }).click();
};
const part = (who: Person, name: RegExp) => who.page.getByRole("region", { name });
const changed = (who: Person) => part(who, /^Changed/);
const late = (who: Person) => part(who, /^Overdue or blocked/);
const next = (who: Person) => part(who, /^Next, until/);
const decisions = (who: Person) => part(who, /^Decisions/);
const past = (who: Person) => part(who, /^Past reviews/);

async function expectSound(who: Person): Promise<void> {
  await who.page.evaluate(() => document.fonts.ready);
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
}

async function decide(who: Person, number: number, text: string, step?: string, role?: string): Promise<void> {
  await decisions(who).getByRole("button", { name: "Add a decision" }).click();
  await decisions(who).getByRole("textbox", { name: `Decision ${number}` }).fill(text);
  for (const [label, choice] of [[`Step of decision ${number}`, step], [`Who carries out decision ${number}`, role]]) {
    if (choice === undefined) continue;
    await decisions(who).getByRole("button", { name: new RegExp(label ?? "") }).click();
    await who.page.getByRole("option", { name: choice }).click();
  }
}

describe("a review", () => {
  let first: NodeView;
  let second: NodeView;
  let third: NodeView;
  let role: string;

  test("lists what is late and what comes next, the same for both", async () => {
    const all = steps((await view()).stages).sort((a, b) => a.due.localeCompare(b.due));
    const overdue = all.filter(({ due }) => due < day(-1));
    expect(overdue.length).toBeGreaterThan(1);
    first = overdue[0] as NodeView;
    second = overdue[1] as NodeView;
    third = all.find(({ due }) => due > day(0) && due < day(7)) as NodeView;
    expect(third).toBeDefined();
    for (const who of [ben, priya]) {
      await goTo(who, "Review");
      await late(who).getByRole("link", { name: first.title, exact: true }).waitFor();
      await late(who).getByRole("link", { name: second.title, exact: true }).waitFor();
      await next(who).getByRole("link", { name: third.title, exact: true }).waitFor();
      await changed(who).getByText(/created the plan/i).waitFor();
    }
  });

  test("changes a status and a date in place, and both see it among what changed", async () => {
    await late(ben).getByRole("button", { name: `${first.title}: Not started. Change status` }).click();
    await ben.page.getByRole("menuitemradio", { name: "Done" }).click();
    for (const who of [ben, priya]) await changed(who).locator(`[data-step="${first.id}"]`).getByText("Not started → Done").waitFor();
    await changed(priya).locator(`[data-step="${first.id}"]`).getByText(/^Ben, /).first().waitFor();
    // It stays where it was, ticked off, until the review is closed.
    await late(ben).getByRole("button", { name: `${first.title}: Done. Change status` }).waitFor();

    await next(priya).locator(`[data-step="${third.id}"]`).getByRole("button", { name: /Change date/ }).click();
    await priya.page.getByRole("button", { name: "Next month" }).click();
    await priya.page.getByRole("gridcell").getByRole("button", { name: / 20(th)?\b/ }).first().click();
    await priya.page.getByRole("dialog", { name: "What this moves" }).getByRole("button", { name: "Move the dates" }).click();
    for (const who of [ben, priya]) await changed(who).locator(`[data-step="${third.id}"]`).getByText(/^Due .+ → 20 /).first().waitFor();
    expect(steps((await view()).stages).find(({ id }) => id === third.id)?.due).toMatch(/-20$/);
  });

  test("leads to a step with one click, opened", async () => {
    await late(priya).getByRole("link", { name: second.title, exact: true }).click();
    await priya.page.getByRole("button", { name: `Close details of ${second.title}` }).waitFor();
    await goTo(priya, "Review");
  });

  test("keeps its notes over a reload, and when closing it fails", async () => {
    role = (await view()).roles[0]?.title ?? "";
    await decide(ben, 1, "Legal starts on Monday", second.title, role);
    await waitForStatus(ben, "saved");
    await ben.page.reload();
    await waitForStatus(ben, "saved");
    const note = decisions(ben).getByRole("textbox", { name: "Decision 1" });
    await expect.poll(() => note.inputValue()).toBe("Legal starts on Monday");
    await decisions(ben).getByRole("button", { name: new RegExp(second.title) }).waitFor();

    // A decision that was begun and has no words is refused, in a sentence; nothing is lost or recorded.
    await decide(ben, 2, "", third.title);
    await decisions(ben).getByRole("button", { name: "Close the review" }).click();
    await decisions(ben).getByRole("alert").getByText("Decision 2 is empty: write what was decided, or take it out.").waitFor();
    expect(await note.inputValue()).toBe("Legal starts on Monday");
    expect((await view()).reviews).toEqual([]);
    await decisions(ben).getByRole("button", { name: "Remove decision 2" }).click();
  });

  test("is closed with its decisions, and the other sees it at once", async () => {
    await expect.poll(() => decisions(ben).getByRole("textbox", { name: "Who takes part" }).inputValue()).toBe("Ben, Priya");
    await decisions(ben).getByRole("button", { name: "Close the review" }).click();
    for (const who of [ben, priya]) {
      const held = past(who).getByRole("listitem").filter({ hasText: "Closed by Ben" });
      await held.getByText("Closed by Ben; with Ben and Priya.").waitFor();
      await held.getByText("Legal starts on Monday").waitFor();
      await held.getByRole("link", { name: second.title }).waitFor();
      await held.getByText(role).waitFor();
      await changed(who).getByText("Nothing has changed since the last review.").waitFor();
    }
    expect(await decisions(ben).getByRole("textbox", { name: "Decision 1" }).count()).toBe(0);
    const { reviews } = await view();
    expect(reviews).toMatchObject([{ by: { name: "Ben", side: "seller" }, people: ["Ben", "Priya"], next: day(7), decisions: [{ text: "Legal starts on Monday", node: second.id, nodeTitle: second.title }] }]);
  });

  test("is told by the history", async () => {
    const { entries } = await program.api().history(plan.id, { limit: 500 });
    expect(entries.at(-1)).toMatchObject({ kind: "command", what: "review.hold", sentence: "Ben (seller) closed a review and noted what was decided: “Legal starts on Monday”" });
  });

  test("the second shows only what came after the first", async () => {
    await past(priya).getByRole("link", { name: second.title }).click();
    await priya.page.getByRole("button", { name: `${second.title}: Not started. Change status` }).click();
    await priya.page.getByRole("menuitemradio", { name: "In progress" }).click();
    await goTo(priya, "Review");
    for (const who of [ben, priya]) {
      await changed(who).locator(`[data-step="${second.id}"]`).getByText("Not started → In progress").waitFor();
      expect(await changed(who).locator("[data-step]").count()).toBe(1);
    }
    await waitForStatus(priya, "saved");
    await decide(priya, 1, "The security team joins next week");
    await decisions(priya).getByRole("button", { name: "Close the review" }).click();
    await past(ben).getByText("The security team joins next week").waitFor();
    expect(await past(ben).getByRole("heading", { level: 3 }).count()).toBe(2);
    await changed(ben).getByText("Nothing has changed since the last review.").waitFor();
  });

  test("can't be closed by those who only read, nor claim to have seen what is to come", async () => {
    const viewer = await person(browser, "Vic");
    await joinPlan(viewer, linkOf(plan, "viewer"));
    await goTo(viewer, "Review");
    await past(viewer).getByText("Legal starts on Monday").waitFor();
    expect(await decisions(viewer).count()).toBe(0);
    expect(await changed(viewer).count()).toBe(0);
    await late(viewer).waitFor();
    await expectSound(viewer);
    expect(viewer.complaints).toEqual([]);
    await viewer.context.close();
    const as = (who: string) => program.api(tokenOf(linkOf(plan, who)));
    await expect(as("viewer").command(plan.id, "review.hold", { seq: 1 })).rejects.toMatchObject({ status: 403 });
    await expect(as("buyer").command(plan.id, "review.hold", { seq: 1_000_000 })).rejects.toThrow(/looked at entry 1000000 of the plan/);
    await expect(as("buyer").command(plan.id, "review.hold", { seq: 1, decisions: [{ text: "x".repeat(1001) }] })).rejects.toThrow(/1001 characters/);
    await expect(as("buyer").command(plan.id, "review.hold", { seq: 1, decisions: [{ text: "x", node: "nowhere" }] })).rejects.toThrow(/no longer in the plan/);
  });

  test.each([
    ["on a desk", {}],
    ["in the dark", { dark: true }],
    ["on a phone", { width: 390, height: 844 }],
    ["on a phone in the dark", { width: 390, height: 844, dark: true }],
  ] as [string, Looks][])("is sound %s", async (_, looks) => {
    const who = await person(browser, "Mara", looks);
    await joinPlan(who, linkOf(plan, "seller"));
    await late(ben).waitFor();
    await goTo(who, "Review");
    await past(who).getByText("Legal starts on Monday").waitFor();
    await decide(who, 1, "One more", third.title);
    await expectSound(who);
    expect(who.complaints).toEqual([]);
    await who.context.close();
  });

  test("left nobody's page with a complaint", () => {
    expect([...ben.complaints, ...priya.complaints]).toEqual([]);
  });
});
