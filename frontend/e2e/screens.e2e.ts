/** Every screen: what it lets people do, by keyboard too, on a phone, in the dark, and past the automated check. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";
import type { View } from "../src/plan/project";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;
let demo: Readonly<Record<string, string>>;
const people: Person[] = [];

beforeAll(async () => {
  program = await Program.start({ demo: true });
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "enterprise-evaluation");
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

/** Nothing to object to: by axe, by the page's own console, and nothing sticks out sideways. */
async function expectSound(who: Person): Promise<void> {
  await who.page.evaluate(() => document.fonts.ready);
  // From the top: what is half under the bar while scrolling isn't too small to hit.
  await who.page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
  expect(who.complaints).toEqual([]);
}

const PHONE: Looks = { width: 390, height: 844 };
const ways: [string, Looks][] = [
  ["on a desk", {}],
  ["in the dark", { dark: true }],
  ["on a phone", PHONE],
  ["on a phone in the dark", { ...PHONE, dark: true }],
];

describe.each(ways)("every screen %s is sound:", (_, looks) => {
  test("the landing page", async () => {
    const who = await someone("Mara", looks);
    await who.page.goto(program.origin);
    await who.page.getByRole("heading", { level: 1 }).waitFor();
    await expectSound(who);
  });

  test("the join page", async () => {
    const who = await someone("Mara", looks);
    await who.page.goto(linkOf(plan, "champion"));
    await who.page.getByRole("button", { name: "Open the plan" }).waitFor();
    await expectSound(who);
  });

  test("a lived-in plan, a step's details and its comments", async () => {
    const who = await someone("Mara", looks);
    await joinPlan(who, linkOf({ id: "", links: demo }, "seller"));
    await expectSound(who);
    await who.page.getByRole("button", { name: /^Details of / }).first().click();
    await who.page.getByRole("button", { name: /^Close details of / }).first().waitFor();
    await expectSound(who);
    await who.page.getByRole("button", { name: /^Comments/ }).click();
    await who.page.getByRole("complementary", { name: "Comments" }).waitFor();
    await expectSound(who);
  });

  test("the history", async () => {
    const who = await someone("Avery", looks);
    await joinPlan(who, linkOf({ id: "", links: demo }, "auditor"));
    await who.page.goto(`${who.page.url()}/history`);
    await who.page.getByRole("slider", { name: "Moment in the plan’s life" }).waitFor();
    await expectSound(who);
  });
});

/** A link to the lived-in plan, which comes without one for those who only read. */
async function demoLink(role: string): Promise<string> {
  const seller = linkOf({ id: "", links: demo }, "seller");
  if (role !== "viewer") return linkOf({ id: "", links: demo }, role);
  const api = program.api(tokenOf(seller));
  return api.createLink((await api.self()).plan, { role });
}

const PAGES = ["", "timeline", "case", "people", "resources", "review", "memo"];

describe.each<[string, string, Looks]>([
  ["seller, on a desk in German", "seller", { locale: "de-DE" }],
  ["viewer, on a phone in German and in the dark", "viewer", { ...PHONE, dark: true, locale: "de-DE" }],
  ["viewer, on a desk", "viewer", {}],
  ["buyer, on a phone", "buyer", PHONE],
])("every page of a plan is sound: %s", (_, role, looks) => {
  test("one after the other", async () => {
    const who = await someone("Mara", looks);
    await joinPlan(who, await demoLink(role));
    const base = who.page.url().replace(/\/$/, "");
    const found: string[] = [];
    for (const page of PAGES) {
      await who.page.goto(`${base}/${page}`);
      await who.page.locator('[role="status"][data-kind="saved"]').waitFor({ state: "attached" });
      await who.page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
      await who.page.evaluate(() => document.fonts.ready);
      found.push(...(await violations(who.page)).map((line) => `${page}: ${line}`));
      const wide = await overflow(who.page);
      if (wide > 0) found.push(`${page}: ${wide} pixels too wide`);
      // Nobody takes a tab that is cut for the last one.
      const cut = await who.page.locator(".views").evaluate((bar: HTMLElement) => (bar.scrollWidth > bar.clientWidth + 1) !== ((bar.dataset["more"] ?? "") !== ""));
      if (cut) found.push(`${page}: the tabs don't say that there are more`);
    }
    expect(found).toEqual([]);
    expect(who.complaints).toEqual([]);
  });
});

describe("menus and dialogs of a plan", () => {
  test.each<[string, Looks]>([["on a desk", {}], ["on a phone in the dark", { ...PHONE, dark: true }]])("are sound %s", async (_, looks) => {
    const who = await someone("Mara", looks);
    await joinPlan(who, linkOf({ id: "", links: demo }, "seller"));
    const { page } = who;
    const step = page.getByRole("button", { name: /^More for / }).nth(1);
    const opens = [step, page.getByRole("button", { name: /Change status$/ }).first(), page.getByRole("button", { name: /Change date$/ }).nth(1), page.getByRole("button", { name: /Owner: .*Change/ }).first()];
    for (const button of opens) {
      await button.focus();
      await page.keyboard.press("Enter");
      await page.locator(".popover").waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.locator(".popover").waitFor({ state: "detached" });
      // Whoever opened it by keyboard goes on from there.
      await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    }
    expect(who.complaints).toEqual([]);
  });
});

describe("by keyboard", () => {
  test("a date is picked in another month, and an owner below another", async () => {
    const who = await someone("Mara");
    await joinPlan(who, linkOf({ id: "", links: demo }, "seller"));
    const { page } = who;
    const focused = () => page.evaluate(() => document.activeElement?.className.split(" ")[0]);
    await page.getByRole("button", { name: /Change date$/ }).nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator(".calendar").waitFor();
    for (let week = 0; week < 6; week++) {
      await page.keyboard.press("ArrowDown");
      expect(await focused()).toBe("calendar-day");
    }
    await page.keyboard.press("Escape");
    await page.locator(".calendar").waitFor({ state: "detached" });
    await page.getByRole("button", { name: /Owner: .*Change/ }).first().focus();
    for (const open of ["Enter", " "]) {
      await page.keyboard.press(open);
      await page.locator(".popover").waitFor();
      expect(await focused()).toBe("menu-item");
      await page.keyboard.press("Escape");
      await page.locator(".popover").waitFor({ state: "detached" });
    }
    expect(who.complaints).toEqual([]);
  });
});

describe("the join page", () => {
  test("changes nothing by being looked at", async () => {
    const link = linkOf(plan, "viewer");
    const api = program.api(tokenOf(link));
    const before = await program.api().plan(plan.id);
    const who = await someone("A mail scanner");
    await who.page.goto(link);
    await who.page.getByRole("button", { name: "Open the plan" }).waitFor();
    await who.page.reload();
    await who.page.getByRole("button", { name: "Open the plan" }).waitFor();
    expect(await api.self()).toMatchObject({ joined: false, role: "viewer" });
    expect(await program.api().plan(plan.id)).toEqual(before);
  });

  test("says what the link lets one do, and asks for a name once", async () => {
    const link = linkOf(plan, "buyer");
    const who = await someone("Dana Whitfield");
    await who.page.goto(link);
    await who.page.getByText("You join on the buying side.").waitFor();
    await who.page.getByRole("button", { name: "Open the plan" }).click();
    await who.page.getByText("Please enter your name").waitFor();
    await who.page.getByRole("textbox", { name: "Your name" }).fill("Dana Whitfield");
    await who.page.keyboard.press("Enter");
    await waitForStatus(who, "saved");
    expect(await program.api(tokenOf(link)).self()).toMatchObject({ joined: true, name: "Dana Whitfield" });
    await who.page.reload();
    await waitForStatus(who, "saved");
    await who.page.goto(link);
    await expect.poll(() => who.page.getByRole("textbox", { name: "Your name" }).inputValue().catch(() => "in the plan")).toMatch(/Dana Whitfield|in the plan/);
  });

  test("of a link that doesn't work says so", async () => {
    const who = await someone("Nobody");
    await who.page.goto(`${program.origin}/j/cp_thisisnotatokenatall000`);
    await who.page.getByRole("heading", { name: "This link doesn’t work" }).waitFor();
    expect(await violations(who.page)).toEqual([]);
  });

  test("keeps the token out of the address afterwards", async () => {
    const link = linkOf(plan, "viewer");
    const who = await someone("Vic");
    await joinPlan(who, link);
    expect(who.page.url()).not.toContain(tokenOf(link));
  });
});

describe("a link that is revoked", () => {
  test("stops at once, and the page says so", async () => {
    const owner = program.api(tokenOf(linkOf(plan, "owner")));
    const url = await owner.createLink(plan.id, { role: "buyer", name: "Gone Soon" });
    const who = await someone("Gone Soon");
    await joinPlan(who, url);
    const mine = (await owner.links(plan.id)).find((link) => link.name === "Gone Soon");
    await owner.revokeLink(plan.id, mine!.id);
    expect(await waitForStatus(who, "denied")).toMatch(/link|revoked|access/i);
  });
});

describe("the share dialog", () => {
  test("makes a link for a champion who comments and doesn't edit", async () => {
    const who = await someone("Olga");
    await joinPlan(who, linkOf(plan, "owner"));
    await who.page.getByRole("button", { name: "Share" }).click();
    const dialog = who.page.getByRole("dialog", { name: "Share this plan" });
    await dialog.getByRole("textbox", { name: "Name (if you know it)" }).fill("Nina");
    await dialog.getByRole("button", { name: /Joins as/ }).click();
    await who.page.getByRole("option", { name: "Champion, can comment and invite" }).click();
    await dialog.getByRole("button", { name: "Create link" }).click();
    const link = await dialog.getByRole("textbox", { name: /link/i }).inputValue();
    expect((await program.api(tokenOf(link)).self()).can).toMatchObject({ write: false, comment: true });
    await dialog.getByText("Champion · can comment and invite").waitFor();
    await expectSound(who);
  });
});

describe("from an empty page to a plan", () => {
  test("a seller creates a plan from a template and opens it", async () => {
    const who = await someone("Ben");
    await who.page.goto(program.origin);
    await who.page.getByRole("textbox", { name: "What is the plan called?" }).fill("Contoso and Fabrikam: one ledger");
    await who.page.getByRole("radio", { name: /quick/i }).first().check({ force: true });
    await who.page.getByRole("button", { name: "Create the plan" }).click();
    await who.page.getByText("Contoso and Fabrikam: one ledger is ready").waitFor();
    await expectSound(who);
    await who.page.getByRole("button", { name: "Open the plan" }).or(who.page.getByRole("link", { name: "Open the plan" })).first().click();
    await who.page.getByRole("textbox", { name: "Your name" }).or(who.page.locator("[role=status][data-kind=saved]")).first().waitFor();
  });
});

describe("by keyboard alone", () => {
  test("a step is moved, finished and renamed, and the server has it", async () => {
    const fresh = await program.createPlan("By keyboard");
    const who = await someone("Kim");
    await joinPlan(who, linkOf(fresh, "seller"));
    const { page } = who;
    const titles = async (): Promise<string[]> => {
      const view = (await program.api().plan(fresh.id)) as View;
      return view.stages[0]!.steps.map((step) => `${step.title}: ${step.status}`);
    };
    await page.getByRole("button", { name: "Move step: Agree on the goal" }).focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(titles).toEqual(["Demo on your own data: not-started", "Agree on the goal: not-started", "Decision meeting: not-started"]);
    await page.getByRole("button", { name: "Agree on the goal: Not started. Change status" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitemradio", { name: "Done" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(titles).toContain("Agree on the goal: done");
    await page.getByRole("button", { name: "Agree on the goal: Done. Change status" }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("End");
    await page.keyboard.type(", in writing");
    await expect.poll(titles).toContain("Agree on the goal, in writing: done");
    // A machine that stalls while typing makes more than one burst, and so more than one undo.
    const undone = async (): Promise<string[]> => {
      if ((await titles()).includes("Agree on the goal: done")) return titles();
      await page.keyboard.press("Control+z");
      return titles();
    };
    await expect.poll(undone, { interval: 1_000 }).toContain("Agree on the goal: done");
  });

  test("long words break, and an empty text's question has the lines it takes, on a narrow screen", async () => {
    const fresh = await program.createPlan("Rechtsschutzversicherungsgesellschaften", "blank");
    const who = await someone("Gerd", { ...PHONE, locale: "de-DE" });
    await joinPlan(who, linkOf(fresh, "seller"));
    const { page } = who;
    await page.locator("button.add-step").click();
    await page.keyboard.type("Rechnungsprüfungsverfahrensdokumentationsfreigabe");
    await page.keyboard.press("Escape");
    const box = (selector: string) => page.locator(selector).first().evaluate((part) => part.getBoundingClientRect().toJSON() as DOMRect);
    await page.locator(".next-step-go").waitFor();
    expect((await box(".next-step-go")).right).toBeLessThanOrEqual((await box(".next-step")).right);
    await page.locator(".rich-placeholder").first().waitFor();
    expect((await box(".rich-placeholder")).bottom).toBeLessThanOrEqual((await box(".meter")).top);
    await expectSound(who);
  });

  test("a deleted step is found at the end and restored", async () => {
    const fresh = await program.createPlan("Delete and restore");
    const who = await someone("Kim");
    await joinPlan(who, linkOf(fresh, "seller"));
    const { page } = who;
    await page.getByRole("button", { name: "More for Decision meeting" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const view = async () => (await program.api().plan(fresh.id)) as View;
    await expect.poll(async () => (await view()).bin.map((node) => node.title)).toEqual(["Decision meeting"]);
    await page.getByText("Deleted (1)").click();
    await expectSound(who);
    await page.getByRole("button", { name: "Restore Decision meeting" }).click();
    await expect.poll(async () => (await view()).bin).toEqual([]);
    expect((await view()).stages[0]!.steps.map((step) => step.title)).toContain("Decision meeting");
  });
});
