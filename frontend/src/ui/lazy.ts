import { lazy, type ComponentType, type LazyExoticComponent } from "react";

type Load<P> = () => Promise<{ readonly default: ComponentType<P> }>;

/** Parts whose code has not been asked for. */
const parts = new Set<() => Promise<unknown>>();

/** Pauses before code that could not be fetched is asked for again, in milliseconds. */
const PAUSES = [500, 2_000, 5_000];

/**
 * A part of the page whose code comes when it is first drawn, or before that by `fetchParts`. Without a connection it
 * waits for one, where a plain lazy component would fail for good and take the page along.
 */
export function lazyPart<P extends object>(load: Load<P>): LazyExoticComponent<ComponentType<P>> {
  parts.add(load);
  return lazy(async () => {
    parts.delete(load);
    for (let turn = 0; ; turn++) {
      try {
        return await load();
      } catch {
        await pause(PAUSES[Math.min(turn, PAUSES.length - 1)] ?? 0);
      }
    }
  });
}

/** Some time, or until the browser says that it is online again. */
function pause(time: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, time);
    window.addEventListener("online", go);
  });
}

/** How long the page has to itself before the rest of its code is fetched, in milliseconds. */
const QUIET = 2_000;

/**
 * Fetches the code of all parts, one after the other whenever nothing else is to do, so that they are there when the
 * connection isn't. Returns what ends it.
 */
export function fetchParts(): () => void {
  let ended = false;
  const whenIdle = (fn: () => void): void => {
    if ("requestIdleCallback" in window) requestIdleCallback(fn, { timeout: 5_000 });
    else setTimeout(fn, 100);
  };
  const next = (): void => {
    const [load] = parts;
    if (ended || !load) return;
    parts.delete(load);
    load().then(
      () => whenIdle(next),
      () => {
        parts.add(load);
        void pause(PAUSES.at(-1) ?? 0).then(next);
      },
    );
  };
  const timer = setTimeout(() => whenIdle(next), QUIET);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
