/** One person is offline, both pick a value for the same thing: both are told, and either can have theirs. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NodeView, View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, through, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import { Proxy } from "./harness/proxy";

let program: Program;
let proxy: Proxy;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;

const DATED = "First-value review";
const OTHER = "Kick-off call";

beforeAll(async () => {
  program = await Program.start();
  proxy = await Proxy.start(program.port);
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana", { width: 390, height: 844, dark: true });
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, through(proxy.origin, linkOf(plan, "buyer")));
});

afterAll(async () => {
  await browser?.close();
  await proxy?.stop();
  await program?.stop();
});

async function node(title: string): Promise<NodeView | undefined> {
  const view = (await program.api().plan(planId)) as View;
  return view.stages.flatMap(({ steps }) => steps).find((one) => one.title === title);
}

const row = (who: Person, title: string): Locator => who.page.getByRole("listitem").filter({ has: who.page.getByRole("button", { name: `Details of ${title}` }) });
const clash = (who: Person, title: string): Locator => row(who, title).getByRole("list", { name: "Set by two people at once" });

/** The step's date, so many weeks down the calendar. The plan's last step moves nothing else. */
async function weeksLater(who: Person, title: string, weeks: number): Promise<void> {
  await row(who, title).getByRole("button", { name: /Change date$/ }).click();
  await who.page.getByRole("dialog", { name: "Due date" }).getByRole("grid").waitFor();
  for (let n = 0; n < weeks; n++) await who.page.keyboard.press("ArrowDown");
  await who.page.keyboard.press("Enter");
}

async function pickStatus(who: Person, title: string, status: string): Promise<void> {
  await row(who, title).getByRole("button", { name: /Change status$/ }).click();
  await who.page.getByRole("menuitemradio", { name: status }).click();
}

async function pickOwner(who: Person, title: string, role: string): Promise<void> {
  await row(who, title).getByRole("button", { name: /Change owner/ }).click();
  await who.page.getByRole("menuitemradio", { name: role }).click();
}

/** The page fetches its rarely used parts once it has nothing else to do; from then on all of it works offline. */
const partsAreThere = (who: Person) =>
  expect
    .poll(() => who.page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /\/(calendar|preview-dialog|step-form)-/.test(name)).length), { timeout: 30_000 })
    .toBeGreaterThanOrEqual(3);

/** Dana goes into a tunnel, both edit, and she comes out again. */
async function apart(edits: () => Promise<void>): Promise<void> {
  proxy.cut();
  await waitForStatus(dana, "offline");
  await edits();
  await waitForStatus(ben, "saved");
  proxy.restore();
  await dana.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await waitForStatus(dana, "saved");
}

test("a date set by both: each reads what the other chose, and one click takes one's own", async () => {
  await partsAreThere(dana);
  const before = new Date((await node(DATED))?.due ?? "");
  const later = (weeks: number): Date => new Date(before.getTime() + weeks * 7 * 86_400_000);
  const iso = (weeks: number): string => later(weeks).toISOString().slice(0, 10);
  const day = (weeks: number): string => later(weeks).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  await apart(async () => {
    await weeksLater(dana, DATED, 1);
    await weeksLater(ben, DATED, 2);
  });
  await clash(dana, DATED).getByText(new RegExp(`^Ben set the due date to ${day(2)}( 2027)? while you were offline\\. You chose ${day(1)}`)).waitFor();
  await clash(ben, DATED).getByText(new RegExp(`^Dana set the due date to ${day(1)}( 2027)? without seeing yours, ${day(2)}`)).waitFor();
  await dana.page.getByText("One value was set by two people at once.").first().waitFor();
  for (const who of [ben, dana]) {
    expect(await violations(who.page)).toEqual([]);
    expect(await overflow(who.page)).toBeLessThanOrEqual(0);
  }
  const stands = (await node(DATED))?.due;
  const [loser, lost] = stands === iso(2) ? [dana, iso(1)] : [ben, iso(2)];
  await clash(loser, DATED).getByRole("button", { name: /^Take mine: / }).click();
  await expect.poll(async () => (await node(DATED))?.due).toBe(lost);
  // Decided for both.
  for (const who of [ben, dana]) await clash(who, DATED).waitFor({ state: "detached" });
});

test("a status and an owner picked by both are told as well; keeping what stands writes nothing", async () => {
  const roles = ((await program.api().plan(planId)) as View).roles;
  const [one, two] = [roles.find(({ side }) => side === "seller"), roles.find(({ side }) => side === "buyer")];
  await apart(async () => {
    await pickStatus(dana, OTHER, "Blocked");
    await pickStatus(ben, OTHER, "In progress");
    await pickOwner(dana, OTHER, two?.title ?? "");
    await pickOwner(ben, OTHER, one?.title ?? "");
  });
  for (const who of [ben, dana]) expect(await clash(who, OTHER).getByRole("listitem").count()).toBe(2);
  await clash(dana, OTHER).getByText(/^Ben set the status to In progress while you were offline\. You chose Blocked/).waitFor();
  const { status } = (await node(OTHER)) ?? {};
  const winner = status === "blocked" ? dana : ben;
  await clash(winner, OTHER).getByRole("listitem").filter({ hasText: "the status" }).getByRole("button", { name: /^Keep mine: / }).click();
  await clash(winner, OTHER).getByRole("listitem").filter({ hasText: "the status" }).waitFor({ state: "detached" });
  // Undecided ones outlive a reload.
  await ben.page.reload();
  await waitForStatus(ben, "saved");
  await clash(ben, OTHER).getByRole("listitem").filter({ hasText: "the owner" }).getByRole("button", { name: / mine: / }).click();
  await expect.poll(async () => (await node(OTHER))?.owners).toEqual([{ role: one?.id, kind: "accountable" }]);
  await clash(dana, OTHER).getByRole("listitem").filter({ hasText: "the owner" }).waitFor({ state: "detached" });
  expect((await node(OTHER))?.status).toBe(status);
});

test("opposite moves: what one puts under the other the other puts under it; every step is there once and no ring is left", async () => {
  const titles = (who: Person): Promise<string[]> =>
    who.page.locator(".sheet textarea[data-field^='title:']").evaluateAll((all) => all.map((each) => (each as HTMLTextAreaElement).value));
  const press = async (who: Person, title: string, key: string): Promise<void> => {
    await row(who, title).last().getByRole("textbox", { name: "Step" }).first().click();
    await who.page.keyboard.press(key);
  };
  const before = (await titles(ben)).toSorted();
  await apart(async () => {
    await press(ben, "Demo on your own data", "Tab"); // under “Agree on the goal”
    await press(dana, "Demo on your own data", "Alt+ArrowUp");
    await press(dana, "Agree on the goal", "Tab"); // under “Demo on your own data”
  });
  await expect.poll(() => titles(dana)).toEqual(await titles(ben));
  expect((await titles(ben)).toSorted()).toEqual(before);
  // The server writes down where a ring is cut.
  const view = async () => (await program.api().plan(planId)) as View;
  await expect.poll(async () => (await view()).warnings).toEqual([]);
  const count = (nodes: readonly NodeView[]): number => nodes.reduce((sum, one) => sum + 1 + count(one.steps), 0);
  expect(count((await view()).stages)).toBe(before.length);
  await expect.poll(() => titles(dana)).toEqual(await titles(ben));
});

test("nobody's page complained", () => {
  const own = [...ben.complaints, ...dana.complaints].filter((line) => !/WebSocket|Failed to load resource|net::ERR/.test(line));
  expect(own).toEqual([]);
});
