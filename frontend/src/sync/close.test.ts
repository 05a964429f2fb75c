import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLOSE_REASONS, closeReason } from "./close";

/** The rows of the server's table, read from its source: `{Code: 4400, Name: "malformed", Retry: false, …}`. */
function serverRows(): { code: number; name: string; retry: boolean }[] {
  const source = readFileSync(new URL("../../../server/socket/close.go", import.meta.url), "utf8");
  const table = /var closeCodes = \[\]CloseCode\{(.*?)\n\}/s.exec(source)?.[1] ?? "";
  const rows = [...table.matchAll(/\{Code: (\d+), Name: "([^"]+)", Retry: (true|false)\b/g)].map(([, code, name, retry]) => ({
    code: Number(code),
    name: name ?? "",
    retry: retry === "true",
  }));
  return rows.filter((row, at) => row.code !== rows[at - 1]?.code);
}

test("the table is the server's", () => {
  const rows = serverRows();
  expect(rows.length).toBeGreaterThan(8);
  expect(CLOSE_REASONS.map(({ code, name, retry }) => ({ code, name, retry }))).toEqual(rows);
});

test("every reason has a sentence, and an unknown code is worth another try", () => {
  for (const { text } of CLOSE_REASONS) expect(text).toMatch(/^[A-Z].*\.$/);
  expect(closeReason(1006)).toMatchObject({ code: 1006, retry: true });
});
