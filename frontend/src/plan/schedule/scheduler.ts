/** Backward and forward passes. As in `server/plan/schedule/run.go`. Moments are those of `Workdays`. */
import { Hours, OwnerHours, Workdays, type Report } from "./calendar";
import { parseDay } from "./day";
import { Graph, at, type Edge } from "./graph";
import { SCHEDULE_LIMITS, because, type Reason, type ScheduleInput, type ScheduleNode } from "./types";

/** Earlier than any moment, and -FAR later. */
const FAR = -(2 ** 40);

/** A vertex's moments, and why they are there. */
export interface Placed {
  readonly start: number;
  readonly finish: number;
  readonly why: Reason;
}

export interface Typed {
  /** Undefined where nobody chose it. */
  readonly start: number | undefined;
  readonly due: number | undefined;
}

/** What is asked of a vertex again and again. */
interface Facts {
  readonly over: boolean;
  /** The moment a done step was done. */
  readonly done: number | undefined;
  readonly typed: Typed;
  readonly days: number;
  readonly hours: Hours;
}

const NOTHING: Typed = { start: undefined, due: undefined };
/** Openings and closes take no time. */
const VIRTUAL: Facts = { over: false, done: undefined, typed: NOTHING, days: 0, hours: new Hours([]) };

export class Scheduler {
  readonly input: ScheduleInput;
  readonly work: Workdays;
  readonly owners: OwnerHours;
  readonly graph: Graph;
  /** Whether there is a date to count from. */
  readonly dated: boolean;
  /** Worked back from the anchor. */
  back = false;
  /** The vertex whose end the anchor is; -1 in an empty plan. */
  target = -1;
  /** The evening of the anchor date, or the morning of the start. */
  anchor = 0;
  /** No step starts before it. */
  origin = 0;
  /** Vertices that are due by the anchor: those that lead to it, without what was overtaken. */
  before: boolean[] = [];
  early: Placed[] = [];
  late: Placed[] = [];
  plan: Placed[] = [];

  /** Vertices from which something is to be done by the anchor. */
  #leads: readonly boolean[] = [];
  /** For each vertex that holds nothing up, since when; see `#findOvertaken`. */
  readonly #overtaken: (Pick<Placed, "start" | "why"> | undefined)[] = [];
  readonly #today: number | undefined;
  readonly #facts: Facts[];

  constructor(input: ScheduleInput, report: Report) {
    this.input = input;
    this.work = new Workdays(input.calendar, report);
    this.owners = new OwnerHours(input, this.work, report);
    this.graph = new Graph(input, report);
    const today = parseDay(input.today);
    this.#today = today === undefined ? undefined : this.work.moment(today);
    this.#facts = this.graph.vertices.map(({ real, node }) => (real ? this.#learn(node) : VIRTUAL));
    this.#chooseTarget();
    this.dated = this.#chooseAnchor();
    this.#chooseBefore();
    this.#workBack((v) => at(this.before, v), this.anchor);
    if (this.back) this.#originFromLate();
    this.#forward();
    let end = FAR;
    this.graph.vertices.forEach(({ real }, v) => {
      if (real && !this.over(v)) end = Math.max(end, at(this.plan, v).finish);
    });
    this.#workBack((v) => !at(this.before, v), end === FAR ? this.anchor : end);
  }

  /** The step the anchor names, else the last in reading order that isn't skipped, else the last. */
  #chooseTarget(): void {
    const { step, end, index } = this.graph;
    const named = index.get(this.input.anchor.node);
    if (named !== undefined && at(step, named) >= 0) {
      this.target = at(end, at(step, named));
      return;
    }
    let found = false;
    step.forEach((s, i) => {
      const counts = this.graph.node(i).status !== "skipped";
      if (s !== i || (!counts && found)) return;
      this.target = at(end, i);
      found = counts;
    });
  }

  /** A plan without an anchor date counts from today, without that from its earliest date, else not at all. */
  #chooseAnchor(): boolean {
    const { anchor, today, nodes } = this.input;
    const day = parseDay(anchor.date);
    if (day !== undefined) {
      this.back = anchor.kind !== "start";
      this.anchor = this.work.moment(this.back ? day + 1 : day);
      this.origin = this.anchor;
      return true;
    }
    let days = [parseDay(today)].filter((d) => d !== undefined);
    if (days.length === 0) {
      days = nodes
        .filter((_, i) => this.graph.step[i] === i && at(this.graph.end, i) >= 0)
        .flatMap((n) => [parseDay(n.start), parseDay(n.due), parseDay(n.doneOn)])
        .filter((d) => d !== undefined);
    }
    this.anchor = this.work.moment(days.reduce((a, b) => Math.min(a, b), days[0] ?? 0));
    this.origin = this.anchor;
    return days.length > 0;
  }

  /** All that leads to the anchor's step, all above it that doesn't follow from it, and what those need; not what was overtaken. */
  #chooseBefore(): void {
    this.#findOvertaken();
    const { vertices, order } = this.graph;
    this.#leads = this.before = vertices.map(() => false);
    if (!this.back || this.target < 0) return;
    const follows = vertices.map((_, v) => v === this.target);
    for (const v of order) if (this.graph.vertex(v).in.some(({ tail }) => follows[tail])) follows[v] = true;
    const leads = vertices.map((_, v) => v === this.target || (v < this.target && !follows[v]));
    for (const v of order.toReversed()) leads[v] ||= this.graph.vertex(v).out.some(({ head }) => leads[head]);
    this.#leads = leads;
    this.before = leads.map((leading, v) => leading && !this.#wasOvertaken(v));
  }

  /**
   * The open steps of which all that would wait for them is done already, the step they stand under included.
   * They hold nothing up, so nothing says how late they can be. They are due as soon as they can be from then
   * on: to let them wait for the anchor would be to forget them.
   */
  #findOvertaken(): void {
    const { vertices, order } = this.graph;
    const awaited = vertices.map(() => false); // by a step, done or not
    const holds = vertices.map(() => false); // something that isn't done
    for (const v of order.toReversed()) {
      const { real, out } = this.graph.vertex(v);
      const done = this.#done(v);
      let since = done === undefined ? undefined : { start: done - 1, why: because("done") }; // that morning
      for (const { head } of out) {
        awaited[v] ||= this.graph.vertex(head).real || at(awaited, head);
        holds[v] ||= done === undefined && at(holds, head);
        const next = done === undefined ? this.#overtaken[head] : undefined;
        if (next && (!since || next.start < since.start)) since = { start: next.start, why: because("next", { node: this.graph.nodeOf(head).id }) };
      }
      if (done === undefined && real && (v === this.target || !awaited[v])) holds[v] = true;
      this.#overtaken[v] = holds[v] ? undefined : since;
    }
  }

  /** Whether a vertex is an open step that holds nothing up. */
  #wasOvertaken(v: number): boolean {
    return this.#overtaken[v] !== undefined && this.graph.vertex(v).real && !this.over(v);
  }

  #learn(i: number): Facts {
    const node = this.graph.node(i);
    const hours = this.owners.of(this.ownerOf(i));
    if (node.status === "done" || node.status === "skipped") {
      const day = node.status === "done" ? (parseDay(node.doneOn) ?? parseDay(node.due)) : undefined;
      return { over: true, done: day === undefined ? undefined : this.work.moment(day + 1), typed: NOTHING, days: 0, hours };
    }
    const from = parseDay(node.start);
    const to = typedDue(node) ? parseDay(node.due) : undefined;
    const start = from === undefined ? undefined : this.work.moment(from);
    const due = to === undefined ? undefined : this.work.moment(to + 1);
    let days = Math.min(Math.max(node.days ?? (node.kind === "task" ? 1 : 0), 0), SCHEDULE_LIMITS.days);
    if (start !== undefined && due !== undefined) days = Math.max(hours.between(start, due), 0);
    return { over: false, done: undefined, typed: { start, due }, days, hours };
  }

  #done(v: number): number | undefined {
    return at(this.#facts, v).done;
  }

  /** Whether a step takes no more time: done or skipped. */
  over(v: number): boolean {
    return at(this.#facts, v).over;
  }

  /** How long a vertex takes. A step with both dates typed takes what lies between them. */
  days(v: number): number {
    return at(this.#facts, v).days;
  }

  /** The dates that a person chose for an open step. */
  typed(v: number): Typed {
    return at(this.#facts, v).typed;
  }

  #hours(v: number): Hours {
    return at(this.#facts, v).hours;
  }

  /** The accountable role; a step without one has that of the step it stands under. */
  ownerOf(i: number): string {
    for (let n = i; n >= 0; n = at(this.graph.parent, n)) {
      const { owner } = this.graph.node(n);
      if (owner !== "") return owner;
    }
    return "";
  }

  /** Gives the chosen vertices their latest dates: nothing that follows is held up, nothing ends after `by`. */
  #workBack(chosen: (v: number) => boolean, by: number): void {
    for (const v of this.graph.order.toReversed()) {
      if (!chosen(v)) continue;
      const done = this.#done(v);
      if (done !== undefined) {
        this.late[v] = { start: done, finish: done, why: because("done") };
        continue;
      }
      const hours = this.#hours(v);
      const days = this.days(v);
      let finish = by;
      let why = because("anchor");
      let start = -FAR;
      let whyStart = why;
      for (const edge of this.graph.vertex(v).out) {
        if (this.#done(edge.head) !== undefined || !chosen(edge.head)) continue;
        const to = this.#needs(edge);
        if (edge.kind === "FS" || edge.kind === "FF") {
          if (to < finish) [finish, why] = [to, this.#backReason(edge)];
        } else if (to < start) {
          [start, whyStart] = [to, this.#backReason(edge)];
        }
      }
      if (days > 0) finish = hours.finishBy(finish);
      let begin = hours.begin(finish, days);
      if (begin > start) {
        why = whyStart;
        begin = days > 0 ? hours.startBy(start) : start;
        finish = hours.finish(begin, days);
      }
      this.late[v] = { start: begin, finish, why };
    }
  }

  /** By when an edge's tail must have begun or ended for the head to hold its latest or earlier typed dates. */
  #needs(edge: Edge): number {
    let { start, finish } = at(this.late, edge.head);
    const typed = this.typed(edge.head);
    if (typed.due !== undefined && typed.due < finish) {
      finish = typed.due;
      start = Math.min(start, this.#hours(edge.head).begin(finish, this.days(edge.head)));
    }
    if (typed.start !== undefined) start = Math.min(start, typed.start);
    return (edge.kind === "FS" || edge.kind === "SS" ? start : finish) - edge.lag;
  }

  #backReason(edge: Edge): Reason {
    const node = this.graph.nodeOf(edge.head).id;
    if (edge.code === "order") return because("next", { node });
    if (edge.code === "contains" && !this.graph.vertex(edge.head).real) return at(this.late, edge.head).why;
    return because("before", { node, type: edge.kind, lag: edge.lag });
  }

  /** Lets work begin when the first open step must at the latest. */
  #originFromLate(): void {
    this.graph.vertices.forEach(({ real }, v) => {
      if (!this.before[v] || !real || this.over(v)) return;
      this.origin = Math.min(this.origin, at(this.late, v).start);
      const { start, due } = this.typed(v);
      if (start !== undefined) this.origin = Math.min(this.origin, start);
      else if (due !== undefined) this.origin = Math.min(this.origin, this.#hours(v).begin(due, this.days(v)));
    });
  }

  /**
   * Gives every vertex its earliest dates and the ones to plan with. What is due by the anchor is planned as
   * late as that allows, the rest as early as it can be.
   */
  #forward(): void {
    const { order } = this.graph;
    for (const v of order) if (this.#leads[v]) this.early[v] = this.#earliest(v, this.early);
    for (const v of order) {
      if (!this.before[v]) {
        const placed = this.#earliest(v, this.plan);
        this.early[v] = placed;
        this.plan[v] = placed;
        continue;
      }
      const early = at(this.early, v);
      const late = at(this.late, v);
      const { start, due } = this.typed(v);
      if (!this.graph.vertex(v).real || this.over(v)) this.plan[v] = this.#earliest(v, this.plan);
      else this.plan[v] = early.finish > late.finish || start !== undefined || due !== undefined ? early : late;
    }
  }

  /** Places a vertex after what holds it back, where those are in `from`. */
  #earliest(v: number, from: readonly Placed[]): Placed {
    const { real } = this.graph.vertex(v);
    const node = this.graph.nodeOf(v);
    const hours = this.#hours(v);
    const days = this.days(v);
    const done = this.#done(v);
    if (done !== undefined) {
      const day = parseDay(node.start);
      return { start: day === undefined ? done : Math.min(done, this.work.moment(day)), finish: done, why: because("done") };
    }
    // Openings begin with whatever holds their group back.
    let { start, why } = { start: real ? this.origin : FAR, why: because("start") };
    const since = real && this.back ? this.#overtaken[v] : undefined;
    if (since) ({ start, why } = since);
    let finish = FAR;
    let whyFinish = why;
    const later = (to: number, reason: Reason): void => {
      if (to > start) [start, why] = [to, reason];
    };
    const end = (to: number, reason: Reason): void => {
      if (to > finish) [finish, whyFinish] = [to, reason];
    };
    const typed = this.typed(v);
    const begun = node.status === "in-progress" && typed.start !== undefined;
    for (const edge of this.graph.vertex(v).in) {
      const reason = this.#forwardReason(edge, from);
      const tail = at(from, edge.tail);
      const to = (edge.kind === "SS" || edge.kind === "SF" ? tail.start : tail.finish) + edge.lag;
      if (edge.kind === "FF" || edge.kind === "SF") end(to, reason);
      else if (!begun) later(to, reason);
    }
    if (real && !this.over(v)) {
      if (typed.start !== undefined && (begun || typed.start >= start)) [start, why] = [typed.start, because("typed")];
      if (this.#today !== undefined) {
        const idle = typed.start === undefined && typed.due === undefined && days > 0 && node.status !== "in-progress";
        if (idle) later(this.#today, because("today"));
        else end(this.#today + 1, because("today"));
      }
      const expected = parseDay(node.expected);
      if (expected !== undefined) end(this.work.moment(expected + 1), because("expected"));
    }
    if (days > 0) start = hours.startAt(start);
    let to = hours.finish(start, days);
    if (typed.due !== undefined && typed.due >= to && typed.due >= finish) {
      if (typed.start === undefined) start = hours.begin(typed.due, days);
      return { start: Math.min(start, typed.due), finish: typed.due, why: because("typed") };
    }
    if (finish > to) {
      to = days > 0 ? hours.finishAt(finish) : finish;
      why = whyFinish;
      if (typed.start === undefined) start = hours.begin(to, days);
    }
    return { start, finish: to, why };
  }

  #forwardReason(edge: Edge, from: readonly Placed[]): Reason {
    const { real, closes } = this.graph.vertex(edge.tail);
    // The opening of its group: whatever holds that back.
    if (edge.code === "contains" && edge.kind === "FS" && !real && !closes) return at(from, edge.tail).why;
    const node = this.graph.nodeOf(edge.tail).id;
    return edge.code === "after" ? because("after", { node, type: edge.kind, lag: edge.lag }) : because(edge.code, { node });
  }
}

/** Whether a person, not the schedule, chose the due date. */
export function typedDue(node: ScheduleNode): boolean {
  return parseDay(node.due) !== undefined && node.due !== node.planned;
}
