/** A gate between two sides: written together, refused too early, signed, changed, opened again. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NodeView, View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, through, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";
import { Proxy } from "./harness/proxy";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let proxy: Proxy;
let browser: Browser;
let plan: CreatedPlan;
let ben: Person;
let priya: Person;

const STEP = "Security review";
const STAGE = "Implementation";

beforeAll(async () => {
  program = await Program.start();
  proxy = await Proxy.start(program.port);
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "enterprise-evaluation");
  ben = await person(browser, "Ben");
  priya = await person(browser, "Priya");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(priya, through(proxy.origin, linkOf(plan, "buyer")));
  for (const who of [ben, priya]) await openDetails(who);
});

afterAll(async () => {
  await browser?.close();
  await proxy?.stop();
  await program?.stop();
});

const openDetails = async (who: Person) => {
  await who.page.getByRole("button", { name: `Details of ${STEP}`, exact: true }).click();
  await who.page.getByRole("button", { name: `Close details of ${STEP}` }).waitFor();
};
const gateOf = (who: Person) => who.page.getByRole("region", { name: `Gate of ${STEP}` });
const view = async () => (await program.api().plan(plan.id)) as View;
/** Once the menu has the focus, Escape closes it, and the focus goes back to its button. */
async function closeMenu(who: Person): Promise<void> {
  const menu = who.page.getByRole("menu");
  await expect.poll(() => menu.evaluate((one) => one.contains(document.activeElement))).toBe(true);
  await who.page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await expect.poll(() => who.page.evaluate(() => document.activeElement?.tagName)).toBe("BUTTON");
}
const find = (nodes: readonly NodeView[], title: string): NodeView | undefined =>
  nodes.flatMap((node) => (node.title === title ? [node] : (find(node.steps, title) ?? []))).at(0);
const step = async () => find((await view()).stages, STEP) as NodeView;
const state = async () => (await step()).gate?.state;
const statusOf = (who: Person, title: string) => who.page.getByRole("button", { name: new RegExp(`^${title}: .*Change status`) });

async function choose(who: Person, label: string, option: string): Promise<void> {
  await gateOf(who).getByRole("button", { name: new RegExp(label) }).click();
  await who.page.getByRole("option", { name: option }).click();
}

async function expectSound(who: Person): Promise<void> {
  await who.page.evaluate(() => document.fonts.ready);
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
}

describe("a gate", () => {
  test("is written by the seller, and the buyer sees it grow", async () => {
    const details = ben.page.locator(`[data-node]`).filter({ has: ben.page.getByRole("button", { name: `Close details of ${STEP}` }) });
    await details.getByRole("button", { name: "Add a gate" }).last().click();
    await gateOf(priya).waitFor();
    await gateOf(ben).getByRole("button", { name: "Add an exit criterion" }).click();
    await ben.page.keyboard.type("Findings closed");
    await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.type("Report read");
    await choose(ben, "Evidence", "1 linked resource");
    await choose(ben, "Who signs it off", "Head of information security");
    await choose(ben, "Stage that waits for it", STAGE);
    await gateOf(priya).getByRole("textbox", { name: "Criterion" }).nth(1).waitFor();
    await expect.poll(() => gateOf(priya).getByRole("textbox", { name: "Criterion" }).nth(1).inputValue()).toBe("Report read");
    // The buyer writes a criterion of their own beside it.
    await gateOf(priya).getByRole("button", { name: "Add an entry criterion" }).click();
    await priya.page.keyboard.type("Scope agreed");
    await gateOf(ben).getByRole("checkbox", { name: "Met: Scope agreed" }).waitFor();
    await ben.page.getByRole("button", { name: `Gate of ${STEP}: Open` }).waitFor();
  });

  test("locks the stage behind it: one reads what it waits for, and can't start its steps", async () => {
    for (const who of [ben, priya]) await who.page.getByRole("note").getByText("This stage waits for the sign-off of").waitFor();
    await priya.page.getByRole("button", { name: "Kick-off call: Not started. Change status" }).click();
    await priya.page.locator(".menu-note").getByText(`Waits for the sign-off of ${STEP}.`).waitFor();
    expect(await priya.page.getByRole("menuitemradio", { name: "Done" }).getAttribute("aria-disabled")).toBe("true");
    await closeMenu(priya);
    // Neither by key: the row says why.
    const kickOff = priya.page.locator("[data-node='kick-off-call']");
    await kickOff.getByRole("textbox", { name: "Step", exact: true }).press("ControlOrMeta+Enter");
    await kickOff.locator(".row-held").getByText(`Waits for the sign-off of ${STEP}.`).waitFor();
    await expect.poll(() => priya.page.evaluate(() => document.activeElement?.getAttribute("data-field"))).toBe("title:kick-off-call");
    expect(find((await view()).stages, "Kick-off call")?.status).toBe("not-started");
    // Nor with others in one go.
    await ben.page.getByRole("checkbox", { name: "Select Kick-off call" }).check({ force: true });
    await ben.page.getByRole("checkbox", { name: "Select POC kick-off" }).check({ force: true });
    const bar = ben.page.getByRole("toolbar");
    await bar.getByRole("button", { name: "Status" }).click();
    await ben.page.locator(".menu-note").getByText("1 of these can’t be started or done yet.").waitFor();
    expect(await ben.page.getByRole("menuitem", { name: "Done" }).getAttribute("aria-disabled")).toBe("true");
    await closeMenu(ben);
    await bar.getByRole("button", { name: "Select nothing" }).click();
    await bar.waitFor({ state: "detached" });
    // The way to the gate, from a folded stage too.
    await priya.page.getByRole("button", { name: "Fold Procurement" }).click();
    await priya.page.getByRole("note").getByRole("link", { name: STEP }).click();
    await expect.poll(() => priya.page.evaluate(() => document.activeElement?.getAttribute("data-field") ?? "")).toContain("title:");
    await gateOf(priya).waitFor();
  });

  test("keeps its own step from starting before the entry criteria, and from being done before the sign-off", async () => {
    await statusOf(priya, STEP).click();
    await priya.page.locator(".menu-note").getByText("“Scope agreed”").waitFor();
    expect(await priya.page.getByRole("menuitemradio", { name: "In progress" }).getAttribute("aria-disabled")).toBe("true");
    await closeMenu(priya);
  });

  test("can't be signed too early: it says everything that is missing", async () => {
    await gateOf(priya).getByRole("button", { name: "Sign off", exact: true }).click();
    const reasons = await gateOf(priya).getByRole("alert").textContent();
    for (const part of ["Not yet.", "“Scope agreed” is not checked yet", "“Findings closed”", "“Report read”", "Evidence: 0 of 1 resources are linked to this step"]) expect(reasons).toContain(part);
    expect(await gateOf(ben).getByRole("button", { name: "Sign off", exact: true }).count()).toBe(0);
    await gateOf(ben).getByText("signs this gate").waitFor();
    // The server says the same to whoever asks it without the page.
    const { id, gate } = await step();
    const hash = gate?.stateHash;
    const api = program.api(tokenOf(linkOf(plan, "buyer")));
    await expect(api.command(plan.id, "gate.sign", { node: id, decision: "passed", stateHash: hash, claim: true })).rejects.toThrow(
      /“Scope agreed” is not checked off; “Findings closed”/,
    );
    await expect(api.command(plan.id, "gate.sign", { node: id, decision: "passed", stateHash: hash })).rejects.toThrow(/take the role as you sign/);
  });

  test("is checked by both, live, each in their own name", async () => {
    await gateOf(ben).getByRole("checkbox", { name: "Met: Scope agreed" }).check({ force: true });
    await gateOf(priya).getByText("checked by Ben").waitFor();
    await gateOf(priya).getByRole("checkbox", { name: "Met: Findings closed" }).check({ force: true });
    await gateOf(priya).getByRole("checkbox", { name: "Met: Report read" }).check({ force: true });
    await gateOf(ben).getByText("checked by Priya").first().waitFor();
    expect(await state()).toBe("open");
    await ben.page.getByRole("button", { name: "Add a resource" }).click();
    await ben.page.getByRole("menuitem", { name: "Add a link" }).click();
    await ben.page.getByRole("textbox", { name: "Address" }).fill("https://acme.example/pentest");
    await ben.page.getByRole("button", { name: "Save", exact: true }).click();
    await ben.page.getByRole("button", { name: `Gate of ${STEP}: Ready to sign` }).waitFor();
    await statusOf(ben, STEP).click();
    await ben.page.locator(".menu-note").getByText("once its gate is signed off by: Head of information security").waitFor();
    expect(await ben.page.getByRole("menuitemradio", { name: "Done" }).getAttribute("aria-disabled")).toBe("true");
    await closeMenu(ben);
  });

  test("can't be signed without a connection, and says that nothing was sent", async () => {
    await waitForStatus(ben, "saved");
    proxy.cut();
    await waitForStatus(priya, "offline");
    await gateOf(priya).getByRole("button", { name: "Sign off", exact: true }).click();
    await gateOf(priya).getByRole("alert").getByText("There is no connection to the server right now. Nothing was sent").waitFor({ timeout: 8_000 });
    proxy.restore();
    await waitForStatus(priya, "saved");
    expect((await view()).signoffs).toEqual([]);
    priya.complaints.length = 0; // the browser's own words about the cut
  });

  test("can't be signed by the other side, by those who look on, nor for words that have changed", async () => {
    const { id, gate } = await step();
    const sign = (role: string, args: object = {}) =>
      program.api(tokenOf(linkOf(plan, role))).command(plan.id, "gate.sign", { node: id, decision: "passed", stateHash: gate?.stateHash, claim: true, ...args });
    await expect(sign("seller")).rejects.toThrow(/somebody of the buyer side/);
    await expect(sign("viewer")).rejects.toMatchObject({ status: 403 });
    await expect(sign("buyer", { stateHash: "0".repeat(64) })).rejects.toThrow(/changed while you were reading/);
    expect((await view()).signoffs).toEqual([]);
  });

  test("is signed off with a note, and the stage behind it opens", async () => {
    await gateOf(priya).getByRole("textbox", { name: "Note on your decision" }).fill("All findings are closed.");
    await gateOf(priya).getByRole("button", { name: "Sign off", exact: true }).click();
    for (const who of [ben, priya]) {
      await gateOf(who).getByText(/^Signed off by Priya, Head of information security on/).waitFor();
      await gateOf(who).getByText("“All findings are closed.”").waitFor();
      await gateOf(who).getByText("Verified: what was signed matches its seal").waitFor();
      await expect.poll(() => who.page.getByRole("note").count()).toBe(0);
      await gateOf(who).getByRole("button", { name: "Mark the step as done" }).waitFor();
    }
    // The button is gone; the keyboard isn't.
    expect(await priya.page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(`Gate of ${STEP}: Signed off`);
    // The same decision sent again is the same; another under its id is none.
    const [{ id: signoff, gate: node, stateHash } = { id: "", gate: "", stateHash: "" }] = (await view()).signoffs;
    const again = (decision: string) => program.api(tokenOf(linkOf(plan, "buyer"))).command(plan.id, "gate.sign", { id: signoff, node, decision, stateHash, note: "x" });
    expect(await again("passed")).toMatchObject({ signoff });
    await expect(again("declined")).rejects.toThrow(/another decision under the id/);
    const { signoffs, roles } = await view();
    expect(signoffs).toMatchObject([{ decision: "passed", role: "security-lead", sound: true, by: { name: "Priya", side: "buyer" } }]);
    expect(roles.find((role) => role.id === "security-lead")).toMatchObject({ name: "Priya", person: signoffs[0]?.by.id });
    const { entries } = await program.api().history(plan.id, { limit: 500 });
    expect(entries.at(-1)?.sentence).toContain(`signed off the gate of *${STEP}*: “All findings are closed.”`);
  });

  test("tells both when what was signed has changed, and what", async () => {
    const note = ben.page.getByRole("textbox", { name: "Description" }).first();
    await note.click();
    await ben.page.keyboard.press("ControlOrMeta+End");
    await ben.page.keyboard.type(" Retest in May.");
    await waitForStatus(ben, "saved");
    for (const who of [ben, priya]) {
      await who.page.getByRole("button", { name: `Gate of ${STEP}: Changed since sign-off` }).waitFor();
      expect(await gateOf(who).locator("ins").allTextContents()).toEqual([expect.stringMatching(/Retest in May\.$/)]);
      expect(await gateOf(who).locator("dt").allTextContents()).toEqual(["Description"]);
    }
    expect(await state()).toBe("changed");
    const notice = priya.page.getByRole("region", { name: "Waiting for your sign-off" });
    await notice.getByText(`${STEP} changed since your sign-off.`).waitFor();
    expect(await ben.page.getByRole("region", { name: "Waiting for your sign-off" }).count()).toBe(0);
    await expectSound(priya);
  });

  test("is opened again with a reason, and both sign-off and reason stay", async () => {
    await gateOf(ben).getByRole("button", { name: "Open it again" }).click();
    await gateOf(ben).getByRole("textbox", { name: "Why does it need another look?" }).fill("The retest isn't done.");
    await gateOf(ben).getByRole("button", { name: "Open again", exact: true }).click();
    for (const who of [ben, priya]) {
      await gateOf(who).getByText(/^Opened again by Ben on/).waitFor();
      await gateOf(who).getByText(/^Signed off by Priya/).waitFor();
      await who.page.getByRole("note").getByText("This stage waits for").waitFor();
    }
    expect(await state()).toBe("ready");
    await priya.page.getByRole("region", { name: "Waiting for your sign-off" }).getByText(`${STEP} is ready for your sign-off.`).waitFor();
    await priya.page.getByRole("button", { name: "Look at it" }).click();
    await expect.poll(() => priya.page.evaluate(() => document.activeElement?.getAttribute("data-field") ?? "")).toContain("title:");
  });

  test("is declined with a reason", async () => {
    await gateOf(priya).getByRole("button", { name: "Decline" }).click();
    await gateOf(priya).getByRole("alert").getByText("Say in a few words what is not right yet.").waitFor();
    await gateOf(priya).getByRole("textbox", { name: "Note on your decision" }).fill("Two findings came back.");
    await gateOf(priya).getByRole("button", { name: "Decline" }).click();
    await gateOf(ben).getByText(/^Declined by Priya/).waitFor();
    expect(await state()).toBe("declined");
  });

  test.each([
    ["on a desk", {}],
    ["in the dark", { dark: true }],
    ["on a phone", { width: 390, height: 844 }],
    ["on a phone in the dark", { width: 390, height: 844, dark: true }],
  ] as [string, Looks][])("is sound %s, for those who write and those who read", async (_, looks) => {
    for (const role of ["seller", "viewer"]) {
      const who = await person(browser, "Mara", looks);
      await joinPlan(who, linkOf(plan, role));
      await openDetails(who);
      await gateOf(who).getByText(/^Declined by Priya/).waitFor();
      await expectSound(who);
      expect(who.complaints).toEqual([]);
      await who.context.close();
    }
  });

  test("left nobody's page with a complaint", () => {
    expect([...ben.complaints, ...priya.complaints]).toEqual([]);
  });
});

describe("a rule about delays", () => {
  test("asks for the sponsor's agreement before a date is extended, and after", async () => {
    const made = await program.api().createPlan({ title: "POC", template: "enterprise-evaluation", anchor: { kind: "go-live", date: "2028-06-30" } });
    const seller = await person(browser, "Ben");
    const buyer = await person(browser, "Priya");
    await joinPlan(seller, linkOf(made, "seller"));
    await joinPlan(buyer, linkOf(made, "buyer"));
    const { page } = seller;
    const steps = ((await program.api().plan(made.id)) as View).stages;
    const poc = find(steps, "POC results review") as NodeView;
    await page.getByRole("button", { name: "Rules about delays" }).click();
    const dialog = page.getByRole("dialog", { name: "Rules about delays" });
    await dialog.getByRole("button", { name: /What it is about/ }).click();
    await page.getByRole("option", { name: "An extension needs somebody’s agreement" }).click();
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await dialog.getByRole("button", { name: /Who has to agree/ }).click();
    await page.getByRole("option", { name: "Economic buyer" }).click();
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await dialog.getByRole("alert").getByText("Choose the step, and the date it may not pass.").waitFor();
    await dialog.getByRole("button", { name: /^Choose a step/ }).click();
    await page.getByRole("option", { name: poc.title }).click();
    await dialog.getByRole("textbox", { name: "In your words" }).fill("No POC extension without access to the sponsor");
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await dialog.getByText(/^“POC results review” moves beyond .+ only with the agreement of: Economic buyer$/).waitFor();
    await dialog.getByText("Nothing to report").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();

    // Said before the date moves.
    await page.locator(`[data-node="${poc.id}"]`).getByRole("button", { name: /Change date/ }).click();
    await page.getByRole("button", { name: "Next month" }).click();
    await page.getByRole("gridcell").getByRole("button", { name: / 20(th)?\b/ }).first().click();
    const preview = page.getByRole("dialog", { name: "What this moves" });
    await preview.getByText(/POC results review is \d+ days beyond the .+ you agreed\. By your rules this needs the agreement of: Economic buyer/).waitFor();
    await preview.getByText("“No POC extension without access to the sponsor”").waitFor();
    await preview.getByRole("button", { name: "Move the dates" }).click();

    // And asked for afterwards: only of the one whose agreement it is.
    for (const who of [seller, buyer]) await who.page.getByRole("region", { name: "Delays that need an answer" }).getByText("this needs the agreement of: Economic buyer").waitFor();
    expect(await page.getByRole("region", { name: "Delays that need an answer" }).getByRole("button").count()).toBe(0);
    await buyer.page.getByRole("button", { name: "Agree as Economic buyer" }).click();
    for (const who of [seller, buyer]) await who.page.getByRole("region", { name: "Delays that need an answer" }).waitFor({ state: "detached" });
    expect(((await program.api().plan(made.id)) as View).rules).toMatchObject([{ kind: "extension", until: poc.due, answer: { by: { name: "Priya" } } }]);
    expect([...seller.complaints, ...buyer.complaints]).toEqual([]);
    await Promise.all([seller.context.close(), buyer.context.close()]);
  });

  test("raises a delay to a role, which answers it for everyone to see", async () => {
    const late = await program.api().createPlan({ title: "Late", template: "quick-start", anchor: { kind: "go-live", date: "2026-01-30" } });
    const seller = await person(browser, "Ben");
    const buyer = await person(browser, "Priya", { width: 390, height: 844, dark: true });
    await joinPlan(seller, linkOf(late, "seller"));
    await joinPlan(buyer, linkOf(late, "buyer"));
    await seller.page.getByRole("button", { name: "Rules about delays" }).click();
    const dialog = seller.page.getByRole("dialog", { name: "Rules about delays" });
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await dialog.getByRole("alert").getByText("Choose the role.").waitFor();
    await dialog.getByRole("button", { name: /Goes to/ }).click();
    await seller.page.getByRole("option", { name: "Champion" }).click();
    await dialog.getByRole("textbox", { name: "In your words" }).fill("We call each other first.");
    await dialog.getByRole("button", { name: "Add the rule" }).click();
    await dialog.getByText("A delay of more than 14 days goes to: Champion").waitFor();
    await dialog.getByText("Raised, waiting for an answer").waitFor();
    await expectSound(seller);
    const notice = buyer.page.getByRole("region", { name: "Delays that need an answer" });
    await notice.getByText("By your rules this goes to: Champion.").waitFor();
    await expectSound(buyer);
    await notice.getByRole("button", { name: "Take note as Champion" }).click();
    await notice.waitFor({ state: "detached" });
    await dialog.getByText(/^Answered by Priya on/).waitFor();
    const { entries } = await program.api().history(late.id, { limit: 500 });
    expect(entries.at(-1)?.sentence).toContain("took note of a delay: a delay beyond 14 days goes to *Champion*");

    // A rule is changed where it stands, words included.
    await dialog.getByRole("button", { name: /^Change: A delay of more than 14 days/ }).click();
    await dialog.getByRole("textbox", { name: "After how many days" }).first().fill("700");
    await dialog.getByText("Give the days as a number").waitFor();
    await dialog.getByRole("textbox", { name: "After how many days" }).first().fill("300");
    await dialog.getByRole("textbox", { name: "In your words" }).first().fill("We meet first.");
    await dialog.getByText("A delay of more than 300 days goes to: Priya, Champion").waitFor();
    await expect.poll(async () => ((await program.api().plan(late.id)) as View).rules).toMatchObject([{ days: 300, text: "We meet first." }]);
    await expectSound(seller);
    expect([...seller.complaints, ...buyer.complaints]).toEqual([]);
    await Promise.all([seller.context.close(), buyer.context.close()]);
  });
});
