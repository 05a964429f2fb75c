/**
 * Gates: what it takes to pass a step, what is missing, and whether what was signed is still what is there. As
 * in `server/plan/gate.go`; the vectors in testdata/plan hold both together.
 */
import * as Y from "yjs";
import { canonical, sha256, type Plain } from "./canonical";
import { isMap, mapsIn, type Fields, type Warning } from "./fields";
import { readAuthor, readRoleViews, type Author, type NodeView } from "./project";
import { readResourceViews, type ResourceView } from "./project-hub";
import { compareText } from "./richtext";
import {
  CRITERION,
  DECISIONS,
  GATE,
  LIMITS,
  NODE,
  ROOT,
  SIGNED,
  type Decision,
  type GateState,
  type Plan,
} from "./schema";

export interface GateView {
  readonly entry: readonly CriterionView[];
  readonly exit: readonly CriterionView[];
  /** How many linked resources it asks for, and how many there are. */
  readonly evidence: number;
  readonly linked: number;
  /** A role's id. */
  readonly reviewer: string;
  /** The stage that waits for it. */
  readonly locks: string;
  readonly state: GateState;
  readonly missing: readonly MissingView[];
  /** Of what would be signed now. */
  readonly stateHash: string;
}

export interface CriterionView {
  readonly id: string;
  readonly text: string;
  readonly checked: { readonly by: string; readonly name: string; readonly at: string } | null;
}

export interface MissingView {
  readonly code: "entry" | "exit" | "evidence" | "reviewer";
  readonly id: string;
  readonly need: number;
  readonly have: number;
}

/** One decision about a gate. `sound`: `stateHash` is the hash of `state`. */
export interface SignoffView {
  readonly id: string;
  readonly gate: string;
  readonly by: Author;
  readonly role: string;
  readonly roleTitle: string;
  /** ISO time. */
  readonly at: string;
  readonly decision: Decision | "";
  readonly note: string;
  readonly stateHash: string;
  readonly state: string;
  readonly sound: boolean;
}

/** What gates depend on beside their step. */
export interface Signed {
  readonly signoffs: readonly SignoffView[];
  /** The last decision about each gate. */
  readonly last: ReadonlyMap<string, SignoffView>;
  readonly roles: ReadonlySet<string>;
  readonly resources: ReadonlyMap<string, ResourceView>;
}

export function readSigned(plan: Plan, warnings: Warning[] = []): Signed {
  const signoffs = mapsIn(warnings, plan.signoffs, ROOT.signoffs)
    .map(([id, f]): SignoffView => {
      const state = f.text(SIGNED.state);
      const stateHash = f.text(SIGNED.stateHash);
      return {
        id,
        gate: f.text(SIGNED.gate),
        by: readAuthor(f),
        role: f.text(SIGNED.role),
        roleTitle: f.text(SIGNED.roleTitle),
        at: f.text(SIGNED.at),
        decision: f.oneOf(SIGNED.decision, DECISIONS, ""),
        note: f.text(SIGNED.note),
        stateHash,
        state,
        sound: stateHash === sha256(state),
      };
    })
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
  const last = new Map<string, SignoffView>();
  for (const signoff of signoffs) if (signoff.decision !== "") last.set(signoff.gate, signoff);
  return {
    signoffs,
    last,
    roles: new Set(readRoleViews(plan).map((role) => role.id)),
    resources: new Map(readResourceViews(plan).map((resource) => [resource.id, resource])),
  };
}

type SignedNode = Pick<NodeView, "id" | "title" | "noteText" | "why" | "outcome" | "side" | "start" | "due" | "days" | "owners" | "links">;

/** The node's gate; null when it has none. */
export function readGateView(f: Fields, node: SignedNode, signed: Signed): GateView | null {
  return readGate(f, node, signed)?.view ?? null;
}

/** The node's gate with the canonical text of what would be signed now. */
export function readGate(f: Fields, node: SignedNode, signed: Signed): { readonly view: GateView; readonly now: string } | null {
  const gate = gateFields(f);
  if (gate === null) return null;
  const entry = readCriteria(gate, GATE.entry);
  const exit = readCriteria(gate, GATE.exit);
  const evidence = Math.min(Math.max(gate.integer(GATE.evidence) ?? 0, 0), LIMITS.evidence);
  const reviewer = gate.text(GATE.reviewer);
  const locks = gate.text(GATE.locks);
  const links = evidenceOf(node.links, signed);
  const open = (code: "entry" | "exit", list: readonly CriterionView[]): MissingView[] =>
    list.filter((one) => one.checked === null).map((one) => ({ code, id: one.id, need: 0, have: 0 }));
  const missing: MissingView[] = [
    ...(signed.roles.has(reviewer) ? [] : [{ code: "reviewer", id: "", need: 0, have: 0 } as const]),
    ...open("entry", entry),
    ...open("exit", exit),
    ...(links.length < evidence ? [{ code: "evidence", id: "", need: evidence, have: links.length } as const] : []),
  ];
  const now = canonical({
    v: 1,
    title: node.title,
    note: node.noteText,
    why: node.why,
    outcome: node.outcome,
    side: node.side,
    start: node.start,
    due: node.due,
    days: node.days,
    owners: node.owners.map(({ kind, role }) => ({ kind, role })),
    entry: signedCriteria(entry),
    exit: signedCriteria(exit),
    evidence,
    links,
    reviewer,
    locks,
  });
  const last = signed.last.get(node.id);
  const view = { entry, exit, evidence, linked: links.length, reviewer, locks, state: stateOf(last, now, missing), missing, stateHash: sha256(now) };
  return { view, now };
}

function stateOf(last: SignoffView | undefined, now: string, missing: readonly MissingView[]): GateState {
  if (last?.decision === "passed") return last.state === now ? "passed" : "changed";
  if (last?.decision === "declined") return "declined";
  return missing.length > 0 ? "open" : "ready";
}

/** The gate's own entries; null when the step has none. */
export function gateFields(f: Fields): Fields | null {
  if (f.get(NODE.gate) === undefined) return null;
  const gate = f.map(NODE.gate);
  return gate?.flag(GATE.on) === true ? gate : null;
}

function readCriteria(gate: Fields, key: string): CriterionView[] {
  return gate
    .maps(key)
    .map(([id, f]) => {
      const text = f.text(CRITERION.text);
      const ord = f.text(CRITERION.ord);
      const checked = f.object(CRITERION.checked);
      const by = checked.present ? { by: checked.text("by"), name: checked.text("name"), at: checked.text("at") } : null;
      return { ord, gone: f.text(CRITERION.del) !== "", view: { id, text, checked: by } };
    })
    .filter((one) => !one.gone)
    .sort((a, b) => compareText(a.ord, b.ord) || compareText(a.view.id, b.view.id))
    .map((one) => one.view);
}

/** The resources linked to a step, as they are signed. A slot that holds neither address nor file yet is no evidence. */
function evidenceOf(links: readonly string[], signed: Signed): { id: string; title: string; url: string; blob: string }[] {
  return links.flatMap((id) => {
    const resource = signed.resources.get(id);
    if (!resource || (resource.url === "" && resource.blob === "")) return [];
    return [{ id, title: resource.title, url: resource.url, blob: resource.blob }];
  });
}

function signedCriteria(list: readonly CriterionView[]): Plain {
  return [...list]
    .sort((a, b) => compareText(a.id, b.id))
    .map(({ id, text, checked }) => ({ id, text, checked: checked !== null }));
}

/**
 * The map that a gate is written into. Every step that can have one is born with it: two people who each made
 * one would lose what one of them typed.
 */
export function emptyGate(): Y.Map<unknown> {
  const gate = new Y.Map<unknown>();
  gate.set(GATE.entry, new Y.Map());
  gate.set(GATE.exit, new Y.Map());
  return gate;
}

/** The criterion's words, to bind a field to. */
export function criterionText(plan: Plan, node: string, list: "entry" | "exit", id: string): Y.Text | undefined {
  let at: unknown = plan.nodes;
  for (const key of [node, NODE.gate, list, id, CRITERION.text]) at = isMap(at) ? at.get(key) : undefined;
  return at instanceof Y.Text ? at : undefined;
}
