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

async function visit(address, { viewport = DESK, dark = false } = {}) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function openLink(link, name, looks) {
  const page = await visit(link, looks);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("button", { name: "Open the plan" }).click();
  await page.locator('[role="status"][data-kind="saved"]').waitFor();
  await settle(page);
  return page;
}

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

  const auditor = await openLink(links.auditor, "Ada Quist");
  await auditor.goto(`${auditor.url()}/history`);
  await auditor.getByRole("slider").first().waitFor();
  await shoot(auditor, "history");
} finally {
  await browser?.close();
  server.kill("SIGTERM");
  await new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve()));
  rmSync(data, { recursive: true, force: true });
}
