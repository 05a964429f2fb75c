/** Two people, one plan: at the same moment, in the same words, on the same step, one of them in a tunnel. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { joinPlan, launch, person, through, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import { Proxy } from "./harness/proxy";
import { shownBy, shownIn, type Shown } from "./harness/screen";

let program: Program;
let proxy: Proxy;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;

beforeAll(async () => {
  program = await Program.start();
  proxy = await Proxy.start(program.port);
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, through(proxy.origin, linkOf(plan, "buyer")));
});

afterAll(async () => {
  await browser?.close();
  await proxy?.stop();
  await program?.stop();
});

const serverView = async (): Promise<View> => (await program.api().plan(planId)) as View;

/** Waits until both screens and the server's JSON show the same, and gives that. */
async function agreed(): Promise<Shown> {
  await Promise.all([waitForStatus(ben, "saved"), waitForStatus(dana, "saved")]);
  await expect
    .poll(async () => ({ ben: await shownBy(ben.page), dana: await shownBy(dana.page) }), { timeout: 20_000, interval: 200 })
    .toEqual(await serverView().then((view) => ({ ben: shownIn(view), dana: shownIn(view) })));
  return shownBy(ben.page);
}

const summaryOf = (who: Person) => who.page.getByRole("textbox", { name: "Executive summary" });
const step = (who: Person, title: string) =>
  who.page.getByRole("listitem").filter({ has: who.page.getByRole("button", { name: `Details of ${title}` }) });

async function pickStatus(who: Person, title: string, status: string): Promise<void> {
  await step(who, title).getByRole("button", { name: /Change status$/ }).click();
  await who.page.getByRole("menuitemradio", { name: status }).click();
}

describe("two people in one plan", () => {
  test("see each other come", async () => {
    await ben.page.getByRole("list", { name: "1 other person is here" }).waitFor();
    await dana.page.getByRole("list", { name: "1 other person is here" }).waitFor();
    expect((await agreed()).title).toBe("Northwind × Acme");
  });

  test("type into one paragraph at the same moment and lose no letter", async () => {
    const line = "We agree on";
    await summaryOf(ben).locator("p").first().click();
    await ben.page.keyboard.type(line);
    await dana.page.getByText(line).waitFor();
    await summaryOf(ben).locator("p").first().click();
    await ben.page.keyboard.press("Home");
    await summaryOf(dana).locator("p").first().click();
    await dana.page.keyboard.press("End");
    // Each sees the other's caret where it was put: the editors have read where the keys sent it.
    const paragraph = (who: Person) => summaryOf(who).locator("p").first().textContent();
    await expect.poll(() => paragraph(dana), { timeout: 10_000 }).toMatch(/^\P{L}*Ben.*We agree on/u);
    await expect.poll(() => paragraph(ben), { timeout: 10_000 }).toMatch(/We agree on\P{L}*Dana/u);
    const fromBen = "Seller says: a go-live everyone can trust. ";
    const fromDana = " the date, the owner and the reason for every single step.";
    await Promise.all([
      ben.page.keyboard.type(fromBen, { delay: 15 }),
      dana.page.keyboard.type(fromDana, { delay: 15 }),
    ]);
    const { summary } = await agreed();
    expect(summary).toContain(`${fromBen}${line}${fromDana}`);
  });

  test("show each other's caret with its name", async () => {
    await expect.poll(() => summaryOf(ben).textContent(), { timeout: 10_000 }).toContain("Dana");
  });

  test("type into each other's words, and both screens end up the same", async () => {
    for (const who of [ben, dana]) {
      await summaryOf(who).locator("p").first().click();
      await who.page.keyboard.press("Home");
      for (let n = 0; n < 5; n++) await who.page.keyboard.press("ArrowRight");
    }
    await Promise.all([
      ben.page.keyboard.type("bbbbbbbbbbbbbbbbbbbb", { delay: 10 }),
      dana.page.keyboard.type("dddddddddddddddddddd", { delay: 10 }),
    ]);
    const words = (await agreed()).summary.join("\n");
    expect(words.replaceAll(/[^b]/g, "").length).toBeGreaterThanOrEqual(20);
    expect(words.replaceAll(/[^d]/g, "").length).toBeGreaterThanOrEqual(20);
  });

  test("change one step's status at the same moment: one wins, the same for everyone", async () => {
    await Promise.all([pickStatus(ben, "Terms agreed", "In progress"), pickStatus(dana, "Terms agreed", "Blocked")]);
    const { stages } = await agreed();
    const status = stages.flatMap((stage) => stage.steps).find((each) => each.title === "Terms agreed")?.status;
    expect(["In progress", "Blocked"]).toContain(status);
  });

  test("rename one step at the same moment and keep both changes", async () => {
    for (const [who, key] of [
      [ben, "Home"],
      [dana, "End"],
    ] as const) {
      await step(who, "Signature").getByRole("textbox", { name: "Step" }).click();
      await who.page.keyboard.press(key);
    }
    await Promise.all([
      ben.page.keyboard.type("Board ", { delay: 20 }),
      dana.page.keyboard.type(" by both sides", { delay: 20 }),
    ]);
    const { stages } = await agreed();
    expect(stages.flatMap((stage) => stage.steps.map((each) => each.title))).toContain("Board Signature by both sides");
  });

  test("add and delete steps at one place at once: none is lost, none is doubled", async () => {
    const before = (await agreed()).stages[2]?.steps.map((each) => each.title) ?? [];
    const add = async (who: Person, title: string): Promise<void> => {
      await who.page.getByRole("region", { name: "Start" }).getByRole("button", { name: "Add a step" }).click();
      await who.page.keyboard.type(title);
      await who.page.keyboard.press("Escape");
    };
    await Promise.all([add(ben, "Data migration"), add(dana, "Works council informed")]);
    const after = (await agreed()).stages[2]?.steps.map((each) => each.title) ?? [];
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).sort()).toEqual(["Data migration", "Works council informed"]);
  });

  test("one goes offline, both go on, and all of it is there when they meet again", async () => {
    proxy.cut();
    await waitForStatus(dana, "offline");
    await step(dana, "Kick-off call").getByRole("textbox", { name: "Step" }).click();
    await dana.page.keyboard.press("End");
    await dana.page.keyboard.type(" with IT");
    await pickStatus(dana, "Kick-off call", "Blocked");
    await summaryOf(dana).locator("p").first().click();
    await dana.page.keyboard.press("End");
    await dana.page.keyboard.type(" Written in a tunnel.");
    await expect.poll(() => waitForStatus(dana, "offline")).toBe("Offline: 3 changes kept on this device");

    await step(ben, "Kick-off call").getByRole("textbox", { name: "Step" }).click();
    await ben.page.keyboard.press("Home");
    await ben.page.keyboard.type("First ");
    await pickStatus(ben, "Demo on your own data", "Done");
    await summaryOf(ben).locator("p").first().click();
    await ben.page.keyboard.press("Home");
    await ben.page.keyboard.type("Written on a train. ");
    await waitForStatus(ben, "saved");
    expect((await serverView()).summaryText).not.toContain("tunnel");

    proxy.restore();
    const { stages, summary } = await agreed();
    const steps = stages.flatMap((stage) => stage.steps);
    expect(steps.find((each) => each.title === "First Kick-off call with IT")?.status).toBe("Blocked");
    expect(steps.find((each) => each.title === "Demo on your own data")?.status).toBe("Done");
    expect(summary.join("\n")).toMatch(/Written on a train\. .*Written in a tunnel\./s);
  });

  test("what was written offline is still there, and still counted, after the page is loaded anew", async () => {
    // Pages load, but no socket opens: as behind a hotel's login page.
    await dana.page.routeWebSocket(/\/ws\//, (socket) => void socket.close());
    await dana.page.reload();
    await waitForStatus(dana, "offline");
    await step(dana, "Security questions answered").getByRole("textbox", { name: "Step" }).click();
    await dana.page.keyboard.press("End");
    await dana.page.keyboard.type(" in the hotel");
    await pickStatus(dana, "Security questions answered", "In progress");
    await expect.poll(() => waitForStatus(dana, "offline")).toBe("Offline: 2 changes kept on this device");
    await dana.page.reload();
    expect(await waitForStatus(dana, "offline")).toBe("Offline: 2 changes kept on this device");
    await step(dana, "Security questions answered in the hotel").waitFor();
    await dana.page.unrouteAll();
    await dana.page.goto("about:blank");
    const page = await dana.context.newPage();
    await page.goto(`${proxy.origin}/p/${planId}`);
    await dana.page.close();
    dana = { ...dana, page };
    const steps = (await agreed()).stages.flatMap((stage) => stage.steps);
    expect(steps.find((each) => each.title === "Security questions answered in the hotel")?.status).toBe("In progress");
  });

  test("undo takes back one's own last edit, not the other's", async () => {
    await pickStatus(dana, "Decision meeting", "In progress");
    await waitForStatus(dana, "saved");
    await pickStatus(ben, "First-value review", "Blocked");
    await agreed();
    await dana.page.getByRole("button", { name: "Undo my last change" }).click();
    const steps = (await agreed()).stages.flatMap((stage) => stage.steps);
    expect(steps.find((each) => each.title === "Decision meeting")?.status).toBe("Not started");
    expect(steps.find((each) => each.title === "First-value review")?.status).toBe("Blocked");
  });

  test("the server is killed and comes back: both go on where they were", async () => {
    const { port, data } = program;
    await summaryOf(ben).locator("p").first().click();
    await ben.page.keyboard.press("End");
    await ben.page.keyboard.type(" Before the crash.");
    await agreed();
    await program.end("SIGKILL");
    await waitForStatus(ben, "offline");
    await ben.page.keyboard.type(" During the outage.");
    program = await Program.start({ data, port });
    const { summary } = await agreed();
    expect(summary.join("\n")).toContain("Before the crash. During the outage.");
  });

  test("nobody's page complained", () => {
    // A lost connection shows in the browser's own console; nothing else may.
    const own = [...ben.complaints, ...dana.complaints].filter((line) => !/WebSocket|Failed to load resource|net::ERR/.test(line));
    expect(own).toEqual([]);
  });
});
