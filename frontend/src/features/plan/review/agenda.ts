/** What a call goes through besides what changed: what is late or stuck, and what comes next. */
import type { NodeId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { isOpenStep } from "../hooks";

export interface Agenda {
  /** Open and due before today, or blocked; by date, undated ones last. */
  readonly late: readonly NodeId[];
  /** Open and due from today up to the next review, by date. */
  readonly next: readonly NodeId[];
}

/** `dueOf` answers the day shown for a step, or the empty string. */
export function agendaOf(nodes: readonly (NodeSnapshot | undefined)[], dueOf: (node: NodeSnapshot) => string, today: string, until: string): Agenda {
  const open = nodes
    .filter((node) => node !== undefined && isOpenStep(node))
    .map((node, at) => ({ node: node as NodeSnapshot, due: dueOf(node as NodeSnapshot), at }))
    .sort((a, b) => (a.due || "9999-12-31").localeCompare(b.due || "9999-12-31") || a.at - b.at);
  const isLate = ({ node, due }: (typeof open)[number]): boolean => node.status === "blocked" || (due !== "" && due < today);
  return {
    late: open.filter(isLate).map(({ node }) => node.id),
    next: open.filter((one) => !isLate(one) && one.due !== "" && one.due <= until).map(({ node }) => node.id),
  };
}

/** `date` plus a number of days. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * What was on a list stays on it while the call goes on, so that a row doesn't jump away from under the hand
 * that ticked it off; new ones join at the end. The same list when nothing joined.
 */
export function keepListed(before: readonly NodeId[], now: readonly NodeId[]): readonly NodeId[] {
  const fresh = now.filter((id) => !before.includes(id));
  return fresh.length === 0 ? before : [...before, ...fresh];
}
