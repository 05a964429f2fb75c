import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { HistoryEntry } from "./api";
import { loadHistory, Replay } from "./replay";

/** A history of `n` entries that leaves "0 1 2 … " in a text, deleting now and then. */
function history(n: number): { entries: HistoryEntry[]; texts: string[] } {
  const doc = new Y.Doc();
  doc.clientID = 5;
  const text = doc.getText("t");
  const entries: HistoryEntry[] = [];
  const texts = [""];
  doc.on("update", (update: Uint8Array) => {
    const ordinal = entries.length;
    entries.push({
      seq: 10 + ordinal * 3,
      ordinal,
      at: new Date(ordinal * 1000).toISOString(),
      actor: { id: "p", name: "Ben", role: "seller", side: "seller" },
      kind: "update",
      what: "",
      sentence: "",
      say: { id: "", values: {} },
      sentences: [],
      changes: [],
      node: "",
      field: "",
      update,
    });
  });
  for (let i = 0; i < n; i++) {
    if (i % 7 === 6) text.delete(0, 3);
    else text.insert(text.length, `${i} `);
    texts.push(text.toJSON());
  }
  return { entries, texts };
}

describe("replay", () => {
  test("shows the document as it was after any entry, forward, backward and at random", () => {
    const { entries, texts } = history(350);
    const replay = new Replay(entries);
    const order = [0, 1, 350, 349, 100, 99, 101, 250, 0, 300, 200, 199, 350, 5];
    for (let i = 0; i < 200; i++) order.push((i * 131) % 351);
    for (const count of order) expect(replay.seek(count).getText("t").toJSON(), `after ${count}`).toBe(texts[count]);
  });

  test("playing forward keeps one document, and stays inside the history", () => {
    const { entries, texts } = history(20);
    const replay = new Replay(entries);
    const doc = replay.seek(3);
    expect(replay.seek(4)).toBe(doc);
    expect(replay.seek(99).getText("t").toJSON()).toBe(texts[20]);
    expect(replay.seek(-1).getText("t").toJSON()).toBe("");
    expect(replay.length).toBe(20);
  });

  test("the history is read to its end, page by page", async () => {
    const { entries } = history(5);
    const asked: (number | undefined)[] = [];
    const progress: number[] = [];
    const api = {
      history: (_plan: string, query: { from?: number } = {}) => {
        asked.push(query.from);
        const rest = entries.filter((entry) => entry.seq >= (query.from ?? 0));
        return Promise.resolve({ entries: rest.slice(0, 2), next: rest[2]?.seq ?? null });
      },
    };
    const all = await loadHistory(api, "p", { progress: (n) => progress.push(n) });
    expect(all).toEqual(entries);
    expect(asked).toEqual([0, 16, 22]);
    expect(progress).toEqual([2, 4, 5]);
  });

  test("a server whose pages don't advance ends in an error, not in a loop", async () => {
    const api = { history: () => Promise.resolve({ entries: [], next: 0 }) };
    await expect(loadHistory(api, "p")).rejects.toThrow(/advance/);
  });
});
