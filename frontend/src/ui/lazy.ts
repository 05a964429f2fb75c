import { lazy, useSyncExternalStore, type ComponentType, type LazyExoticComponent } from "react";

type Load<P> = () => Promise<{ readonly default: ComponentType<P> }>;

/** Parts whose code has not been asked for. */
const parts = new Set<() => Promise<unknown>>();

let needed: () => Promise<unknown> = () => Promise.resolve();

/** Has every part wait for something besides its own code: for its words, say. */
export function partsNeed(load: () => Promise<unknown>): void {
  needed = load;
}

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
        const [part] = await Promise.all([load(), needed()]);
        return part;
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

/** Calls `act` when nothing else is to do, for which Safari can't be asked. */
export function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 2_000 });
  else setTimeout(act, 100);
}

let atRest = false;
const listeners = new Set<() => void>();

/** Whether the page has what it needs at first, so that there is time for the rest. */
export function useAtRest(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    () => atRest,
  );
}

/**
 * Says that the page has what it needs at first, and fetches the code of all parts, one after the other whenever
 * nothing else is to do, so that they are there when the connection isn't.
 */
export function fetchParts(): void {
  if (atRest) return;
  atRest = true;
  for (const listener of [...listeners]) listener();
  next();
}

function next(): void {
  const [load] = parts;
  if (!load) return;
  parts.delete(load);
  Promise.all([load(), needed()]).then(
    () => whenIdle(next),
    () => {
      parts.add(load);
      void pause(PAUSES.at(-1) ?? 0).then(next);
    },
  );
}
