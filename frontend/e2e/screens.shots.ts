/** Every screen of the demo plan into docs/screenshots. Run by `make screenshots`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { joinPlan, launch, person, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

const folder = join(import.meta.dirname, "../../docs/screenshots");
let program: Program;
let browser: Browser;
let links: { readonly id: string; readonly links: Readonly<Record<string, string>> };

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  program = await Program.start({ demo: true });
  browser = await launch();
  links = { id: "", links: (await program.api().demo()) ?? {} };
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function shot(name: string, looks: Looks, show: (who: Person) => Promise<void>): Promise<void> {
  const who = await person(browser, "Mara Lindqvist", looks);
  try {
    await show(who);
    await who.page.evaluate(() => document.fonts.ready);
    await who.page.mouse.move(0, 0);
    await who.page.screenshot({ path: join(folder, `${name}.png`) });
  } finally {
    await who.context.close();
  }
}

const plan = (role: string) => (who: Person) => joinPlan(who, linkOf(links, role));

async function comments(who: Person): Promise<void> {
  await plan("seller")(who);
  await who.page.getByRole("button", { name: /^Comments/ }).click();
  await who.page.getByRole("complementary", { name: "Comments" }).waitFor();
}

async function history(who: Person): Promise<void> {
  await plan("auditor")(who);
  await who.page.goto(`${who.page.url()}/history`);
  const slider = who.page.getByRole("slider", { name: "Moment in the plan’s life" });
  await slider.waitFor();
  await slider.fill(String(Math.round(Number(await slider.getAttribute("max")) * 0.6)));
}

const DESK: Looks = { width: 1360, height: 900 };
const PHONE: Looks = { width: 390, height: 844 };

test("landing", () => 
  shot("landing", DESK, async ({ page }) => {
    await page.goto(program.origin);
  }));
test("join", () =>
  shot("join", DESK, async ({ page }) => {
    await page.goto(linkOf(links, "champion"));
    await page.getByRole("button", { name: "Open the plan" }).waitFor();
  }));
test("plan", () => shot("plan", DESK, plan("seller")));
test("plan in the dark", () => shot("plan-dark", { ...DESK, dark: true }, plan("seller")));
test("plan on a phone", () => shot("plan-phone", PHONE, plan("buyer")));
test("comments", () => shot("comments", DESK, comments));
test("history", () => shot("history", DESK, history));
