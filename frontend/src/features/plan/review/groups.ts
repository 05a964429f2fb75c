/** What changed, in the order in which a call goes through it. */
import { PRESENCE, type ChangedThing, type NetChange } from "../../../plan/changes";

/** Steps that are done, that moved, that are new, that are gone, and the rest; then the plan itself. */
export const GROUPS = ["done", "moved", "added", "gone", "other", "plan"] as const;
export type Group = (typeof GROUPS)[number];

/** A step stands in one group only: by the change that matters most for the call. */
export function groupOf({ node, changes }: ChangedThing): Group {
  if (node === "") return "plan";
  const to = (field: string): unknown => changes.find((change) => change.field === field)?.to;
  const presence = changes.find(({ field }) => field === PRESENCE);
  if (presence && presence.to !== "there") return "gone";
  if (to("status") === "done" || to("status") === "skipped") return "done";
  if (presence?.from === null) return "added";
  return changes.some(({ field }) => field === "due") ? "moved" : "other";
}

/** Changes that the same people made on one day are told in one line. */
export function linesOf(changes: readonly NetChange[]): NetChange[][] {
  const lines = new Map<string, NetChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.at.slice(0, 10), ...change.people]);
    lines.set(key, [...(lines.get(key) ?? []), change]);
  }
  return [...lines.values()];
}

/** Of the plan's own changes those that a call wants to hear of; the others can be looked up. */
export function isHeadline({ field, part }: NetChange): boolean {
  return part === "" && ["date", "title", "status", "summary"].includes(field);
}
