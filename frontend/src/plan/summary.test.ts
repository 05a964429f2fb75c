import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { isUsualNoun, openPlan } from "./schema";
import { asks, headingsOf, insertHeading, QUESTIONS } from "./summary";
import { readPlan } from "./project";

/** A new plan from a template, as the server makes it. */
function fromTemplate(name: string) {
  const file = new URL(`../../../testdata/plan/${name}.json`, import.meta.url);
  const { update } = JSON.parse(readFileSync(file, "utf8")) as { update: string };
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Buffer.from(update, "base64"));
  return openPlan(doc);
}

/** The words of all headings of a summary. */
const headings = (summary: Y.XmlFragment): string[] =>
  summary.toArray().flatMap((block) =>
    block instanceof Y.XmlElement && block.nodeName === "heading" ? [block.toArray().map((text) => (text as Y.XmlText).toJSON()).join("")] : [],
  );

describe("the summary's headings", () => {
  test.each([
    ["template-enterprise", ["pain", "solution", "value", "cost", "solution risk"]],
    ["template-enterprise-de", ["pain", "solution", "value", "cost", "solution risk"]],
    ["template-security-de", ["value", "", "value", "cost"]],
    ["template-renewal-de", ["", "", "cost"]],
  ])("of %s are known for what they ask", (name, want) => {
    const { summary } = fromTemplate(name);
    expect(headings(summary).map((heading) => QUESTIONS.filter((question) => asks(heading, question)).join(" "))).toEqual(want);
  });

  test("count once something is written below them", () => {
    const plan = fromTemplate("template-enterprise-de");
    expect(headingsOf(plan.summary)).toEqual([]);
    insertHeading(plan, "Was schiefgehen kann");
    const last = plan.summary.get(plan.summary.length - 1) as Y.XmlElement;
    (last.get(0) as Y.XmlText).insert(0, "Ferien im August");
    expect(headingsOf(plan.summary)).toEqual(["Was schiefgehen kann"]);
  });
});

test("a plan from a template has a name that every reader sees in their language", () => {
  for (const name of ["template-enterprise", "template-enterprise-de"]) expect(isUsualNoun(readPlan(fromTemplate(name)).noun), name).toBe(true);
  expect(readPlan(fromTemplate("template-enterprise-de")).noun).toBe("gemeinsamer Aktionsplan");
  expect(isUsualNoun("Go-live-Plan")).toBe(false);
});
