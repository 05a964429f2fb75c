/**
 * The whole plan as plain data: what the API answers and what replay prints, computed from the same
 * document. Key for key what `server/plan` computes; testdata/plan/*.json is checked against both. Never
 * throws on odd content: it leaves out, defaults, and warns.
 */
import { Fields, isInteger, mapsIn, plainObject, type Warning } from "./fields";
import { readGateView, readSigned, type GateView, type Signed, type SignoffView } from "./gate";
import { compareText, markedComments, readRich, richText, type Rich } from "./richtext";
import {
  ANCHOR,
  ANCHOR_KINDS,
  DEFAULT_NOUN,
  META,
  NODE,
  OWNER_KINDS,
  PLAN_STATUSES,
  ROLE,
  ROOT,
  SIDES,
  STEP_STATUSES,
  noteOf,
  nodeId,
  type OwnerKind,
  type Plan,
  type Side,
} from "./schema";
import { readLinks, readResourceViews, readWorkingView, type ResourceView, type WorkingView } from "./project-hub";
import { readReviews, type ReviewView } from "./reviews";
import { readRuleViews, type RuleView } from "./rule";
import { readCase, readDismissed, readMetrics, type CaseView, type MetricView } from "./why";
import { arrange, comparePlaces, kindAt } from "./tree";

/** Every key is always present; an absent string is "", an absent number null. */
export interface View {
  readonly schema: number;
  readonly planId: string;
  readonly title: string;
  readonly noun: string;
  readonly profile: string;
  readonly status: string;
  readonly anchor: AnchorView;
  readonly summary: readonly Rich[];
  readonly summaryText: string;
  readonly case: CaseView;
  /** By (ord, id). */
  readonly metrics: readonly MetricView[];
  /** Keys of suggestions, see lint. */
  readonly dismissed: readonly string[];
  /** Live nodes at the top level: stages, and steps that lost their parent. */
  readonly stages: readonly NodeView[];
  /** Deleted nodes, latest first. */
  readonly bin: readonly DeletedView[];
  readonly roles: readonly RoleView[];
  readonly working: WorkingView;
  /** By ord, then id. */
  readonly resources: readonly ResourceView[];
  readonly threads: readonly ThreadView[];
  /** Decisions about gates, by time, then id. */
  readonly signoffs: readonly SignoffView[];
  readonly rules: readonly RuleView[];
  /** Reviews both sides held, by time, then id. */
  readonly reviews: readonly ReviewView[];
  readonly progress: Progress;
  readonly warnings: readonly Warning[];
}

export interface AnchorView {
  readonly kind: string;
  readonly date: string;
  readonly provisional: boolean;
  readonly event: { readonly what: string; readonly source: string; readonly consequence: string };
  readonly costPerWeek: number | null;
}

export interface NodeView {
  readonly id: string;
  /** What its place makes it; see `kindAt`. */
  readonly kind: string;
  /** Where the node is shown; the empty string at the top. */
  readonly parent: string;
  readonly ord: string;
  readonly title: string;
  readonly alias: string;
  readonly note: readonly Rich[];
  readonly noteText: string;
  readonly why: string;
  readonly status: string;
  readonly side: string;
  readonly due: string;
  readonly start: string;
  /** Duration in working days. */
  readonly days: number | null;
  readonly likelyBlocker: boolean;
  /** Kept when the step is no longer blocked. */
  readonly blockedReason: string;
  readonly outcome: string;
  /** The accountable first, then by role id. */
  readonly owners: readonly OwnerView[];
  readonly after: readonly AfterView[];
  /** Ids of resources, in order. */
  readonly links: readonly string[];
  /** Null: the step has none. */
  readonly gate: GateView | null;
  readonly steps: readonly NodeView[];
}

export interface OwnerView {
  readonly role: string;
  readonly kind: OwnerKind;
}

/** A dependency on another node; lag in working days. */
export interface AfterView {
  readonly node: string;
  readonly type: string;
  readonly lag: number;
}

export interface DeletedView {
  readonly id: string;
  readonly kind: string;
  readonly parent: string;
  readonly title: string;
  readonly del: string;
}

export interface RoleView {
  readonly id: string;
  readonly title: string;
  readonly side: Side | "";
  readonly kind: string;
  readonly person: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly involveBy: string;
}

/** Who did something, as the server knew them at that moment. */
export interface Author {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
}

export interface ThreadView {
  readonly id: string;
  readonly anchor: {
    readonly kind: string;
    readonly field: string;
    readonly node: string;
    readonly quote: string;
    readonly prefix: string;
    readonly suffix: string;
  };
  readonly side: string;
  readonly by: Author;
  readonly at: string;
  readonly resolved: { readonly by: Author; readonly at: string } | null;
  /** The text it was about carries its mark no longer; the quote tells what it was. */
  readonly orphan: boolean;
  readonly msgs: readonly MessageView[];
}

export interface MessageView {
  readonly id: string;
  readonly by: Author;
  readonly at: string;
  readonly body: string;
  readonly editedAt: string;
  readonly deletedAt: string;
  readonly mentions: readonly string[];
}

/** Milestones and tasks shown in the plan; skipped ones are in neither number. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

const AFTER_TYPES = ["FS", "SS", "FF", "SF"] as const;

export function readPlan(plan: Plan): View {
  const warnings: Warning[] = [];
  const meta = new Fields(warnings, plan.meta, ROOT.meta);
  const anchor = new Fields(warnings, plan.anchor, ROOT.anchor);
  const summary = readRich(plan.summary);
  const signed = readSigned(plan, warnings);
  const { stages, bin } = readTree(plan, signed, warnings);
  const view: Omit<View, "warnings"> = {
    schema: meta.integer(META.schema) ?? 0,
    planId: meta.text(META.planId),
    title: meta.text(META.title),
    noun: meta.text(META.noun) || DEFAULT_NOUN,
    profile: meta.text(META.profile),
    status: meta.oneOf(META.status, PLAN_STATUSES, "draft"),
    anchor: readAnchorView(anchor),
    summary,
    summaryText: richText(summary),
    case: readCase(plan, warnings),
    metrics: readMetrics(plan, warnings),
    dismissed: readDismissed(plan, warnings),
    stages,
    bin,
    roles: readRoleViews(plan, warnings),
    working: readWorkingView(plan, warnings),
    resources: readResourceViews(plan, warnings),
    threads: readThreadViews(plan, warnings),
    signoffs: signed.signoffs,
    rules: readRuleViews(plan, warnings),
    reviews: readReviews(plan, warnings),
    progress: countProgress(stages),
  };
  warnings.sort((a, b) => compareText(a.path, b.path) || compareText(a.code, b.code));
  return { ...view, warnings };
}

export function readAnchorView(anchor: Fields): AnchorView {
  const event = anchor.object(ANCHOR.event);
  return {
    kind: anchor.oneOf(ANCHOR.kind, ANCHOR_KINDS, "go-live"),
    date: anchor.date(ANCHOR.date),
    provisional: anchor.flag(ANCHOR.provisional),
    event: { what: event.text("what"), source: event.text("source"), consequence: event.text("consequence") },
    costPerWeek: anchor.number(ANCHOR.costPerWeek),
  };
}

export function readRoleViews(plan: Plan, warnings: Warning[] = []): RoleView[] {
  return mapsIn(warnings, plan.roles, ROOT.roles)
    .filter(([, f]) => f.text(ROLE.del) === "")
    .map(
      ([id, f]): RoleView => ({
        id,
        title: f.text(ROLE.title),
        side: f.oneOf(ROLE.side, SIDES, ""),
        kind: f.text(ROLE.kind),
        person: f.text(ROLE.person),
        name: f.text(ROLE.name),
        email: f.text(ROLE.email),
        phone: f.text(ROLE.phone),
        involveBy: f.date(ROLE.involveBy),
      }),
    )
    .sort((a, b) => compareText(a.id, b.id));
}

// ---- nodes ----

interface StoredNode extends Omit<NodeView, "steps"> {
  readonly del: string;
}

function readTree(plan: Plan, signed: Signed, warnings: Warning[]): { stages: NodeView[]; bin: DeletedView[] } {
  const all = new Map<string, StoredNode>();
  for (const [id, f] of mapsIn(warnings, plan.nodes, ROOT.nodes)) all.set(id, readNodeView(id, f, signed));
  const { strays, cuts, parentOf } = arrange(all);
  const named = (id: string): string => `“${all.get(id)?.title || "Untitled"}”`;
  for (const id of strays) {
    const text = `${named(id)} points to a parent that is not there; it is shown at the top level.`;
    warnings.push({ code: "no-parent", path: `${ROOT.nodes}/${id}/${NODE.parent}`, text });
  }
  for (const id of cuts) {
    const text = `${named(id)} was moved under itself by two people at once; it is shown at the top level.`;
    warnings.push({ code: "cycle", path: `${ROOT.nodes}/${id}/${NODE.parent}`, text });
  }
  const children = new Map<string, StoredNode[]>();
  const bin: DeletedView[] = [];
  for (const node of all.values()) {
    if (node.del !== "") {
      bin.push({ id: node.id, kind: node.kind, parent: node.parent, title: node.title, del: node.del });
      continue;
    }
    const parent = parentOf(node.id) ?? "";
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const grow = (parent: string, above: string | null): NodeView[] =>
    (children.get(parent) ?? []).sort(comparePlaces).map(({ del: _, ...node }) => {
      const kind = kindAt(node.kind, above);
      return { ...node, kind, parent, steps: grow(node.id, kind) };
    });
  bin.sort((a, b) => compareText(b.del, a.del) || compareText(a.id, b.id));
  return { stages: grow("", null), bin };
}

export function readNodeView(id: string, f: Fields, signed: Signed): StoredNode {
  const note = f.rich(NODE.note);
  const owners = readOwners(f);
  const title = f.text(NODE.title);
  if (owners.filter((owner) => owner.kind === "accountable").length > 1) {
    f.warn("accountable", `${f.path}/${NODE.owners}`, `“${title || "Untitled"}” has more than one accountable owner.`);
  }
  const node: Omit<StoredNode, "gate"> = {
    id,
    kind: readKind(f),
    parent: f.text(NODE.parent),
    ord: f.text(NODE.ord),
    title,
    alias: f.text(NODE.alias),
    note,
    noteText: richText(note),
    why: f.text(NODE.why),
    status: f.oneOf(NODE.status, STEP_STATUSES, "not-started"),
    side: f.oneOf(NODE.side, SIDES, "joint"),
    due: f.date(NODE.due),
    start: f.date(NODE.start),
    days: f.integer(NODE.days),
    likelyBlocker: f.flag(NODE.likelyBlocker),
    blockedReason: f.text(NODE.blockedReason),
    outcome: f.text(NODE.outcome),
    owners,
    after: readAfter(f),
    links: readLinks(f),
    del: f.text(NODE.del),
  };
  return { ...node, gate: readGateView(f, node, signed) };
}

/** Unknown kinds stay as they are: a later version's node shows as an inert row instead of vanishing. */
function readKind(f: Fields): string {
  if (f.get(NODE.kind) === undefined) return "unknown";
  const kind = f.text(NODE.kind);
  if (kind === "" && typeof f.get(NODE.kind) === "string") f.odd(NODE.kind);
  return kind || "unknown";
}

export function readOwners(f: Fields): OwnerView[] {
  const owners: OwnerView[] = [];
  for (const [role, kind] of f.entries(NODE.owners)) {
    if ((OWNER_KINDS as readonly unknown[]).includes(kind)) owners.push({ role, kind: kind as OwnerKind });
    else f.odd(`${NODE.owners}/${role}`);
  }
  // "accountable" < "contributor"
  return owners.sort((a, b) => compareText(a.kind, b.kind) || compareText(a.role, b.role));
}

function readAfter(f: Fields): AfterView[] {
  const after: AfterView[] = [];
  for (const [node, value] of f.entries(NODE.after)) {
    const entry = plainObject(value) ?? {};
    const { type } = entry;
    const lag = Object.hasOwn(entry, "lag") ? entry["lag"] : 0;
    if ((AFTER_TYPES as readonly unknown[]).includes(type) && isInteger(lag)) after.push({ node, type: type as string, lag });
    else f.odd(`${NODE.after}/${node}`);
  }
  return after.sort((a, b) => compareText(a.node, b.node));
}

function countProgress(nodes: readonly NodeView[]): Progress {
  let done = 0;
  let total = 0;
  const visit = (node: NodeView): void => {
    if ((node.kind === "milestone" || node.kind === "task") && node.status !== "skipped") {
      total++;
      if (node.status === "done") done++;
    }
    node.steps.forEach(visit);
  };
  nodes.forEach(visit);
  return { done, total };
}

// ---- comments ----

/** Threads by time of creation, then id. Those whose messages are all deleted are left out. */
export function readThreadViews(plan: Plan, warnings: Warning[] = []): ThreadView[] {
  const marked = new Map<string, ReadonlySet<string>>();
  const threads: ThreadView[] = [];
  for (const [id, f] of mapsIn(warnings, plan.threads, ROOT.threads)) {
    const anchorFields = f.object("anchor");
    const anchor = {
      kind: anchorFields.text("kind"),
      field: anchorFields.text("field"),
      node: anchorFields.text("node"),
      quote: anchorFields.text("quote"),
      prefix: anchorFields.text("prefix"),
      suffix: anchorFields.text("suffix"),
    };
    const resolution = f.object("resolved");
    const thread = {
      id,
      anchor,
      side: f.oneOf("side", SIDES, ""),
      by: readAuthor(f),
      at: f.text("at"),
      resolved: resolution.present ? { by: readAuthor(resolution), at: resolution.text("at") } : null,
      orphan: false,
      msgs: f
        .maps("msgs")
        .map(([msg, fields]) => readMessage(msg, fields))
        .sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id)),
    };
    if (thread.msgs.every((msg) => msg.deletedAt !== "")) continue;
    if (anchor.kind === "text") {
      const where = `${anchor.field}/${anchor.node}`;
      let ids = marked.get(where);
      if (!ids) {
        const fragment = anchor.field === ROOT.summary ? plan.summary : anchor.field === NODE.note ? noteOf(plan, nodeId(anchor.node)) : undefined;
        ids = fragment ? markedComments(fragment) : new Set();
        marked.set(where, ids);
      }
      thread.orphan = !ids.has(id);
    }
    threads.push(thread);
  }
  return threads.sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
}

function readMessage(id: string, f: Fields): MessageView {
  return {
    id,
    by: readAuthor(f),
    at: f.text("at"),
    body: f.text("body"),
    editedAt: f.text("editedAt"),
    deletedAt: f.text("deletedAt"),
    mentions: f.strings("mentions"),
  };
}

export function readAuthor(f: Fields): Author {
  const by = f.object("by");
  return { id: by.text("id"), name: by.text("name"), role: by.text("role"), side: by.text("side") };
}
