/**
 * The plan document's keys, kinds and limits. This file and `server/plan/schema.go` are the only two
 * places that spell the document's keys.
 */
import * as Y from "yjs";

/** Grows only with a breaking change, which the server migrates; additive changes keep it. */
export const SCHEMA_VERSION = 1;

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };
export type NodeId = Branded<"NodeId">;
export type RoleId = Branded<"RoleId">;
export type ResourceId = Branded<"ResourceId">;
export type MetricId = Branded<"MetricId">;
export type ThreadId = Branded<"ThreadId">;
export type MessageId = Branded<"MessageId">;
/** Fractional key: siblings sort by (ord, id), byte-wise. */
export type Ord = Branded<"Ord">;
/** A calendar date, `YYYY-MM-DD`, without time or zone. */
export type PlanDate = Branded<"PlanDate">;

export const nodeId = (id: string): NodeId => id as NodeId;
export const metricId = (id: string): MetricId => id as MetricId;
export const roleId = (id: string): RoleId => id as RoleId;
export const resourceId = (id: string): ResourceId => id as ResourceId;
export const threadId = (id: string): ThreadId => id as ThreadId;

export const ROOT = {
  meta: "meta",
  anchor: "anchor",
  calendar: "calendar",
  summary: "summary",
  case: "case",
  metrics: "metrics",
  working: "working",
  nodes: "nodes",
  roles: "roles",
  resources: "resources",
  rules: "rules",
  baseline: "baseline",
  signoffs: "signoffs",
  slips: "slips",
  threads: "threads",
  proposals: "proposals",
  reviews: "reviews",
  /** Key of a suggestion → when it was dismissed. */
  dismissed: "dismissed",
} as const;

/** Keys of a node's map. */
export const NODE = {
  kind: "kind",
  parent: "parent",
  ord: "ord",
  title: "title",
  note: "note",
  why: "why",
  alias: "alias",
  status: "status",
  side: "side",
  due: "due",
  start: "start",
  days: "days",
  /** The due date the schedule wrote last; a `due` that differs was typed. */
  planned: "planned",
  /** The day a done step was done; absent: its due date. */
  doneOn: "doneOn",
  likelyBlocker: "likelyBlocker",
  /** What a blocked step waits for, in a few words. */
  blockedReason: "blockedReason",
  outcome: "outcome",
  owners: "owners",
  after: "after",
  links: "links",
  gate: "gate",
  del: "del",
} as const;

/** Keys of the business case; each holds a text. */
export const CASE_KEYS = ["metric", "initiative", "outcome", "inaction"] as const;
export type CaseKey = (typeof CASE_KEYS)[number];

/** Keys of a metric's map. Name, baseline and target are texts; `del` is the time of removal. */
export const METRIC = {
  name: "name",
  baseline: "baseline",
  target: "target",
  date: "date",
  role: "role",
  ord: "ord",
  del: "del",
} as const;

export const META = {
  schema: "schema",
  planId: "planId",
  epoch: "epoch",
  title: "title",
  noun: "noun",
  profile: "profile",
  status: "status",
  currency: "currency",
  crm: "crm",
} as const;

export const ANCHOR = {
  kind: "kind",
  date: "date",
  provisional: "provisional",
  event: "event",
  costPerWeek: "costPerWeek",
  /** The step whose end the date is; absent: the last one. */
  node: "node",
} as const;

/** Keys of a role's map. */
export const ROLE = {
  title: "title",
  side: "side",
  kind: "kind",
  person: "person",
  name: "name",
  email: "email",
  phone: "phone",
  involveBy: "involveBy",
  del: "del",
} as const;

export const WORKING = { channel: "channel", cadence: "cadence", response: "response" } as const;
export type WorkingField = keyof typeof WORKING;

/**
 * Keys of a resource's map: a link (`url`) or an uploaded file (`blob`, the SHA-256 of its content); with
 * neither it is a slot that waits to be filled.
 */
export const RESOURCE = {
  title: "title",
  url: "url",
  blob: "blob",
  file: "file",
  size: "size",
  mime: "mime",
  type: "type",
  pinned: "pinned",
  side: "side",
  ord: "ord",
  del: "del",
} as const;

export const BASELINE = {
  /** Dates one side offers: a plain object with the keys of the baseline itself. */
  proposal: "proposal",
} as const;

export const CALENDAR = {
  weekend: "weekend",
  holidays: "holidays",
  away: "away",
  freezes: "freezes",
  /** A plain object with the keys of QUARTERS; absent: the ends of quarters don't matter. */
  quarters: "quarters",
} as const;

export const QUARTERS = { month: "month", days: "days" } as const;

/** Keys of a step's gate, a map that is born with its step. There is a gate only while `on` is true. */
export const GATE = {
  on: "on",
  entry: "entry",
  exit: "exit",
  /** How many resources must be linked to the step. */
  evidence: "evidence",
  reviewer: "reviewer",
  locks: "locks",
} as const;

/** Keys of one criterion, a map under a gate's `entry` or `exit`. */
export const CRITERION = {
  text: "text",
  ord: "ord",
  /** A plain object {by, name, at}. */
  checked: "checked",
  del: "del",
} as const;

/** Keys of one decision about a gate; written by the server only. */
export const SIGNED = {
  gate: "gate",
  by: "by",
  role: "role",
  roleTitle: "roleTitle",
  at: "at",
  decision: "decision",
  note: "note",
  stateHash: "stateHash",
  /** The canonical text whose SHA-256 is `stateHash`. */
  state: "state",
} as const;

/** Keys of one rule. `ack` is written by the server. */
export const RULE = {
  kind: "kind",
  text: "text",
  role: "role",
  days: "days",
  /** The step it is about; absent: any. */
  node: "node",
  /** The date that may not be passed without the role. */
  until: "until",
  ack: "ack",
  del: "del",
} as const;

/** Keys of one review both sides held; written by the server only. */
export const REVIEW = {
  by: "by",
  at: "at",
  /** Position in the plan's history up to which it looked. */
  seq: "seq",
  /** The day of the next one. */
  next: "next",
  /** A plain list of names. */
  people: "people",
  /** A plain list of objects with the keys below. */
  decisions: "decisions",
} as const;

/** Keys of what a review decided: steps and roles also by the name they had then. */
export const DECIDED = { text: "text", node: "node", nodeTitle: "nodeTitle", role: "role", who: "who" } as const;

export const DECISIONS = ["passed", "declined", "reopened"] as const;
export type Decision = (typeof DECISIONS)[number];

export type GateState = "open" | "ready" | "passed" | "changed" | "declined";

export const RULE_KINDS = ["delay", "extension"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export type RuleState = "quiet" | "raised" | "acknowledged";

/** The delay, in calendar days, that a rule allows when it says nothing else. */
export const DEFAULT_RULE_DAYS = 14;

export const NODE_KINDS = ["stage", "milestone", "task", "subtask"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];
export type StepKind = Exclude<NodeKind, "stage">;

export const STEP_STATUSES = ["not-started", "in-progress", "blocked", "done", "skipped"] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export const SIDES = ["seller", "buyer", "joint"] as const;
export type Side = (typeof SIDES)[number];

export const OWNER_KINDS = ["accountable", "contributor"] as const;
export type OwnerKind = (typeof OWNER_KINDS)[number];

export const PLAN_STATUSES = ["draft", "live", "paused", "won", "lost"] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

export const ANCHOR_KINDS = ["go-live", "value", "start"] as const;
export type AnchorKind = (typeof ANCHOR_KINDS)[number];

/**
 * Which kinds stand directly under which, as they read there; the empty string is the plan itself. A step of
 * any kind may be put wherever a step may stand: its place makes it what it reads as (`kindAt`).
 */
export const CHILD_KINDS: Readonly<Record<NodeKind | "", readonly NodeKind[]>> = {
  "": ["stage"],
  stage: ["milestone", "task"],
  milestone: ["task"],
  task: ["subtask"],
  subtask: [],
};

/** Refused by the server beyond these; the editor keeps below them. Texts in UTF-16 units. */
export const LIMITS = {
  title: 200,
  noun: 60,
  name: 120,
  why: 2_000,
  blockedReason: 300,
  commentBody: 4_000,
  criterion: 300,
  criteria: 30,
  evidence: 20,
  signedNote: 2_000,
  rule: 300,
  rules: 30,
  nodes: 500,
  /** Deleted ones included. */
  nodesStored: 2_000,
  roles: 200,
  working: 500,
  resources: 500,
  url: 2_048,
  metrics: 30,
  caseText: 2_000,
  metricText: 200,
  eventPart: 300,
  decision: 1_000,
  decisions: 50,
  attending: 50,
} as const;

/** What a plan is called when it has no noun of its own. */
export const DEFAULT_NOUN = "mutual action plan";

/** Whether a plan goes by the name that templates give it, in any of their languages: readers see it in their own. */
export const isUsualNoun = (noun: string): boolean => noun === DEFAULT_NOUN || noun === "gemeinsamer Aktionsplan";

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The text as a calendar date, or undefined when it isn't one that exists. */
export function parseDate(text: unknown): PlanDate | undefined {
  if (typeof text !== "string") return undefined;
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1) return undefined;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0) ? (text as PlanDate) : undefined;
}

/** Handles on a plan's roots. Cheap: opening twice gives the same shared types. */
export interface Plan {
  readonly doc: Y.Doc;
  readonly meta: Y.Map<unknown>;
  readonly anchor: Y.Map<unknown>;
  readonly summary: Y.XmlFragment;
  readonly nodes: Y.Map<unknown>;
  readonly roles: Y.Map<unknown>;
  readonly threads: Y.Map<unknown>;
  readonly calendar: Y.Map<unknown>;
  readonly case: Y.Map<unknown>;
  readonly metrics: Y.Map<unknown>;
  readonly working: Y.Map<unknown>;
  readonly resources: Y.Map<unknown>;
  readonly rules: Y.Map<unknown>;
  readonly baseline: Y.Map<unknown>;
  readonly signoffs: Y.Map<unknown>;
  readonly slips: Y.Map<unknown>;
  readonly proposals: Y.Map<unknown>;
  readonly dismissed: Y.Map<unknown>;
  readonly reviews: Y.Map<unknown>;
}

/** Opens the plan that lives in `doc`. Writes nothing: initial content is the server's to write. */
export function openPlan(doc: Y.Doc): Plan {
  return {
    doc,
    meta: doc.getMap(ROOT.meta),
    anchor: doc.getMap(ROOT.anchor),
    summary: doc.getXmlFragment(ROOT.summary),
    nodes: doc.getMap(ROOT.nodes),
    roles: doc.getMap(ROOT.roles),
    threads: doc.getMap(ROOT.threads),
    calendar: doc.getMap(ROOT.calendar),
    case: doc.getMap(ROOT.case),
    metrics: doc.getMap(ROOT.metrics),
    working: doc.getMap(ROOT.working),
    resources: doc.getMap(ROOT.resources),
    rules: doc.getMap(ROOT.rules),
    baseline: doc.getMap(ROOT.baseline),
    signoffs: doc.getMap(ROOT.signoffs),
    slips: doc.getMap(ROOT.slips),
    proposals: doc.getMap(ROOT.proposals),
    dismissed: doc.getMap(ROOT.dismissed),
    reviews: doc.getMap(ROOT.reviews),
  };
}

/** The node's own map, or undefined when the plan holds no such node. */
export function nodeMap(plan: Plan, id: NodeId): Y.Map<unknown> | undefined {
  const value = plan.nodes.get(id);
  return value instanceof Y.Map ? (value as Y.Map<unknown>) : undefined;
}

/** The step's description, to bind an editor to; undefined when the node is gone or malformed. */
export function noteOf(plan: Plan, id: NodeId): Y.XmlFragment | undefined {
  const value = nodeMap(plan, id)?.get(NODE.note);
  return value instanceof Y.XmlFragment ? value : undefined;
}

/** The step's title as shared text; undefined when the node is gone or malformed. */
export function titleTextOf(plan: Plan, id: NodeId): Y.Text | undefined {
  const value = nodeMap(plan, id)?.get(NODE.title);
  return value instanceof Y.Text ? value : undefined;
}

/**
 * Origin of discrete local edits. Undo listens to this and to typing, so nobody undoes a colleague's
 * edit. Each transaction with it is one undo entry.
 */
export const LOCAL = Symbol("local edit");
