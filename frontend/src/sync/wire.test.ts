import * as encoding from "lib0/encoding";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { backoff } from "./backoff";
import { groupByChange, Unsent } from "./unsent";
import { decodeFrame, FRAME } from "./wire";

function frame(type: number, fill: (e: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  fill(encoder);
  return encoding.toUint8Array(encoder);
}

describe("frames", () => {
  test("a hello with more or fewer fields than today is understood", () => {
    const person = { id: "p", name: "Dana", role: "champion", side: "buyer" };
    const bytes = frame(FRAME.hello, (e) => encoding.writeVarString(e, JSON.stringify({ doc: "plan/p", person, can: { write: true }, news: 1 })));
    expect(decodeFrame(bytes)).toMatchObject({ type: "hello", hello: { doc: "plan/p", epoch: 0, can: { write: true, comment: false }, person: { color: "" } } });
  });

  test("a reset without frame numbers means all of them", () => {
    const bytes = frame(FRAME.reset, (e) => encoding.writeVarString(e, '{"epoch":2,"code":"epoch","reason":"New.","frames":null}'));
    expect(decodeFrame(bytes)).toMatchObject({ type: "reset", reset: { frames: [], reason: "New." } });
  });

  test("unknown frames are told apart from broken ones", () => {
    expect(decodeFrame(frame(99, (e) => encoding.writeVarString(e, "later")))).toEqual({ type: "unknown", frame: 99 });
    expect(() => decodeFrame(frame(FRAME.hello, (e) => encoding.writeVarString(e, "{")))).toThrow(/hello: expected JSON/);
    expect(() => decodeFrame(frame(FRAME.ack, () => undefined))).toThrow();
    expect(() => decodeFrame(frame(FRAME.sync, (e) => encoding.writeVarUint(e, 7)))).toThrow();
  });

  test("no bytes at all bring it down in another way than by an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeFrame(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

describe("unsent edits", () => {
  function recorder(): { doc: Y.Doc; unsent: Unsent; at: (now: number) => void } {
    const doc = new Y.Doc();
    const unsent = new Unsent();
    let now = 0;
    doc.on("update", (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      unsent.add(update, transaction, now);
    });
    return { doc, unsent, at: (time) => (now = time) };
  }

  test("a burst of typing counts as one change, a pick as one each", () => {
    const { doc, unsent, at } = recorder();
    const [text, map] = [doc.getText("t"), doc.getMap("m")];
    at(0);
    text.insert(0, "a");
    at(500);
    text.insert(1, "b");
    expect(unsent.countChanges()).toBe(1);
    at(5_000);
    text.insert(2, "c");
    expect(unsent.countChanges()).toBe(2);
    map.set("due", "2027-01-01");
    map.set("due", "2027-01-02");
    text.insert(3, "d");
    expect(unsent.countChanges()).toBe(5);
    expect(groupByChange(unsent.all()).map((group) => group.length)).toEqual([2, 1, 1, 1, 1]);
  });

  test("keep their order when the clock is set back", () => {
    const { doc, unsent, at } = recorder();
    at(10_000);
    doc.getText("t").insert(0, "first ");
    at(2_000);
    doc.getText("t").insert(6, "second");
    const copy = new Y.Doc();
    for (const edit of unsent.all()) Y.applyUpdate(copy, edit.update);
    expect(copy.getText("t").toJSON()).toBe("first second");
    expect(unsent.all().map((edit) => edit.at)).toEqual([10_000, 10_000]);
  });

  test("a backlog of any length arrives whole in at most 64 frames", () => {
    const { doc, unsent } = recorder();
    for (let n = 0; n < 1_000; n++) doc.getMap("m").set(String(n), n);
    const frames = unsent.backlog();
    expect(frames.length).toBeLessThanOrEqual(64);
    expect(frames.flatMap((frame) => frame.ids)).toHaveLength(1_000);
    const copy = new Y.Doc();
    for (const { update } of frames) Y.applyUpdate(copy, update);
    expect(copy.getMap("m").size).toBe(1_000);
  });
});

test("pauses double up to half a minute and are spread over their upper half", () => {
  expect([1, 2, 3, 4].map((n) => backoff(n, () => 1))).toEqual([400, 800, 1_600, 3_200]);
  expect(backoff(1, () => 0)).toBe(200);
  expect(backoff(50, () => 1)).toBe(30_000);
});
