import { describe, expect, it } from "vitest";
import { markName, safeHref } from "./rich-marks";

describe("safeHref", () => {
  it.each([
    ["https://example.com/a", "https://example.com/a"],
    ["HTTP://example.com", "HTTP://example.com"],
    ["mailto:dana@example.com", "mailto:dana@example.com"],
    ["example.com/path", "https://example.com/path"],
    ["example.com:8443/x", "https://example.com:8443/x"],
    ["tel:1", undefined],
    ["javascript:alert(1)", undefined],
    ["JaVaScRiPt:alert(1)", undefined],
    [" java\nscript:alert(1)", undefined],
    ["\u0001javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["vbscript:x", undefined],
    ["", undefined],
    [42, undefined],
  ])("%j → %j", (input, expected) => {
    expect(safeHref(input)).toBe(expected);
  });
});

describe("markName", () => {
  it("takes the hash off an overlapping mark's key", () => {
    expect(markName("comment--a1B2c3+=")).toBe("comment");
    expect(markName("bold")).toBe("bold");
    expect(markName("my--mark")).toBe("my--mark");
  });
});
