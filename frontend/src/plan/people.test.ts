import { describe, expect, test } from "vitest";
import { EditError } from "./edit";
import { addRoles, removeRole, restoreRole, setInvolveBy, setRoleField, setRolePerson, startWorking, workingText } from "./people";
import { readPlan } from "./project";
import {
  addResource,
  attachResource,
  cleanUrl,
  detachResource,
  emptyResource,
  folderOf,
  moveResource,
  removeResource,
  setPinned,
  setResourceUrl,
} from "./resources";
import { nodeId, roleId, type Plan } from "./schema";
import { at, forkPlan, samplePlan, syncAll } from "./testing";
import { createUndo } from "./undo";

const ciso = roleId("ciso");
const role = (plan: Plan, id: string) => readPlan(plan).roles.find((one) => one.id === id);
const titles = (plan: Plan) => readPlan(plan).resources.map((one) => one.title);

describe("roles", () => {
  test("placeholders first, names later, by two people at once: both stay", () => {
    const seller = samplePlan();
    const [legal] = addRoles(seller, [{ title: "General counsel", side: "buyer", kind: "legal" }, { title: " CFO ", side: "buyer" }]);
    const buyer = forkPlan(seller, 2);
    setRoleField(buyer, legal!, "name", "Ingrid Solheim");
    setRoleField(buyer, legal!, "email", " ingrid@northwind.example ");
    setInvolveBy(seller, legal!, "2027-04-01");
    setRoleField(seller, legal!, "phone", "+47 1");
    syncAll(seller, buyer);
    for (const plan of [seller, buyer]) {
      expect(role(plan, legal!)).toMatchObject({
        title: "General counsel", side: "buyer", kind: "legal", name: "Ingrid Solheim",
        email: "ingrid@northwind.example", phone: "+47 1", involveBy: "2027-04-01",
      });
    }
    expect(readPlan(seller).roles.map((one) => one.title)).toContain("CFO");
  });

  test("a person of the plan gives an unnamed role their name, and never changes a name", () => {
    const plan = samplePlan();
    setRolePerson(plan, ciso, { id: "p1", name: "Aisha Khan" });
    expect(role(plan, "ciso")).toMatchObject({ person: "p1", name: "Aisha Khan" });
    setRolePerson(plan, ciso, { id: "p2", name: "A. Khan" });
    expect(role(plan, "ciso")).toMatchObject({ person: "p2", name: "Aisha Khan" });
    setRolePerson(plan, ciso, null);
    expect(role(plan, "ciso")).toMatchObject({ person: "", name: "Aisha Khan" });
  });

  test("a removed role keeps what a colleague writes into it meanwhile", () => {
    const plan = samplePlan();
    const other = forkPlan(plan, 2);
    removeRole(plan, ciso);
    setRoleField(other, ciso, "name", "Aisha Khan");
    syncAll(plan, other);
    expect(role(plan, "ciso")).toBeUndefined();
    expect(() => setRoleField(plan, ciso, "name", "B")).toThrow("no longer in the plan");
    restoreRole(plan, ciso);
    expect(role(plan, "ciso")).toMatchObject({ name: "Aisha Khan" });
  });

  test("undoing the adding of several keeps what others wrote into them", () => {
    const plan = samplePlan();
    const undo = createUndo(plan);
    const ids = addRoles(plan, [{ title: "CFO", side: "buyer" }, { title: "Counsel", side: "buyer" }]);
    const other = forkPlan(plan, 2);
    setRoleField(other, at(ids, 0), "name", "Nora");
    undo.undo();
    syncAll(plan, other);
    expect(readPlan(plan).roles.map((one) => one.id)).toEqual(["ciso"]);
    undo.redo();
    syncAll(plan, other);
    expect(role(other, at(ids, 0))).toMatchObject({ title: "CFO", name: "Nora" });
    expect(role(other, at(ids, 1))).toMatchObject({ title: "Counsel" });
    undo.close();
  });

  test.each([
    ["title", "  ", "needs a title"],
    ["email", "dana at northwind", "is not an e-mail address"],
    ["email", "dana@northwind", "is not an e-mail address"],
    ["name", "x".repeat(121), "120 characters at most"],
  ] as const)("refuses %s “%s”", (field, value, why) => {
    const plan = samplePlan();
    expect(() => setRoleField(plan, ciso, field, value)).toThrow(why);
    expect(() => setRoleField(plan, ciso, field, value)).toThrow(EditError);
  });
});

test("two people write one line of the working agreement, and an older plan gets its texts once", () => {
  const plan = samplePlan();
  expect(workingText(plan, "cadence")).toBeUndefined();
  startWorking(plan);
  const text = workingText(plan, "cadence");
  startWorking(plan);
  expect(workingText(plan, "cadence")).toBe(text);
  const other = forkPlan(plan, 2);
  text?.insert(0, "Tuesdays");
  workingText(other, "cadence")?.insert(0, "at nine ");
  syncAll(plan, other);
  expect(readPlan(plan).working.cadence).toContain("Tuesdays");
  expect(readPlan(plan).working.cadence).toContain("at nine");
});

describe("resources", () => {
  test("a slot is filled, emptied and filled again", () => {
    const plan = samplePlan();
    const id = addResource(plan, { title: "Order form", type: "order", side: "seller" });
    expect(readPlan(plan).resources).toMatchObject([{ id, url: "", blob: "", type: "order" }]);
    setResourceUrl(plan, id, "docs.example/order");
    expect(readPlan(plan).resources).toMatchObject([{ url: "https://docs.example/order" }]);
    emptyResource(plan, id);
    expect(readPlan(plan).resources).toMatchObject([{ title: "Order form", url: "" }]);
  });

  test("a link on a step comes and goes, by two people at once", () => {
    const plan = samplePlan();
    const step = nodeId("s0t0");
    const a = addResource(plan, { title: "", url: "https://status.example/x", node: step });
    const other = forkPlan(plan, 2);
    const b = addResource(plan, { title: "B", url: "https://b.example" });
    attachResource(plan, step, b);
    attachResource(other, nodeId("s0t1"), a);
    syncAll(plan, other);
    const links = (n: number) => readPlan(other).stages[0]?.steps[n]?.links;
    expect(links(0)).toEqual([a, b].sort());
    expect(links(1)).toEqual([a]);
    expect(titles(plan)).toEqual(["status.example", "B"]);
    detachResource(other, step, a);
    removeResource(other, b);
    syncAll(plan, other);
    expect(links(0)).toEqual([b]); // attached still, for when it is restored
    expect(titles(plan)).toEqual(["status.example"]);
  });

  test("rows move, also between rows that two people put in one place", () => {
    const plan = samplePlan();
    const other = forkPlan(plan, 2);
    for (const title of ["a", "b"]) addResource(plan, { title });
    for (const title of ["c", "d"]) addResource(other, { title });
    syncAll(plan, other);
    const all = readPlan(plan).resources;
    const [first, second] = [at(all, 0), at(all, 1)];
    moveResource(plan, at(all, 3).id as never, second.id as never);
    expect(titles(plan)).toEqual([first.title, at(all, 3).title, second.title, at(all, 2).title]);
    moveResource(plan, first.id as never, null);
    expect(titles(plan).at(-1)).toBe(first.title);
    setPinned(plan, first.id as never, true);
    expect(readPlan(plan).resources.at(-1)).toMatchObject({ pinned: true });
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example", "https://", "https://a b", "https:///x"])(
    "refuses %s",
    (url) => {
      expect(() => cleanUrl(url)).toThrow(EditError);
    },
  );

  test.each([
    ["northwind.example/a", "https://northwind.example/a"],
    ["HTTPS://Northwind.example", "https://Northwind.example"],
    ["intranet.example:8080/x", "https://intranet.example:8080/x"],
  ])("takes %s as %s", (typed, kept) => {
    expect(cleanUrl(typed)).toBe(kept);
  });

  test("unknown types are kept among the rest", () => {
    expect(folderOf("from-the-future")).toBe("other");
    expect(folderOf("dpa")).toBe("legal");
  });
});
