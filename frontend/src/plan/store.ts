/**
 * Narrow subscriptions to a plan. Each Readable gives the same object until what it shows changes, so a
 * keystroke in one title redraws one row.
 */
import type * as Y from "yjs";
import { readGateSnapshot, readLocks, type GateSnapshot, type Lock } from "./gate-state";
import { readSigned, type Signed } from "./gate";
import type { Readable } from "./readable";
import { nodeMap, NODE, openPlan, type NodeId, type Plan } from "./schema";
import { buildTree, kindInPlace, placeOf, readPlaces, type Tree, type TreeNode } from "./tree";
import { readWorkingView, type WorkingView } from "./project-hub";
import { readRich, richText } from "./richtext";
import { readAgreed, readRuleViews, type RuleView } from "./rule";
import {
  readAnchor,
  readMeta,
  readNode,
  readResources,
  readRoles,
  readThreads,
  type AnchorSnapshot,
  type MetaSnapshot,
  type NodeSnapshot,
  type Progress,
  type ResourceSnapshot,
  type RoleSnapshot,
  type ThreadSnapshot,
} from "./view";

export interface PlanStore {
  readonly plan: Plan;
  readonly meta: Readable<MetaSnapshot>;
  readonly anchor: Readable<AnchorSnapshot>;
  /** Order and nesting only; unchanged branches keep their identity. */
  readonly tree: Readable<Tree>;
  /** Undefined while the plan holds no such node. */
  readonly node: (id: NodeId) => Readable<NodeSnapshot | undefined>;
  readonly roles: Readable<readonly RoleSnapshot[]>;
  /** How both sides agreed to work together, as words. */
  readonly working: Readable<WorkingView>;
  /** In the order of the folders' rows. */
  readonly resources: Readable<readonly ResourceSnapshot[]>;
  /** All threads, oldest first. */
  /** The step's gate with its decisions; null while it has none. */
  readonly gate: (id: NodeId) => Readable<GateSnapshot | null>;
  /** Stages that wait for a gate. */
  readonly locks: Readable<readonly Lock[]>;
  readonly rules: Readable<readonly RuleView[]>;
  /** The dates both sides agreed to, by step. */
  readonly agreed: Readable<Readonly<Record<string, string>>>;
  readonly threads: Readable<readonly ThreadSnapshot[]>;
  /** Threads on one node: its note, its fields, or the whole of it. */
  readonly threadsOn: (id: NodeId) => Readable<readonly ThreadSnapshot[]>;
  readonly progress: Readable<Progress>;
  /** Plain text of the executive summary. */
  readonly summaryText: Readable<string>;
  /** False until the server's initial content has arrived. */
  readonly ready: Readable<boolean>;
  readonly close: () => void;
}

/** A value computed from the document, recomputed when marked stale and somebody looks. */
class Derived<T> implements Readable<T> {
  #value: T;
  /** What listeners were last told of. */
  #told: T;
  #stale = false;
  readonly #pending: Set<Derived<unknown>>;
  readonly #compute: () => T;
  readonly #keep: (before: T, next: T) => T;
  readonly #listeners = new Set<() => void>();

  constructor(pending: Set<Derived<unknown>>, compute: () => T, keep: (before: T, next: T) => T) {
    this.#pending = pending;
    this.#compute = compute;
    this.#keep = keep;
    this.#value = compute();
    this.#told = this.#value;
  }

  readonly get = (): T => {
    if (this.#stale) {
      this.#stale = false;
      this.#value = this.#keep(this.#value, this.#compute());
    }
    return this.#value;
  };

  readonly subscribe = (onChange: () => void): (() => void) => {
    const listener = () => onChange();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  mark(): void {
    this.#stale = true;
    this.#pending.add(this as Derived<unknown>);
  }

  /** The listeners to call: none unless the value differs from what they were last told of. */
  settle(): readonly (() => void)[] {
    const value = this.get();
    if (Object.is(value, this.#told)) return [];
    this.#told = value;
    return [...this.#listeners];
  }
}

/** `next`, except that every part deeply equal to its counterpart in `before` is that counterpart. */
export function keepEqual<T>(before: T, next: T): T {
  if (Object.is(before, next) || typeof before !== "object" || typeof next !== "object" || before === null || next === null) {
    return next;
  }
  // Most parts are as they were: found out without making anything.
  if (isEqual(before, next)) return before;
  if (Array.isArray(before) && Array.isArray(next)) return next.map((item: unknown, at) => keepEqual(before[at] as unknown, item)) as T;
  const old = before as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(next)) out[key] = keepEqual(old[key], value as unknown);
  return out as T;
}

/** Of plain data. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  let count = 0;
  for (const key in b) {
    count++;
    if (!(key in a) || !isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  }
  return count === Object.keys(a).length;
}

/** As keepEqual, but finds a branch's counterpart by id, so that a move keeps the identity of the others. */
function keepBranches(before: readonly TreeNode[], next: readonly TreeNode[], known: ReadonlyMap<NodeId, TreeNode>): readonly TreeNode[] {
  const kept = next.map((node) => {
    const old = known.get(node.id);
    const children = keepBranches(old?.children ?? [], node.children, known);
    return old?.kind === node.kind && old.children === children ? old : { ...node, children };
  });
  return kept.length === before.length && kept.every((node, at) => node === before[at]) ? before : kept;
}

function keepTree(before: Tree, next: Tree): Tree {
  const top = keepBranches(before.top, next.top, indexBranches(before.top));
  const bin = keepEqual(before.bin, next.bin);
  const warnings = keepEqual(before.warnings, next.warnings);
  return top === before.top && bin === before.bin && warnings === before.warnings ? before : { top, bin, warnings };
}

function indexBranches(nodes: readonly TreeNode[], into = new Map<NodeId, TreeNode>()): Map<NodeId, TreeNode> {
  for (const node of nodes) {
    into.set(node.id, node);
    indexBranches(node.children, into);
  }
  return into;
}

const STRUCTURE: ReadonlySet<string> = new Set([NODE.kind, NODE.parent, NODE.ord, NODE.del]);

/** Follows `doc` until closed. Several stores on one document don't disturb each other. */
export function createPlanStore(doc: Y.Doc): PlanStore {
  const plan = openPlan(doc);
  const pending = new Set<Derived<unknown>>();
  const derive = <T>(compute: () => T, keep: (before: T, next: T) => T = keepEqual): Derived<T> =>
    new Derived(pending, compute, keep);

  const meta = derive(() => readMeta(plan));
  const ready = derive(() => readMeta(plan).schema > 0);
  const anchor = derive(() => readAnchor(plan));
  const roles = derive<readonly RoleSnapshot[]>(() => readRoles(plan));
  const working = derive<WorkingView>(() => readWorkingView(plan));
  const resources = derive<readonly ResourceSnapshot[]>(() => readResources(plan));
  const signed = derive<Signed>(() => readSigned(plan), (_, next) => next);
  const rules = derive<readonly RuleView[]>(() => readRuleViews(plan));
  const agreed = derive(() => readAgreed(plan));
  const threads = derive<readonly ThreadSnapshot[]>(() => readThreads(plan));
  const summaryText = derive(() => richText(readRich(plan.summary)));
  const tree = derive<Tree>(() => buildTree(readPlaces(plan)), keepTree);
  const progress = derive<Progress>(() => countProgress(plan, tree.get()));
  const locks = derive<readonly Lock[]>(() => readLocks(plan, tree.get(), signed.get()));
  const gates = new Map<NodeId, Derived<GateSnapshot | null>>();
  const gate = (id: NodeId): Derived<GateSnapshot | null> => {
    let readable = gates.get(id);
    if (!readable) {
      readable = derive(() => readGateSnapshot(plan, id, signed.get()));
      gates.set(id, readable);
    }
    return readable;
  };
  /** Gates depend on decisions, roles and resources as well. */
  const markGates = (): void => {
    signed.mark();
    locks.mark();
    for (const readable of gates.values()) readable.mark();
  };
  const nodes = new Map<NodeId, Derived<NodeSnapshot | undefined>>();
  const node = (id: NodeId): Derived<NodeSnapshot | undefined> => {
    let readable = nodes.get(id);
    if (!readable) {
      readable = derive(() => {
        const map = nodeMap(plan, id);
        return map && { ...readNode(id, map), kind: kindInPlace(plan, id) };
      });
      nodes.set(id, readable);
    }
    return readable;
  };
  const threadsByNode = new Map<NodeId, Derived<readonly ThreadSnapshot[]>>();
  const threadsOn = (id: NodeId): Derived<readonly ThreadSnapshot[]> => {
    let readable = threadsByNode.get(id);
    if (!readable) {
      readable = derive<readonly ThreadSnapshot[]>(() => threads.get().filter((thread) => thread.anchor.node === id));
      threadsByNode.set(id, readable);
    }
    return readable;
  };

  /** Also when text changes: a thread is orphaned when its mark goes. */
  const markThreads = (): void => {
    threads.mark();
    for (const readable of threadsByNode.values()) readable.mark();
  };
  /** What stands under a node that moved may have become another kind. */
  const markBelow = (moved: ReadonlySet<string>): void => {
    for (const [id, readable] of nodes) {
      const met = new Set<NodeId>();
      for (let at: NodeId | null = id; at !== null && !met.has(at); ) {
        met.add(at);
        const map = nodeMap(plan, at);
        at = map ? placeOf(at, map).parent : null;
        if (at === null || !moved.has(at)) continue;
        readable.mark();
        break;
      }
    }
  };
  const onNodes = (events: Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    const moved = new Set<string>();
    for (const event of events) {
      const path = event.path;
      const keys: string[] = [...event.keys.keys()];
      if (path.length === 0) {
        for (const key of keys) {
          nodes.get(key as NodeId)?.mark();
          gates.get(key as NodeId)?.mark();
          moved.add(key);
        }
        tree.mark();
        locks.mark();
        progress.mark();
        continue;
      }
      nodes.get(path[0] as NodeId)?.mark();
      gates.get(path[0] as NodeId)?.mark();
      if (path[1] === NODE.note) markThreads();
      if (path[1] === NODE.gate || keys.includes(NODE.gate) || keys.some((key) => STRUCTURE.has(key))) locks.mark();
      if (path.length > 1) continue;
      if (keys.some((key) => STRUCTURE.has(key))) tree.mark();
      if (keys.includes(NODE.parent) || keys.includes(NODE.kind)) moved.add(String(path[0]));
      if (keys.includes(NODE.status) || keys.some((key) => STRUCTURE.has(key))) progress.mark();
    }
    if (moved.size > 0) markBelow(moved);
  };
  const onMeta = (): void => {
    meta.mark();
    ready.mark();
  };
  const onAnchor = (): void => anchor.mark();
  const onRoles = (): void => {
    roles.mark();
    markGates();
  };
  const onWorking = (): void => working.mark();
  const onResources = (): void => {
    resources.mark();
    markGates();
  };
  const onRules = (): void => rules.mark();
  const onBaseline = (): void => agreed.mark();
  const onSummary = (): void => {
    summaryText.mark();
    markThreads();
  };
  const flush = (): void => {
    if (pending.size === 0) return;
    const marked = [...pending];
    pending.clear();
    const listeners = marked.flatMap((readable) => readable.settle());
    for (const listener of listeners) listener();
  };

  plan.nodes.observeDeep(onNodes);
  plan.meta.observeDeep(onMeta);
  plan.anchor.observeDeep(onAnchor);
  plan.roles.observeDeep(onRoles);
  plan.working.observeDeep(onWorking);
  plan.resources.observeDeep(onResources);
  plan.signoffs.observeDeep(markGates);
  plan.rules.observeDeep(onRules);
  plan.baseline.observeDeep(onBaseline);
  plan.threads.observeDeep(markThreads);
  plan.summary.observeDeep(onSummary);
  doc.on("afterTransaction", flush);

  return {
    plan,
    meta,
    anchor,
    tree,
    node,
    roles,
    working,
    resources,
    gate,
    locks,
    rules,
    agreed,
    threads,
    threadsOn,
    progress,
    summaryText,
    ready,
    close: () => {
      plan.nodes.unobserveDeep(onNodes);
      plan.meta.unobserveDeep(onMeta);
      plan.anchor.unobserveDeep(onAnchor);
      plan.roles.unobserveDeep(onRoles);
      plan.working.unobserveDeep(onWorking);
      plan.resources.unobserveDeep(onResources);
      plan.signoffs.unobserveDeep(markGates);
      plan.rules.unobserveDeep(onRules);
      plan.baseline.unobserveDeep(onBaseline);
      plan.threads.unobserveDeep(markThreads);
      plan.summary.unobserveDeep(onSummary);
      doc.off("afterTransaction", flush);
    },
  };
}

/** Counts milestones and tasks; subtasks and skipped steps don't count. */
export function countProgress(plan: Plan, tree: Tree): Progress {
  let done = 0;
  let total = 0;
  const visit = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (node.kind === "milestone" || node.kind === "task") {
        const status = nodeMap(plan, node.id)?.get(NODE.status);
        if (status !== "skipped") total++;
        if (status === "done") done++;
      }
      visit(node.children);
    }
  };
  visit(tree.top);
  return { done, total };
}
