/** How long it takes to build a plan without the mouse, counted in keys. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme", "blank");
  planId = plan.id;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

/** Two minutes at three keys a second, which is 36 words a minute. */
const KEYS = 360;

interface Planned {
  readonly title: string;
  /** How the owner begins among all roles; "+" makes the role first. */
  readonly owner: string;
  /** As it is typed. */
  readonly due?: string;
}

const PLAN: readonly { readonly stage: string; readonly steps: readonly Planned[] }[] = [
  {
    stage: "Evaluation",
    steps: [
      { title: "Platform demo", owner: "Acc" },
      { title: "POC kick-off", owner: "Cha" },
      { title: "POC on own data", owner: "+CTO" },
      { title: "Results review", owner: "CTO", due: "12 mar" },
    ],
  },
  {
    stage: "Procurement",
    steps: [
      { title: "Security review", owner: "CTO" },
      { title: "Legal redline", owner: "+Legal" },
      { title: "Price agreed", owner: "Acc" },
      { title: "Contract signed", owner: "Leg", due: "14 apr" },
    ],
  },
  {
    stage: "Implementation",
    steps: [
      { title: "Kick-off call", owner: "Cha" },
      { title: "Data import", owner: "CTO" },
      { title: "Admin training", owner: "Acc" },
      { title: "Value review", owner: "Cha", due: "28 jun" },
    ],
  },
];

test("twelve steps in three stages, each with an owner and the milestones with dates, in fewer keys than two minutes hold", async () => {
  const { page } = ben;
  const { keyboard } = page;
  let keys = 0;
  const press = async (...all: string[]): Promise<void> => {
    for (const key of all) {
      keys++;
      await keyboard.press(key);
    }
  };
  const type = async (words: string): Promise<void> => {
    keys += words.length;
    await keyboard.type(words);
  };
  const focused = (selector: string) => page.locator(`${selector}:focus`).waitFor();

  await page.getByRole("textbox", { name: "Stage name" }).focus();
  await press("Control+a");
  for (const [at, { stage, steps }] of PLAN.entries()) {
    await type(stage);
    await press("Enter");
    for (const [n, { title, owner, due }] of steps.entries()) {
      await type(title);
      await press("Escape", "o");
      await focused(".menu [role^=menuitem]");
      if (owner.startsWith("+")) {
        await press("End", "Enter");
        await page.getByRole("dialog", { name: "Add a role" }).waitFor();
        await type(owner.slice(1));
        await press("Enter");
      } else {
        await type(owner);
        await press("Enter");
      }
      await focused("li.step");
      if (due !== undefined) {
        await press("d");
        await focused(".calendar-dialog [role=button]");
        await type(due);
        await press("Enter");
        // What the date moves is shown first; Enter makes it so.
        const moves = page.getByRole("button", { name: "Move the dates" });
        const written = page.locator("li.step:focus .due:not(.due-computed)");
        await written.or(moves).first().waitFor();
        if (await moves.isVisible()) {
          await focused(".preview-actions .button-main");
          await press("Enter");
        }
        await focused("li.step");
      }
      await press("Enter", "Enter");
      // After a stage's last step: out of the empty one, into a new stage.
      if (n === steps.length - 1 && at < PLAN.length - 1) await press("Enter");
    }
  }
  await press("Backspace"); // the empty step that the last Enter made
  await waitForStatus(ben, "saved");

  const read = async () => {
    const { stages, roles } = (await program.api().plan(planId)) as View;
    const roleOf = (id: string | undefined): string => roles.find((role) => role.id === id)?.title ?? "";
    return stages.map(({ title, steps }) => ({ stage: title, steps: steps.map((step) => ({ title: step.title, owner: roleOf(step.owners[0]?.role), due: step.due })) }));
  };
  await expect.poll(async () => (await read()).map(({ stage, steps }) => [stage, ...steps.map(({ title }) => title)])).toEqual(PLAN.map(({ stage, steps }) => [stage, ...steps.map(({ title }) => title)]));
  const built = (await read()).flatMap(({ steps }) => steps);
  for (const [at, { owner, due }] of PLAN.flatMap(({ steps }) => steps).entries()) {
    expect(built[at]?.owner, built[at]?.title).toMatch(new RegExp(`^${owner.replace("+", "")}`));
    if (due !== undefined) expect(built[at]?.due.slice(-2), built[at]?.title).toBe(due.slice(0, 2));
  }
  // The other side has it too, and reads what is theirs.
  await dana.page.getByText("12 steps: just right").waitFor();
  expect(keys).toBeLessThan(KEYS);
  expect([...ben.complaints, ...dana.complaints]).toEqual([]);
});

test("a new plan: steps of no time lead to go-live, what is left under a done one doesn't wait for it, and the keyboard follows", async () => {
  const plan = await program.createPlan("Northwind × Acme: first steps", "blank");
  const ana = await person(browser, "Ana");
  await joinPlan(ana, linkOf(plan, "seller"));
  const { page } = ana;
  await page.getByRole("button", { name: "Add a step" }).click();
  await page.keyboard.type("Kick-off");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Launch");
  const due = (title: string) => page.locator("li.step").filter({ has: page.locator(`> .step-row [data-text="${title}"]`) }).last().locator(".due").first();
  for (const title of ["Kick-off", "Launch"]) await expect.poll(() => due(title).innerText(), { message: title }).toBe("30 Jun");
  const next = page.getByRole("region", { name: /next step/i });
  expect(await next.innerText()).toMatch(/Kick-off\s+Due 30 Jun/);
  expect(await page.getByText("Milestone without a date").count()).toBe(0);

  await page.locator('[data-text="Kick-off"] textarea').focus();
  for (const key of ["End", "Enter"]) await page.keyboard.press(key);
  await page.keyboard.type("Slides");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "1 below: fold Kick-off" }).waitFor();
  await next.getByRole("button", { name: "Kick-off is done" }).click();
  await page.getByRole("button", { name: "Kick-off: Done. Change status" }).waitFor();
  await expect.poll(() => due("Slides").innerText()).not.toBe("30 Jun");
  expect(await page.getByRole("dialog").count()).toBe(0);
  await expect.poll(() => due("Launch").innerText()).toBe("30 Jun");

  // Going to a step takes the keyboard along, for those who write and those who read.
  const vera = await person(browser, "Vera");
  await joinPlan(vera, linkOf(plan, "viewer"));
  for (const [who, label] of [[ana, "Slides: Not started. Change status"], [vera, "Details of Slides"]] as const) {
    await who.page.getByRole("button", { name: "Go to step: Slides" }).focus();
    await who.page.keyboard.press("Enter");
    await expect.poll(() => who.page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(label);
  }
  await vera.page.getByText("Nobody has written the summary yet.").waitFor();

  // So does deleting: to what comes next, and when nothing is left to what begins anew.
  await page.getByRole("button", { name: "Add a stage" }).click();
  await page.keyboard.type("Later");
  for (const [stage, next] of [["First stage", "Later"], ["Later", "Add a stage"]] as const) {
    await page.getByRole("button", { name: `More for ${stage}`, exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Delete stage" }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent)).toBe(next);
  }
  expect([...ana.complaints, ...vera.complaints]).toEqual([]);
});
