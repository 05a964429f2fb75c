/** What is fast because little is done: counted, not timed. `bench/frames.mjs` has the milliseconds. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joinPlan, launch, person, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import { countRows, rowsDrawn } from "./harness/renders";
import type { View } from "../src/plan/project";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;
let ben: Person;
let dana: Person;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "enterprise-evaluation");
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  for (const who of [ben, dana]) await countRows(who.page);
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const titleOf = (who: Person, id: string) => who.page.locator(`[data-field="title:${id}"]`);

describe("one keystroke", () => {
  test("in a step’s title draws that row once, on both screens", async () => {
    const title = titleOf(ben, "security-review");
    await title.click();
    await ben.page.keyboard.press("End");
    const here = await rowsDrawn(ben.page, () => ben.page.keyboard.press("x"));
    expect(here).toEqual({ "security-review": 1 });
    const there = await rowsDrawn(dana.page, async () => {
      await ben.page.keyboard.press("y");
      await expect.poll(() => titleOf(dana, "security-review").inputValue()).toMatch(/xy$/);
    });
    expect(there).toEqual({ "security-review": 1 });
  });

  test("in the summary draws no row", async () => {
    const summary = ben.page.getByRole("textbox", { name: "Executive summary" });
    await summary.locator("p").first().click();
    expect(await rowsDrawn(ben.page, () => ben.page.keyboard.press("x"))).toEqual({});
    const there = await rowsDrawn(dana.page, async () => {
      await ben.page.keyboard.press("y");
      await dana.page.getByRole("textbox", { name: "Executive summary" }).getByText("xy").waitFor();
    });
    expect(there).toEqual({});
  });

  test("that moves the caret, or goes to the next field, draws none", async () => {
    await titleOf(ben, "legal-redline").click();
    const keys = ["End", "ArrowLeft", "Home", "ArrowDown", "ArrowUp"];
    const drawn = await rowsDrawn(ben.page, async () => {
      for (const key of keys) await ben.page.keyboard.press(key);
    });
    expect(drawn).toEqual({});
  });

  test("that moves a step draws what moved, and what has another date by that", async () => {
    await titleOf(ben, "poc-kick-off").click();
    const before = (await program.api().plan(plan.id)) as View;
    const drawn = await rowsDrawn(ben.page, async () => {
      await ben.page.keyboard.press("Alt+ArrowUp");
      await expect.poll(async () => ((await program.api().plan(plan.id)) as View).stages[0]?.steps[1]?.id).toBe("poc-kick-off");
    });
    const after = (await program.api().plan(plan.id)) as View;
    const due = (view: View, id: string) => view.stages.flatMap((stage) => stage.steps).find((step) => step.id === id)?.due;
    const may = after.stages.flatMap((stage) => stage.steps).filter(({ id }) => due(before, id) !== due(after, id)).map(({ id }) => id);
    expect(Object.keys(drawn).filter((id) => id !== "evaluation" && id !== "poc-kick-off" && !may.includes(id))).toEqual([]);
    expect(drawn["evaluation"]).toBe(1);
  });
});

/** Kilobytes of a thousand, as tools report them. */
const FIRST_LOAD = 250_000;

describe("the first visit", () => {
  test("of a plan loads less than 250 kB of script, compressed", async () => {
    const who = await person(browser, "Nora");
    await joinPlan(who, linkOf(plan, "champion"));
    const state = await who.context.storageState();
    const fresh = await browser.newContext({ storageState: state });
    const page = await fresh.newPage();
    await page.addInitScript(() => {
      new MutationObserver((_, watch) => {
        if (!document.querySelector("[role=status][data-kind=saved]")) return;
        performance.mark("saved");
        watch.disconnect();
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await page.goto(who.page.url());
    await page.locator('[role="status"][data-kind="saved"]').waitFor();
    const loaded = () =>
      page.evaluate(() => {
        const saved = performance.getEntriesByName("saved")[0]?.startTime ?? 0;
        const scripts = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")) as PerformanceResourceTiming[];
        return scripts.map(({ name, startTime, encodedBodySize }) => ({ name, first: startTime < saved, size: encodedBodySize }));
      });
    // What is there for later, and for being offline, follows when the page is at rest.
    await expect.poll(async () => (await loaded()).some(({ name, size }) => /\/editor-/.test(name) && size > 0)).toBe(true);
    const first = (await loaded()).filter((one) => one.first);
    expect(first.length).toBeGreaterThan(3);
    expect(first.some(({ name }) => /\/editor-/.test(name))).toBe(false);
    const total = first.reduce((sum, { size }) => sum + size, 0);
    expect(total).toBeGreaterThan(100_000);
    expect(total, first.map(({ name, size }) => `${size} ${name}`).join("\n")).toBeLessThan(FIRST_LOAD);
    await who.context.close();
    await fresh.close();
  });
});
