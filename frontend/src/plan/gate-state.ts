/** Where gates stand: their decisions, what changed since a sign-off, and which stages wait for them. */
import { gateFields, readGate, type GateView, type Signed, type SignoffView } from "./gate";
import { Fields, plainObject } from "./fields";
import { readNodeView } from "./project";
import { GATE, nodeMap, ROOT, type NodeId, type Plan } from "./schema";
import type { Tree, TreeNode } from "./tree";

export interface GateSnapshot extends GateView {
  /** Every decision about it, oldest first. */
  readonly decisions: readonly SignoffView[];
  /** What differs from what was signed; empty unless the state is "changed". */
  readonly changes: readonly GateChange[];
}

/** One difference between what was signed and what is there; values as they are stored. */
export interface GateChange {
  readonly field: ChangedField;
  readonly from: string;
  readonly to: string;
}

const WORDS = ["title", "note", "why", "outcome", "side", "start", "due", "days", "evidence", "reviewer", "locks"] as const;

/** `entryCheck` and `exitCheck`: the criterion `to` lost its tick (from "checked") or gained it (from ""). */
export type ChangedField = (typeof WORDS)[number] | "owners" | "entry" | "exit" | "entryCheck" | "exitCheck" | "links";

export function readGateSnapshot(plan: Plan, id: NodeId, signed: Signed): GateSnapshot | null {
  const map = nodeMap(plan, id);
  if (!map) return null;
  const f = new Fields([], map, `${ROOT.nodes}/${id}`);
  if (gateFields(f) === null) return null;
  const gate = readGate(f, readNodeView(id, f, signed), signed);
  if (!gate) return null;
  const decisions = signed.signoffs.filter((one) => one.gate === id && one.decision !== "");
  const last = decisions.at(-1);
  return {
    ...gate.view,
    decisions,
    changes: gate.view.state === "changed" && last ? compareStates(last.state, gate.now) : [],
  };
}

/** What differs between two canonical texts; texts that can't be read differ in nothing that can be named. */
export function compareStates(before: string, after: string): GateChange[] {
  const from = parse(before);
  const to = parse(after);
  if (!from || !to) return [];
  const changes: GateChange[] = [];
  const add = (field: ChangedField, a: string, b: string): void => {
    if (a !== b) changes.push({ field, from: a, to: b });
  };
  for (const field of WORDS) add(field, words(from[field]), words(to[field]));
  add("owners", ownersOf(from), ownersOf(to));
  for (const list of ["entry", "exit"] as const) {
    const old = byId(from[list]);
    const now = byId(to[list]);
    for (const id of new Set([...old.keys(), ...now.keys()])) {
      const [a, b] = [old.get(id), now.get(id)];
      add(list, words(a?.["text"]), words(b?.["text"]));
      if (a && b && a["checked"] !== b["checked"]) {
        changes.push({ field: `${list}Check`, from: a["checked"] === true ? "checked" : "", to: words(b["text"]) });
      }
    }
  }
  const old = byId(from["links"]);
  const now = byId(to["links"]);
  for (const id of new Set([...old.keys(), ...now.keys()])) add("links", linkOf(old.get(id)), linkOf(now.get(id)));
  return changes;
}

type Entry = Readonly<Record<string, unknown>>;

function parse(text: string): Entry | null {
  try {
    return plainObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function words(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function byId(list: unknown): Map<string, Entry> {
  const out = new Map<string, Entry>();
  for (const item of Array.isArray(list) ? (list as unknown[]) : []) {
    const entry = plainObject(item);
    if (entry) out.set(words(entry["id"]), entry);
  }
  return out;
}

/** Role ids, the accountable first. */
function ownersOf(state: Entry): string {
  const owners = Array.isArray(state["owners"]) ? (state["owners"] as unknown[]) : [];
  return owners.map((owner) => words(plainObject(owner)?.["role"])).join(" ");
}

function linkOf(entry: Entry | undefined): string {
  if (!entry) return "";
  const place = words(entry["url"]) || words(entry["blob"]).slice(0, 8);
  return [words(entry["title"]), place].filter((part) => part !== "").join(" · ");
}

/** A stage that waits for the gate of a step. */
export interface Lock {
  readonly stage: NodeId;
  readonly gate: NodeId;
}

/**
 * Stages that wait for a gate nobody signed off yet, in reading order of the gates. A gate doesn't lock the
 * stage it stands in. One that changed since its sign-off locks nothing: the sign-off stands until it is
 * declined or reopened.
 */
export function readLocks(plan: Plan, tree: Tree, signed: Signed): Lock[] {
  const stages = new Set<string>(tree.top.filter((node) => node.kind === "stage").map((node) => node.id));
  const locks: Lock[] = [];
  const visit = (nodes: readonly TreeNode[], stage: NodeId | null): void => {
    for (const node of nodes) {
      const map = nodeMap(plan, node.id);
      const gate = map ? gateFields(new Fields([], map, "")) : null;
      const locked = gate?.text(GATE.locks) ?? "";
      if (locked !== stage && stages.has(locked) && signed.last.get(node.id)?.decision !== "passed") {
        locks.push({ stage: locked as NodeId, gate: node.id });
      }
      visit(node.children, node.kind === "stage" ? node.id : stage);
    }
  };
  visit(tree.top, null);
  return locks;
}
