/** Two people in one plan, each in their own language. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let demo: Readonly<Record<string, string>>;
const people: Person[] = [];

beforeAll(async () => {
  program = await Program.start({ demo: true });
  browser = await launch();
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

describe("language", () => {
  test("each reads the plan in their own, and the plan itself stays as it was written", async () => {
    const mara = await someone("Mara");
    const jonas = await someone("Jonas", { locale: "de-DE" });
    await joinPlan(mara, linkOf({ id: "", links: demo }, "seller"));
    await joinPlan(jonas, linkOf({ id: "", links: demo }, "buyer"));

    expect(await waitForStatus(mara, "saved")).toBe("Saved");
    expect(await waitForStatus(jonas, "saved")).toBe("Gespeichert");
    expect(await jonas.page.locator("html").getAttribute("lang")).toBe("de");
    await jonas.page.getByRole("button", { name: "Teilen" }).waitFor({ state: "detached" });
    await mara.page.getByRole("button", { name: "Share" }).waitFor();
    // The month as Germans write it, in a sentence of theirs.
    const label = await jonas.page.getByRole("button", { name: /Termin ändern$/ }).first().getAttribute("aria-label");
    expect(label).toMatch(/\d{1,2}\. (Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)/);
    const title = await mara.page.getByRole("textbox", { name: "Plan title" }).inputValue();
    await jonas.page.getByRole("heading", { level: 1, name: title }).waitFor();
    expect(await violations(jonas.page)).toEqual([]);
    expect(jonas.complaints).toEqual([]);
  });

  test("can be changed at any time, and stays so after a reload", async () => {
    const mara = await someone("Mara");
    await joinPlan(mara, linkOf({ id: "", links: demo }, "champion"));
    await mara.page.getByRole("button", { name: "Appearance and language" }).click();
    await mara.page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await mara.page.getByRole("button", { name: "Darstellung und Sprache" }).waitFor();
    await mara.page.reload();
    await mara.page.getByRole("button", { name: "Darstellung und Sprache" }).waitFor();
    expect(mara.complaints).toEqual([]);
  });

  test("German fits a phone", async () => {
    const jonas = await someone("Jonas", { locale: "de-AT", width: 390, height: 844 });
    await joinPlan(jonas, linkOf({ id: "", links: demo }, "auditor"));
    expect(await overflow(jonas.page)).toBeLessThanOrEqual(0);
    expect(await violations(jonas.page)).toEqual([]);
    await jonas.page.getByRole("button", { name: "Mehr", exact: true }).click();
    await jonas.page.getByRole("menuitem", { name: "English" }).click();
    await jonas.page.getByRole("button", { name: "More", exact: true }).waitFor();
  });
});
