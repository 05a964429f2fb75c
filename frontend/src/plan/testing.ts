/** For tests: documents as the server would have created them, and replicas that exchange updates. */
import * as Y from "yjs";
import { emptyGate } from "./gate";
import { ordSpread } from "./ord";
import { META, NODE, nodeId, openPlan, type NodeId, type NodeKind, type Plan } from "./schema";

export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index} among ${list.length}`);
  return item;
}

/** A document with a fixed client id, so that conflicts come out the same in every run. */
export function docWithId(clientID: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  return doc;
}

/** Writes a node the way the server's template does. */
export function writeNode(plan: Plan, id: string, kind: NodeKind, parent: string, ord: string, title: string): NodeId {
  plan.doc.transact(() => {
    const map = new Y.Map<unknown>();
    plan.nodes.set(id, map);
    map.set(NODE.kind, kind);
    map.set(NODE.parent, parent);
    map.set(NODE.ord, ord);
    map.set(NODE.title, new Y.Text(title));
    const note = new Y.XmlFragment();
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [new Y.XmlText()]);
    note.insert(0, [paragraph]);
    map.set(NODE.note, note);
    map.set(NODE.why, new Y.Text());
    map.set(NODE.owners, new Y.Map());
    map.set(NODE.links, new Y.Map());
    if (kind !== "stage") map.set(NODE.gate, emptyGate());
  });
  return nodeId(id);
}

/** A plan of `stages` stages with `steps` tasks each: s0, s0t0, s0t1, …, s1, …. */
export function samplePlan(stages = 2, steps = 3, clientID = 1): Plan {
  const plan = openPlan(docWithId(clientID));
  plan.doc.transact(() => {
    plan.meta.set(META.schema, 1);
    plan.meta.set(META.planId, "sample");
    plan.meta.set(META.title, "Sample plan");
    ordSpread(stages).forEach((ord, s) => {
      writeNode(plan, `s${s}`, "stage", "", ord, `Stage ${s}`);
      ordSpread(steps).forEach((key, t) => writeNode(plan, `s${s}t${t}`, "task", `s${s}`, key, `Step ${s}.${t}`));
    });
    const role = new Y.Map<unknown>();
    plan.roles.set("ciso", role);
    role.set("title", "CISO");
    role.set("side", "buyer");
  });
  return plan;
}

/** Another replica of the plan. */
export function forkPlan(plan: Plan, clientID: number): Plan {
  const copy = openPlan(docWithId(clientID));
  Y.applyUpdate(copy.doc, Y.encodeStateAsUpdate(plan.doc));
  return copy;
}

/** Exchanges everything between replicas, both ways. */
export function syncAll(...plans: Plan[]): void {
  for (const from of plans) {
    for (const to of plans) {
      if (from !== to) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)), "remote");
    }
  }
}
