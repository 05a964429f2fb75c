import { useSyncExternalStore } from "react";

/** Anything with a value that changes: `get` answers the same object until it does. */
export interface ReadableLike<T> {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly get: () => T;
}

export function useReadable<T>(readable: ReadableLike<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get);
}
