/** People at browsers: each has a context of their own, so that nothing but the server connects them. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

function findChromium(): string {
  const named = process.env["CHROMIUM"];
  if (named !== undefined) return named;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error("no Chromium on the PATH; put one there or set CHROMIUM");
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Looks {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** The browser's language; en-GB unless told. */
  readonly locale?: string;
}

export interface Person {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the page's own console, and uncaught ones. */
  readonly complaints: string[];
}

/** A browser context with one page, not on any address yet. */
export async function person(browser: Browser, name: string, looks: Looks = {}): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: looks.width ?? 1280, height: looks.height ?? 900 },
    colorScheme: looks.dark === true ? "dark" : "light",
    reducedMotion: "reduce",
    locale: looks.locale ?? "en-GB",
    timezoneId: "Europe/London",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { name, page, context, complaints };
}

/** Opens a personal link, gives the name that is asked for once, and waits for the plan. */
export async function joinPlan(who: Person, link: string): Promise<void> {
  const { page } = who;
  await page.goto(link);
  await page.getByRole("textbox", { name: /Your name|Ihr Name/ }).fill(who.name);
  await page.getByRole("button", { name: /Open the plan|Plan öffnen/ }).click();
  await waitForStatus(who, "saved");
}

/** Waits until the status region says that this is how things are: "saved", "offline", …. */
export async function waitForStatus(who: Person, kind: string): Promise<string> {
  const region = who.page.locator(`[role="status"][data-kind="${kind}"]`);
  try {
    await region.waitFor();
  } catch {
    const now = await who.page.locator("[role=status][data-kind]").first().textContent().catch(() => "no status at all");
    throw new Error(`${who.name} was to see “${kind}”, but sees: ${now ?? ""}; ${who.complaints.join(" | ")}`);
  }
  return (await region.textContent()) ?? "";
}

/** The link, but through another origin: a proxy's. */
export function through(origin: string, link: string): string {
  return origin + new URL(link).pathname;
}
