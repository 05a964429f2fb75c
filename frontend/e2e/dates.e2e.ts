/** Dates that move: seen before they do, noted with a reason, and measured by what both sides agreed to. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations, overflow } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;

const moved = "Security questions answered";

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana", { width: 390, height: 844 });
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const dues = () => program.dues(planId);

/** Opens a step's calendar and goes a week down. */
async function aWeekLater(who: Person, title: string): Promise<void> {
  const row = who.page.getByRole("listitem").filter({ has: who.page.getByRole("button", { name: `Details of ${title}` }) });
  await row.getByRole("button", { name: /^Due .*Change date$/ }).click();
  await who.page.getByRole("dialog", { name: "Due date" }).getByRole("grid").waitFor();
  await who.page.keyboard.press("ArrowDown");
  await who.page.keyboard.press("Enter");
}

const preview = (who: Person) => who.page.getByRole("dialog", { name: "What this moves" });
const panel = (who: Person) => who.page.getByRole("dialog", { name: "Dates", exact: true });
const openPanel = async (who: Person): Promise<void> => {
  await who.page.getByRole("button", { name: "Dates", exact: true }).click();
  await panel(who).waitFor();
};

test("both sides agree on the dates", async () => {
  await openPanel(ben);
  await panel(ben).getByRole("button", { name: "Propose these dates" }).click();
  await openPanel(dana);
  await panel(dana).getByText("Agreed so far: Seller").waitFor();
  expect(await violations(dana.page)).toEqual([]);
  expect(await overflow(dana.page)).toBeLessThanOrEqual(0);
  await panel(dana).getByRole("button", { name: "Agree for our side" }).click();
  for (const who of [ben, dana]) {
    await panel(who).getByText(/Agreed by both sides on/).waitFor();
    await panel(who).getByText("Every step is where it was agreed to be.").waitFor();
    await panel(who).getByRole("button", { name: "Close" }).click();
  }
});

test("a date that moves others is shown first, and can be left", async () => {
  const before = await dues();
  await aWeekLater(dana, moved);
  await preview(dana).getByText(/^Security questions answered \+7 days → go-live 30 Jun 2027 → 7 Jul 2027|^Security questions answered \+7 days → go-live 30 Jun → 7 Jul/).first().waitFor();
  expect(await violations(dana.page)).toEqual([]);
  expect(await overflow(dana.page)).toBeLessThanOrEqual(0);
  await preview(dana).getByRole("button", { name: "Leave it as it was" }).click();
  expect(await dues()).toEqual(before);
});

test("it is made with a reason, and the other side sees whose days they are", async () => {
  const before = await dues();
  await aWeekLater(dana, moved);
  await preview(dana).getByRole("textbox", { name: "Why? (optional)" }).fill("Questionnaire came back late");
  await preview(dana).getByRole("button", { name: "Move and note the reason" }).click();
  await preview(dana).waitFor({ state: "hidden" });
  await waitForStatus(dana, "saved");
  expect((await dues())[moved]).not.toBe(before[moved]);
  await ben.page.getByText(/forecast 7 Jul.*, 5 working days late/).waitFor();
  await openPanel(ben);
  const ledger = panel(ben).getByRole("region", { name: "Where the days went" });
  await ledger.getByRole("list", { name: "By cause" }).getByText("Questionnaire came back late").waitFor();
  await ledger.getByText("Questionnaire came back late · Seller").waitFor();
  await ledger.getByText(/^Noted by Dana/).waitFor();
  await panel(ben).getByRole("region", { name: "Agreed dates" }).getByText(moved).waitFor();
  expect(await violations(ben.page)).toEqual([]);
  await panel(ben).getByRole("button", { name: "Close" }).click();
  // One entry of undo takes all of it back; the note of the delay stays in the ledger.
  await dana.page.getByRole("button", { name: "More", exact: true }).click();
  await dana.page.getByRole("menuitem", { name: "Undo my last change" }).click();
  await waitForStatus(dana, "saved");
  await expect.poll(dues).toEqual(before);
});

test("what others do while a preview is open is part of it, and is said", async () => {
  await aWeekLater(ben, moved);
  await preview(ben).getByText(/^Security questions answered \+7 days → go-live 30 Jun/).first().waitFor();
  // Dana makes the step before it longer.
  await dana.page.getByRole("button", { name: "Details of Decision meeting" }).click();
  const days = dana.page.getByRole("textbox", { name: "Working days it takes" });
  await days.fill("40");
  await days.press("Tab");
  await preview(dana).getByRole("button", { name: "Move the dates" }).click();
  await preview(ben).getByText("The plan was changed while you are here. What you see is worked out anew.").waitFor();
  expect(await violations(ben.page)).toEqual([]);
  await preview(ben).getByRole("button", { name: "Leave it as it was" }).click();
  // The step itself goes: nothing is left to commit.
  await aWeekLater(ben, moved);
  await preview(ben).waitFor();
  await dana.page.getByRole("button", { name: `More for ${moved}` }).click();
  await dana.page.getByRole("menuitem", { name: "Delete" }).click();
  await preview(ben).getByText("This step was taken out of the plan meanwhile.").waitFor();
  expect(await preview(ben).getByRole("button", { name: "Move the dates" }).count()).toBe(0);
  await preview(ben).getByRole("button", { name: "Leave it as it was" }).click();
  await dana.page.getByRole("button", { name: "More", exact: true }).click();
  await dana.page.getByRole("menuitem", { name: "Undo my last change" }).click();
  await ben.page.getByRole("button", { name: `Details of ${moved}` }).waitFor();
});

test("new dates are agreed by both sides too, and say what they change", async () => {
  await openPanel(ben);
  await panel(ben).getByRole("button", { name: "Propose today’s dates anew" }).click();
  await openPanel(dana);
  const offered = panel(dana).getByText(/would get (another date|other dates)$/);
  await offered.click();
  await panel(dana).getByRole("button", { name: "Agree for our side" }).click();
  for (const who of [ben, dana]) {
    await panel(who).getByText("Every step is where it was agreed to be.").waitFor();
    await panel(who).getByText(/By Ben \(Seller\) and Dana \(Buyer\)/).waitFor();
    await panel(who).getByRole("button", { name: "Close" }).click();
  }
});

test("nobody's page complained", () => {
  expect([...ben.complaints, ...dana.complaints]).toEqual([]);
});
