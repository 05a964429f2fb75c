/**
 * Which rows of the list React drew anew: read off React's own tree after each commit, the way its developer tools
 * do, in the program as it is shipped. Nothing in the pages knows of it.
 */
import type { Page } from "playwright-core";

/** What this reads of a fiber. */
interface Fiber {
  readonly tag: number;
  readonly flags: number;
  readonly stateNode: unknown;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  readonly alternate: Fiber | null;
}

declare global {
  interface Window {
    /** How often each row was drawn since it was last emptied, by node. */
    drawnRows: Record<string, number>;
  }
}

function install(): void {
  const HOST = 5;
  const COMPONENTS: readonly number[] = [0, 11, 14, 15];
  const PERFORMED_WORK = 1;
  window.drawnRows = {};
  /** The row whose outermost element the component draws itself. */
  const rowOf = (fiber: Fiber): string | undefined => {
    if (fiber.child?.tag !== HOST) return undefined;
    const element = fiber.child.stateNode;
    return element instanceof HTMLElement ? element.dataset["node"] : undefined;
  };
  const note = (fiber: Fiber): void => {
    const row = COMPONENTS.includes(fiber.tag) ? rowOf(fiber) : undefined;
    if (row !== undefined) window.drawnRows[row] = (window.drawnRows[row] ?? 0) + 1;
  };
  const mounted = (fiber: Fiber): void => {
    note(fiber);
    for (let child = fiber.child; child; child = child.sibling) mounted(child);
  };
  const updated = (now: Fiber, before: Fiber): void => {
    if ((now.flags & PERFORMED_WORK) !== 0) note(now);
    // Children that are the very same objects were not visited.
    if (now.child === before.child) return;
    for (let child = now.child; child; child = child.sibling) {
      if (child.alternate) updated(child, child.alternate);
      else mounted(child);
    }
  };
  const hook = {
    supportsFiber: true,
    isDisabled: false,
    inject: () => 1,
    onCommitFiberRoot: (_: number, { current }: { current: Fiber }) => {
      if (current.alternate) updated(current, current.alternate);
    },
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => undefined,
  };
  Object.defineProperty(window, "__REACT_DEVTOOLS_GLOBAL_HOOK__", { value: hook });
}

/** From the page's next load on. */
export async function countRows(page: Page): Promise<void> {
  await page.addInitScript(install);
}

/** Rows drawn while `act` ran and until the page has come to rest, with how often. */
export async function rowsDrawn(page: Page, act: () => Promise<unknown>): Promise<Record<string, number>> {
  await page.evaluate(() => {
    window.drawnRows = {};
  });
  await act();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  return page.evaluate(() => window.drawnRows);
}
