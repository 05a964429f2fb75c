/** Links and files: the buyer uploads, the seller saves the same bytes, and both find them at the step. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { View } from "../src/plan/project";
import { overflow, violations } from "./harness/axe";
import { joinPlan, launch, person, type Looks, type Person } from "./harness/browser";
import { linkOf, Program } from "./harness/program";

let program: Program;
let browser: Browser;
let ben: Person;
let dana: Person;
let planId: string;
let viewer: string;

const content = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(700_000, "0123456789abcdef")]);

beforeAll(async () => {
  program = await Program.start({ flags: ["--files-max", "1", "--files-quota", "3"] });
  browser = await launch();
  const plan = await program.createPlan("Northwind × Acme");
  planId = plan.id;
  viewer = linkOf(plan, "viewer");
  ben = await person(browser, "Ben");
  dana = await person(browser, "Dana");
  await joinPlan(ben, linkOf(plan, "seller"));
  await joinPlan(dana, linkOf(plan, "buyer"));
  for (const who of [ben, dana]) {
    await who.page.getByRole("link", { name: "Resources", exact: true }).click();
    await who.page.getByRole("heading", { level: 1, name: "Resources" }).waitFor();
  }
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

const row = (who: Person, name: string) => who.page.getByRole("listitem", { name, exact: true });
const stored = async (title: string) => ((await program.api().plan(planId)) as View).resources.find((one) => one.title === title);

function file(name: string, bytes: Buffer): string {
  const path = join(program.data, name);
  writeFileSync(path, bytes);
  return path;
}

async function choose(who: Person, press: () => Promise<void>, path: string | string[]): Promise<void> {
  const chooser = who.page.waitForEvent("filechooser");
  await press();
  await (await chooser).setFiles(path);
}

async function expectSound(who: Person): Promise<void> {
  expect(await violations(who.page)).toEqual([]);
  expect(await overflow(who.page)).toBeLessThanOrEqual(0);
}

describe("files", () => {
  test("the buyer fills a slot, and the seller saves the same bytes", async () => {
    const slot = row(dana, "Order form and terms");
    await slot.getByText("Not here yet").waitFor();
    await choose(dana, () => slot.getByRole("button", { name: "Upload" }).click(), file("Order form.pdf", content));
    const button = row(ben, "Order form and terms").getByRole("button", { name: /^Order form\.pdf .*save this file/ });
    await button.waitFor();
    const download = ben.page.waitForEvent("download");
    await button.click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("Order form.pdf");
    expect(readFileSync(await saved.path()).equals(content)).toBe(true);
    expect(await stored("Order form and terms")).toMatchObject({ blob: createHash("sha256").update(content).digest("hex"), size: content.length });
  });

  test("what is not let in is told, can be put away, and leaves nothing", async () => {
    await choose(dana, () => dana.page.getByRole("button", { name: "Upload files" }).click(), file("page.txt", Buffer.from("<html><script>")));
    await dana.page.getByRole("alert").getByText("its content is not what the ending of its name says").waitFor();
    await dana.page.getByRole("button", { name: "Put page.txt away" }).click();
    expect(await stored("page.txt")).toBeUndefined();
  });

  test("what can't be let in is told before it is sent, several at once, and the rest arrives", async () => {
    const sent: string[] = [];
    dana.page.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url()).searchParams.get("name") ?? ""));
    const paths = [
      file("setup.exe", Buffer.from("MZ")),
      file("drawing.svg", Buffer.from("<svg onload='alert(1)'/>")),
      file("no ending", Buffer.from("words")),
      file("nothing.pdf", Buffer.alloc(0)),
      file("huge.pdf", Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(1 << 20)])),
      file("Agenda ü & “notes” #1.txt", Buffer.from("One. Two.")),
      file("Figures.csv", Buffer.from("a;b\n")),
    ];
    await choose(dana, () => dana.page.getByRole("button", { name: "Upload files" }).click(), paths);
    for (const name of ["Agenda ü & “notes” #1.txt", "Figures.csv"]) await row(ben, name).waitFor();
    const list = dana.page.getByRole("list", { name: "Uploads" });
    for (const words of ["end in .exe", "end in .svg", "files without an ending", "“nothing.pdf” is empty", "“huge.pdf” is larger than the 1 MB"]) await list.getByText(words).waitFor();
    expect(sent.sort()).toEqual(["Agenda ü & “notes” #1.txt", "Figures.csv"]);
    await expectSound(dana);
    expect(await dana.page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    for (const name of ["setup.exe", "drawing.svg", "no ending", "nothing.pdf", "huge.pdf"]) await dana.page.getByRole("button", { name: `Put ${name} away` }).click();
    await list.waitFor({ state: "detached" });
  });

  test("a plan whose share is used up says so, and keeps what it has", async () => {
    const big = (byte: number) => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(900_000, byte)]);
    for (const [n, name] of ["One.pdf", "Two.pdf"].entries()) {
      await choose(dana, () => dana.page.getByRole("button", { name: "Upload files" }).click(), file(name, big(65 + n)));
      await row(ben, name).waitFor();
    }
    await choose(dana, () => dana.page.getByRole("button", { name: "Upload files" }).click(), file("Three.pdf", big(90)));
    await dana.page.getByRole("alert").getByText("There is no room left for “Three.pdf”").waitFor();
    await dana.page.getByRole("button", { name: "Put Three.pdf away" }).click();
    expect(await stored("Three.pdf")).toBeUndefined();
    for (const name of ["One.pdf", "Two.pdf"]) {
      await row(dana, name).getByRole("button", { name: `More about ${name}` }).click();
      await dana.page.getByRole("menuitem", { name: "Remove" }).click();
      await row(ben, name).waitFor({ state: "detached" });
    }
  });

  test("an upload that fails on the way is tried again", async () => {
    await dana.page.route("**/files?*", (route) => route.abort("connectionreset"), { times: 1 });
    await choose(dana, () => dana.page.getByRole("button", { name: "Upload files" }).click(), file("Minutes.txt", Buffer.from("We agreed.")));
    await dana.page.getByRole("alert").getByText("can’t be reached").waitFor();
    await dana.page.getByRole("button", { name: "Try again" }).click();
    await row(ben, "Minutes.txt").waitFor();
  });

  test("a file dropped on the page arrives", async () => {
    await ben.page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(["a,b\n1,2\n"], "Numbers.csv"));
      document.querySelector(".hub")?.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await row(dana, "Numbers.csv").waitFor();
  });
});

describe("links", () => {
  test("only addresses of the web, shown with their host, safe to open", async () => {
    await ben.page.getByRole("button", { name: "Add a link" }).click();
    const address = ben.page.getByRole("textbox", { name: "Address", exact: true });
    await address.fill("javascript:alert(1)");
    await ben.page.getByRole("button", { name: "Save", exact: true }).click();
    await ben.page.getByText("Only addresses of web pages can be added").waitFor();
    await expectSound(ben);
    await address.fill("status.acme.example/now");
    await ben.page.getByRole("textbox", { name: "Title", exact: true }).fill("Status page");
    await ben.page.getByRole("button", { name: "Save", exact: true }).click();
    const link = row(dana, "Status page").getByRole("link", { name: /status\.acme\.example/ });
    await link.waitFor();
    expect(await link.getAttribute("href")).toBe("https://status.acme.example/now");
    expect(await link.getAttribute("rel")).toContain("noopener");
    await row(dana, "Status page").getByRole("button", { name: "Pin Status page to the top" }).click();
    await ben.page.getByRole("region", { name: "Pinned" }).getByText("Status page").waitFor();
  });

  test("attached to a step, it stands in the step's details, and can be added from there", async () => {
    await row(ben, "Status page").getByRole("button", { name: "More about Status page" }).click();
    await ben.page.getByRole("menuitem", { name: "Attach to steps" }).click();
    await ben.page.getByRole("dialog").getByText("Demo on your own data").click();
    await ben.page.keyboard.press("Escape");
    await dana.page.getByRole("link", { name: "Plan", exact: true }).click();
    await dana.page.getByRole("button", { name: "Details of Demo on your own data" }).click();
    await dana.page.getByRole("link", { name: /^Status page status\.acme\.example/ }).waitFor();
    await dana.page.getByRole("button", { name: "Add a resource" }).click();
    await dana.page.getByRole("menuitem", { name: "Minutes.txt" }).click();
    await row(ben, "Minutes.txt").getByRole("link", { name: "Demo on your own data" }).waitFor();
    await expectSound(dana);
  });
});

test("history tells of it", async () => {
  const sentences = (await program.api().history(planId)).entries.map((entry) => entry.sentence).join("\n");
  expect(sentences).toContain("Dana (buyer) added the file *Order form.pdf* as *Order form and terms*");
  expect(sentences).toContain("Dana (buyer) attached *Minutes.txt* to *Demo on your own data*");
});

const ways: [string, Looks][] = [
  ["on a desk", {}],
  ["in the dark", { dark: true }],
  ["on a phone", { width: 390, height: 844 }],
];

test.each(ways)("the page %s is sound, for a writer and for a reader without anything to change", async (_, looks) => {
  await ben.page.getByRole("heading", { level: 1 }).click(); // away from what the last test left the focus on
  await ben.page.setViewportSize({ width: looks.width ?? 1280, height: looks.height ?? 900 });
  await ben.page.emulateMedia({ colorScheme: looks.dark === true ? "dark" : "light" });
  await expectSound(ben);
  const reader = await person(browser, "Vera", looks);
  await joinPlan(reader, viewer);
  await reader.page.goto(`${program.origin}/p/${planId}/resources`);
  await row(reader, "Status page").waitFor();
  expect(await reader.page.getByRole("button", { name: /Upload|Pin|More about/ }).count()).toBe(0);
  await expectSound(reader);
  await reader.context.close();
});
