/** Says what an update changes, in sentences, for edits that can't be merged any more. */
import * as Y from "yjs";
import { ANCHOR, META, NODE, nodeMap, openPlan, roleId, ROOT, type NodeId, type Plan } from "./schema";
import { wordsOf } from "./fields";
import { readNode } from "./view";

/**
 * For each group of updates, one sentence per thing it changes on top of `base` and of the groups before
 * it. A group with several updates is described as one change: a word, not its letters.
 */
export function describeUpdates(base: readonly Uint8Array[], groups: readonly (readonly Uint8Array[])[]): string[][] {
  const doc = new Y.Doc();
  const plan = openPlan(doc);
  doc.transact(() => {
    for (const update of base) Y.applyUpdate(doc, update);
  });
  const out = groups.map((updates) => {
    const lines: string[] = [];
    const collect = (transaction: Y.Transaction): void => void lines.push(...describeTransaction(plan, transaction));
    doc.on("afterTransaction", collect);
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    doc.off("afterTransaction", collect);
    return [...new Set(lines)];
  });
  doc.destroy();
  return out;
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  [NODE.status]: "status",
  [NODE.side]: "side",
  [NODE.due]: "due date",
  [NODE.start]: "start date",
  [NODE.days]: "duration",
  [NODE.likelyBlocker]: "likely blocker",
  [NODE.alias]: "alias",
};

function describeTransaction(plan: Plan, transaction: Y.Transaction): string[] {
  const lines: string[] = [];
  const roots = new Map<unknown, string>(Object.values(ROOT).map((name) => [plan.doc.share.get(name), name]));
  for (const [type, events] of transaction.changedParentTypes) {
    const root = roots.get(type);
    if (root === undefined) continue;
    for (const event of events as Event[]) {
      event.currentTarget = type as Event["currentTarget"];
      lines.push(...describeEvent(plan, root, event));
    }
  }
  return lines;
}

type Event = Y.YEvent<Y.AbstractType<unknown>>;

function describeEvent(plan: Plan, root: string, event: Event): string[] {
  switch (root) {
    case ROOT.summary:
      return describeTyping("the executive summary", event);
    case ROOT.nodes:
      return describeNodes(plan, event);
    case ROOT.meta:
      return [...event.keys.keys()].map((key) =>
        key === META.title
          ? `Renamed the plan to “${wordsOf(plan.meta.get(key)) ?? ""}”`
          : `Changed the plan's ${key} to ${shown(plan.meta.get(key))}`,
      );
    case ROOT.anchor:
      return [...event.keys.keys()].map((key) =>
        key === ANCHOR.date ? `Set the plan's date to ${shown(plan.anchor.get(key))}` : `Changed what the plan's date means`,
      );
    case ROOT.roles:
      return ["Changed the plan's roles"];
    case ROOT.resources:
      return ["Changed the plan's resources"];
    case ROOT.working:
      return ["Changed how both sides work together"];
    default:
      return [`Changed the plan's ${root}`];
  }
}

function describeNodes(plan: Plan, event: Event): string[] {
  const path = event.path;
  if (path.length === 0) {
    return [...event.keys.keys()].map((id) => {
      const map = nodeMap(plan, id as NodeId);
      const node = map && readNode(id as NodeId, map);
      return node ? `Added the ${node.kind === "unknown" ? "step" : node.kind} “${node.title}”` : "Removed a step";
    });
  }
  const id = String(path[0]) as NodeId;
  const map = nodeMap(plan, id);
  const node = map && readNode(id, map);
  if (!node) return [];
  const name = `“${node.title}”`;
  if (path.length === 1) {
    const keys = new Set(event.keys.keys());
    const lines: string[] = [];
    if (keys.has(NODE.del)) lines.push(node.del === null ? `Restored ${name}` : `Deleted ${name}`);
    if (keys.has(NODE.ord) || keys.has(NODE.parent)) lines.push(`Moved ${name}`);
    for (const key of keys) {
      const field = FIELD_NAMES[key];
      if (field !== undefined) lines.push(`Set the ${field} of ${name} to ${shown(map.get(key))}`);
    }
    return lines;
  }
  switch (String(path[1])) {
    case NODE.title:
      return [`Changed a title to ${name}`];
    case NODE.note:
      return describeTyping(`the description of ${name}`, event);
    case NODE.why:
      return describeTyping(`the reason for ${name}`, event);
    case NODE.owners: {
      const roles = node.owners.map((owner) => {
        const role = plan.roles.get(roleId(owner.role));
        return role instanceof Y.Map ? wordsOf((role as Y.Map<unknown>).get("title")) ?? owner.role : owner.role;
      });
      return [roles.length > 0 ? `Set the owner of ${name} to ${roles.join(", ")}` : `Took the owner off ${name}`];
    }
    default:
      return [`Changed ${name}`];
  }
}

function describeTyping(where: string, event: Event): string[] {
  let typed = "";
  let removed = 0;
  for (const op of event.delta) {
    if (typeof op.insert === "string") typed += op.insert;
    else if (Array.isArray(op.insert)) typed += (op.insert as unknown[]).map(wordsIn).join(" ");
    if (op.delete !== undefined) removed += op.delete;
  }
  typed = typed.trim();
  if (typed !== "") return [`Typed “${typed}” in ${where}`];
  return removed > 0 ? [`Deleted text in ${where}`] : [`Changed the formatting of ${where}`];
}

/** The words in inserted rich text. */
function wordsIn(value: unknown): string {
  if (value instanceof Y.XmlElement) return (value.toArray() as unknown[]).map(wordsIn).join(" ");
  return wordsOf(value) ?? "";
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : "another value";
}
