/** Two people in one plan, each in their own language. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import type { CreatedPlan } from "../src/sync/api";
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

  test("the history is told in the reader's own, dates as they are written there", async () => {
    const [mara, jonas] = [await someone("Mara"), await someone("Jonas", { locale: "de-DE" })];
    const lines: string[][] = [];
    for (const who of [mara, jonas]) {
      await joinPlan(who, linkOf({ id: "", links: demo }, "auditor"));
      await who.page.goto(`${who.page.url()}/history`);
      await who.page.getByRole("slider").first().waitFor();
      lines.push(await who.page.locator(".entry-words").allTextContents());
      expect(who.complaints).toEqual([]);
    }
    const [english, german] = lines;
    expect(english!.length).toBeGreaterThan(20);
    expect(german).toHaveLength(english!.length);
    // Whoever it was, then what they did: every sentence has a German verb, none an English one.
    // Titles and quotes are the plan's, and stay as they were written.
    const bare = await jonas.page.locator(".entry-words").evaluateAll((all) =>
      all.map((line) => {
        const copy = line.cloneNode(true) as Element;
        for (const title of copy.querySelectorAll("b")) title.replaceWith("–");
        return ` ${(copy.textContent ?? "").replace(/„[^“]*“/g, "–")} `;
      }),
    );
    const odd = bare.filter((line) => !/ (hat|verlangt|nennt|rechnet|sperrt|möchte) /.test(line) || / (moved|added|edited|set|changed|the) /.test(line));
    expect(odd).toEqual([]);
    expect(german!.join("\n")).toMatch(/\(Kunde\) hat .+ vom \d+\. \p{L}+\.? auf den \d+\. \p{L}+/u);
    // In English the page says what the server says: one catalogue has both.
    const { id } = (await program.api().portfolio(new Date().toISOString().slice(0, 10)))[0]!;
    const told = (await program.api().history(id, { limit: 1000 })).entries.map((entry) => entry.sentence.replaceAll("*", ""));
    const undated = (line: string) => line.replace(/\d{1,2}(?: [A-Z]\p{L}+)?(?: \d{4})?/gu, "#");
    const ours = new Set(english!.map(undated));
    expect([...ours].filter((line) => !told.map(undated).includes(line))).toEqual([]);
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

describe("a plan of one's own", () => {
  const view = async (id: string) => (await program.api().plan(id)) as View;
  const titles = (of: View): string[] => of.stages.flatMap((stage) => [stage.title, ...stage.steps.map((step) => step.title)]);

  /** Begins a plan on the landing page, which is open in German. */
  async function begin(who: Person, title: string): Promise<CreatedPlan> {
    await who.page.getByRole("textbox", { name: "Wie heißt der Plan?" }).fill(title);
    const answer = who.page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/api/plans"));
    await who.page.getByRole("button", { name: "Plan anlegen" }).click();
    await who.page.getByRole("heading", { level: 1, name: `${title} ist bereit` }).waitFor();
    return (await (await answer).json()) as CreatedPlan;
  }

  test("is written in German for whoever reads German, and suggestions understand it", async () => {
    const english = titles(await view((await program.createPlan("In English", "enterprise-evaluation")).id));
    const jonas = await someone("Jonas", { locale: "de-DE" });
    await jonas.page.goto(program.origin);
    await jonas.page.getByRole("radio", { name: /^Evaluierung im Großunternehmen/ }).waitFor();
    await jonas.page.getByRole("button", { name: /Sprache des Plans/ }).waitFor();
    expect(await violations(jonas.page)).toEqual([]);
    const plan = await begin(jonas, "Nordwind und Acme");
    const german = titles(await view(plan.id));
    expect(german.length).toBe(english.length);

    const lena = await someone("Lena", { locale: "de-DE", width: 390, height: 844 });
    await joinPlan(jonas, linkOf(plan, "owner"));
    await joinPlan(lena, linkOf(plan, "buyer"));
    for (const { page } of [jonas, lena]) {
      for (const title of german) await page.locator(`[aria-label*="${title}"], input[value="${title}"]`).first().waitFor({ state: "attached" });
      const all = await page.evaluate(() => `${document.body.innerText} ${[...document.querySelectorAll("input, textarea")].map((each) => (each as HTMLInputElement).value).join(" ")}`);
      for (const title of [...english, "mutual action plan", "Economic buyer"]) expect(all).not.toContain(title);
      expect(all).toContain("Go-live");
      expect(await violations(page)).toEqual([]);
    }
    expect(await overflow(lena.page)).toBeLessThanOrEqual(0);
    await jonas.page.getByRole("button", { name: "gemeinsamer Aktionsplan. Bezeichnung ändern" }).waitFor();

    // Without its last phase the plan ends with the signature, which has no English word in it.
    await jonas.page.getByRole("button", { name: "Mehr zu Einführung" }).click();
    await jonas.page.getByRole("menuitem", { name: "Phase löschen" }).click();
    const list = jonas.page.locator(".lints");
    await list.locator("> summary").click();
    await list.getByText("Der Plan endet mit der Unterschrift.").waitFor();
    await list.getByRole("button", { name: "Phase „Einführung“ hinzufügen" }).click();
    await list.getByText("Der Plan endet mit der Unterschrift.").waitFor({ state: "detached" });
    expect(await list.getByText("Niemand schaut auf das Ergebnis.").count()).toBe(0);
    expect((await view(plan.id)).stages.at(-1)?.steps.map((step) => step.title)).toEqual(german.slice(-3));
    expect([...jonas.complaints, ...lena.complaints]).toEqual([]);
  });

  test("is in the language its creator chooses, whatever the interface speaks", async () => {
    const jonas = await someone("Jonas", { locale: "de-DE" });
    await jonas.page.goto(program.origin);
    await jonas.page.getByRole("button", { name: /Sprache des Plans/ }).click();
    await jonas.page.getByRole("option", { name: "Englisch" }).click();
    const plan = await begin(jonas, "Northwind and Acme");
    expect(titles(await view(plan.id))[1]).toBe("Platform demo");
    await joinPlan(jonas, linkOf(plan, "owner"));
    await jonas.page.getByRole("button", { name: "gemeinsamer Aktionsplan. Bezeichnung ändern" }).waitFor();

    const mara = await someone("Mara");
    await mara.page.goto(program.origin);
    await mara.page.getByRole("radio", { name: /^Enterprise evaluation/ }).waitFor();
    await mara.page.getByRole("button", { name: /Language of the plan/ }).click();
    await mara.page.getByRole("option", { name: "German" }).click();
    await mara.page.getByRole("textbox", { name: "What is the plan called?" }).fill("Nordwind und Acme");
    const answer = mara.page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/api/plans"));
    await mara.page.getByRole("button", { name: "Create the plan" }).click();
    const made = (await (await answer).json()) as CreatedPlan;
    expect(titles(await view(made.id))[1]).toBe("Plattform-Demo");
    expect([...jonas.complaints, ...mara.complaints]).toEqual([]);
  });
});
