/** The plan on paper: all that it says, nothing that one operates, dark on light whatever the screen shows. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { joinPlan, launch, person, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "enterprise-evaluation");
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function printing(who: Person): Promise<Person> {
  await joinPlan(who, linkOf(plan, who.name === "Sam" ? "seller" : "viewer"));
  await who.page.emulateMedia({ media: "print" });
  return who;
}

/** Of the steps that are to be seen, from the top; a field that can be typed into holds its words in an attribute. */
const titles = (page: Page): Promise<string[]> =>
  page.locator(".step-title:visible").evaluateAll((all) => all.map((one) => one.getAttribute("data-text") ?? one.textContent ?? ""));

test("what nobody has written yet is not printed as a question", async () => {
  const empty = await program.createPlan("Northwind × Acme: empty", "blank");
  for (const [name, role] of [["Sam", "seller"], ["Vera", "viewer"]] as const) {
    const who = await person(browser, name);
    await joinPlan(who, linkOf(empty, role));
    await who.page.locator(".summary :is(.rich-placeholder, .rich-empty)").waitFor();
    await who.page.emulateMedia({ media: "print" });
    expect(await who.page.locator(".summary:visible").count(), name).toBe(0);
    await who.context.close();
  }
});

test("a seller and a viewer print the same words, without controls", async () => {
  const seller = await printing(await person(browser, "Sam", { dark: true }));
  const viewer = await printing(await person(browser, "Vera", { width: 390, height: 844 }));
  for (const { page } of [seller, viewer]) {
    const shown = page.locator("button:visible, [role=toolbar]:visible, .bar:visible, nav:visible, aside:visible");
    // What one picks stands where the words are: status, owner, date.
    const names = await shown.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? one.textContent ?? ""));
    expect(names.filter((name) => /add|delete|move|more|share|undo|search|details|comment|fold|rules|print/i.test(name))).toEqual([]);
    expect(await titles(page)).toEqual(expect.arrayContaining(["Security review", "Contract sign-off"]));
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("light");
  }
  expect(await titles(viewer.page)).toEqual(await titles(seller.page));
  const pages = (await seller.page.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThan(0);
  expect(pages.length).toBeLessThanOrEqual(3);
  await Promise.all([seller, viewer].map((who) => who.context.close()));
});
