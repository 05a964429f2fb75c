import { expect, test } from "vitest";
import * as Y from "yjs";
import { setAnchorTerms } from "./dates";
import { openPlan } from "./schema";
import { createUndo } from "./undo";

test("what stands behind the date is one entry of undo, and refuses nonsense", () => {
  const plan = openPlan(new Y.Doc());
  const undo = createUndo(plan);
  setAnchorTerms(plan, { kind: "value", provisional: true, node: "a", costPerWeek: 9000, currency: "EUR", event: { what: "Audit", source: "Finance", consequence: "" } });
  expect(plan.anchor.toJSON()).toEqual({ kind: "value", provisional: true, node: "a", costPerWeek: 9000, event: { what: "Audit", source: "Finance", consequence: "" } });
  expect(plan.meta.get("currency")).toBe("EUR");
  setAnchorTerms(plan, { node: "", costPerWeek: null, currency: "", event: { what: "", source: "", consequence: "" } });
  expect(plan.anchor.toJSON()).toEqual({ kind: "value", provisional: true });
  undo.undo();
  expect(plan.anchor.get("node")).toBe("a");
  undo.undo();
  expect(plan.anchor.size).toBe(0);
  expect(() => setAnchorTerms(plan, { costPerWeek: -1 })).toThrow("0 or more");
  expect(() => setAnchorTerms(plan, { currency: "euro" })).toThrow("three capital letters");
  expect(() => setAnchorTerms(plan, { event: { what: "x".repeat(301), source: "", consequence: "" } })).toThrow("300 characters");
  expect(plan.anchor.size).toBe(0);
  undo.close();
});
