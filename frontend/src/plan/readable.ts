/** A value that changes over time. `useSyncExternalStore(r.subscribe, r.get)` shows it in React. */
export interface Readable<T> {
  /** Calls `onChange` after each change, until the returned function is called. */
  readonly subscribe: (onChange: () => void) => () => void;
  /** The value now: the same object until it changes. */
  readonly get: () => T;
}

/** A Readable that its owner sets. */
export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (onChange: () => void): (() => void) => {
    // Wrapped, so that one function subscribed twice is called twice and cancelled once.
    const listener = () => onChange();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
