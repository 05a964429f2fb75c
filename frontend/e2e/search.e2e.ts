/** One search over the whole plan: what one person just wrote, the other finds, by keyboard alone. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let links: Readonly<Record<string, string>>;

beforeAll(async () => {
  program = await Program.start({ demo: true });
  browser = await launch();
  links = (await program.api().demo()) ?? {};
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf({ id: "", links }, "seller"));
  await joinPlan(dana, linkOf({ id: "", links }, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const field = (who: Person) => who.page.getByRole("combobox", { name: "Search the plan" });
const chosen = (who: Person) => who.page.getByRole("option", { selected: true });
const focused = (who: Person) => who.page.evaluate(() => document.activeElement?.getAttribute("data-field") ?? document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName);

async function find(who: Person, words: string): Promise<void> {
  await who.page.keyboard.press("Control+k");
  await field(who).waitFor();
  await who.page.keyboard.type(words);
}

describe("the search over the plan", () => {
  test("finds what the other just wrote, and goes there, however it is folded away", async () => {
    const { page } = dana;
    await page.getByRole("button", { name: "Fold Implementation" }).click();
    await ben.page.locator("[data-node=admin-training] [data-field^='title:']").first().fill("Train the freight clerks");
    await waitForStatus(ben, "saved");
    await find(dana, "clerks");
    await page.getByRole("option", { name: /Train the freight clerks/ }).waitFor();
    expect(await chosen(dana).textContent()).toContain("Implementation");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await field(dana).waitFor({ state: "detached" });
    await expect.poll(() => focused(dana)).toMatch(/^title:/);
    expect(await page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe("Train the freight clerks");
    await page.getByRole("button", { name: "Close details of Train the freight clerks" }).waitFor();
  });

  test("takes what is typed while its code still comes, and gives the focus back", async () => {
    const early = await person(browser, "Early");
    const { page } = early;
    let comes = (): void => {};
    const held = new Promise<void>((resolve) => (comes = resolve));
    await page.route("**/search-dialog-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await joinPlan(early, linkOf({ id: "", links }, "buyer"));
    const title = page.locator("[data-node=admin-training] [data-field^='title:']").first();
    await title.focus();
    const before = await title.inputValue();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("penetr");
    expect(await page.getByRole("dialog").count()).toBe(0);
    comes();
    await field(early).waitFor();
    await page.keyboard.type("ation");
    await expect.poll(() => field(early).inputValue()).toBe("penetration");
    expect(await chosen(early).textContent()).toContain("Vendor security assessment");
    await page.keyboard.press("Escape");
    await field(early).waitFor({ state: "detached" });
    await expect.poll(() => title.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await title.inputValue()).toBe(before);
    expect(early.complaints).toEqual([]);
    await page.context().close();
  });

  test("finds descriptions, people, files, comments and reasons, from any page, without accents or case", async () => {
    const { page } = dana;
    // A slash in a field is a slash; on the page it asks.
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await field(dana).waitFor();
    await page.keyboard.type("penetration");
    expect(await chosen(dana).textContent()).toContain("Vendor security assessment");
    await page.keyboard.press("Escape");
    await field(dana).waitFor({ state: "detached" });

    await find(dana, "tomas");
    await page.getByRole("group", { name: "People" }).getByRole("option", { name: /Tomás Rey/ }).waitFor();
    await page.getByRole("group", { name: "Stages and steps" }).getByRole("option", { name: /Kick-off call/ }).waitFor();
    while (!((await chosen(dana).textContent()) ?? "").startsWith("Tomás")) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/people");
    await page.locator(".is-pointed-at", { hasText: "Tomás Rey" }).waitFor();

    await find(dana, "data processing");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/resources");
    await expect.poll(() => focused(dana)).toContain("Data processing agreement");

    await find(dana, "overpaid third hire");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/case");
    await expect.poll(() => focused(dana)).toBe("case:inaction");
  });

  test("finds a comment the other side just made, and opens it", async () => {
    await ben.page.getByRole("button", { name: "Comment on Contract sign-off" }).click();
    await ben.page.getByRole("textbox", { name: "Write a comment" }).fill("Liability is capped at twelve months of fees.");
    await ben.page.getByRole("button", { name: "Send" }).click();
    await waitForStatus(ben, "saved");
    await find(dana, "liability capped");
    await dana.page.getByRole("group", { name: "Comments" }).getByRole("option", { name: /Liability is capped/ }).waitFor();
    await dana.page.keyboard.press("Enter");
    await dana.page.getByRole("complementary", { name: "Comments" }).getByText("Liability is capped at twelve months of fees.").waitFor();
    await dana.page.getByRole("button", { name: "Close comments" }).click();
  });

  test("says when there is nothing, cuts what nobody types, and leads to the pages", async () => {
    const { page } = dana;
    await find(dana, "zzyzx (.*");
    await page.getByText("Nothing in this plan says “zzyzx (.*”.").waitFor();
    await page.keyboard.press("Enter");
    await field(dana).fill(`${"x".repeat(150)} ${"y".repeat(500)}`);
    expect((await field(dana).inputValue()).length).toBeLessThanOrEqual(200);
    await field(dana).fill("");
    await page.getByRole("option", { name: "Timeline" }).click();
    await page.waitForURL("**/timeline");
    await page.goBack();
    expect(dana.complaints).toEqual([]);
    expect(ben.complaints).toEqual([]);
  });

  test.each([
    ["on a desk", {}],
    ["in the dark", { dark: true }],
    ["on a phone", { width: 390, height: 844 }],
    ["in German", { locale: "de-DE" }],
  ] as [string, Looks][])("is sound %s, also for those who only read", async (_, looks) => {
    const reader = await person(browser, "Ruth", looks);
    await joinPlan(reader, linkOf({ id: "", links }, "auditor"));
    const title = looks.locale === undefined ? "Search the plan" : "Im Plan suchen";
    if (looks.width !== undefined) {
      await reader.page.getByRole("button", { name: "More" }).click();
      await reader.page.getByRole("menuitem", { name: title }).click();
    } else await reader.page.getByRole("button", { name: title }).click();
    await reader.page.getByRole("combobox", { name: title }).fill("security");
    await reader.page.getByRole("option").first().waitFor();
    expect(await violations(reader.page)).toEqual([]);
    expect(await overflow(reader.page)).toBeLessThanOrEqual(0);
    expect(reader.complaints).toEqual([]);
    await reader.context.close();
  });
});
