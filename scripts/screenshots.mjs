// Every screen of the demo plan into docs/screenshots: desk, phone and dark. Needs bin/coplan and Chromium.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const out = "docs/screenshots";
mkdirSync(out, { recursive: true });
const data = mkdtempSync(join(tmpdir(), "coplan-screens-"));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const origin = `http://127.0.0.1:${port}`;
const server = spawn("bin/coplan", ["serve", "--demo", "--listen", `127.0.0.1:${port}`, "--data", data], { stdio: ["ignore", "ignore", "inherit"] });
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
let browser;

const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

async function ready() {
  for (let i = 0; i < 150; i++) {
    if (server.exitCode !== null) throw new Error(`the server stopped with code ${server.exitCode}`);
    const demo = await fetch(`${origin}/api/demo`).then((r) => (r.ok ? r.json() : undefined), () => undefined);
    if (demo) return demo.links;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the demo plan was not there within 30 s");
}

async function visit(address, { viewport = DESK, dark = false, locale = "en-GB" } = {}) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale,
  });
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function openLink(link, name, looks) {
  const page = await visit(link, looks);
  await page.getByRole("textbox", { name: /^(Your name|Ihr Name)/ }).fill(name);
  await page.getByRole("button", { name: /^(Open the plan|Plan öffnen)/ }).click();
  await saved(page);
  await settle(page);
  return page;
}

const saved = (page) => page.locator('[role="status"][data-kind="saved"]').waitFor();
const settle = async (page) => {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(600);
};
const shoot = async (page, name, options = {}) => {
  await settle(page);
  await page.screenshot({ path: join(out, `${name}.png`), ...options });
};

try {
  const links = await ready();
  browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  await shoot(await visit(origin), "landing", { fullPage: true });
  await shoot(await visit(origin, { viewport: PHONE }), "landing-phone", { fullPage: true });
  await shoot(await visit(links.champion), "join");

  const buyer = await openLink(links.buyer, "Bea Lind", { viewport: PHONE });
  const seller = await openLink(links.seller, "Sam Porter");
  const plan = seller.url().replace(/\/$/, "");
  // Someone at work in the summary, so that the picture shows a caret.
  const champion = await openLink(links.champion, "Marcus Lindqvist", { dark: true });
  await champion.locator(".prose").first().click();
  await champion.keyboard.press("Control+End");
  await shoot(seller, "plan");
  await shoot(seller, "plan-whole", { fullPage: true });
  await shoot(buyer, "plan-phone");
  await shoot(buyer, "plan-phone-whole", { fullPage: true });
  await shoot(champion, "plan-dark");

  await seller.getByRole("button", { name: /^Details of Legal/ }).first().click();
  await seller.getByRole("button", { name: /^Close details of / }).first().scrollIntoViewIfNeeded();
  await shoot(seller, "step");
  await seller.getByRole("button", { name: /^Comments/ }).click();
  await seller.getByRole("complementary", { name: "Comments" }).waitFor();
  await seller.evaluate(() => scrollTo(0, 0));
  await shoot(seller, "comments");
  await seller.getByRole("button", { name: /^Share/ }).click();
  await shoot(seller, "share");
  await seller.keyboard.press("Escape");

  // The plan's other pages: on a desk, on a phone, and some in the dark.
  for (const [page, looks] of [[seller, ""], [buyer, "-phone"], [champion, "-dark"]]) {
    for (const view of ["timeline", "case", "people", "resources", "review", "memo"]) {
      if (looks === "-dark" && view !== "timeline" && view !== "review") continue;
      await page.goto(`${plan}/${view}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await shoot(page, `${view}${looks}`, { fullPage: true });
    }
  }
  for (const [page, looks] of [[seller, ""], [buyer, "-phone"]]) {
    await page.goto(`${origin}/plans`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await shoot(page, `portfolio${looks}`);
  }

  // What moves when a date does, before anything is changed.
  await seller.goto(plan);
  await saved(seller);
  const row = seller.getByRole("listitem").filter({ has: seller.getByRole("button", { name: /^Details of Vendor security assessment/ }) });
  await row.getByRole("button", { name: /^Due .*Change date$/ }).click();
  await seller.getByRole("dialog", { name: "Due date" }).getByRole("grid").waitFor();
  for (let weeks = 0; weeks < 5; weeks++) await seller.keyboard.press("ArrowDown");
  await seller.keyboard.press("Enter");
  await seller.getByRole("dialog", { name: "What this moves" }).waitFor();
  await shoot(seller, "preview");
  await seller.keyboard.press("Escape");

  await seller.keyboard.press("Control+k");
  await seller.getByRole("combobox").or(seller.getByRole("searchbox")).first().waitFor();
  await seller.keyboard.type("carrier");
  await shoot(seller, "search");
  await seller.keyboard.press("Escape");

  await champion.goto(plan);
  await saved(champion);
  await champion.getByRole("button", { name: /^Details of Vendor security/ }).first().click();
  await champion.getByRole("region", { name: /^Gate of / }).first().evaluate((gate) => gate.scrollIntoView({ block: "center" }));
  await shoot(champion, "gate-dark");

  await seller.emulateMedia({ media: "print" });
  await seller.setViewportSize({ width: 900, height: 1000 });
  await seller.evaluate(() => document.activeElement?.blur());
  await shoot(seller, "print", { fullPage: true });

  const german = await openLink(links.buyer, "Bea Lind", { locale: "de-DE" });
  await shoot(german, "plan-german");

  for (const [name, looks] of [["history", {}], ["history-phone", { viewport: PHONE }]]) {
    const auditor = await openLink(links.auditor, "Ada Quist", looks);
    await auditor.goto(`${auditor.url()}/history`);
    await auditor.getByRole("slider").first().waitFor();
    await shoot(auditor, name);
  }
} finally {
  await browser?.close();
  server.kill("SIGTERM");
  await new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve()));
  rmSync(data, { recursive: true, force: true });
}
