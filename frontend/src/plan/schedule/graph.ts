/** A plan's steps and what holds what back, without circles. As in `server/plan/schedule/graph.go`. */
import type { Report } from "./calendar";
import { SCHEDULE_LIMITS, problem, type Dependency, type ScheduleInput, type ScheduleNode } from "./types";

/** Holds its head back until its tail has begun or ended. */
export interface Edge {
  readonly tail: number;
  readonly head: number;
  readonly kind: "FS" | "SS" | "FF" | "SF";
  readonly lag: number;
  /** Of the reason it gives; contains for what groups add. */
  readonly code: "after" | "order" | "contains";
}

/** A step, or the opening or close of a stage or of a step that has steps under it. */
export interface Vertex {
  /** Index into the input's nodes. */
  readonly node: number;
  /** A step with dates of its own. */
  readonly real: boolean;
  /** The close of a stage. */
  readonly closes: boolean;
  readonly in: Edge[];
  readonly out: Edge[];
}

/** The plan's own order: head follows tail unless one of these nodes has dependencies of its own. */
interface SoftEdge {
  readonly tail: number;
  readonly head: number;
  readonly unless: readonly number[];
}

/**
 * Vertices are numbered in reading order, a stage's opening before its steps and its close after them. A
 * step with steps under it has an opening too and closes with itself.
 */
export class Graph {
  readonly index = new Map<string, number>();
  /** Index of the parent; -1 at the top. */
  readonly parent: number[] = [];
  /** For each node, the step that its dependencies mean; -1 none. */
  readonly step: number[] = [];
  /** For each node, the vertex that must wait for what it depends on; -1 none. */
  readonly entry: number[] = [];
  /** … and the one whose end is its end. */
  readonly end: number[] = [];
  readonly vertices: Vertex[] = [];
  /** Vertices, tails before heads. */
  readonly order: number[] = [];

  readonly #nodes: readonly ScheduleNode[];
  readonly #children: number[][] = [];
  readonly #soft: SoftEdge[] = [];
  readonly #report: Report;

  constructor(input: ScheduleInput, report: Report) {
    this.#nodes = input.nodes;
    this.#report = report;
    const top: number[] = [];
    this.#nodes.forEach((node, i) => {
      this.parent.push(-1);
      this.step.push(-1);
      this.entry.push(-1);
      this.end.push(-1);
      this.#children.push([]);
      if (this.index.has(node.id)) return;
      const parent = node.parent === "" ? undefined : this.index.get(node.parent);
      if (parent === undefined) {
        top.push(i);
      } else {
        this.parent[i] = parent;
        this.#children[parent]?.push(i);
      }
      this.index.set(node.id, i);
    });
    let previous = -1;
    for (const i of top) {
      const end = this.#visit(i, previous, []);
      if (end >= 0) previous = end;
    }
    this.#sort(this.#dependencies());
  }

  node(i: number): ScheduleNode {
    return at(this.#nodes, i);
  }

  vertex(v: number): Vertex {
    return at(this.vertices, v);
  }

  /** The node a vertex belongs to. */
  nodeOf(v: number): ScheduleNode {
    return this.node(this.vertex(v).node);
  }

  #add(node: number, real: boolean, closes: boolean): number {
    this.vertices.push({ node, real, closes, in: [], out: [] });
    return this.vertices.length - 1;
  }

  #connect(edge: Edge): void {
    this.vertex(edge.tail).out.push(edge);
    this.vertex(edge.head).in.push(edge);
  }

  /** Lets a child wait for what its group waits for. */
  #open(open: number, child: number): void {
    this.#connect({ tail: open, head: at(this.entry, child), kind: "FS", lag: 0, code: "contains" });
  }

  /**
   * Makes the vertices of a node and what stands under it, and returns the one whose end is the node's end;
   * -1 when there is nothing to schedule. `previous` is the end of what stands before it, `unless` names the
   * groups it is first in.
   */
  #visit(i: number, previous: number, unless: readonly number[]): number {
    const { kind } = this.node(i);
    if (kind === "subtask") {
      this.#mark(i);
      return -1;
    }
    if (kind === "milestone" || kind === "task") return this.#visitStep(i, previous, unless);
    const open = this.#add(i, false, false);
    let groups: readonly number[] = [...unless, i];
    let last = previous;
    const ends: number[] = [];
    for (const child of at(this.#children, i)) {
      const end = this.#visit(child, last, groups);
      if (end < 0) continue;
      this.#open(open, child);
      ends.push(end);
      groups = [];
      last = end;
    }
    if (ends.length === 0) return -1;
    this.entry[i] = open;
    const close = this.#add(i, false, true);
    this.end[i] = close;
    for (const end of ends) this.#connect({ tail: end, head: close, kind: "FS", lag: 0, code: "contains" });
    return close;
  }

  #visitStep(i: number, previous: number, unless: readonly number[]): number {
    this.step[i] = i;
    let open = -1;
    const ends: number[] = [];
    for (const child of at(this.#children, i)) {
      if (open < 0 && this.node(child).kind !== "subtask") open = this.#add(i, false, false);
      const end = this.#visit(child, ends.at(-1) ?? -1, []);
      if (end < 0) continue;
      this.#open(open, child);
      ends.push(end);
    }
    const v = this.#add(i, true, false);
    this.entry[i] = open >= 0 ? open : v;
    this.end[i] = v;
    if (open >= 0) this.#connect({ tail: open, head: v, kind: "FS", lag: 0, code: "contains" });
    for (const end of ends) this.#connect({ tail: end, head: v, kind: "FF", lag: 0, code: "contains" });
    if (previous >= 0) this.#soft.push({ tail: previous, head: at(this.entry, i), unless: [...unless, i] });
    return v;
  }

  /** Gives subtasks, and all under them, the step they belong to. */
  #mark(i: number): void {
    const parent = at(this.parent, i);
    if (parent >= 0) this.step[i] = at(this.step, parent);
    for (const child of at(this.#children, i)) this.#mark(child);
  }

  /** Whether node `a` is `b` or stands under it. */
  #within(a: number, b: number): boolean {
    for (let i = a; i >= 0; i = at(this.parent, i)) if (i === b) return true;
    return false;
  }

  /** Connects what depends on what, cutting circles; returns the nodes of whose dependencies one was kept. */
  #dependencies(): Set<number> {
    const kept = new Set<number>();
    const plain: Edge[] = [];
    const group: Edge[] = [];
    this.#nodes.forEach((node, i) => {
      const head = at(this.step, i) >= 0 ? at(this.step, i) : i;
      if (this.index.get(node.id) !== i || at(this.entry, head) < 0) return;
      for (const [n, after] of node.after.entries()) {
        if (n >= SCHEDULE_LIMITS.after) {
          this.#report(problem("too-many", { node: node.id }));
          break;
        }
        const named = this.index.get(after.node);
        const tail = named !== undefined && at(this.step, named) >= 0 ? at(this.step, named) : named;
        if (tail === undefined || at(this.end, tail) < 0) {
          this.#report(problem("missing", { node: node.id, other: after.node }));
        } else if (this.#within(head, tail) || this.#within(tail, head)) {
          this.#report(problem("cycle", { node: node.id, other: after.node }));
        } else if (this.#isStep(head) && this.#isStep(tail)) {
          plain.push(this.#dependency(tail, head, after));
        } else if (group.length >= SCHEDULE_LIMITS.groupAfter) {
          this.#report(problem("too-many", { node: node.id }));
        } else {
          group.push(this.#dependency(tail, head, after));
        }
      }
    });
    for (const edge of this.#cutCircles(plain)) {
      this.#connect(edge);
      kept.add(this.vertex(edge.head).node);
    }
    for (const edge of group) {
      if (this.#reaches(edge.head, edge.tail)) {
        this.#reportCycle(edge);
        continue;
      }
      this.#connect(edge);
      kept.add(this.vertex(edge.head).node);
    }
    return kept;
  }

  #reportCycle(edge: Edge): void {
    this.#report(problem("cycle", { node: this.nodeOf(edge.head).id, other: this.nodeOf(edge.tail).id }));
  }

  /** A step with no steps under it, and so a single vertex. */
  #isStep(i: number): boolean {
    return this.entry[i] === this.end[i];
  }

  /** Finds the vertices that a dependency is about. The beginning of a stage is that of its first step. */
  #dependency(tail: number, head: number, after: Dependency): Edge {
    const kind = after.type === "SS" || after.type === "FF" || after.type === "SF" ? after.type : "FS";
    let from = at(this.end, tail);
    if (kind === "SS" || kind === "SF") {
      for (let v = at(this.entry, tail); v <= at(this.end, tail); v++) {
        if (!this.vertex(v).real) continue;
        from = v;
        break;
      }
    }
    const lag = Math.min(Math.max(after.lag, -SCHEDULE_LIMITS.days), SCHEDULE_LIMITS.days);
    if (lag !== after.lag) this.#report(problem("odd", { node: this.node(head).id, other: this.node(tail).id }));
    return { tail: from, head: at(kind === "FF" || kind === "SF" ? this.end : this.entry, head), kind, lag, code: "after" };
  }

  /**
   * Leaves out the edges that lead back to where a walk along the dependencies came from. Walks start in
   * reading order, so that of a circle the link against reading order goes.
   */
  #cutCircles(edges: readonly Edge[]): Edge[] {
    const out: Edge[][] = this.vertices.map(() => []);
    for (const edge of edges) at(out, edge.tail).push(edge);
    const state = new Uint8Array(this.vertices.length); // 0 unseen, 1 on the walk, 2 left
    const next = new Uint32Array(this.vertices.length);
    const cut = new Set<Edge>();
    for (let root = 0; root < this.vertices.length; root++) {
      if (state[root] !== 0) continue;
      const stack = [root];
      state[root] = 1;
      for (let v = stack.at(-1); v !== undefined; v = stack.at(-1)) {
        const edge = at(out, v)[next[v] ?? 0];
        if (!edge) {
          state[v] = 2;
          stack.pop();
          continue;
        }
        next[v] = (next[v] ?? 0) + 1;
        if (state[edge.head] === 0) {
          state[edge.head] = 1;
          stack.push(edge.head);
        } else if (state[edge.head] === 1) {
          cut.add(edge);
          this.#reportCycle(edge);
        }
      }
    }
    return edges.filter((edge) => !cut.has(edge));
  }

  #reaches(from: number, to: number): boolean {
    const seen = new Set([from]);
    const stack = [from];
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (v === to) return true;
      for (const { head } of this.vertex(v).out) {
        if (seen.has(head)) continue;
        seen.add(head);
        stack.push(head);
      }
    }
    return false;
  }

  /**
   * Orders the vertices, tails first, and lets steps without dependencies follow the plan's order. Where that
   * order contradicts a dependency, the dependency wins: when nothing can go on, the first waiting vertex in
   * reading order stops waiting for the one before it.
   */
  #sort(kept: ReadonlySet<number>): void {
    const count = this.vertices.length;
    const follows = new Map<number, number>();
    const followers: number[][] = this.vertices.map(() => []);
    for (const { tail, head, unless } of this.#soft) {
      if (unless.some((i) => kept.has(i))) continue;
      follows.set(head, tail);
      at(followers, tail).push(head);
    }
    const waits = this.vertices.map((vertex) => vertex.in.length);
    const done = new Set<number>();
    const ready: number[] = [];
    const free = (v: number): boolean => {
      const tail = follows.get(v);
      return waits[v] === 0 && (tail === undefined || done.has(tail));
    };
    for (let v = 0; v < count; v++) if (free(v)) ready.push(v);
    while (this.order.length < count) {
      for (let v = ready.pop(); v !== undefined; v = ready.pop()) {
        if (done.has(v)) continue;
        done.add(v);
        this.order.push(v);
        for (const { head } of this.vertex(v).out) {
          waits[head] = at(waits, head) - 1;
          if (free(head)) ready.push(head);
        }
        for (const head of at(followers, v)) if (!done.has(head) && free(head)) ready.push(head);
      }
      const stuck = this.vertices.findIndex((_, v) => !done.has(v) && waits[v] === 0);
      if (stuck < 0) break;
      follows.delete(stuck);
      ready.push(stuck);
    }
    for (let head = 0; head < count; head++) {
      const tail = follows.get(head);
      if (tail !== undefined) this.#connect({ tail, head, kind: "FS", lag: 0, code: "order" });
    }
  }
}

/** The member of a list at an index that is known to exist. */
export function at<T>(list: readonly T[], i: number): T {
  return list[i] as T;
}
