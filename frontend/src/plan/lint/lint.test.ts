import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { openPlan } from "../schema";
import { checkPlan, readLintInput, skimSeconds, type Lint, type LintInput } from ".";

const folder = new URL("../../../../testdata/plan/lint/", import.meta.url);
const read = <T>(file: string): T[] => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as T[];

interface Vector {
  readonly name: string;
  readonly input: LintInput;
  readonly lints: readonly Lint[];
  readonly skim: number;
}

describe("the suggestions are the server's, key for key", () => {
  test.each(["rules.json", "random.json"])("for the plans in %s", (file) => {
    const vectors = read<Vector>(file);
    expect(vectors.length).toBeGreaterThan(20);
    for (const { name, input, lints, skim } of vectors) {
      expect(checkPlan(input), name).toEqual(lints);
      expect(skimSeconds(input.plan), name).toBe(skim);
    }
  });

  test("for documents, down to what is read of them", () => {
    const vectors = read<{ name: string; update: string; input: LintInput; lints: readonly Lint[] }>("documents.json");
    expect(vectors.length).toBeGreaterThan(15);
    for (const { name, update, input, lints } of vectors) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, Buffer.from(update, "base64"));
      const got = readLintInput(openPlan(doc), { today: "2026-03-04", lastEdit: "2026-02-01" });
      expect(JSON.parse(JSON.stringify(got)), name).toEqual(input);
      expect(checkPlan(got), name).toEqual(lints);
    }
  });
});
