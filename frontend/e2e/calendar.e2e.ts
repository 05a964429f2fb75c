/** Which days can be worked, what the plan is planned around, and who made a date what it is: with both sides looking. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let vera: Person;
let planId: string;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana", { width: 390, height: 844, dark: true });
  vera = await person(browser, "Vera");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
  await joinPlan(vera, linkOf(plan, "viewer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const dues = () => program.dues(planId);
const preview = (who: Person) => who.page.getByRole("dialog", { name: "What this moves" });
const panel = (who: Person) => who.page.getByRole("dialog", { name: "Dates", exact: true });
const calendar = (who: Person) => panel(who).getByRole("region", { name: "Working calendar" });
const daysOff = (who: Person) => calendar(who).getByRole("list", { name: "Working calendar" });
const openPanel = async (who: Person): Promise<void> => {
  await who.page.getByRole("button", { name: "Dates", exact: true }).click();
  await panel(who).waitFor();
};
/** Types a date into segments: day, month, year, as the reader writes them. */
async function typeDate(who: Person, label: string, digits: string): Promise<void> {
  const field = calendar(who).getByRole("group", { name: label, exact: true });
  await field.getByRole("spinbutton").first().focus();
  await who.page.keyboard.type(digits);
}

test("a freeze moves what stands before it: shown first, then made for both", async () => {
  const before = await dues();
  for (const who of [ben, dana, vera]) await openPanel(who);
  await calendar(ben).getByRole("button", { name: "Add days off" }).click();
  await ben.page.getByRole("menuitem", { name: "A freeze: nothing moves for a while" }).click();
  await calendar(ben).getByRole("button", { name: "Add", exact: true }).waitFor();
  await typeDate(ben, "From", "21062027");
  await typeDate(ben, "Until and including", "18062027");
  await calendar(ben).getByRole("button", { name: "Add", exact: true }).click();
  await calendar(ben).getByText("It ends before it begins.").waitFor();
  await typeDate(ben, "Until and including", "25062027");
  await calendar(ben).getByRole("textbox", { name: "What it is" }).fill("Stocktaking");
  expect(await violations(ben.page)).toEqual([]);
  await calendar(ben).getByRole("button", { name: "Add", exact: true }).click();

  await preview(ben).getByText(/^Nothing moves 21 Jun.* to 25 Jun.* \(Stocktaking\) → go-live stays 30 Jun/).first().waitFor();
  await preview(ben).getByText("Signature").waitFor();
  expect(await violations(ben.page)).toEqual([]);
  await preview(ben).getByRole("button", { name: "Do it" }).click();
  await preview(ben).waitFor({ state: "hidden" });
  await waitForStatus(ben, "saved");
  for (const who of [ben, dana, vera]) await daysOff(who).getByText("Stocktaking").waitFor();
  const after = await dues();
  expect(after["First-value review"]).toBe(before["First-value review"]);
  expect(Date.parse(before["Signature"] ?? "") - Date.parse(after["Signature"] ?? "")).toBe(7 * 86_400_000);
  expect(await overflow(dana.page)).toBeLessThanOrEqual(0);
  expect(await violations(dana.page)).toEqual([]);
});

test("the buyer notes who of theirs is away, and not when sellers are; readers read", async () => {
  await calendar(dana).getByRole("button", { name: "Add days off" }).click();
  await dana.page.getByRole("menuitem", { name: "Somebody is away" }).click();
  await calendar(dana).getByRole("button", { name: "Add", exact: true }).click();
  await calendar(dana).getByText("Choose who is away.").waitFor();
  await calendar(dana).getByRole("button", { name: /^Who/ }).or(calendar(dana).getByRole("button", { name: /Choose a role or a person/ })).first().click();
  const roles = await dana.page.getByRole("option").allTextContents();
  expect(roles.length).toBeGreaterThan(0);
  expect(roles.some((role) => /account executive|solution engineer/i.test(role))).toBe(false);
  await dana.page.getByRole("option").first().click();
  await typeDate(dana, "From", "01032027");
  await typeDate(dana, "Until and including", "05032027");
  await calendar(dana).getByRole("button", { name: "Add", exact: true }).click();
  await Promise.race([preview(dana).waitFor(), daysOff(dana).getByText(/is away$/).waitFor()]);
  if (await preview(dana).isVisible()) await preview(dana).getByRole("button", { name: "Do it" }).click();
  for (const who of [ben, dana, vera]) await daysOff(who).getByText(`${roles[0] ?? "?"} is away`).waitFor();
  expect(await calendar(vera).getByRole("button").count()).toBe(0);
  expect(await violations(vera.page)).toEqual([]);
});

test("public holidays come at once, the week can be another, and one undo takes each back", async () => {
  const before = await dues();
  await calendar(ben).getByRole("button", { name: "Public holidays" }).click();
  await calendar(ben).getByRole("button", { name: /Country/ }).click();
  await ben.page.getByRole("option", { name: "Germany" }).click();
  await calendar(ben).getByRole("button", { name: /^Add \d+ days$/ }).click();
  await Promise.race([preview(ben).waitFor(), daysOff(ben).getByText("Pfingstmontag").waitFor()]);
  if (await preview(ben).isVisible()) await preview(ben).getByRole("button", { name: "Do it" }).click();
  await daysOff(dana).getByText("Pfingstmontag").waitFor();
  // The other side takes one out again.
  await daysOff(dana).getByRole("button", { name: /^Take out: Pfingstmontag/ }).click();
  await Promise.race([preview(dana).waitFor(), daysOff(dana).getByText("Pfingstmontag").waitFor({ state: "detached" })]);
  if (await preview(dana).isVisible()) await preview(dana).getByRole("button", { name: "Do it" }).click();
  await daysOff(ben).getByText("Pfingstmontag").waitFor({ state: "detached" });
  await daysOff(ben).getByText("Christi Himmelfahrt").waitFor();

  const moved = await dues();
  await calendar(ben).getByRole("button", { name: "Friday" }).click();
  await preview(ben).getByText(/^Other working days → go-live/).first().waitFor();
  await preview(ben).getByRole("button", { name: "Do it" }).click();
  await expect.poll(() => calendar(vera).textContent()).toContain("Monday, Tuesday, Wednesday and Thursday");
  expect(await dues()).not.toEqual(moved);
  await panel(ben).getByRole("button", { name: "Close" }).click();
  await ben.page.getByRole("button", { name: "Undo", exact: false }).first().click();
  await expect.poll(() => calendar(vera).textContent()).toContain("and Friday");
  await expect.poll(dues).toEqual(moved);
  expect(Object.keys(before)).toEqual(Object.keys(moved));
});

test("dates near the end of a quarter are warned about, for both", async () => {
  await openPanel(ben);
  await calendar(ben).getByRole("checkbox", { name: "Warn about dates near the end of a quarter" }).focus();
  await ben.page.keyboard.press("Space");
  await expect.poll(() => calendar(vera).textContent()).toContain("the last 5 working days of a quarter");
  for (const who of [ben, dana, vera]) await panel(who).getByRole("button", { name: "Close" }).click();
  for (const who of [ben, dana, vera]) {
    await who.page.getByRole("button", { name: "Details of Set-up and first users" }).click();
    await who.page.getByText(/^Set-up and first users ends on .*of the quarter on 30 Jun/).waitFor();
  }
});

test("counted from a start, every step keeps its place; another step as go-live is shown first", async () => {
  const before = await dues();
  await openPanel(ben);
  const anchor = panel(ben).getByRole("region", { name: "What the plan is planned around" });
  await anchor.getByRole("button", { name: /Planned around/ }).click();
  await ben.page.getByRole("option", { name: "Start" }).click();
  await Promise.race([preview(ben).waitFor(), anchor.getByRole("button", { name: /Start Planned around/ }).waitFor()]);
  if (await preview(ben).isVisible()) await preview(ben).getByRole("button", { name: "Do it" }).click();
  await waitForStatus(ben, "saved");
  await expect.poll(async () => ((await program.api().plan(planId)) as View).anchor.kind).toBe("start");
  expect((await dues())["First-value review"]).toBe(before["First-value review"]);
  await anchor.getByRole("button", { name: /Planned around/ }).click();
  await ben.page.getByRole("option", { name: "Go-live" }).click();
  await Promise.race([preview(ben).waitFor(), anchor.getByRole("button", { name: /It is the end of/ }).waitFor()]);
  if (await preview(ben).isVisible()) await preview(ben).getByRole("button", { name: "Do it" }).click();
  await anchor.getByRole("button", { name: /It is the end of/ }).click();
  await ben.page.getByRole("option", { name: "Kick-off call" }).click();
  await preview(ben).getByText(/^Planned around another date → go-live/).first().waitFor();
  await preview(ben).getByRole("button", { name: "Leave it as it was" }).click();
  await panel(ben).getByRole("button", { name: "Close" }).click();
});

test("a date says who made it: to the one who asks, and to those who only read", async () => {
  await dana.page.getByRole("button", { name: "Details of Terms agreed" }).click();
  await dana.page.getByRole("textbox", { name: "Working days it takes" }).first().fill("8");
  await dana.page.keyboard.press("Tab");
  await preview(dana).getByRole("button", { name: "Move the dates" }).click();
  await preview(dana).waitFor({ state: "hidden" });
  await waitForStatus(dana, "saved");
  await ben.page.getByRole("button", { name: "Details of Security questions answered" }).click();
  const details = ben.page.getByRole("listitem").filter({ has: ben.page.getByRole("button", { name: "Details of Security questions answered" }) });
  await details.getByText("Why this date?").click();
  const chain = details.locator(".explain-chain");
  await chain.getByText("Dana (Buyer)").first().waitFor();
  await chain.getByText(/\(followed from Terms agreed\)/).first().waitFor();
  expect(await violations(ben.page)).toEqual([]);
  // The plan's last entry is told as one.
  const { entries } = await program.api().history(planId, { nodes: ["security-questions"], fields: ["due"] });
  expect(entries.at(-1)?.sentence).toMatch(/^Dana \(buyer\) changed how long \*Terms agreed\* takes from 5 to 8 working days, and with it \d+ steps/);
});

test("nobody's page complained", () => {
  expect([...ben.complaints, ...dana.complaints, ...vera.complaints]).toEqual([]);
});
