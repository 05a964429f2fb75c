/** Comments beside the text, by people who may edit and by one who may not. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;

const sentence = "Month-end takes nine days in every branch.";

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  const owner = program.api(tokenOf(linkOf(plan, "owner")));
  const championLink = await owner.createLink(plan.id, { role: "champion", edit: false });
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await summaryOf(ben).locator("p").first().click();
  await ben.page.keyboard.type(sentence);
  await waitForStatus(ben, "saved");
  await joinPlan(dana, championLink);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

/** An editor is a textbox for those who may write and plain text for the others. */
const summaryOf = (who: Person) => who.page.locator('[aria-label="Executive summary"]').first();
const panelOf = (who: Person) => who.page.getByRole("complementary", { name: "Comments" });
const threads = async () => ((await program.api().plan(planId)) as View).threads;

/** Selects words in the summary as a person does by dragging over them. */
async function select(who: Person, words: string): Promise<void> {
  const box = await summaryOf(who).evaluate((root, text) => {
    for (const block of root.querySelectorAll("p, h1, h2, h3, li")) {
      const at = (block.textContent ?? "").indexOf(text);
      if (at < 0) continue;
      block.scrollIntoView({ block: "center" });
      const range = document.createRange();
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      let before = 0;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const length = node.textContent?.length ?? 0;
        if (at >= before && at < before + length) range.setStart(node, at - before);
        if (at + text.length > before && at + text.length <= before + length) range.setEnd(node, at + text.length - before);
        before += length;
      }
      const { left, right, top, bottom } = range.getBoundingClientRect();
      return { left, right, middle: (top + bottom) / 2 };
    }
    throw new Error(`“${text}” isn't in the summary`);
  }, words);
  await who.page.mouse.move(box.left + 1, box.middle);
  await who.page.mouse.down();
  await who.page.mouse.move((box.left + box.right) / 2, box.middle, { steps: 4 });
  await who.page.mouse.move(box.right, box.middle, { steps: 4 });
  await who.page.mouse.up();
}

/** The words the thread's mark covers, as this person's page shows them. */
const marked = (who: Person, id: string) =>
  who.page
    .locator(`[data-comment="${id}"], [data-comments~="${id}"]`)
    .allTextContents()
    .then((parts) => parts.join(""));

describe("a champion without edit rights", () => {
  test("can't type into the summary, and finds nothing to change", async () => {
    await dana.page.getByText(sentence).click();
    await dana.page.keyboard.type("I may not");
    await dana.page.waitForTimeout(500);
    expect(((await program.api().plan(planId)) as View).summaryText).not.toContain("I may not");
    expect(await dana.page.getByRole("button", { name: "Add a step" }).count()).toBe(0);
  });

  test("selects words and comments; it stands beside the text for everyone at once", async () => {
    await select(dana, "nine days");
    await dana.page.getByRole("button", { name: "Comment", exact: true }).click();
    await dana.page.getByRole("textbox", { name: "Write a comment" }).fill("Eleven in Leeds. Can we say so?");
    await dana.page.getByRole("button", { name: "Send" }).click();
    await panelOf(dana).getByText("Eleven in Leeds. Can we say so?").waitFor();
    await ben.page.getByRole("button", { name: "Comments, 1 open" }).click();
    await panelOf(ben).getByText("Eleven in Leeds. Can we say so?").waitFor();
    const [thread] = await threads();
    expect(thread).toMatchObject({
      anchor: { kind: "text", field: "summary", quote: "nine days" },
      by: { name: "Dana", role: "champion", side: "buyer" },
      resolved: null,
      orphan: false,
    });
    await expect.poll(() => marked(ben, thread!.id)).toBe("nine days");
    await expect.poll(() => marked(dana, thread!.id)).toBe("nine days");
  });

  test("keeps the anchor while the words around it change", async () => {
    const [thread] = await threads();
    await summaryOf(ben).locator("p").first().click();
    await ben.page.keyboard.press("Home");
    await ben.page.keyboard.type("Today: ");
    await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.press("End");
    await ben.page.keyboard.type(" That costs us a week.");
    await waitForStatus(ben, "saved");
    for (const who of [ben, dana]) await expect.poll(() => marked(who, thread!.id)).toBe("nine days");
    expect((await threads())[0]?.orphan).toBe(false);
  });

  test("comments over words that are commented on already, and both show", async () => {
    await panelOf(dana).getByRole("button", { name: "Close comments" }).click();
    await select(dana, "days in every");
    await dana.page.getByRole("button", { name: "Comment", exact: true }).click();
    await dana.page.getByRole("textbox", { name: "Write a comment" }).fill("Working days.");
    await dana.page.getByRole("button", { name: "Send" }).click();
    await panelOf(ben).getByText("Working days.").waitFor();
    const [first, second] = await threads();
    for (const who of [ben, dana]) {
      await expect.poll(() => marked(who, first!.id)).toBe("nine days");
      await expect.poll(() => marked(who, second!.id)).toBe("days in every");
    }
  });
});

describe("a conversation", () => {
  const thread = (who: Person) => panelOf(who).getByRole("article").filter({ hasText: "Eleven in Leeds" });

  test("goes back and forth, is resolved, and opens again", async () => {
    await thread(ben).click();
    await thread(ben).getByRole("textbox", { name: "Reply" }).fill("Good point, I will add it.");
    await thread(ben).getByRole("button", { name: "Send" }).click();
    await thread(dana).getByText("Good point, I will add it.").waitFor();
    await thread(dana).getByRole("button", { name: "Resolve" }).click();
    await ben.page.getByRole("button", { name: "Comments, 1 open" }).waitFor();
    await panelOf(ben).getByRole("button", { name: "Resolved (1)" }).click();
    await thread(ben).getByRole("button", { name: "Reopen" }).click();
    await ben.page.getByRole("button", { name: "Comments, 2 open" }).waitFor();
    const [first] = await threads();
    expect(first?.msgs.map((msg) => [msg.by.name, msg.body])).toEqual([
      ["Dana", "Eleven in Leeds. Can we say so?"],
      ["Ben", "Good point, I will add it."],
    ]);
    expect(first?.resolved).toBeNull();
  });

  test("can be about a step", async () => {
    await ben.page.getByRole("button", { name: "Comment on Signature" }).click();
    await ben.page.getByRole("textbox", { name: "Write a comment" }).fill("Who signs on your side?");
    await ben.page.getByRole("button", { name: "Send" }).click();
    await panelOf(dana).getByText("Who signs on your side?").waitFor();
    await expect.poll(async () => (await threads()).at(-1)?.anchor).toMatchObject({ kind: "node", quote: "Signature" });
    await dana.page.getByRole("button", { name: "1 comment on Signature" }).waitFor();
  });

  test("stands in the history under the name of who said it", async () => {
    const { entries } = await program.api().history(planId, { limit: 500 });
    const said = entries.filter((entry) => entry.what.startsWith("comment."));
    expect(said.map((entry) => [entry.actor.name, entry.what])).toEqual([
      ["Dana", "comment.add"],
      ["Dana", "comment.add"],
      ["Ben", "comment.reply"],
      ["Dana", "comment.resolve"],
      ["Ben", "comment.reopen"],
      ["Ben", "comment.add"],
    ]);
    expect(said[0]?.sentence).toContain("Dana");
  });

  test("left nobody's page with a complaint", () => {
    expect([...ben.complaints, ...dana.complaints]).toEqual([]);
  });
});
