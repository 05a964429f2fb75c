/** Writes what was previewed. */
import * as Y from "yjs";
import { EditError } from "../edit";
import { ANCHOR, LOCAL, NODE, nodeId, nodeMap, type Plan } from "../schema";
import { validDate } from "./day";
import { writeCalendar } from "./calendar-edit";
import { isOfStep, type Change, type Move, type Preview, type StepChange } from "./preview";

/**
 * Makes a change and writes the computed dates that follow from it, in one transaction and one undo entry.
 * Typed dates stay as they are, but for the moves in `along`, which a person chose to take along.
 * A missed step gets the expected day as its typed due date. What is stored is a promise, not a forecast:
 * callers give the preview of the plan as agreed (`today` "").
 *
 * Computed dates are written for those who read the document without a scheduler (history, exports). Readers
 * with one compute them anew, so two people committing at once can't leave a plan that contradicts itself.
 */
export function commitChange(plan: Plan, change: Change, preview: Preview, along: readonly Move[] = []): void {
  const map = isOfStep(change) ? nodeMap(plan, nodeId(change.node)) : undefined;
  if (isOfStep(change) && !map) throw new EditError("gone", "This step is no longer in the plan.");
  if ("date" in change && change.date !== "" && validDate(change.date) === "") throw new EditError("date", "This is no date.");
  const taken = new Map(along.map(({ node, to }) => [node, to]));
  plan.doc.transact(() => {
    if (isOfStep(change)) {
      if (map) write(map, change);
    } else if (change.kind === "calendar") writeCalendar(plan, change);
    else if (change.kind === "durations") {
      for (const { node, days } of change.durations) nodeMap(plan, nodeId(node))?.set(NODE.days, days);
    } else {
      put(plan.anchor, ANCHOR.date, change.date);
      if (change.kind === "target") {
        put(plan.anchor, ANCHOR.kind, change.anchorKind);
        put(plan.anchor, ANCHOR.node, change.node);
      }
    }
    const carried = change.kind === "anchor" && change.carry;
    for (const { id, start, due, fixed, slack } of preview.after.nodes) {
      const node = nodeMap(plan, nodeId(id));
      if (!node || slack === null || due === "") continue;
      if (carried && node.has(NODE.start)) put(node, NODE.start, start);
      if (fixed === "due") {
        const to = taken.get(id);
        if (to !== undefined) put(node, NODE.due, to);
        else if (carried) put(node, NODE.due, due);
        continue;
      }
      put(node, NODE.due, due);
      put(node, NODE.planned, due);
    }
  }, LOCAL);
}

function write(map: Y.Map<unknown>, change: StepChange): void {
  switch (change.kind) {
    case "due":
    case "missed":
      put(map, NODE.due, change.date);
      put(map, NODE.planned, "");
      return;
    case "start":
      put(map, NODE.start, change.date);
      return;
    case "days":
      if (change.days === null) map.delete(NODE.days);
      else if (map.get(NODE.days) !== change.days) map.set(NODE.days, change.days);
      return;
    case "status":
      put(map, NODE.status, change.status);
      if (change.status === "done" && change.date !== "") put(map, NODE.doneOn, change.date);
      return;
    case "after": {
      const now = map.get(NODE.after);
      const target = now instanceof Y.Map ? (now as Y.Map<unknown>) : new Y.Map<unknown>();
      if (target !== now) map.set(NODE.after, target);
      const wanted = new Map(change.after.map(({ node, type, lag }) => [node, { type, lag }]));
      for (const key of [...target.keys()]) if (!wanted.has(key)) target.delete(key);
      wanted.forEach((value, key) => {
        if (JSON.stringify(target.get(key)) !== JSON.stringify(value)) target.set(key, value);
      });
    }
  }
}

/** Writes a value where it differs; "" removes it. */
function put(map: Y.Map<unknown>, key: string, value: string): void {
  if (value === "") {
    if (map.has(key)) map.delete(key);
  } else if (map.get(key) !== value) {
    map.set(key, value);
  }
}
