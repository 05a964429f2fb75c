/** Clients with none of our code in them: a stock TipTap page and a stock y-websocket client in Node. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { View } from "../src/plan/project";
import type { CreatedPlan } from "../src/sync/api";
import { joinPlan, launch, person, waitForStatus, type Person } from "./harness/browser";
import { linkOf, Program, tokenOf } from "./harness/program";
import { serveBundle, stockFolder, type Site } from "./harness/static";

let program: Program;
let site: Site;
let browser: Browser;
let ben: Person;
let stock: Person;
let plan: CreatedPlan;

beforeAll(async () => {
  program = await Program.start();
  site = await serveBundle(stockFolder);
  browser = await launch();
  plan = await program.createPlan("Northwind × Acme");
  ben = await person(browser, "Ben");
  stock = await person(browser, "A stock editor");
  await joinPlan(ben, linkOf(plan, "seller"));
  await stock.page.goto(stockAddress("buyer"));
  await stock.page.locator("body[data-synced=true]").waitFor();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await program?.stop();
});

const sockets = () => `${program.origin.replace("http", "ws")}/ws`;

function stockAddress(role: string): string {
  const params = new URLSearchParams({ server: sockets(), doc: `plan/${plan.id}`, token: tokenOf(linkOf(plan, role)) });
  return `${site.origin}/?${params.toString()}`;
}

const summaryText = async (): Promise<string> => ((await program.api().plan(plan.id)) as View).summaryText;
const ours = () => ben.page.getByRole("textbox", { name: "Executive summary" });
const theirs = () => stock.page.getByRole("textbox", { name: "Stock summary" });

/** A stock client in Node, already in step with the server. */
async function nodeClient(role: string): Promise<{ doc: Y.Doc; provider: WebsocketProvider; close: () => void }> {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(sockets(), `plan/${plan.id}`, doc, {
    params: { token: tokenOf(linkOf(plan, role)) },
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  });
  await expect.poll(() => provider.synced, { timeout: 20_000 }).toBe(true);
  return {
    doc,
    provider,
    close: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

describe("a stock TipTap page", () => {
  test("shows the summary the server created", async () => {
    await expect.poll(() => theirs().textContent()).toContain("What we want to achieve, and by when");
  });

  test("and our editor type into the summary together", async () => {
    await theirs().locator("p").first().click();
    await stock.page.keyboard.type("Typed in a stock editor.");
    await ours().getByText("Typed in a stock editor.").waitFor();
    await ours().locator("p").first().click();
    await ben.page.keyboard.press("End");
    await Promise.all([
      ben.page.keyboard.type(" And in ours.", { delay: 10 }),
      (async () => {
        await theirs().locator("p").first().click();
        await stock.page.keyboard.press("Home");
        await stock.page.keyboard.type("First: ", { delay: 10 });
      })(),
    ]);
    const line = "First: Typed in a stock editor. And in ours.";
    await expect.poll(() => theirs().locator("p").first().evaluate(plainText), { timeout: 15_000 }).toBe(line);
    await expect.poll(() => ours().locator("p").first().evaluate(plainText), { timeout: 15_000 }).toBe(line);
    await waitForStatus(ben, "saved");
    await expect.poll(summaryText).toContain(line);
  });

  test("formats text that ours shows formatted, and the other way round", async () => {
    await theirs().locator("p").first().click();
    // Keys pressed faster than a person could are lost when a remote caret is drawn between them.
    const select = async (): Promise<string> => {
      await stock.page.keyboard.press("Home", { delay: 50 });
      for (let n = 0; n < 5; n++) await stock.page.keyboard.press("Shift+ArrowRight", { delay: 50 });
      return stock.page.evaluate(() => getSelection()?.toString() ?? "");
    };
    await expect.poll(select, { timeout: 10_000, interval: 300 }).toBe("First");
    await stock.page.keyboard.press("Control+b");
    await expect.poll(() => wordsIn(ours().locator("p strong")), { timeout: 10_000 }).toBe("First");
    await ours().locator("p").first().click();
    await ben.page.keyboard.press("End");
    await ben.page.keyboard.press("Enter");
    await ben.page.keyboard.type("- a list begins");
    await expect.poll(() => wordsIn(theirs().locator("ul li")), { timeout: 10_000 }).toBe("a list begins");
  });

  test("is shown to others under the name on its link, whatever it claims", async () => {
    await stock.page.getByText("Ben").first().waitFor();
    await expect.poll(() => ben.page.locator("body").textContent()).not.toContain("Not my real name");
  });

  test("without edit rights changes nothing for anyone", async () => {
    const reader = await person(browser, "Reader");
    await reader.page.goto(stockAddress("viewer"));
    await reader.page.locator("body[data-synced=true]").waitFor();
    const before = await summaryText();
    await reader.page.getByRole("textbox", { name: "Stock summary" }).locator("p").first().click();
    await reader.page.keyboard.type("I may not write this.");
    await ben.page.waitForTimeout(1_000);
    expect(await summaryText()).toBe(before);
    await reader.context.close();
  });
});

describe("a stock y-websocket client in Node", () => {
  test("edits the summary, and everybody sees it", async () => {
    const client = await nodeClient("champion");
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [new Y.XmlText("Written by a program.")]);
    const summary = client.doc.getXmlFragment("summary");
    summary.insert(summary.length, [paragraph]);
    await ours().getByText("Written by a program.").waitFor();
    await theirs().getByText("Written by a program.").waitFor();
    await expect.poll(summaryText).toContain("Written by a program.");
    client.close();
  });

  test("reads what the others write, and comes back to it after a break", async () => {
    const client = await nodeClient("buyer");
    client.provider.disconnect();
    await ours().locator("p").last().click();
    await ben.page.keyboard.press("End");
    await ben.page.keyboard.type(" Meanwhile.");
    await expect.poll(summaryText).toContain("Meanwhile.");
    client.provider.connect();
    await expect.poll(() => client.doc.getXmlFragment("summary").toJSON(), { timeout: 20_000 }).toContain("Meanwhile.");
    client.close();
  });

  test("with a wrong token gets nothing", async () => {
    const doc = new Y.Doc();
    const provider = new WebsocketProvider(sockets(), `plan/${plan.id}`, doc, {
      params: { token: "cp_wrong" },
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      connect: false,
    });
    const failed = new Promise((resolve) => provider.on("connection-error", resolve));
    provider.connect();
    await failed;
    expect(provider.synced).toBe(false);
    expect(doc.store.clients.size).toBe(0);
    provider.destroy();
  });
});

/** The words of all these elements together: a caret can split one in two. */
async function wordsIn(elements: Locator): Promise<string> {
  const parts = await Promise.all((await elements.all()).map((element) => element.evaluate(plainText)));
  return parts.join("");
}

/** A paragraph's own words, without other people's carets in it. Runs in the page. */
function plainText(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const caret of copy.querySelectorAll(".caret, .collaboration-carets__caret, .ProseMirror-separator")) caret.remove();
  return (copy.textContent ?? "").replaceAll("\u2060", "");
}
