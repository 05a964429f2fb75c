/** Building a plan by keyboard, in bulk and from a list, while somebody else works in it. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NodeView, View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;
let links: Readonly<Record<string, string>>;

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme", "blank");
  planId = plan.id;
  links = plan.links;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const serverView = async (): Promise<View> => (await program.api().plan(planId)) as View;

/** "Title" per line, indented by level, as the server has it. */
async function outline(): Promise<string[]> {
  const draw = (nodes: readonly NodeView[], depth: number): string[] =>
    nodes.flatMap((node) => [`${"  ".repeat(depth)}${node.title}`, ...draw(node.steps, depth + 1)]);
  return draw((await serverView()).stages, 0);
}

const outlineIs = (expected: readonly string[]) => expect.poll(outline, { timeout: 15_000, interval: 200 }).toEqual(expected);

/** Titles on somebody's screen, top to bottom. */
const titles = (who: Person): Promise<string[]> =>
  who.page.locator(".stages textarea[data-field^='title:']").evaluateAll((all) => all.map((each) => (each as HTMLTextAreaElement).value));

/** The title with these words, whatever the page shows. */
async function goTo(who: Person, text: string): Promise<void> {
  const fields = who.page.locator(".stages textarea[data-field^='title:']");
  await expect.poll(() => titles(who)).toContain(text);
  await fields.nth((await titles(who)).indexOf(text)).click();
  await who.page.keyboard.press("End");
}

async function sound(who: Person): Promise<void> {
  await who.page.evaluate(() => document.fonts.ready);
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
}

const PLAN = [
  "Evaluation",
  "  Platform demo",
  "  POC",
  "    Kick-off",
  "      Access for IT",
  "    Results review",
  "Procurement",
  "  Security review",
  "  Legal redline",
  "  Contract sign-off",
  "Implementation",
  "  Kick-off call",
  "  Data import",
  "  Admin training",
  "  Go-live check",
  "  First-value review",
];

describe("by keyboard alone", () => {
  test("a plan of twelve steps in three stages, without the mouse", async () => {
    const { keyboard } = ben.page;
    expect(await titles(ben)).toEqual(["First stage"]);
    await ben.page.getByRole("textbox", { name: "Stage name" }).focus();
    await keyboard.press("Control+a");
    await keyboard.type("Evaluation");
    await keyboard.press("Enter");
    await keyboard.type("Platform demo");
    await keyboard.press("Enter");
    await keyboard.type("POC");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.type("Kick-off");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.type("Access for IT");
    await keyboard.press("Enter");
    await keyboard.press("Shift+Tab");
    await keyboard.type("Results review");
    await keyboard.press("Enter"); // empty: out, out, and a stage
    await keyboard.press("Enter");
    await keyboard.press("Enter");
    await keyboard.type("Procurement");
    await keyboard.press("Enter");
    for (const step of ["Security review", "Legal redline", "Contract sign-off"]) {
      await keyboard.type(step);
      await keyboard.press("Enter");
    }
    await keyboard.press("Enter");
    await keyboard.type("Implementation");
    await keyboard.press("Enter");
    for (const step of ["Kick-off call", "Data import", "Admin training", "Go-live check", "First-value review"]) {
      await keyboard.type(step);
      if (step !== "First-value review") await keyboard.press("Enter");
    }
    await outlineIs(PLAN);
    const { stages, progress } = await serverView();
    expect(progress.total).toBe(12);
    expect(stages[0]?.steps[1]?.steps.map((step) => [step.kind, step.steps.map((sub) => sub.kind)])).toEqual([
      ["task", ["subtask"]],
      ["task", []],
    ]);
    await ben.page.getByText("12 steps: just right").waitFor();
    await expect.poll(() => titles(dana)).toEqual(PLAN.map((line) => line.trim()));
  });

  test("words typed right after Enter all land in the new step, however fast", async () => {
    await goTo(ben, "Data import");
    await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.type("Trial run", { delay: 0 });
    await outlineIs(PLAN.toSpliced(13, 0, "  Trial run"));
    await ben.page.keyboard.press("Control+a");
    await ben.page.keyboard.press("Backspace");
    await ben.page.keyboard.press("Backspace");
    await outlineIs(PLAN);
    expect(await ben.page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe("Data import");
    expect(await ben.page.getByText(/^Deleted \(/).count()).toBe(0); // nothing was written in it
  });

  test("arrows go from title to title, Escape to the row, and Tab leaves for the next control", async () => {
    const { page } = ben;
    await goTo(ben, "Legal redline");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe("Security review");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("LI");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Select Security review");
    // Who comes by with Tab passes through a title.
    for (let n = 0; n < 4; n++) await page.keyboard.press("Tab");
    await outlineIs(PLAN);
  });

  test("the help lists the keys, opens with a question mark and gives the focus back", async () => {
    const { page } = ben;
    await goTo(ben, "Legal redline");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await sound(ben);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-field")?.slice(0, 4))).toBe("row:");
  });
});

describe("both at once", () => {
  test("one indents while the other types into the same step and moves its neighbour", async () => {
    await goTo(ben, "Admin training");
    await goTo(dana, "Admin training");
    await Promise.all([
      ben.page.keyboard.press("Tab"),
      dana.page.keyboard.type(" for six people", { delay: 10 }),
    ]);
    await goTo(dana, "Go-live check");
    await dana.page.keyboard.press("Alt+ArrowDown");
    const expected = [...PLAN.slice(0, 13), "    Admin training for six people", "  First-value review", "  Go-live check"];
    await outlineIs(expected);
    expect(await dana.page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe("Go-live check");
    await goTo(ben, "Admin training for six people");
    await ben.page.keyboard.press("Shift+Tab");
    await outlineIs([...PLAN.slice(0, 13), "  Admin training for six people", "  First-value review", "  Go-live check"]);
  });

  test("a pasted list becomes steps, subtasks and a stage in one undo entry; the other's words stay", async () => {
    const { page } = ben;
    const before = await outline();
    await goTo(ben, "Contract sign-off");
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "- DPA\n  - Annex 1\n- Order form\n\nStage: Pilot\n1. Pilot users named\n2. Pilot review");
      document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    const pasted = ["  DPA", "    Annex 1", "  Order form", "Pilot", "  Pilot users named", "  Pilot review"];
    await outlineIs(before.toSpliced(10, 0, ...pasted));
    await expect.poll(() => page.locator("[aria-live=polite]").first().textContent()).toContain("1 stage and 5 steps added");
    await goTo(dana, "Order form");
    await dana.page.keyboard.type(" signed");
    await expect.poll(() => titles(ben)).toContain("Order form signed");
    await page.getByRole("button", { name: "Undo my last change" }).click();
    await outlineIs(before);
    expect((await serverView()).bin.map((node) => node.title)).toContain("Order form signed");
  });

  test("several selected steps get a status, a side and a stage together, and undo takes back each at once", async () => {
    const { page } = ben;
    const before = await outline();
    await goTo(ben, "Security review");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+ArrowDown");
    const bar = page.getByRole("toolbar", { name: "Selected steps" });
    await bar.getByText("2 selected").waitFor();
    await sound(ben);
    await page.keyboard.press("m");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "In progress" }).click();
    const statuses = async () => (await serverView()).stages.flatMap((stage) => stage.steps).filter((step) => step.status === "in-progress").map((step) => step.title);
    await expect.poll(statuses).toEqual(["Security review", "Legal redline"]);
    await bar.getByRole("button", { name: "Move to" }).click();
    await page.getByRole("menuitem", { name: "Evaluation" }).click();
    await expect.poll(outline).not.toEqual(before);
    expect((await outline()).slice(6, 8)).toEqual(["  Security review", "  Legal redline"]);
    await page.getByRole("button", { name: "Undo my last change" }).click();
    await outlineIs(before);
    await page.getByRole("button", { name: "Undo my last change" }).click();
    await expect.poll(statuses).toEqual([]);
    await bar.getByRole("button", { name: "Duplicate" }).click();
    await expect.poll(async () => (await outline()).filter((line) => line === "  Security review").length).toBe(2);
    await bar.getByRole("button", { name: "Delete" }).click();
    await outlineIs(before);
    await page.getByText(/^Deleted \(/).click();
    await page.getByText("in Procurement, deleted").first().waitFor();
  });

  test("a blocked step asks what it waits for, and both sides see it", async () => {
    const row = ben.page.getByRole("listitem").filter({ has: ben.page.getByRole("button", { name: "Details of Legal redline" }) });
    await row.getByRole("button", { name: /Change status$/ }).click();
    await ben.page.getByRole("menuitemradio", { name: "Blocked" }).click();
    await ben.page.getByRole("textbox", { name: "What holds up Legal redline" }).fill("Their counsel is on leave");
    await ben.page.keyboard.press("Enter");
    await expect.poll(() => dana.page.getByRole("textbox", { name: "What holds up Legal redline" }).inputValue()).toBe("Their counsel is on leave");
  });
});

describe("what a step says", () => {
  const rowOf = (who: Person, title: string) => who.page.getByRole("listitem").filter({ has: who.page.getByRole("button", { name: `Details of ${title}` }) }).last();

  test("risk, reason, the buyer's name for it and who else is involved are seen by the other side, and by one who only reads", async () => {
    const vera = await person(browser, "Vera");
    await joinPlan(vera, linkOf({ id: planId, links }, "viewer"));
    await rowOf(ben, "Security review").getByRole("button", { name: /Change owner/ }).click();
    await ben.page.getByRole("menuitemradio", { name: "Account executive" }).click();
    for (const who of [ben, dana, vera]) await rowOf(who, "Security review").getByRole("button", { name: "Details of Security review" }).click();
    await rowOf(ben, "Security review").getByText("Could hold us up").click();
    await rowOf(ben, "Security review").getByRole("textbox", { name: "Why it matters" }).fill("So that IT can say yes");
    await rowOf(ben, "Security review").getByRole("button", { name: "Involve somebody" }).click();
    await ben.page.getByRole("menuitem", { name: "Champion" }).click();
    await rowOf(dana, "Security review").getByRole("textbox", { name: "Other name" }).fill("Vendor Security Assessment");
    await dana.page.keyboard.press("Enter");
    for (const who of [ben, dana, vera]) {
      const row = rowOf(who, "Security review");
      await row.getByText("was: Vendor Security Assessment").waitFor();
      await row.getByText("Could hold us up").first().waitFor();
      await row.locator(".owner-more[data-count=\"+1\"]").waitFor();
    }
    await rowOf(vera, "Security review").getByText("Also involved: Champion").last().waitFor();
    await rowOf(vera, "Security review").getByText("So that IT can say yes").waitFor();
    await sound(vera);
    // Exactly one answers for it: the champion made accountable is no longer merely involved.
    await rowOf(dana, "Security review").getByRole("button", { name: /Also involved: Champion/ }).click();
    await dana.page.getByRole("menuitemradio", { name: "Champion" }).click();
    const { roles } = await serverView();
    const champion = roles.find(({ title }) => title === "Champion")?.id;
    await expect
      .poll(async () => (await serverView()).stages.flatMap(({ steps }) => steps).find(({ title }) => title === "Security review")?.owners)
      .toEqual([{ role: champion, kind: "accountable" }]);
    await sound(ben);
    for (const who of [ben, dana]) await rowOf(who, "Security review").getByRole("button", { name: "Close details of Security review" }).click();
    expect(vera.complaints).toEqual([]);
    await vera.context.close();
  });
});

/** Takes a row by its grip and lets it go on the upper edge of another. */
async function drag(who: Person, title: string, onto: string): Promise<void> {
  const { page } = who;
  const rowOf = (name: string) => page.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Details of ${name}` }) }).last();
  await rowOf(onto).scrollIntoViewIfNeeded();
  await rowOf(title).hover({ position: { x: 200, y: 12 } });
  const grip = await rowOf(title).getByRole("button", { name: `Move step: ${title}` }).first().boundingBox();
  const target = await rowOf(onto).boundingBox();
  if (!grip || !target) throw new Error(`${title} or ${onto} isn't on the screen`);
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(target.x + 40, target.y + 30, { steps: 6 });
  await page.mouse.move(target.x + 40, target.y + 1, { steps: 3 });
  await page.locator(".drop-line:not([hidden])").waitFor();
}

describe("with the pointer", () => {
  test("a step is dragged to another stage while the other renames it; Escape lets go of it", async () => {
    const before = await outline();
    expect(before).toContain("  Data import");
    await drag(ben, "Data import", "Legal redline");
    await ben.page.keyboard.press("Escape");
    await ben.page.mouse.up();
    expect(await outline()).toEqual(before);
    await goTo(dana, "Data import");
    await drag(ben, "Data import", "Legal redline");
    await dana.page.keyboard.type(" trial");
    await ben.page.mouse.up();
    const moved = before.filter((line) => line !== "  Data import");
    await outlineIs(moved.toSpliced(moved.indexOf("  Legal redline"), 0, "  Data import trial"));
    // The caret stayed with the words it was in.
    expect(await dana.page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe("Data import trial");
    await ben.page.getByRole("button", { name: "Undo my last change" }).click();
    await outlineIs(before.map((line) => (line === "  Data import" ? "  Data import trial" : line)));
  });

  test("several selected are dragged together, and go together by key", async () => {
    const { page } = ben;
    const before = await outline();
    for (const title of ["Kick-off call", "Go-live check"]) {
      await goTo(ben, title);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Space");
    }
    await drag(ben, "Go-live check", "Legal redline");
    await page.locator(".drag-ghost", { hasText: "2 steps" }).waitFor();
    await page.mouse.up();
    const rest = before.filter((line) => line !== "  Kick-off call" && line !== "  Go-live check");
    const at = rest.indexOf("  Legal redline");
    await outlineIs(rest.toSpliced(at, 0, "  Kick-off call", "  Go-live check"));
    await goTo(ben, "Kick-off call");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Alt+ArrowDown");
    await outlineIs(rest.toSpliced(at + 1, 0, "  Kick-off call", "  Go-live check"));
    await page.getByRole("button", { name: "Undo my last change" }).click();
    await page.getByRole("button", { name: "Undo my last change" }).click();
    await outlineIs(before);
    await page.getByRole("button", { name: "Select nothing" }).click();
  });
});

describe("how one looks at it", () => {
  test("essentials and folding are one's own and stay after a reload", async () => {
    const { page } = ben;
    await page.getByRole("button", { name: "Essentials only" }).click();
    await page.getByText("Essentials: what is done").waitFor();
    expect(await page.locator("textarea:visible", { hasText: "Access for IT" }).count()).toBe(0);
    await page.getByRole("button", { name: "Fold Procurement" }).click();
    await page.reload();
    await waitForStatus(ben, "saved");
    await page.getByText("Essentials: what is done").waitFor();
    await page.getByRole("button", { name: "Unfold Procurement" }).waitFor();
    expect(await dana.page.getByRole("button", { name: "Fold Procurement" }).count()).toBe(1);
    await sound(ben);
    await page.getByRole("button", { name: "Essentials only" }).click();
    await page.getByRole("button", { name: "Unfold Procurement" }).click();
  });

  test("the card says what is next and is done with one press", async () => {
    const card = dana.page.getByRole("region", { name: "Your next step" });
    const first = (await card.locator(".next-step-go").textContent()) ?? "";
    await card.getByRole("button", { name: `${first} is done` }).click();
    await expect.poll(async () => (await serverView()).progress.done).toBe(1);
    await expect.poll(() => card.locator(".next-step-go").textContent()).not.toBe(first);
  });

  test("on a phone, in the dark, it is sound too", async () => {
    const mara = await person(browser, "Mara", { width: 390, height: 844, dark: true });
    await joinPlan(mara, linkOf({ id: planId, links }, "champion"));
    await sound(mara);
    await mara.page.getByRole("button", { name: "More for Security review" }).first().press("Enter");
    await mara.page.getByRole("menuitem", { name: "Select" }).click();
    await mara.page.getByRole("toolbar", { name: "Selected steps" }).waitFor();
    expect(await overflow(mara.page)).toBeLessThanOrEqual(0);
    expect(mara.complaints).toEqual([]);
    await mara.context.close();
  });

  test("nobody's page complained", () => {
    expect([...ben.complaints, ...dana.complaints]).toEqual([]);
  });
});
