import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { readPlan, type View } from "./project";
import { openPlan } from "./schema";
import { samplePlan } from "./testing";

const folder = new URL("../../../testdata/plan/", import.meta.url);

interface Vector {
  readonly name: string;
  readonly update: string;
  readonly view: View;
}

const vectors = readdirSync(folder)
  .filter((file) => file.endsWith(".json") && file !== "ord.json")
  .map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector] as const);

describe("the projection", () => {
  test("has shared vectors to be checked against", () => {
    expect(vectors.length).toBeGreaterThan(0);
  });

  test.each(vectors)("is the server's, key for key: %s", (_, { update, view }) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(update, "base64"));
    expect(JSON.parse(JSON.stringify(readPlan(openPlan(doc))))).toEqual(view);
  });

  test("never throws, whatever stands anywhere", () => {
    const odd = [null, undefined, 3.5, "text", true, [1], { a: 1 }, new Uint8Array(2), 10n];
    const roots = ["meta", "anchor", "nodes", "roles", "threads"] as const;
    for (const value of odd) {
      const plan = samplePlan();
      const spoil = (map: Y.Map<unknown>): void => {
        for (const [key, entry] of [...map.entries()]) {
          if (entry instanceof Y.Map) spoil(entry as Y.Map<unknown>);
          else map.set(key, value);
        }
        map.set("unexpected", value);
      };
      for (const root of roots) spoil(plan.doc.getMap(root));
      plan.threads.set("t", new Y.Map(Object.entries({ anchor: value, by: value, at: value, msgs: value, resolved: value, side: value })));
      expect(() => JSON.stringify(readPlan(plan))).not.toThrow();
    }
  });

  test("of an empty document has every key", () => {
    const view = readPlan(openPlan(new Y.Doc()));
    expect(view).toMatchObject({ schema: 0, title: "", noun: "mutual action plan", status: "draft", stages: [], bin: [], warnings: [] });
  });
});
