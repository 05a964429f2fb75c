/** Snapshots of the plan's parts, as the store hands them out: typed, with null where nothing is set. */
import type * as Y from "yjs";
import { Fields, type Warning } from "./fields";
import {
  readAnchorView,
  readOwners,
  readRoleViews,
  readThreadViews,
  type Author,
  type ThreadView,
} from "./project";
import { readLinks, readResourceViews, type ResourceView } from "./project-hub";
import { richText } from "./richtext";
import {
  ANCHOR_KINDS,
  DEFAULT_NOUN,
  META,
  NODE,
  PLAN_STATUSES,
  ROOT,
  SIDES,
  STEP_STATUSES,
  parseDate,
  resourceId,
  roleId,
  threadId,
  type AnchorKind,
  type MessageId,
  type NodeId,
  type OwnerKind,
  type Plan,
  type PlanDate,
  type PlanStatus,
  type ResourceId,
  type RoleId,
  type Side,
  type StepStatus,
  type ThreadId,
} from "./schema";
import { placeOf, type Place } from "./tree";

export type { Author, Progress } from "./project";

export interface MetaSnapshot {
  readonly schema: number;
  readonly planId: string;
  readonly epoch: number;
  readonly title: string;
  readonly noun: string;
  readonly status: PlanStatus;
}

export interface AnchorSnapshot {
  readonly kind: AnchorKind;
  readonly date: PlanDate | null;
  readonly provisional: boolean;
  readonly event: { readonly what: string; readonly source: string; readonly consequence: string } | null;
}

export interface OwnerSnapshot {
  readonly role: RoleId;
  readonly kind: OwnerKind;
}

/** One stage, step or subtask, without what stands under it. */
export interface NodeSnapshot extends Place {
  readonly title: string;
  /** Words of the description, one line per block. */
  readonly noteText: string;
  readonly why: string;
  readonly alias: string;
  readonly status: StepStatus;
  readonly side: Side;
  readonly due: PlanDate | null;
  readonly start: PlanDate | null;
  /** Duration in business days. */
  readonly days: number | null;
  readonly likelyBlocker: boolean;
  /** Kept when the step is no longer blocked. */
  readonly blockedReason: string;
  /** Accountable first, then by role id. */
  readonly owners: readonly OwnerSnapshot[];
  /** Resources attached to it; some may be gone. */
  readonly links: readonly ResourceId[];
}

export interface RoleSnapshot {
  readonly id: RoleId;
  readonly title: string;
  readonly side: Side;
  readonly kind: string;
  /** Id of the person of this plan who fills the role. */
  readonly person: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly involveBy: PlanDate | null;
}

/** A link, a file, or a slot for one of them. */
export interface ResourceSnapshot extends Omit<ResourceView, "id" | "ord"> {
  readonly id: ResourceId;
}

export interface MessageSnapshot {
  readonly id: MessageId;
  readonly by: Author;
  /** ISO time. */
  readonly at: string;
  readonly body: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
}

export interface ThreadAnchor {
  readonly kind: "text" | "node" | "unknown";
  /** `summary`, `note`, or a field of the node. */
  readonly field: string;
  readonly node: NodeId | null;
  readonly quote: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface ThreadSnapshot {
  readonly id: ThreadId;
  readonly anchor: ThreadAnchor;
  readonly by: Author;
  readonly at: string;
  readonly resolved: boolean;
  readonly resolvedBy: Author | null;
  readonly resolvedAt: string | null;
  /** The commented words are gone; `anchor.quote` tells what they were. */
  readonly orphan: boolean;
  /** In the order they were written; deleted ones keep their place, without words. */
  readonly messages: readonly MessageSnapshot[];
}

export function readMeta(plan: Plan): MetaSnapshot {
  const f = new Fields([], plan.meta, ROOT.meta);
  return {
    schema: f.integer(META.schema) ?? 0,
    planId: f.text(META.planId),
    epoch: f.integer(META.epoch) ?? 0,
    title: f.text(META.title),
    noun: f.text(META.noun) || DEFAULT_NOUN,
    status: f.oneOf(META.status, PLAN_STATUSES, "draft"),
  };
}

export function readAnchor(plan: Plan): AnchorSnapshot {
  const view = readAnchorView(new Fields([], plan.anchor, ROOT.anchor));
  const { what, source, consequence } = view.event;
  return {
    kind: ANCHOR_KINDS.find((kind) => kind === view.kind) ?? "go-live",
    date: parseDate(view.date) ?? null,
    provisional: view.provisional,
    event: what + source + consequence === "" ? null : view.event,
  };
}

export function readNode(id: NodeId, map: Y.Map<unknown>): NodeSnapshot {
  const warnings: Warning[] = [];
  const f = new Fields(warnings, map, `${ROOT.nodes}/${id}`);
  return {
    ...placeOf(id, map),
    title: f.text(NODE.title),
    noteText: richText(f.rich(NODE.note)),
    why: f.text(NODE.why),
    alias: f.text(NODE.alias),
    status: f.oneOf(NODE.status, STEP_STATUSES, "not-started"),
    side: f.oneOf(NODE.side, SIDES, "joint"),
    due: parseDate(f.get(NODE.due)) ?? null,
    start: parseDate(f.get(NODE.start)) ?? null,
    days: f.integer(NODE.days),
    likelyBlocker: f.flag(NODE.likelyBlocker),
    blockedReason: f.text(NODE.blockedReason),
    owners: readOwners(f).map((owner) => ({ role: roleId(owner.role), kind: owner.kind })),
    links: readLinks(f).map(resourceId),
  };
}

export function readRoles(plan: Plan): RoleSnapshot[] {
  return readRoleViews(plan).map(({ id, side, involveBy, ...rest }) => ({
    ...rest,
    id: roleId(id),
    side: side === "" ? "joint" : side,
    involveBy: parseDate(involveBy) ?? null,
  }));
}

export function readResources(plan: Plan): ResourceSnapshot[] {
  return readResourceViews(plan).map(({ id, ord: _, ...rest }) => ({ ...rest, id: resourceId(id) }));
}

export function readThreads(plan: Plan): ThreadSnapshot[] {
  return readThreadViews(plan).map(toThread);
}

function toThread(view: ThreadView): ThreadSnapshot {
  const { kind, field, node, quote, prefix, suffix } = view.anchor;
  return {
    id: threadId(view.id),
    anchor: {
      kind: kind === "text" || kind === "node" ? kind : "unknown",
      field,
      node: node === "" ? null : (node as NodeId),
      quote,
      prefix,
      suffix,
    },
    by: view.by,
    at: view.at,
    resolved: view.resolved !== null,
    resolvedBy: view.resolved?.by ?? null,
    resolvedAt: view.resolved?.at ?? null,
    orphan: view.orphan,
    messages: view.msgs.map((msg) => ({
      id: msg.id as MessageId,
      by: msg.by,
      at: msg.at,
      body: msg.body,
      editedAt: msg.editedAt || null,
      deletedAt: msg.deletedAt || null,
    })),
  };
}
