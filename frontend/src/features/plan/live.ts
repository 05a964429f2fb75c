import { useMemo } from "react";
import { whenIdle } from "../../ui/lazy";
import { useLatest } from "../../ui/use-latest";
import { useReadable, type ReadableLike } from "../../ui/use-readable";

/** A shared type, as far as this needs one. */
interface Observed {
  readonly observeDeep: (fn: () => void) => void;
  readonly unobserveDeep: (fn: () => void) => void;
}

/**
 * A value read from some of the document's shared types, the same object until it reads differently.
 * `wait` milliseconds may pass after a change, and then until the page has nothing else to do: what one looks at
 * in passing need not follow each keystroke, and holds none up.
 */
export function useLive<T>(types: readonly Observed[], read: () => T, wait = 0): T {
  const latest = useLatest(read);
  // The types are those of one document; their number and identity are its own.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useReadable(useMemo(() => follow(types, () => latest.current(), wait), [types[0], types.length, wait, latest]));
}

function follow<T>(types: readonly Observed[], read: () => T, wait: number): ReadableLike<T> {
  let value: T | undefined;
  let text = "";
  const refresh = (): T => {
    const next = read();
    const nextText = JSON.stringify(next);
    if (value === undefined || nextText !== text) {
      value = next;
      text = nextText;
    }
    return value;
  };
  return {
    get: () => value ?? refresh(),
    subscribe: (onChange) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let ended = false;
      const settle = () => {
        timer = undefined;
        if (ended) return;
        const before = value;
        if (refresh() !== before) onChange();
      };
      const onEvent = () => {
        if (wait === 0) settle();
        else timer ??= setTimeout(() => whenIdle(settle), wait);
      };
      for (const type of types) type.observeDeep(onEvent);
      onEvent();
      return () => {
        ended = true;
        clearTimeout(timer);
        for (const type of types) type.unobserveDeep(onEvent);
      };
    },
  };
}
