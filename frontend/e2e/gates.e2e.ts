/** A gate between two sides: written together, refused too early, signed, changed, opened again. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NodeView, View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, waitForStatus, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";
import type { CreatedPlan } from "../src/sync/api";

let program: Program;
let browser: Browser;
let plan: CreatedPlan;
let ben: Person;
let priya: Person;

const STEP = "Security review";
const STAGE = "Implementation";

beforeAll(async () => {
  program = await Program.start();
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme", "enterprise-evaluation");
  ben = await person(browser, "Ben");
  priya = await person(browser, "Priya");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(priya, linkOf(plan, "buyer"));
  for (const who of [ben, priya]) await openDetails(who);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const openDetails = async (who: Person) => {
  await who.page.getByRole("button", { name: `Details of ${STEP}`, exact: true }).click();
  await who.page.getByRole("button", { name: `Close details of ${STEP}` }).waitFor();
};
const gateOf = (who: Person) => who.page.getByRole("region", { name: `Gate of ${STEP}` });
const view = async () => (await program.api().plan(plan.id)) as View;
const find = (nodes: readonly NodeView[], title: string): NodeView | undefined =>
  nodes.flatMap((node) => (node.title === title ? [node] : (find(node.steps, title) ?? []))).at(0);
const state = async () => find((await view()).stages, STEP)?.gate?.state;

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
    await priya.page.keyboard.press("Escape");
    await priya.page.getByRole("note").getByRole("button", { name: STEP }).click();
    await expect.poll(() => priya.page.evaluate(() => document.activeElement?.getAttribute("data-field") ?? "")).toContain("title:");
  });

  test("can't be signed too early: it says everything that is missing", async () => {
    await gateOf(priya).getByRole("button", { name: "Sign off", exact: true }).click();
    const reasons = await gateOf(priya).getByRole("alert").textContent();
    for (const part of ["Not yet.", "“Scope agreed” is not checked yet", "“Findings closed”", "“Report read”"]) expect(reasons).toContain(part);
    expect(await gateOf(ben).getByRole("button", { name: "Sign off", exact: true }).count()).toBe(0);
    await gateOf(ben).getByText("signs this gate").waitFor();
    // The server says the same to whoever asks it without the page.
    const hash = find((await view()).stages, STEP)?.gate?.stateHash;
    const api = program.api(new URL(linkOf(plan, "buyer")).pathname.split("/").at(-1));
    const id = find((await view()).stages, STEP)?.id;
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
    await ben.page.getByRole("button", { name: `Gate of ${STEP}: Ready to sign` }).waitFor();
  });

  test("is signed off with a note, and the stage behind it opens", async () => {
    await gateOf(priya).getByRole("textbox", { name: "Note on your decision" }).fill("All findings are closed.");
    await gateOf(priya).getByRole("button", { name: "Sign off", exact: true }).click();
    for (const who of [ben, priya]) {
      await gateOf(who).getByText(/^Signed off by Priya, Head of information security on/).waitFor();
      await gateOf(who).getByText("“All findings are closed.”").waitFor();
      await gateOf(who).getByText("Verified: what was signed matches its seal").waitFor();
      await expect.poll(() => who.page.getByRole("note").count()).toBe(0);
    }
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
      await gateOf(who).locator("ins").getByText("Retest in May.").waitFor();
      expect(await gateOf(who).locator("del").textContent()).not.toContain("Retest");
      expect(await gateOf(who).locator("dt").allTextContents()).toEqual(["Description"]);
    }
    expect(await state()).toBe("changed");
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
    expect([...seller.complaints, ...buyer.complaints]).toEqual([]);
    await Promise.all([seller.context.close(), buyer.context.close()]);
  });
});
