/** The list of plans: how each is doing, archiving, duplicates and templates, by keyboard and on a phone. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;
let demo: Readonly<Record<string, string>>;
const people: Person[] = [];

beforeAll(async () => {
  program = await Program.start({ demo: true });
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "quick-start");
  demo = (await program.api().demo()) ?? {};
});

afterEach(async () => {
  await Promise.all(people.splice(0).map((who) => who.context.close()));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function someone(name: string, looks: Looks = {}): Promise<Person> {
  const who = await person(browser, name, looks);
  people.push(who);
  return who;
}

describe("the list of plans", () => {
  test("shows each side the same, live numbers", async () => {
    const seller = await someone("Mara");
    const buyer = await someone("Dana");
    await joinPlan(seller, linkOf(plan, "seller"));
    await joinPlan(buyer, linkOf(plan, "buyer"));
    // The buyer finishes a step.
    await buyer.page.getByRole("button", { name: /Change status$/ }).first().click();
    await buyer.page.getByRole("menuitemradio", { name: "Done" }).click();
    await waitForStatus(buyer, "saved");
    for (const who of [seller, buyer]) {
      await who.page.goto(`${program.origin}/plans`);
      const row = who.page.getByRole("row", { name: /Northwind × Acme/ });
      await row.getByText("1 of 9").waitFor();
      await row.getByText("On track").waitFor();
      await row.getByText(/^Buyer (now|this minute)$/).waitFor();
      expect(await violations(who.page)).toEqual([]);
    }
    // Only the selling side copies and archives.
    expect(await buyer.page.getByRole("button", { name: /^More for/ }).count()).toBe(0);
    await seller.page.getByRole("link", { name: "Northwind × Acme", exact: true }).click();
    await waitForStatus(seller, "saved");
    expect([...seller.complaints, ...buyer.complaints]).toEqual([]);
  });

  test("a plan is archived and comes back; search and order find it", async () => {
    const who = await someone("Mara");
    await joinPlan(who, linkOf(plan, "owner"));
    await joinPlan(who, linkOf({ id: "", links: demo }, "seller"));
    const { page } = who;
    await page.goto(`${program.origin}/plans`);
    const names = page.locator(".plans-link");
    await names.nth(1).waitFor();
    // What holds the demo up is seen in its row: the gate that comes next and the days its go-live slipped.
    const lateOne = page.getByRole("row", { name: /freight invoices/ });
    await lateOne.getByText("Vendor security assessment", { exact: true }).waitFor();
    await lateOne.getByText(/^\d+ working days$/).waitFor();
    await page.getByRole("row", { name: /Northwind × Acme/ }).getByText("No gate. Next step:").waitFor();
    for (const column of ["Slipped", "Next gate"]) {
      await page.getByRole("button", { name: column, exact: true }).click();
      await page.getByRole("button", { name: `${column}, sorted upwards` }).click();
    }
    await page.getByRole("button", { name: "Plan", exact: true }).click();
    const up = await names.allTextContents();
    await page.getByRole("button", { name: "Plan, sorted upwards" }).click();
    expect(await names.allTextContents()).toEqual([...up].reverse());

    await page.getByRole("searchbox", { name: "Search plans" }).fill("× ACME north");
    expect(await names.allTextContents()).toContain("Northwind × Acme");
    await page.getByRole("searchbox", { name: "Search plans" }).fill("northwind × acme");
    await page.getByRole("button", { name: "More for Northwind × Acme" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await page.getByRole("link", { name: "Northwind × Acme", exact: true }).waitFor({ state: "detached" });
    await page.getByRole("radio", { name: "Archived (1)" }).click();
    await page.getByRole("link", { name: "Northwind × Acme", exact: true }).waitFor();
    await page.getByRole("button", { name: "More for Northwind × Acme" }).click();
    await page.getByRole("menuitem", { name: "Back to current plans" }).click();
    await page.getByRole("radio", { name: "Archived (0)" }).waitFor();
    expect(who.complaints).toEqual([]);
  });

  test("a plan becomes a template, and a duplicate opens", async () => {
    const who = await someone("Mara");
    await joinPlan(who, linkOf(plan, "owner"));
    const { page } = who;
    await page.getByRole("button", { name: "More for this plan" }).click();
    await page.getByRole("menuitem", { name: "Save as template…" }).click();
    await page.getByRole("textbox", { name: "Name of the template" }).fill("Our nine steps");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog", { name: "Our nine steps" }).getByText("Saved. It is offered when you start a plan.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("More for this plan");
    await page.goto(`${program.origin}/plans`);
    await page.getByRole("button", { name: "More for Northwind × Acme" }).click();
    await page.getByRole("menuitem", { name: "Save as template…" }).waitFor();
    await page.getByRole("menuitem", { name: "Duplicate…" }).click();
    await page.getByRole("textbox", { name: "What is the new plan called?" }).fill("Corvus");
    await page.getByRole("button", { name: "Create the plan" }).click();
    await page.getByRole("textbox", { name: "Your name" }).fill("Mara");
    await page.getByRole("button", { name: "Open the plan" }).click();
    await waitForStatus(who, "saved");
    expect(await page.getByRole("textbox", { name: "Plan title" }).inputValue()).toBe("Corvus");
    // The status of the original's first step is not the copy's.
    await page.getByText("0 of 9 steps done").waitFor();

    await page.goto(program.origin);
    await page.getByText("Our nine steps").waitFor();
    await page.getByRole("button", { name: "Remove the template Our nine steps" }).click();
    await page.locator(".template-title", { hasText: "Our nine steps" }).waitFor({ state: "detached" });
    expect(who.complaints).toEqual([]);
  });

  test("with an access token it lists every plan of the server", async () => {
    const who = await someone("Olu");
    const { page } = who;
    await page.goto(`${program.origin}/plans`);
    await page.getByText("This device doesn’t know any plan yet.").waitFor();
    await page.getByText("Show all plans on this server").click();
    await page.getByLabel("Access token").fill("cp_wrong");
    await page.getByRole("button", { name: "Show all plans" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Show only my plans" }).click();
    await page.getByText("Show all plans on this server").click();
    await page.getByLabel("Access token").fill(program.admin);
    await page.getByRole("button", { name: "Show all plans" }).click();
    await page.getByRole("button", { name: "Northwind × Acme" }).waitFor();
    expect(await page.locator(".plans-row").count()).toBeGreaterThanOrEqual(2);
  });

  test.each([["on a phone", { width: 390, height: 844 }], ["in the dark", { dark: true }]] as [string, Looks][])("is sound %s", async (_, looks) => {
    const who = await someone("Mara", looks);
    await joinPlan(who, linkOf({ id: "", links: demo }, "seller"));
    await who.page.goto(`${program.origin}/plans`);
    await who.page.locator(".plans-row").first().waitFor();
    expect(await overflow(who.page)).toBeLessThanOrEqual(0);
    expect(await violations(who.page)).toEqual([]);
    expect(who.complaints).toEqual([]);
  });
});
