/** The timeline: what waits for what, drawn; dates moved by hand and by key, with what else moves shown first. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let vera: Person;
let planId: string;
let ownerLink: string;

const moved = "Security questions answered";

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  ownerLink = linkOf(plan, "owner");
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana", { width: 390, height: 844, dark: true });
  vera = await person(browser, "Vera", { dark: true });
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
  await joinPlan(vera, linkOf(plan, "viewer"));
  for (const who of [ben, dana, vera]) {
    await who.page.getByRole("navigation", { name: "Pages of this plan" }).getByRole("link", { name: "Timeline" }).click();
    await who.page.getByRole("heading", { name: "Timeline", level: 1 }).waitFor();
  }
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const view = async () => (await program.api().plan(planId)) as View;
const stepCalled = async (title: string) => {
  const step = (await view()).stages.flatMap(({ steps }) => steps).find((one) => one.title === title);
  if (!step) throw new Error(`no step “${title}”`);
  return step;
};
const row = (who: Person, title: string): Locator => who.page.getByRole("list", { name: "Stages and steps" }).getByRole("link", { name: new RegExp(`^${title}`) });
const bar = async (who: Person, title: string): Promise<Locator> => who.page.locator(`[data-step="${(await stepCalled(title)).id}"]`);
const preview = (who: Person) => who.page.getByRole("dialog", { name: "What this moves" });
/** Where a bar's body ends, in days from the chart's left edge and with its scale. */
const place = async (who: Person, title: string): Promise<number> => {
  const box = await (await bar(who, title)).locator(".tl-body").boundingBox();
  if (!box) throw new Error(`“${title}” is not drawn`);
  return Math.round(box.x + box.width);
};

test("every step has a row that says in words what its bar shows", async () => {
  const steps = (await view()).stages.flatMap((stage) => [stage, ...stage.steps]);
  const names = await ben.page.getByRole("list", { name: "Stages and steps" }).getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
  expect(names.length).toBe(steps.length);
  names.forEach((name, i) => expect(name.startsWith(steps[i]?.title ?? "?")).toBe(true));
  expect(names.find((name) => name.startsWith(moved))).toMatch(/, Not started, (no room to slip|\d+ working days? of room)/);
  await expect.poll(() => ben.page.locator(".tl-chart [data-step]").count()).toBe(steps.filter(({ kind }) => kind !== "stage").length);
  for (const who of [ben, dana, vera]) {
    expect(await violations(who.page)).toEqual([]);
    expect(await overflow(who.page)).toBeLessThanOrEqual(0);
  }
});

test("a bar is dragged: the new date and what else moves show before anything changes, and can be left", async () => {
  const before = await stepCalled(moved);
  const { page } = ben;
  await page.getByRole("radio", { name: "Month" }).click();
  const box = await (await bar(ben, moved)).locator(".tl-body").boundingBox();
  if (!box) throw new Error("not drawn");
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 30, middle.y, { steps: 4 });
  await page.getByRole("status").filter({ hasText: moved }).waitFor();
  await expect.poll(() => page.locator(".tl-ghost").count()).toBeGreaterThan(1);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect.poll(() => page.locator(".tl-ghost").count()).toBe(0);
  expect(await preview(ben).count()).toBe(0);

  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 7 * 8, middle.y, { steps: 6 });
  await page.mouse.up();
  await preview(ben).getByText(/go-live .* → /).first().waitFor();
  await preview(ben).getByRole("button", { name: "Leave it as it was" }).click();
  expect((await stepCalled(moved)).due).toBe(before.due);
});

test("once it is committed, the other side's bar and list have the new date", async () => {
  const before = await stepCalled(moved);
  const { page } = ben;
  const was = await place(vera, moved);
  const box = await (await bar(ben, moved)).locator(".tl-body").boundingBox();
  if (!box) throw new Error("not drawn");
  await page.mouse.move(box.x + box.width / 2, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 7 * 8, box.y + 8, { steps: 6 });
  await page.mouse.up();
  await preview(ben).getByRole("button", { name: "Move the dates" }).click();
  await preview(ben).waitFor({ state: "hidden" });
  await waitForStatus(ben, "saved");
  const after = await stepCalled(moved);
  expect((Date.parse(after.due) - Date.parse(before.due)) / 86_400_000).toBe(7);
  await expect.poll(() => place(vera, moved)).toBeGreaterThan(was);
  const due = new Date(after.due).getUTCDate();
  await expect.poll(async () => row(dana, moved).getAttribute("aria-label")).toMatch(new RegExp(`\\b${due}\\b`));
});

test("all of it goes by keys: from step to step, by days and weeks, in and out, and into the step", async () => {
  const { page } = ben;
  const [, first] = (await view()).stages.flatMap((stage) => [stage, ...stage.steps]);
  await row(ben, moved).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => row(ben, first?.title ?? "").evaluate((link) => link === document.activeElement)).toBe(true);
  expect(await page.getByRole("list", { name: "Stages and steps" }).locator("a[tabindex='0']").count()).toBe(1);

  await row(ben, moved).focus();
  const before = await stepCalled(moved);
  await page.keyboard.press("Alt+Shift+ArrowLeft");
  await preview(ben).getByRole("button", { name: "Move the dates" }).click();
  await preview(ben).waitFor({ state: "hidden" });
  await waitForStatus(ben, "saved");
  expect((Date.parse(before.due) - Date.parse((await stepCalled(moved)).due)) / 86_400_000).toBe(7);

  await row(ben, moved).focus();
  const body = (await bar(ben, moved)).locator(".tl-body");
  const width = () => body.evaluate((shape) => shape.getBoundingClientRect().width);
  const narrow = await width();
  await page.keyboard.press("+");
  await expect.poll(width).toBeGreaterThan(narrow);
  await page.keyboard.press("0");
  await expect.poll(() => page.getByRole("radio", { name: "All" }).getAttribute("aria-checked")).toBe("true");
  const room = await page.locator(".tl-frame").evaluate((frame) => frame.clientWidth);
  await expect.poll(() => page.locator(".tl-canvas").evaluate((canvas) => canvas.scrollWidth)).toBeLessThanOrEqual(room + 1);

  await row(ben, moved).focus();
  await page.keyboard.press("Enter");
  await page.locator(".step-open").waitFor();
  await expect.poll(() => page.locator("textarea[data-field^='title:']").evaluateAll((all) => all.map((one) => (one as HTMLTextAreaElement).value))).toContain(moved);
  await page.goBack();
  await page.getByRole("heading", { name: "Timeline", level: 1 }).waitFor();
});

test("the open end changes how long a step takes", async () => {
  const { page } = ben;
  await page.getByRole("radio", { name: "Week" }).click();
  await row(ben, moved).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown"); // brings its bar into sight
  const before = await stepCalled(moved);
  const end = (await bar(ben, moved)).locator(".tl-end");
  let box = await end.boundingBox();
  await expect.poll(async () => {
    const now = await end.boundingBox();
    const still = now?.x === box?.x;
    box = now;
    return still;
  }).toBe(true);
  if (!box) throw new Error("no end to take hold of");
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x - 7 * 28, at.y, { steps: 6 });
  await page.mouse.up();
  await preview(ben).getByRole("button", { name: "Move the dates" }).click({ timeout: 5000 }).catch(() => undefined); // nothing else may move
  await waitForStatus(ben, "saved");
  await expect.poll(async () => (await stepCalled(moved)).days).toBe((before.days ?? 1) + 5);
});

test("who may only read can't move anything, and on a phone the page itself doesn't scroll sideways", async () => {
  const before = await stepCalled(moved);
  await vera.page.getByRole("radio", { name: "Month" }).click();
  const box = await (await bar(vera, moved)).locator(".tl-body").boundingBox();
  if (!box) throw new Error("not drawn");
  await vera.page.mouse.move(box.x + box.width / 2, box.y + 8);
  await vera.page.mouse.down();
  await vera.page.mouse.move(box.x + box.width / 2 + 80, box.y + 8, { steps: 4 });
  await vera.page.mouse.up();
  await row(vera, moved).focus();
  await vera.page.keyboard.press("Alt+ArrowRight");
  expect(await preview(vera).count()).toBe(0);
  expect((await stepCalled(moved)).due).toBe(before.due);
  await dana.page.getByRole("radio", { name: "Week" }).click();
  expect(await overflow(dana.page)).toBeLessThanOrEqual(0);
  expect(await violations(dana.page)).toEqual([]);
});

test("in a plan without a date to count from, one step is given a date here, and the others follow from it", async () => {
  const { page } = ben;
  await withoutDate();
  await page.getByText("The plan has no date to count from yet.").waitFor();
  await expect.poll(() => row(ben, "Terms agreed").getAttribute("aria-label")).toContain("no date yet");
  expect(await violations(page)).toEqual([]);
  expect(await violations(dana.page)).toEqual([]);
  await page.getByRole("button", { name: "No date yet. Set a date for Terms agreed" }).click();
  await page.getByRole("dialog", { name: "Due date" }).getByRole("grid").waitFor();
  await page.keyboard.press("Enter");
  for (const who of [ben, dana]) {
    await expect.poll(() => who.page.locator(".tl-chart [data-step] .tl-body").count()).toBe(9);
    await expect.poll(() => row(who, "Terms agreed").getAttribute("aria-label")).not.toContain("no date yet");
  }
});

/** A client that knows Yjs and nothing of plans takes all dates away. */
async function withoutDate(): Promise<void> {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${program.origin.replace("http", "ws")}/ws`, `plan/${planId}`, doc, {
    params: { token: tokenOf(ownerLink) },
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  });
  await expect.poll(() => provider.synced, { timeout: 20_000 }).toBe(true);
  doc.transact(() => {
    doc.getMap("anchor").delete("date");
    doc.getMap<Y.Map<unknown>>("nodes").forEach((node) => ["due", "planned", "start"].forEach((key) => node.delete(key)));
  });
  await expect.poll(async () => (await view()).anchor.date).toBe("");
  provider.destroy();
  doc.destroy();
}
