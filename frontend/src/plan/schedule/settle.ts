/** Keeps the dates that the plan decides in step with its structure. */
import type * as Y from "yjs";
import { NODE, nodeId, nodeMap, type Plan } from "../schema";
import { readScheduleInput } from "./read";
import { schedulePlan } from "./schedule";

/** Origin of computed dates that follow an edit. Undo doesn't listen to it: they follow the undoing as well. */
export const SETTLED = Symbol("computed dates");

/** What, when a person changes it, moves computed dates without asking first: where steps stand and who does them. */
const SHAPE: ReadonlySet<string> = new Set([NODE.kind, NODE.parent, NODE.ord, NODE.del, NODE.owners]);

/**
 * After each edit made here that changes the plan's shape, writes the stored computed dates that it made
 * stale, so that people without a scheduler (exports, mails, history) read what the page shows. Dates that
 * somebody chose stay. Edits of others are settled where they are made.
 */
export function settleDates(plan: Plan): () => void {
  const after = (transaction: Y.Transaction): void => {
    if (!transaction.local || transaction.origin === SETTLED || !reshapes(plan, transaction)) return;
    const { nodes } = schedulePlan(readScheduleInput(plan, ""));
    const stale = nodes.filter(({ id, due, slack, fixed }) => {
      const node = nodeMap(plan, nodeId(id));
      const planned = node?.get(NODE.planned);
      return slack !== null && fixed !== "due" && due !== "" && planned !== undefined && node?.get(NODE.due) === planned && planned !== due;
    });
    if (stale.length === 0) return;
    plan.doc.transact(() => {
      for (const { id, due } of stale) {
        const node = nodeMap(plan, nodeId(id));
        node?.set(NODE.due, due);
        node?.set(NODE.planned, due);
      }
    }, SETTLED);
  };
  plan.doc.on("afterTransaction", after);
  return () => plan.doc.off("afterTransaction", after);
}

function reshapes(plan: Plan, { changed }: Y.Transaction): boolean {
  for (const [type, keys] of changed) {
    const above = type.parent;
    if ((type as unknown) === plan.nodes) return true;
    if (above === (plan.nodes as unknown) && [...keys].some((key) => key !== null && SHAPE.has(key))) return true;
    // The owners of a node.
    if (above?.parent === (plan.nodes as unknown) && type._item?.parentSub === NODE.owners) return true;
  }
  return false;
}
