/** Who takes part: the seller names the seats, the buyer fills them, and both see it happen. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;
let viewer: string;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  viewer = linkOf(plan, "viewer");
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
  for (const who of [ben, dana]) await who.page.getByRole("link", { name: "People", exact: true }).click();
  await heading(ben);
  await heading(dana);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const heading = (who: Person) => who.page.getByRole("heading", { level: 1, name: "People" }).waitFor();
const row = (who: Person, role: string) => who.page.getByRole("listitem", { name: role, exact: true });
const field = (who: Person, label: string) => who.page.getByRole("textbox", { name: label, exact: true });
const stored = async () => (await program.api().plan(planId)) as View;
const role = async (title: string) => (await stored()).roles.find((one) => one.title === title);

async function expectSound(who: Person): Promise<void> {
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
  expect(who.complaints).toEqual([]);
}

describe("roles first, names later", () => {
  test("the seller adds placeholders, usual ones and one in free words", async () => {
    await ben.page.getByText("The contract has no legal owner on the buyer’s side.").waitFor();
    await ben.page.getByRole("button", { name: "Add roles" }).click();
    const dialog = ben.page.getByRole("dialog");
    for (const usual of ["CISO", "General counsel", "CFO"]) await dialog.getByText(usual, { exact: true }).click();
    await dialog.getByRole("textbox", { name: "In your own words" }).fill("Head of Treasury");
    await expectSound(ben);
    await dialog.getByRole("button", { name: "Add 4 roles" }).click();
    for (const title of ["CISO", "General counsel", "CFO", "Head of Treasury"]) await row(dana, title).waitFor();
    await ben.page.getByText("The contract has no legal owner on the buyer’s side.").waitFor({ state: "hidden" });
    expect(await role("General counsel")).toMatchObject({ side: "buyer", kind: "legal", name: "" });
  });

  test("the buyer fills names down the column by keyboard, and the seller sees them", async () => {
    const titles = await dana.page.locator('[data-column="role"]').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    await field(dana, `Name of ${titles[0] ?? ""}`).focus();
    await dana.page.keyboard.type("Marcus Lindqvist");
    await dana.page.keyboard.press("Enter");
    await dana.page.keyboard.type("Aisha Khan");
    await dana.page.keyboard.press("Enter");
    await waitForStatus(dana, "saved");
    expect((await role(titles[0] ?? ""))?.name).toBe("Marcus Lindqvist");
    expect((await role(titles[1] ?? ""))?.name).toBe("Aisha Khan");
    await expect.poll(() => field(ben, `Name of ${titles[1] ?? ""}`).inputValue()).toBe("Aisha Khan");
  });

  test("two people in one row at once: both fields stay, and Escape takes one's own typing back", async () => {
    await field(ben, "Phone of General counsel").fill("+47 22 00 00 00");
    await field(dana, "E-mail of General counsel").fill("ingrid@northwind.example");
    await Promise.all([ben.page.keyboard.press("Tab"), dana.page.keyboard.press("Tab")]);
    await expect.poll(() => role("General counsel")).toMatchObject({ phone: "+47 22 00 00 00", email: "ingrid@northwind.example" });
    await field(ben, "Phone of General counsel").fill("wrong");
    await ben.page.keyboard.press("Escape");
    await expect.poll(() => field(ben, "Phone of General counsel").inputValue()).toBe("+47 22 00 00 00");
  });

  test("an address that is none is told and not kept", async () => {
    await field(dana, "E-mail of CFO").fill("nora at northwind");
    await dana.page.keyboard.press("Tab");
    await row(dana, "CFO").getByRole("alert").waitFor();
    expect(await role("CFO")).toMatchObject({ email: "" });
    await field(dana, "E-mail of CFO").fill("nora@northwind.example");
    await dana.page.keyboard.press("Tab");
    await expect.poll(() => role("CFO")).toMatchObject({ email: "nora@northwind.example" });
  });

  test("a role is one of the people in the plan", async () => {
    await row(ben, "CFO").getByRole("button", { name: /Who of this plan is CFO/ }).click();
    await ben.page.getByRole("menuitemradio", { name: "Dana" }).click();
    await row(dana, "CFO").getByText("In this plan as Dana").waitFor();
    await expect.poll(() => role("CFO")).toMatchObject({ name: "Dana" });
  });

  test("a removed role comes back by undo, name and all", async () => {
    await row(ben, "CFO").getByRole("button", { name: "More about CFO" }).click();
    await ben.page.getByRole("menuitem", { name: "Remove this role" }).click();
    await row(dana, "CFO").waitFor({ state: "detached" });
    await ben.page.getByRole("button", { name: "Undo" }).click();
    await row(dana, "CFO").waitFor();
    expect(await role("CFO")).toMatchObject({ name: "Dana", email: "nora@northwind.example" });
  });

  test("a step a role answers for is one click away", async () => {
    await row(ben, "Champion").getByRole("link", { name: "Agree on the goal" }).click();
    await ben.page.getByRole("button", { name: "Close details of Agree on the goal" }).waitFor();
    await ben.page.getByRole("link", { name: "People", exact: true }).click();
    await heading(ben);
  });
});

test("both write one line of the working agreement", async () => {
  await field(ben, "How often we meet").focus();
  await ben.page.keyboard.type("Tuesdays");
  await expect.poll(() => field(dana, "How often we meet").inputValue()).toBe("Tuesdays");
  await field(dana, "How often we meet").focus();
  await dana.page.keyboard.press("End");
  await dana.page.keyboard.type(" at nine");
  await expect.poll(async () => (await stored()).working.cadence).toBe("Tuesdays at nine");
});

test("history tells it in sentences", async () => {
  const sentences = (await program.api().history(planId)).entries.map((entry) => entry.sentence);
  expect(sentences).toContainEqual(expect.stringContaining("edited how often both sides meet"));
  expect(sentences).toContainEqual(expect.stringContaining("named Aisha Khan as"));
});

const ways: [string, Looks][] = [
  ["on a desk", {}],
  ["in the dark", { dark: true }],
  ["on a phone", { width: 390, height: 844 }],
];

test.each(ways)("the page %s is sound for a reader", async (_, looks) => {
  const reader = await person(browser, "Vera", looks);
  await joinPlan(reader, viewer);
  await reader.page.goto(`${program.origin}/p/${planId}/people`);
  await heading(reader);
  await reader.page.getByText("Marcus Lindqvist").waitFor();
  expect(await reader.page.getByRole("textbox").count()).toBe(0);
  await expectSound(reader);
  await reader.context.close();
});

test.each(ways)("the page %s is sound for a writer", async (_, looks) => {
  if (looks.width !== undefined) await dana.page.setViewportSize({ width: looks.width, height: looks.height ?? 844 });
  await dana.page.emulateMedia({ colorScheme: looks.dark === true ? "dark" : "light" });
  await expectSound(dana);
});
