import { IDBFactory, IDBObjectStore as FakeStore } from "fake-indexeddb";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { LocalCopy, type UnsentEdit } from "./local";
import { until } from "./testing";

let factory: IDBFactory;
beforeEach(() => {
  factory = new IDBFactory();
});

const open = (options: { foldAbove?: number; retryAfter?: number } = {}): LocalCopy =>
  new LocalCopy({ name: "plan/p1 ben", indexedDB: factory, ...options });

async function opened(options: { foldAbove?: number; retryAfter?: number } = {}): Promise<LocalCopy> {
  const copy = open(options);
  await copy.load();
  return copy;
}

/** The updates of typing `text` letter by letter. */
function typing(text: string, clientID = 1): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void updates.push(update));
  for (const [at, letter] of Array.from(text).entries()) doc.getText("t").insert(at, letter);
  return updates;
}

const unsent = (update: Uint8Array, n: number): UnsentEdit => ({
  id: `00000000000000${n}`.slice(-15),
  update,
  change: `c${n}`,
  at: n,
});

/** The text a fresh tab would show. */
async function textInCopy(): Promise<{ text: string; unsent: number }> {
  const copy = open();
  const { updates, unsent: edits } = await copy.load();
  const doc = new Y.Doc();
  for (const update of [...updates, ...edits.map((edit) => edit.update)]) Y.applyUpdate(doc, update);
  await copy.close();
  return { text: doc.getText("t").toJSON(), unsent: edits.length };
}

describe("the copy on this device", () => {
  test("holds confirmed state and unsent edits, and tells them apart after a reload", async () => {
    const [a, b, c] = typing("abc");
    const copy = await opened();
    copy.setEpoch(3);
    copy.keepConfirmed(a!);
    copy.keepUnsent(unsent(b!, 1));
    copy.keepUnsent(unsent(c!, 2));
    copy.settle([unsent(b!, 1).id]);
    await copy.close();
    const again = open();
    const loaded = await again.load();
    expect(loaded.epoch).toBe(3);
    expect(loaded.updates).toHaveLength(2);
    expect(loaded.unsent.map((edit) => edit.change)).toEqual(["c2"]);
    expect(await textInCopy()).toEqual({ text: "abc", unsent: 1 });
  });

  test("keeps what was edited before it was open", async () => {
    const copy = open();
    const [a] = typing("a");
    copy.keepUnsent(unsent(a!, 1));
    await copy.load();
    await copy.close();
    expect(await textInCopy()).toEqual({ text: "a", unsent: 1 });
  });

  test("two tabs write, settle and fold at once, and nothing is lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ tab: fc.nat(1), settle: fc.boolean() }), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        async (steps, foldAbove) => {
          factory = new IDBFactory();
          const tabs = [await opened({ foldAbove }), await opened({ foldAbove })];
          const updates = typing("x".repeat(steps.length));
          await Promise.all(
            steps.map(async ({ tab, settle }, n) => {
              const copy = tabs[tab]!;
              copy.keepUnsent(unsent(updates[n]!, n));
              if (settle) copy.settle([unsent(updates[n]!, n).id]);
              if (n % 3 === 0) copy.keepConfirmed(updates[n]!);
              if (n % 5 === 0) await copy.flush();
            }),
          );
          await Promise.all(tabs.map((copy) => copy.close()));
          expect(await textInCopy()).toEqual({
            text: "x".repeat(steps.length),
            unsent: steps.filter(({ settle }) => !settle).length,
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test("folding leaves one row and the same document", async () => {
    const copy = await opened({ foldAbove: 10 });
    const updates = typing("hello, hello, hello");
    for (const update of updates) copy.keepConfirmed(update);
    await copy.flush();
    expect((await copy.readConfirmed()).length).toBeLessThanOrEqual(10);
    expect((await textInCopy()).text).toBe("hello, hello, hello");
  });

  test("a damaged row doesn't keep the rest from folding", async () => {
    const copy = await opened({ foldAbove: 3 });
    copy.keepConfirmed(new Uint8Array([9, 9, 9, 9]));
    for (const update of typing("fine")) copy.keepConfirmed(update);
    await copy.flush();
    expect(copy.problem).toBeNull();
    expect((await textInCopy()).text).toBe("fine");
  });

  test("a tab that dies while writing leaves the edits before that moment, whole", async () => {
    const updates = typing("abcdefgh");
    const lengths = new Set<number>();
    for (let writes = 0; writes <= 12; writes++) {
      factory = new IDBFactory();
      const copy = await opened();
      // The tab ends at the n-th request: a browser then aborts its transaction.
      let left = writes;
      for (const method of ["add", "put", "delete"] as const) {
        // Called with the store it belongs to, below.
        // eslint-disable-next-line @typescript-eslint/unbound-method
        const real = FakeStore.prototype[method] as (...args: unknown[]) => IDBRequest;
        vi.spyOn(FakeStore.prototype, method).mockImplementation(function (this: IDBObjectStore, ...args: unknown[]) {
          if (left-- > 0) return real.apply(this, args) as never;
          this.transaction.abort();
          throw new DOMException("gone", "AbortError");
        } as never);
      }
      updates.forEach((update, n) => copy.keepUnsent(unsent(update, n)));
      copy.settle(updates.slice(0, 4).map((update, n) => unsent(update, n).id));
      await copy.flush();
      vi.restoreAllMocks();
      await copy.close();
      const { text } = await textInCopy();
      expect("abcdefgh".startsWith(text), text).toBe(true);
      lengths.add(text.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  test("a full device is told of, and what waited is stored once there is room", async () => {
    const copy = await opened({ retryAfter: 20 });
    const told = vi.fn();
    copy.onProblem = told;
    const full = vi.spyOn(FakeStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    const [a, b] = typing("ab");
    copy.keepUnsent(unsent(a!, 1));
    await copy.flush();
    expect(copy.problem).toBe("full");
    copy.keepUnsent(unsent(b!, 2));
    full.mockRestore();
    await until(() => copy.problem === null, "storing again");
    await copy.close();
    expect(told.mock.calls.flat()).toEqual(["full", null]);
    expect(await textInCopy()).toEqual({ text: "ab", unsent: 2 });
  });

  test("without IndexedDB it is empty, takes everything and says so", async () => {
    const copy = new LocalCopy({ name: "x", indexedDB: undefined });
    expect(await copy.load()).toEqual({ updates: [], unsent: [], epoch: 0 });
    expect(copy.problem).toBe("unavailable");
    copy.keepConfirmed(new Uint8Array(3));
    await copy.flush();
    expect(await copy.readUnsent()).toEqual([]);
    await copy.close();
  });

  test("discarding keeps proposals and other tabs' edits, and a tab of the old epoch can't write into the new", async () => {
    const [a, b, c] = typing("abc");
    const old = await opened();
    old.setEpoch(1);
    old.keepConfirmed(a!);
    await old.flush();
    const fresh = await opened();
    fresh.keepUnsent(unsent(b!, 1));
    fresh.discard(2, [unsent(b!, 1).id], [{ at: "2026-11-22T10:00:00.000Z", lines: ["Typed “b”"] }]);
    await fresh.flush();
    old.keepConfirmed(c!);
    await old.flush();
    expect(await fresh.readConfirmed()).toEqual([]);
    const [proposal] = await fresh.readProposals();
    expect(proposal).toMatchObject({ lines: ["Typed “b”"] });
    fresh.dismissProposal(proposal!.key);
    expect(await fresh.readProposals()).toEqual([]);
    await Promise.all([old.close(), fresh.close()]);
  });
});
