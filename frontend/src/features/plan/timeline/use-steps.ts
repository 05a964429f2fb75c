import { useMemo } from "react";
import type { NodeId, Plan } from "../../../plan/schema";
import { readBaseline, type Schedule, type ScheduleInput, type ScheduleNow } from "../../../plan/schedule";
import type { TreeNode } from "../../../plan/tree";
import type { NodeSnapshot } from "../../../plan/view";
import { useReadable, type ReadableLike } from "../../../ui/use-readable";
import { useSchedule } from "../dates/propose";
import { useNodes } from "../hooks";
import { useScreen } from "../screen";
import type { TimelineStep } from "./layout";

/** One row's step: where it is, and what is said of it. */
export interface Entry extends TimelineStep {
  readonly id: NodeId;
  readonly node: NodeSnapshot;
  /** Working days of room; null for stages and what is over. */
  readonly slack: number | null;
  readonly critical: boolean;
  /** By a person; moved by the plan otherwise. */
  readonly typed: boolean;
}

/** Stages, milestones and tasks in reading order; the same array until one of their dates, names or states changes. */
export function useEntries(): readonly Entry[] {
  const { plan, store } = useScreen();
  const live = useSchedule();
  const now = useReadable(live.now);
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => rowIds(top), [top]));
  const agreed = useReadable(useMemo(() => agreedDates(plan), [plan]));
  return useMemo(() => entriesOf(live.input(), now, nodes, agreed), [live, now, nodes, agreed]);
}

function rowIds(nodes: readonly TreeNode[]): NodeId[] {
  return nodes.flatMap((node) => (isRow(node) ? [node.id, ...rowIds(node.children)] : []));
}

type Dates = Readonly<Record<string, string>>;

/** What both sides agreed to, followed as it changes. */
function agreedDates(plan: Plan): ReadableLike<Dates> {
  let value: Dates | undefined;
  return {
    get: () => (value ??= readBaseline(plan)?.dates ?? {}),
    subscribe: (onChange) => {
      const onEvents = () => {
        value = undefined;
        onChange();
      };
      value = undefined; // nothing told of changes so far
      plan.baseline.observeDeep(onEvents);
      return () => plan.baseline.unobserveDeep(onEvents);
    },
  };
}

const isRow = ({ kind }: { kind: string }): boolean => kind === "stage" || kind === "milestone" || kind === "task";

function entriesOf(input: ScheduleInput, now: ScheduleNow, nodes: readonly (NodeSnapshot | undefined)[], agreed: Dates): Entry[] {
  const forecast = new Map(now.forecast.nodes.map((node) => [node.id, node]));
  const levels = new Map<string, number>([["", -1]]);
  const byId = new Map(nodes.flatMap((node) => (node ? [[node.id as string, node] as const] : [])));
  const entries: Entry[] = [];
  for (const node of input.nodes) {
    const level = (levels.get(node.parent) ?? -1) + 1;
    levels.set(node.id, level);
    const snapshot = byId.get(node.id);
    if (!snapshot || !isRow(node)) continue;
    const date = now.steps.get(node.id);
    const over = node.status === "done" || node.status === "skipped";
    const due = date?.due || (snapshot.due ?? "");
    entries.push({
      id: snapshot.id,
      kind: node.kind as Entry["kind"],
      level,
      start: date?.start || due,
      due,
      expected: over ? "" : (date?.expected ?? ""),
      latest: over || date?.slack === null ? "" : (forecast.get(node.id)?.latestDue ?? ""),
      agreed: agreed[node.id] ?? "",
      moment: node.kind === "milestone" ? (node.days ?? 0) === 0 : node.days === 0,
      after: node.after,
      node: snapshot,
      slack: date?.slack ?? null,
      critical: !over && (date?.critical ?? false),
      typed: date?.fixed === "due",
    });
  }
  return entries;
}

/** The same steps with the dates they would have. */
export function moved(entries: readonly Entry[], after: Schedule): Entry[] {
  const dates = new Map(after.nodes.map((node) => [node.id, node]));
  return entries.map((entry) => {
    const date = dates.get(entry.id);
    return date ? { ...entry, start: date.start, due: date.finish || date.due, expected: "", latest: "", agreed: "" } : entry;
  });
}
