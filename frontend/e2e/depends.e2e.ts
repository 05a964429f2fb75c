/** What a step waits for, and why its date is what it is, with both sides looking. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "quick-start");
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function open(who: Person, title: string): Promise<void> {
  await who.page.getByRole("button", { name: `Details of ${title}` }).click();
  await who.page.getByRole("combobox", { name: "Add a step it waits for" }).waitFor();
}

test("a step waits for another, both see it, a circle is refused, and the date explains itself", async () => {
  const seller = await person(browser, "Mara");
  const buyer = await person(browser, "Dana", { width: 390, height: 844 });
  await joinPlan(seller, linkOf(plan, "seller"));
  await joinPlan(buyer, linkOf(plan, "buyer"));

  await open(seller, "Kick-off call");
  await seller.page.getByText("Nothing in particular: it follows the step above it.").waitFor();
  const add = seller.page.getByRole("combobox", { name: "Add a step it waits for" });
  await add.pressSequentially("terms");
  await seller.page.getByRole("option", { name: "Terms agreed" }).click();
  const preview = seller.page.getByRole("dialog", { name: "What this moves" });
  const row = seller.page.locator(".depends-row", { hasText: "Terms agreed" });
  await Promise.race([preview.waitFor(), row.waitFor()]);
  if (await preview.isVisible()) await preview.getByRole("button", { name: "Move the dates" }).click();
  await row.waitFor();
  await waitForStatus(seller, "saved");
  expect(await violations(seller.page)).toEqual([]);

  // The other side sees what follows, and cannot close the circle.
  await open(buyer, "Terms agreed");
  await buyer.page.locator(".depends-then", { hasText: "Kick-off call" }).waitFor();
  expect(await overflow(buyer.page)).toBeLessThanOrEqual(0);
  await buyer.page.getByRole("combobox", { name: "Add a step it waits for" }).pressSequentially("kick");
  await buyer.page.getByRole("option", { name: "Kick-off call" }).click();
  await buyer.page.getByText("Terms agreed can’t wait for Kick-off call: the two would wait for each other.").waitFor();
  expect(await violations(buyer.page)).toEqual([]);

  // Why this date: from the step to what holds it.
  await buyer.page.getByText("Why this date?").click();
  const chain = buyer.page.locator(".explain-chain > li");
  await chain.nth(1).waitFor();
  expect(await chain.first().textContent()).toMatch(/^Terms agreed by \d/);
  expect(await chain.nth((await chain.count()) - 2).textContent()).toMatch(/keeps go-live|chose this date/);
  await chain.last().getByText("The plan’s date").waitFor();

  await seller.page.getByRole("button", { name: "No longer wait for Terms agreed" }).click();
  await Promise.race([preview.waitFor(), row.waitFor({ state: "detached" })]);
  if (await preview.isVisible()) await preview.getByRole("button", { name: "Move the dates" }).click();
  await row.waitFor({ state: "detached" });
  expect([...seller.complaints, ...buyer.complaints]).toEqual([]);
});
