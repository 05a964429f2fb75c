/** Why: the business case written by two people at once, suggestions with what they do, and the memo on paper. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;
let buyerLink: string;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme", "blank");
  planId = plan.id;
  buyerLink = linkOf(plan, "buyer");
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana", { width: 390, height: 844, dark: true });
  await joinPlan(ben, linkOf(plan, "owner"));
  await joinPlan(dana, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const view = async () => (await program.api().plan(planId)) as View;
const go = (who: Person, page: string) => who.page.getByRole("navigation", { name: "Pages of this plan" }).getByRole("link", { name: page, exact: true }).click();

describe("the Why page", () => {
  test("both write the same text and table at once", async () => {
    await go(ben, "Why");
    await go(dana, "Why");
    const outcome = "The outcome";
    await ben.page.getByRole("textbox", { name: outcome }).fill("Two days instead of eleven.");
    await expect.poll(() => dana.page.getByRole("textbox", { name: outcome }).inputValue()).toBe("Two days instead of eleven.");
    await dana.page.getByRole("textbox", { name: outcome }).press("Control+End");
    await dana.page.keyboard.type(" In every branch.");
    await expect.poll(async () => (await view()).case.outcome).toBe("Two days instead of eleven. In every branch.");

    await ben.page.getByRole("button", { name: "Add a metric" }).click();
    await ben.page.keyboard.type("Days to close");
    await dana.page.getByRole("textbox", { name: "Target: Days to close" }).fill("2");
    await expect.poll(async () => (await view()).metrics.map((m) => [m.name, m.target])).toEqual([["Days to close", "2"]]);

    await ben.page.getByRole("button", { name: "Add a metric" }).click();
    await ben.page.keyboard.type("Errors");
    await ben.page.keyboard.press("Alt+ArrowUp");
    await expect.poll(async () => (await view()).metrics.map((m) => m.name)).toEqual(["Errors", "Days to close"]);
    await ben.page.getByRole("textbox", { name: "If it is missed" }).fill("Another quarter by hand");
    await ben.page.keyboard.press("Tab");
    await expect.poll(async () => (await view()).anchor.event.consequence).toBe("Another quarter by hand");
    // An amount is read as its writer's language writes it.
    const cost = ben.page.getByRole("textbox", { name: "Cost of a week's delay" });
    await cost.fill("12,500");
    await cost.press("Tab");
    await expect.poll(async () => (await view()).anchor.costPerWeek).toBe(12_500);
    const klaus = await person(browser, "Klaus", { locale: "de-DE" });
    await joinPlan(klaus, buyerLink);
    await klaus.page.goto(`${program.origin}/p/${planId}/case`);
    const kosten = klaus.page.getByRole("textbox", { name: "Kosten einer Woche Verzug" });
    await kosten.fill("13.250");
    await kosten.press("Tab");
    await expect.poll(async () => (await view()).anchor.costPerWeek).toBe(13_250);
    await expect.poll(() => cost.inputValue()).toBe("13,250");
    await kosten.fill("zwölf");
    await kosten.press("Tab");
    await expect.poll(() => kosten.inputValue()).toBe("13.250");
    expect(klaus.complaints).toEqual([]);
    await klaus.context.close();
  });

  test("is sound for assistive technology, in the light and dark on a phone", async () => {
    expect(await violations(ben.page)).toEqual([]);
    expect(await violations(dana.page)).toEqual([]);
    expect(await overflow(dana.page)).toBe(0);
  });
});

describe("suggestions", () => {
  test("add what is missing, name an owner, and can be dismissed for everyone and brought back", async () => {
    const { page } = ben;
    await go(ben, "Plan");
    const list = page.locator(".lints");
    await list.locator("> summary").click();
    await list.getByRole("button", { name: "Add a procurement stage" }).click();
    await expect.poll(async () => (await view()).stages.map((stage) => stage.title)).toContain("Procurement");
    const steps = (await view()).stages.flatMap((stage) => stage.steps);
    expect(steps.map((step) => step.title)).toEqual(["Security review", "Legal review", "Contract signature"]);
    expect(steps.every((step) => step.due !== "" && step.days !== null)).toBe(true);

    await list.getByText("The plan ends at the signature.").waitFor();
    await list.getByRole("button", { name: "Add an implementation stage" }).click();
    await list.getByText("The plan ends at the signature.").waitFor({ state: "detached" });
    expect((await view()).stages.at(-1)?.steps.map((step) => step.title)).toEqual(["Kick-off call", "Admin training", "First-value review"]);

    await list.getByRole("button", { name: "Add Legal counsel" }).click();
    await expect.poll(async () => (await view()).roles.some((role) => role.kind === "legal" && role.side === "buyer")).toBe(true);

    await list.getByRole("button", { name: /Owner of Contract signature/ }).click();
    await page.getByRole("option", { name: "Champion" }).click();
    await expect.poll(async () => (await view()).stages[0]?.steps.concat((await view()).stages[1]?.steps ?? []).find((s) => s.title === "Contract signature")?.owners[0]?.role).toBe("champion");

    await list.getByRole("button", { name: /^Dismiss: .*accountable owner/ }).click();
    await expect.poll(async () => (await view()).dismissed.length).toBeGreaterThan(0);
    await list.getByRole("button", { name: /dismissed/ }).click();
    await list.getByRole("button", { name: /^Bring back: .*accountable owner/ }).click();
    await expect.poll(async () => (await view()).dismissed).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });
});

describe("suggestions one by one", () => {
  test("a gate gets its reviewer and a role its name where the suggestion stands; the other side sees it", async () => {
    const { page } = ben;
    const list = page.locator(".lints");
    await page.getByRole("button", { name: "Details of Contract signature" }).click();
    await page.getByRole("button", { name: "Add a gate" }).click();
    await list.getByRole("button", { name: /Reviewer of the gate on Contract signature/ }).click();
    await page.getByRole("option", { name: "Legal counsel" }).click();
    await list.getByText("One gate has no reviewer.").waitFor({ state: "detached" });
    const gate = (await view()).stages.flatMap((stage) => stage.steps).find((step) => step.title === "Contract signature")?.gate;
    expect((await view()).roles.find((role) => role.id === gate?.reviewer)?.title).toBe("Legal counsel");

    // Needed within the fortnight, and nobody yet.
    await go(ben, "People");
    const champion = page.getByRole("listitem", { name: "Champion", exact: true });
    await champion.getByRole("button", { name: "Set date to involve Champion by" }).click();
    await page.getByRole("gridcell").getByRole("button", { name: /^Today/ }).click();
    await go(ben, "Plan");
    await list.locator("> summary").click();
    await list.getByRole("textbox", { name: "Name of Champion" }).fill("Marcus Lindqvist");
    await page.keyboard.press("Enter");
    await list.getByRole("textbox", { name: "E-mail of Champion" }).fill("marcus@northwind.example");
    await page.keyboard.press("Enter");
    await list.getByText(/needed soon and can't be reached/).waitFor({ state: "detached" });
    await go(dana, "People");
    await expect.poll(() => dana.page.getByRole("textbox", { name: "E-mail of Champion" }).inputValue()).toBe("marcus@northwind.example");
    expect(await violations(page)).toEqual([]);
  });

  test("what the plan's status is shows on both sides, and only the sellers set it", async () => {
    await go(dana, "Plan");
    await dana.page.getByText("Draft", { exact: true }).waitFor();
    await ben.page.getByRole("button", { name: "Status of the plan: Draft" }).click();
    await ben.page.getByRole("menuitemradio", { name: "Paused" }).click();
    await dana.page.getByText("Paused", { exact: true }).waitFor();
    expect(await dana.page.getByRole("button", { name: /Status of the plan/ }).count()).toBe(0);
    await ben.page.getByRole("button", { name: "Status of the plan: Paused" }).click();
    await ben.page.getByRole("menuitemradio", { name: "Under way" }).click();
    await dana.page.getByText("Paused", { exact: true }).waitFor({ state: "detached" });
    expect((await view()).status).toBe("live");
  });

  test("a plan nobody touched for weeks says so, until somebody does", async () => {
    await ben.page.route("**/health?*", async (route) => {
      const answer = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...answer, sellerAt: "2026-01-05T09:00:00Z", buyerAt: "2026-01-02T09:00:00Z" } });
    });
    await ben.page.goto(`${program.origin}/p/${planId}`);
    const list = ben.page.locator(".lints");
    await list.locator("> summary").click();
    await list.getByText(/^Nothing has changed for \d+ days\.$/).waitFor();
    expect(await list.getByRole("link", { name: "Look it over together" }).getAttribute("href")).toBe(`/p/${planId}/review`);
    await ben.page.getByRole("button", { name: /^Kick-off call.*Change status$|Change status$/ }).first().click();
    await ben.page.getByRole("menuitemradio", { name: "In progress" }).click();
    await list.getByText(/^Nothing has changed/).waitFor({ state: "detached" });
    await ben.page.unroute("**/health?*");
  });
});

describe("the decision memo", () => {
  test("prints on A4 and Letter, with everything and without the editor's furniture", async () => {
    const { page } = ben;
    await waitForStatus(ben, "saved");
    await go(ben, "Memo");
    await page.getByRole("heading", { name: "Milestones" }).waitFor();
    expect(await violations(page)).toEqual([]);
    for (const format of ["A4", "Letter"]) {
      const pdf = (await page.pdf({ format })).toString("latin1");
      const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
      // Half a page of words is one sheet: nothing of the screen's room below it is printed.
      expect(pages, format).toBe(1);
    }
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button", { name: "Print or save as PDF" }).isVisible()).toBe(false);
    expect(await page.getByText("Days to close").isVisible()).toBe(true);
    await page.emulateMedia({ media: "screen" });
  });

  test("is what an executive's link opens on, read-only", async () => {
    await ben.page.getByRole("button", { name: "Link for an executive" }).click();
    const link = await ben.page.getByRole("textbox", { name: "Link to the memo" }).inputValue();
    const helena = await person(browser, "Helena", { width: 390, height: 844 });
    await helena.page.goto(link);
    await helena.page.getByRole("textbox", { name: "Your name" }).fill("Helena");
    await helena.page.getByRole("button", { name: "Open the plan" }).click();
    await helena.page.getByRole("heading", { name: "Milestones" }).waitFor();
    expect(new URL(helena.page.url()).pathname).toBe(`/p/${planId}/memo`);
    expect(await helena.page.getByRole("button", { name: "Link for an executive" }).count()).toBe(0);
    expect(await overflow(helena.page)).toBe(0);
    expect(await violations(helena.page)).toEqual([]);
  });
});
