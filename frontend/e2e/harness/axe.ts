/** The automated accessibility check. It finds a part of what matters; the rest is in the tests' roles and names. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Result {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Waits until no transition is under way: a colour half way between light and dark is nobody's design. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every(
      ({ playState, effect }) => playState !== "running" || effect?.getComputedTiming().endTime === Infinity,
    ),
  );
}

const RULES = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";

/**
 * Whether the control is still too small once it is scrolled to the middle of the window: a bar that stays put
 * covers a part of whatever happens to lie under it, and that is there to be scrolled, not to be mended.
 */
async function tooSmallInTheOpen(page: Page, selector: string): Promise<boolean> {
  await page.evaluate((at) => document.querySelector(at)?.scrollIntoView({ block: "center", behavior: "instant" }), selector);
  await settled(page);
  const again = await page.evaluate<Result>(`axe.run(${JSON.stringify(selector)}, { runOnly: ['target-size'] })`);
  return again.violations.length > 0;
}

/** WCAG 2.2 AA, as sentences: which rule, where. Empty when nothing was found. Leaves the page scrolled to its top. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  await page.evaluate(() => window.scrollTo(0, 0));
  await settled(page);
  const result = await page.evaluate<Result>(`axe.run(document, ${RULES})`);
  const found: string[] = [];
  for (const { id, help, nodes } of result.violations) {
    for (const { target, html, failureSummary } of nodes) {
      const at = target.join(" ");
      if (id === "target-size" && !(await tooSmallInTheOpen(page, at))) continue;
      found.push(`${id} (${help}) at ${at}: ${html.slice(0, 300)} ${failureSummary ?? ""}`);
    }
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  return found;
}

/** How many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
