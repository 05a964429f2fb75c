import fc from "fast-check";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { spliceText } from "./text";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "🙂", "🙃", "é"), maxLength: 12 });

test("any text becomes any other, and no half of a character is ever written", () => {
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      const doc = new Y.Doc();
      const text = doc.getText("t");
      text.insert(0, before);
      const halves: string[] = [];
      text.observe((event) => {
        for (const op of event.delta) if (typeof op.insert === "string") halves.push(op.insert);
      });
      doc.transact(() => spliceText(text, after));
      expect(text.toJSON()).toBe(after);
      for (const piece of halves) expect(() => encodeURIComponent(piece)).not.toThrow();
    }),
  );
});

test("only what differs is replaced, so typing around it stays", () => {
  const a = new Y.Doc();
  a.getText("t").insert(0, "Security review");
  const b = new Y.Doc();
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  spliceText(a.getText("t"), "Vendor security review");
  spliceText(b.getText("t"), "Security review (SOC 2)");
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  expect(a.getText("t").toJSON()).toBe("Vendor security review (SOC 2)");
});
