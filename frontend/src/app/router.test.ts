import { describe, expect, it } from "vitest";
import { parseRoute } from "./router";

describe("parseRoute", () => {
  it.each([
    ["/", { kind: "landing" }],
    ["/plans", { kind: "plans" }],
    ["/j/cp_abc", { kind: "join", token: "cp_abc" }],
    ["/p/k3f", { kind: "plan", id: "k3f", view: "plan" }],
    ["/p/k3f/", { kind: "plan", id: "k3f", view: "plan" }],
    ["/p/k3f/history", { kind: "history", id: "k3f" }],
    ["/p/k3f/other", { kind: "missing" }],
    ["/p", { kind: "missing" }],
    ["/j/%E0%A4%A", { kind: "join", token: "%E0%A4%A" }],
  ])("%s", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });
});
