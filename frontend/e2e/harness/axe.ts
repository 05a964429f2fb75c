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

/** WCAG 2.2 AA, as sentences: which rule, where. Empty when nothing was found. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  // From the top: what is half under a bar that stays put is there to be scrolled, not to be mended.
  await page.evaluate(() => window.scrollTo(0, 0));
  await settled(page);
  const result = await page.evaluate<Result>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.help}) at ${node.target.join(" ")}: ${node.html.slice(0, 300)} ${node.failureSummary ?? ""}`),
  );
}

/** How many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
