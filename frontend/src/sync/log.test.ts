import { describe, expect, it, vi } from "vitest";
import { Cell } from "../plan/readable";
import type { HistoryEntry, HistoryPage, HistoryQuery, PlanRow } from "./api";
import { createLog, followLog } from "./log";

const entry = (seq: number) => ({ seq }) as HistoryEntry;

/** A plan whose history has the given positions, at most two to a page. */
function plan(seqs: number[]) {
  const asked: HistoryQuery[] = [];
  let fail: Error | null = null;
  const position = new Cell(seqs.at(-1) ?? 0);
  const history = (_: string, query: HistoryQuery = {}): Promise<HistoryPage> => {
    asked.push(query);
    if (fail) return Promise.reject(fail);
    const rest = seqs.filter((seq) => seq >= (query.from ?? 0));
    return Promise.resolve({ entries: rest.slice(0, 2).map(entry), next: rest[2] ?? null });
  };
  const health = () => Promise.resolve({ sellerAt: "2026-11-20T22:10:00Z", buyerAt: "2026-11-21T08:00:00Z" } as PlanRow);
  return {
    asked,
    position,
    log: createLog({ history, health }, "p", position),
    grow: (seq: number) => {
      seqs.push(seq);
      position.set(seq);
    },
    breaks: (error: Error | null) => {
      fail = error;
    },
  };
}

describe("the log", () => {
  it("reads page by page what came after a position, and not what stands at it", async () => {
    const { log, asked } = plan([3, 5, 8, 9, 14]);
    expect((await log.after(3)).map(({ seq }) => seq)).toEqual([5, 8, 9, 14]);
    expect(asked.map(({ from }) => from)).toEqual([4, 9]);
  });

  it("knows the day of the latest edit, whoever's it was", async () => {
    expect(await plan([3]).log.lastEdit("2026-11-30")).toBe("2026-11-21");
  });

  it("is followed as it grows, each entry once, and left alone when nobody listens", async () => {
    const p = plan([3, 5]);
    const followed = followLog(p.log, 3);
    const seqs = () => followed.get().entries.map(({ seq }) => seq);
    expect(followed.get().known).toBe(false);
    const stop = followed.subscribe(() => undefined);
    await vi.waitFor(() => expect(seqs()).toEqual([5]));
    p.grow(6);
    p.grow(7);
    await vi.waitFor(() => expect(seqs()).toEqual([5, 6, 7]));
    stop();
    const before = p.asked.length;
    p.grow(8);
    expect(followed.get().known).toBe(true);
    const again = followed.subscribe(() => undefined);
    await vi.waitFor(() => expect(seqs()).toEqual([5, 6, 7, 8]));
    expect(p.asked.length).toBe(before + 1);
    again();
  });

  it("keeps what it knows when an answer fails, says why, and goes on with the next entry", async () => {
    const p = plan([3, 5]);
    const followed = followLog(p.log, 0);
    const stop = followed.subscribe(() => undefined);
    await vi.waitFor(() => expect(followed.get().known).toBe(true));
    p.breaks(new Error("unreachable"));
    p.grow(6);
    await vi.waitFor(() => expect(followed.get().problem).toMatchObject({ message: "unreachable" }));
    expect(followed.get().entries).toHaveLength(2);
    p.breaks(null);
    p.grow(7);
    await vi.waitFor(() => expect(followed.get()).toMatchObject({ problem: null, entries: [{ seq: 3 }, { seq: 5 }, { seq: 6 }, { seq: 7 }] }));
    stop();
  });
});
