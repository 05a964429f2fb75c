import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { setDue, setTitle } from "../plan/edit";
import { openPlan, nodeId } from "../plan/schema";
import { at, samplePlan } from "../plan/testing";
import { CommandError } from "./commands";
import { LocalCopy } from "./local";
import type { ProviderOptions } from "./provider";
import { openPlanSession, type PlanSession, type SessionOptions } from "./session";
import { openNodeSocket, TestServer, until } from "./testing";
import { FRAME } from "./wire";

let server: TestServer;
let factory: IDBFactory;
const open: PlanSession[] = [];

beforeEach(async () => {
  server = await TestServer.start();
  factory = new IDBFactory();
  Y.applyUpdate(server.doc, Y.encodeStateAsUpdate(samplePlan().doc));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((session) => session.close()));
  await server.stop();
});

function join(person: string, options: Partial<SessionOptions> & { provider?: Partial<ProviderOptions> } = {}): PlanSession {
  const session = openPlanSession({
    planId: "p1",
    token: person,
    person,
    base: `http://127.0.0.1:${server.port}`,
    indexedDB: factory,
    ...options,
    provider: { openSocket: openNodeSocket, random: () => 0, isOnline: () => true, ...options.provider },
  });
  open.push(session);
  return session;
}

const status = (session: PlanSession): string => session.status.get().text;
const saved = (session: PlanSession): Promise<void> => until(() => session.status.get().kind === "saved", `saved (${status(session)})`);
const text = (session: PlanSession): Y.Text => session.live.get().doc.getText("t");
const serverText = (): string => server.doc.getText("t").toJSON();
const type = (session: PlanSession, words: string): void => {
  for (const letter of words) text(session).insert(text(session).length, letter);
};

describe("a session", () => {
  test("loads the plan, sends each transaction as the next numbered frame, and is saved when all are acknowledged", async () => {
    const ben = join("ben");
    await saved(ben);
    expect(openPlan(ben.live.get().doc).meta.get("title")).toBe("Sample plan");
    expect(ben.hello.get()).toMatchObject({ person: { id: "ben" }, can: { write: true } });
    server.answering = false;
    type(ben, "abc");
    expect(ben.status.get()).toMatchObject({ kind: "saving", pending: 1, text: "Saving…" });
    const [connection] = server.connections;
    await until(() => connection!.edits.length === 3);
    expect(connection!.edits.map((edit) => edit.n)).toEqual([1, 2, 3]);
    server.release();
    await saved(ben);
    expect(serverText()).toBe("abc");
    expect(ben.position.get()).toBe(3);
  });

  test("shows what others do, and who", async () => {
    const ben = join("ben");
    const dana = join("dana");
    await Promise.all([saved(ben), saved(dana)]);
    const entries: unknown[] = [];
    dana.onEntry((entry) => entries.push(entry));
    type(ben, "x");
    await until(() => text(dana).toJSON() === "x");
    expect(entries).toEqual([{ seq: 1, person: "ben" }]);
    expect(status(dana)).toBe("Saved");
  });

  test("keeps changes on this device while offline, says how many, and still knows after a reload", async () => {
    const ben = join("ben");
    await saved(ben);
    const port = server.port;
    await server.stop();
    await until(() => ben.status.get().kind !== "saved");
    const plan = openPlan(ben.live.get().doc);
    type(ben, "hello");
    setDue(plan, nodeId("s0t0"), "2027-03-10");
    setTitle(plan, nodeId("s0t1"), "Renamed offline");
    await until(() => ben.status.get().kind === "offline");
    expect(status(ben)).toBe("Offline: 3 changes kept on this device");
    await ben.close();

    const again = join("ben");
    await again.loaded();
    expect(text(again).toJSON()).toBe("hello");
    await until(() => again.status.get().kind === "offline");
    expect(status(again)).toBe("Offline: 3 changes kept on this device");

    const fresh = await TestServer.start(port);
    Y.applyUpdate(fresh.doc, Y.encodeStateAsUpdate(server.doc));
    server = fresh;
    again.retryNow();
    await saved(again);
    expect(serverText()).toBe("hello");
    const [connection] = server.connections;
    expect(connection?.edits).toHaveLength(3);
    await again.close();

    const third = join("ben");
    await saved(third);
    expect(at([...server.connections], 0).edits).toEqual([]);
  });

  test("sends again what was on its way when the connection broke, once", async () => {
    const ben = join("ben");
    await saved(ben);
    server.answering = false;
    type(ben, "abc");
    await until(() => [...server.connections].some((connection) => connection.edits.length === 3));
    server.cut(1006);
    await until(() => [...server.connections].some((connection) => connection.edits.length === 1));
    type(ben, "d");
    server.release();
    await saved(ben);
    expect(serverText()).toBe("abcd");
    expect(server.log.length).toBeLessThanOrEqual(2);
  });

  test("answers when the server asks again for what it lacks", async () => {
    const ben = join("ben");
    await saved(ben);
    server.answering = false;
    type(ben, "lost");
    const connection = at([...server.connections], 0);
    await until(() => connection.edits.length === 4);
    server.answering = true; // those four are forgotten
    server.askForState(connection);
    await until(() => serverText() === "lost");
  });

  test("heals a server that has lost what was confirmed", async () => {
    const ben = join("ben");
    await saved(ben);
    type(ben, "kept");
    await saved(ben);
    server.doc = new Y.Doc();
    server.cut(1006);
    await until(() => serverText() === "kept");
    expect(openPlan(server.doc).meta.get("title")).toBe("Sample plan");
  });

  test("sends a long backlog in a bounded number of frames", async () => {
    const ben = join("ben");
    await saved(ben);
    const { port } = server;
    await server.stop();
    const plan = openPlan(ben.live.get().doc);
    for (let n = 0; n < 300; n++) setDue(plan, nodeId("s0t0"), n % 2 ? "2027-01-01" : "2027-01-02");
    const fresh = await TestServer.start(port);
    Y.applyUpdate(fresh.doc, Y.encodeStateAsUpdate(server.doc));
    server = fresh;
    ben.retryNow();
    await saved(ben);
    expect(at([...server.connections], 0).edits.length).toBeLessThanOrEqual(64);
    expect(Y.encodeStateAsUpdate(ben.live.get().doc)).toEqual(Y.encodeStateAsUpdate(server.doc));
  });
});

describe("being turned away", () => {
  test("a final close code ends in the server's own sentence and no more attempts", async () => {
    const ben = join("ben");
    await saved(ben);
    server.cut(4401, "This link was revoked by Mara.");
    await until(() => ben.status.get().kind === "denied");
    expect(ben.status.get()).toMatchObject({ code: 4401, name: "unauthenticated", text: "This link was revoked by Mara." });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(server.opened).toBe(1);
  });

  test.each([1001, 1013, 4408, 4413, 4429, 4500, 1006])("after %i it connects again by itself", async (code) => {
    const ben = join("ben");
    await saved(ben);
    server.cut(code);
    await until(() => server.opened === 2, "a second connection");
    await saved(ben);
  });

  test("a refused upgrade is asked about over HTTP", async () => {
    await server.stop();
    const ben = join("ben", {
      provider: { probe: () => Promise.resolve({ kind: "denied", status: 403, text: "This link has expired." }) },
    });
    await until(() => ben.status.get().kind === "denied");
    expect(status(ben)).toBe("This link has expired.");
    server = await TestServer.start();
  });
});

describe("a reset", () => {
  test("drops this copy, loads the server's, and keeps the refused edits readable", async () => {
    const ben = join("ben");
    await saved(ben);
    const first = ben.live.get();
    server.refusal = "You can no longer edit this plan.";
    const summary = openPlan(first.doc).summary;
    first.doc.transact(() => {
      const paragraph = new Y.XmlElement("paragraph");
      summary.insert(0, [paragraph]);
      paragraph.insert(0, [new Y.XmlText("It costs a day a week")]);
    });
    await until(() => ben.live.get().generation === 2);
    server.refusal = null;
    await saved(ben);
    expect(ben.live.get().doc).not.toBe(first.doc);
    expect(openPlan(ben.live.get().doc).summary.length).toBe(0);
    await until(() => ben.proposals.get().length > 0);
    const [proposal] = ben.proposals.get();
    expect(proposal?.lines).toEqual(["Typed “It costs a day a week” in the executive summary"]);
    await ben.close();

    const again = join("ben");
    await until(() => again.proposals.get().length === 1, "the proposal after a reload");
    again.dismiss(at(again.proposals.get(), 0).id);
    expect(again.proposals.get()).toEqual([]);
    await again.close();
    const third = join("ben");
    await saved(third);
    expect(third.proposals.get()).toEqual([]);
  });

  test("for a new epoch happens before anything of the old copy is sent", async () => {
    const ben = join("ben");
    await saved(ben);
    type(ben, "old");
    await saved(ben);
    await ben.close();
    server.epoch = 2;
    server.doc = new Y.Doc();
    Y.applyUpdate(server.doc, Y.encodeStateAsUpdate(samplePlan(1, 1, 77).doc));
    const again = join("ben");
    await until(() => again.live.get().generation === 2);
    await saved(again);
    expect(serverText()).toBe("");
    expect(text(again).toJSON()).toBe("");
    expect(at([...server.connections], 0).hello?.epoch).toBe(2);
  });

  test("that repeats ends in a sentence instead of a loop", async () => {
    const ben = join("ben");
    await saved(ben);
    server.refusal = "No.";
    const editOnceSynced = (): void => {
      if (ben.synced.get()) type(ben, "x");
    };
    ben.live.subscribe(() => ben.synced.subscribe(editOnceSynced));
    ben.synced.subscribe(editOnceSynced);
    type(ben, "x");
    await until(() => ben.status.get().kind === "denied");
    expect(status(ben)).toMatch(/keeps refusing.*No\./);
  });

  test("comes to someone whose rights were taken while offline", async () => {
    const ben = join("ben");
    await saved(ben);
    server.cut(1006);
    type(ben, "late");
    server.can = { write: false, comment: false, history: false };
    await until(() => ben.live.get().generation === 2);
    await saved(ben);
    expect(text(ben).toJSON()).toBe("");
    expect(ben.proposals.get()).toHaveLength(1);
  });
});

describe("a viewer", () => {
  test("sends nothing, even when an editor tidies the document for display", async () => {
    server.can = { write: false, comment: false, history: false };
    const eve = join("eve");
    await saved(eve);
    type(eve, "tidied");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(at([...server.connections], 0).edits).toEqual([]);
    expect(eve.status.get()).toMatchObject({ kind: "saved", pending: 0 });
  });
});

describe("commands", () => {
  test("wait until the edits before them are acknowledged, and answer with the result", async () => {
    const ben = join("ben");
    await saved(ben);
    const seen: string[] = [];
    server.command = (name) => {
      seen.push(`${name} after ${serverText()}`);
      return { ok: true, result: { thread: "t1" } };
    };
    server.answering = false;
    type(ben, "words");
    const answer = ben.command("comment.add", { body: "Why?" });
    await until(() => at([...server.connections], 0).edits.length === 5);
    expect(seen).toEqual([]);
    server.release();
    expect(await answer).toEqual({ thread: "t1" });
    expect(seen).toEqual(["comment.add after words"]);
  });

  test("that are refused say why", async () => {
    const ben = join("ben");
    await saved(ben);
    server.command = () => ({ ok: false, code: "not-found", error: "There is no such thread." });
    await expect(ben.command("comment.reply", {})).rejects.toMatchObject({ code: "not-found", message: "There is no such thread." });
  });

  test("are sent when the connection is back, or fail as never sent", async () => {
    const ben = join("ben");
    await saved(ben);
    server.cut(1006);
    await until(() => ben.status.get().kind !== "saved");
    expect(await ben.command("comment.add", {})).toBeUndefined();
    await saved(ben);
    await server.stop();
    await until(() => ben.status.get().kind !== "saved");
    await expect(ben.command("comment.add", {}, 50)).rejects.toMatchObject({ code: "offline" });
    server = await TestServer.start();
  });

  test("whose answer never came are told apart from those never sent", async () => {
    const ben = join("ben");
    await saved(ben);
    let received = 0;
    server.command = () => {
      received++;
      return null;
    };
    const slow = ben.command("comment.add", {}, 50);
    await expect(slow).rejects.toMatchObject({ code: "timeout" });
    const cut = ben.command("comment.add", {});
    await until(() => received === 2);
    server.cut(1006);
    await expect(cut).rejects.toMatchObject({ code: "unknown" });
    const last = ben.command("comment.add", {});
    const failed = expect(last).rejects.toBeInstanceOf(CommandError);
    await ben.close();
    await failed;
  });
});

describe("presence", () => {
  test("is shared, throttled without losing the last state, and forgotten with the connection", async () => {
    const ben = join("ben");
    const dana = join("dana");
    await Promise.all([saved(ben), saved(dana)]);
    const { awareness, doc } = ben.live.get();
    const seen = (): unknown => dana.live.get().awareness.getStates().get(doc.clientID)?.["cursor"];
    const before = server.awareness.length;
    for (let n = 0; n <= 50; n++) awareness.setLocalStateField("cursor", n);
    await until(() => seen() === 50);
    expect(server.awareness.length - before).toBeLessThanOrEqual(3);
    server.cut(1006);
    await until(() => seen() === undefined, "forgetting");
    await until(() => seen() === 50, "returning");
  });
});

describe("notices", () => {
  test("about storage show until all is well", async () => {
    const ben = join("ben");
    await saved(ben);
    server.broadcastJson(FRAME.notice, { kind: "storage", state: "degraded", text: "The server can't save at the moment." });
    await until(() => ben.status.get().kind === "degraded");
    expect(status(ben)).toBe("The server can't save at the moment.");
    server.broadcastJson(FRAME.notice, { kind: "storage", state: "ok", text: "" });
    await saved(ben);
  });

  test("that can't be read however often are fetched again more and more slowly", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    server.spoiled = true;
    const ben = join("ben");
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // pauses of 0.2, 0.4, 0.8 and 1.6 s
    expect(server.opened).toBeGreaterThan(2);
    expect(server.opened).toBeLessThan(6);
    server.spoiled = false;
    ben.retryNow();
    await saved(ben);
  });

  test("that can't be read cost only that connection", async () => {
    const ben = join("ben");
    await saved(ben);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    server.send(at([...server.connections], 0), FRAME.notice, () => undefined);
    await until(() => server.opened === 2);
    await saved(ben);
  });
});

describe("two tabs of one person", () => {
  test("share one copy: what a closed tab never sent is taken over by the other", async () => {
    const tab = join("ben");
    await saved(tab);
    // Another tab typed and was closed before it could send anything.
    const other = new LocalCopy({ name: "plan/p1 ben", indexedDB: factory });
    const { updates } = await other.load();
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    const before = Y.encodeStateVector(doc);
    doc.getText("t").insert(0, "orphan");
    other.keepUnsent({ id: "000000000000001-x-1", update: Y.encodeStateAsUpdate(doc, before), change: "x:1", at: 1 });
    await other.close();
    await until(() => serverText() === "orphan", "taking over", 8_000);
    await saved(tab);
    await tab.close();
    const copy = new LocalCopy({ name: "plan/p1 ben", indexedDB: factory });
    expect((await copy.load()).unsent).toEqual([]);
    await copy.close();
  });

  test("both type offline, both come back, and the server has it all", async () => {
    const one = join("ben");
    const two = join("ben");
    await Promise.all([saved(one), saved(two)]);
    const { port } = server;
    await server.stop();
    type(one, "one ");
    type(two, "two ");
    await Promise.all([one.flush(), two.flush()]);
    await one.close();
    const fresh = await TestServer.start(port);
    Y.applyUpdate(fresh.doc, Y.encodeStateAsUpdate(server.doc));
    server = fresh;
    const again = join("ben");
    two.retryNow();
    await Promise.all([saved(again), saved(two)]);
    await until(() => text(two).length === 8);
    expect(serverText()).toMatch(/^(one two |two one )$/);
    expect(text(again).toJSON()).toBe(serverText());
    expect(text(two).toJSON()).toBe(serverText());
  });
});

describe("without IndexedDB", () => {
  test("all works, and the status doesn't promise what isn't so", async () => {
    const ben = join("ben", { indexedDB: undefined });
    await saved(ben);
    type(ben, "a");
    await saved(ben);
    await server.stop();
    type(ben, "b");
    await until(() => ben.status.get().kind === "offline");
    expect(status(ben)).toBe("Offline: 1 change kept only while this tab is open");
    server = await TestServer.start();
  });
});
