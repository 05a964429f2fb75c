/** How a plan came to be: entries in sentences, and the plan as it was after any of them. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setDue, setStatus, setTitle, treeOf } from "../src/plan/edit";
import type { View } from "../src/plan/project";
import { openPlan } from "../src/plan/schema";
import { openPlanSession } from "../src/sync/session";
import type { HistoryEntry } from "../src/sync/api";
import { openNodeSocket, until } from "../src/sync/testing";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";

let program: Program;
let browser: Browser;
let auditor: Person;
let planId: string;
let entries: readonly HistoryEntry[];

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  await program.api(tokenOf(linkOf(plan, "buyer"))).join("Dana");
  // Dana works on the plan through our own session, here in Node.
  const dana = openPlanSession({
    planId,
    token: tokenOf(linkOf(plan, "buyer")),
    person: "dana",
    base: program.origin,
    indexedDB: undefined,
    provider: { openSocket: openNodeSocket },
  });
  const saved = () => until(() => dana.status.get().kind === "saved", "saved", 20_000);
  await saved();
  const document = openPlan(dana.live.get().doc);
  const steps = treeOf(document).top.flatMap((stage) => stage.children);
  const first = steps[0]!.id;
  const second = steps[1]!.id;
  for (const edit of [
    () => setStatus(document, first, "in-progress"),
    () => setDue(document, first, "2027-05-20"),
    () => setTitle(document, second, "Demo on Acme's data"),
    () => setStatus(document, first, "done"),
  ]) {
    edit();
    await saved();
  }
  await dana.close();
  entries = (await program.api().history(planId, { limit: 500 })).entries;
  auditor = await person(browser, "Avery");
  await joinPlan(auditor, linkOf(plan, "auditor"));
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const slider = () => auditor.page.getByRole("slider", { name: "Moment in the plan’s life" });

/** Title and status of the first step, as the sheet shows it. */
async function firstSteps(): Promise<{ titles: string[]; statuses: string[] }> {
  const rows = auditor.page.getByRole("region", { name: "Decide" }).getByRole("listitem");
  const texts = await rows.allTextContents();
  const statuses = await rows.getByRole("img").evaluateAll((marks) => marks.map((mark) => mark.getAttribute("aria-label") ?? ""));
  return { titles: texts, statuses };
}

describe("the history", () => {
  test("has every entry with who, when, and a sentence", () => {
    const byDana = entries.filter((entry) => entry.actor.name === "Dana" && entry.kind === "update");
    expect(byDana).toHaveLength(4);
    expect(byDana.map((entry) => entry.sentence)).toEqual([
      expect.stringMatching(/^Dana \(buyer\) started .*Agree on the goal/) as string,
      expect.stringMatching(/^Dana \(buyer\) moved .*Agree on the goal.* to 20 May/) as string,
      expect.stringMatching(/^Dana \(buyer\) renamed .*Demo on your own data.* to .*Demo on Acme's data/) as string,
      expect.stringMatching(/^Dana \(buyer\) marked .*Agree on the goal.* done/) as string,
    ]);
    entries.forEach((entry, at) => {
      expect(entry.ordinal).toBe(at);
      expect(Date.parse(entry.at)).toBeGreaterThan(0);
    });
  });

  test("is one click away for an auditor, who can't edit", async () => {
    expect(await auditor.page.getByRole("button", { name: "Add a step" }).count()).toBe(0);
    await auditor.page.getByRole("link", { name: "History" }).click();
    await slider().waitFor();
    expect(await slider().getAttribute("max")).toBe(String(entries.length));
    expect(await slider().inputValue()).toBe(String(entries.length));
  });

  test("its slider shows the plan as the server says it was after each entry", async () => {
    for (let count = 1; count <= entries.length; count++) {
      await slider().fill(String(count));
      const view = (await program.api().planAt(planId, entries[count - 1]!.seq)) as View;
      const decide = view.stages[0]!;
      await expect
        .poll(async () => {
          const { titles, statuses } = await firstSteps();
          return { titles: decide.steps.map((step, at) => (titles[at] ?? "").includes(step.title)), statuses };
        })
        .toEqual({
          titles: decide.steps.map(() => true),
          statuses: decide.steps.map((step) => ({ "not-started": "Not started", "in-progress": "In progress", done: "Done" })[step.status]),
        });
      const words = (await auditor.page.getByRole("group", { name: "Replay" }).textContent()) ?? "";
      expect(words).toContain(`${count} of ${entries.length}`);
    }
  });

  test("steps one entry back and on, by button and by key", async () => {
    await slider().fill("3");
    await auditor.page.getByRole("button", { name: "One change back" }).click();
    expect(await slider().inputValue()).toBe("2");
    await slider().focus();
    await auditor.page.keyboard.press("ArrowRight");
    await auditor.page.keyboard.press("ArrowRight");
    expect(await slider().inputValue()).toBe("4");
  });

  test("plays to the end, and pauses", async () => {
    await slider().fill("1");
    await auditor.page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => slider().inputValue()).toBe("2");
    await auditor.page.getByRole("button", { name: "Pause" }).click();
    const paused = await slider().inputValue();
    await auditor.page.waitForTimeout(1_500);
    expect(await slider().inputValue()).toBe(paused);
    await auditor.page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => slider().inputValue(), { timeout: 20_000 }).toBe(String(entries.length));
    await auditor.page.getByRole("button", { name: "Play" }).waitFor();
  });

  test("leads back to the plan as it is", async () => {
    await auditor.page.getByRole("link", { name: "Back to the plan" }).click();
    await waitForStatus(auditor, "saved");
    expect(auditor.complaints).toEqual([]);
  });
});
