import { describe, expect, test } from "vitest";
import { ApiError, createApi } from "./api";

/** An Api whose requests are answered by `answer`. */
function apiThat(answer: (method: string, path: string, init: RequestInit) => { status?: number; body?: unknown; text?: string }) {
  const seen: { method: string; path: string; headers: Record<string, string>; body: unknown }[] = [];
  const fetchLike: typeof fetch = (input, init = {}) => {
    const method = init.method ?? "GET";
    const path = input instanceof Request ? input.url : input.toString();
    seen.push({
      method,
      path,
      headers: init.headers as Record<string, string>,
      body: typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined,
    });
    const { status = 200, body, text } = answer(method, path, init);
    const content = status === 204 ? null : (text ?? JSON.stringify(body));
    return Promise.resolve(new Response(content, { status }));
  };
  return { api: createApi({ base: "http://plans.test", token: "cp_secret", fetch: fetchLike }), seen };
}

describe("the API", () => {
  test("sends the token as a header only, and bodies as JSON", async () => {
    const { api, seen } = apiThat(() => ({ status: 201, body: { id: "p1", links: { buyer: "http://plans.test/j/x" } } }));
    const created = await api.createPlan({ title: "Northwind × Acme", template: "quick-start", language: "de" });
    expect(created).toEqual({ id: "p1", links: { buyer: "http://plans.test/j/x" } });
    expect(seen).toEqual([
      {
        method: "POST",
        path: "http://plans.test/api/plans",
        headers: expect.objectContaining({ Authorization: "Bearer cp_secret", "Content-Type": "application/json" }) as unknown,
        body: { title: "Northwind × Acme", template: "quick-start", language: "de" },
      },
    ]);
  });

  test("reads history with updates as bytes, page by page", async () => {
    const entry = { seq: 7, ordinal: 0, at: "2026-11-22T10:00:00.000Z", actor: { id: "p", name: "Dana" }, kind: "update", update: "AAEC/w==" };
    const { api, seen } = apiThat(() => ({ body: { plan: "a/b", entries: [entry], next: 8 } }));
    const page = await api.history("a/b", { from: 5, limit: 10, updates: true });
    expect(seen[0]?.path).toBe("http://plans.test/api/plans/a%2Fb/history?from=5&limit=10&updates=1");
    expect(page.next).toBe(8);
    expect(page.entries[0]).toMatchObject({ seq: 7, actor: { name: "Dana", side: "" }, update: new Uint8Array([0, 1, 2, 255]), sentences: [] });
  });

  test("turns a failure into its sentence, code and field", async () => {
    const { api } = apiThat(() => ({ status: 400, body: { error: { code: "template", message: "There is no template “x”.", where: "template" } } }));
    const failure = await api.createPlan({ title: "t", template: "x" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 400, code: "template", message: "There is no template “x”.", where: "template" });
  });

  test.each([
    ["no answer at all", () => { throw new TypeError("network"); }, { status: 0, code: "unreachable" }],
    ["an error page instead of JSON", () => ({ status: 502, text: "<h1>Bad gateway</h1>" }), { status: 502, code: "error" }],
    ["JSON of another shape", () => ({ body: { id: 7 } }), { status: 200, code: "unexpected", message: expect.stringMatching(/id: expected text, got number/) as string }],
  ])("%s is an ApiError too", async (_, answer, expected) => {
    const { api } = apiThat(answer);
    await expect(api.createPlan({ title: "t", template: "x" })).rejects.toMatchObject({ name: "ApiError", ...expected });
  });

  test("a server without a demo has none; other failures stay failures", async () => {
    expect(await apiThat(() => ({ status: 404, body: { error: { code: "not-found", message: "No demo here." } } })).api.demo()).toBeNull();
    await expect(apiThat(() => ({ status: 500, body: {} })).api.demo()).rejects.toMatchObject({ status: 500 });
  });

  test("answers without content are fine where none is needed", async () => {
    const { api } = apiThat(() => ({ status: 204 }));
    await expect(api.join("Dana")).resolves.toBeUndefined();
    await expect(api.revokeLink("p", "l")).resolves.toBeUndefined();
  });
});
