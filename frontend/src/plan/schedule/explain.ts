/** Why a date is what it is. As in `server/plan/schedule/explain.go`. */
import { at } from "./graph";
import { runSchedule } from "./schedule";
import { counted, datesInWords } from "./words";
import type { NodeDate, Reason, ScheduleInput } from "./types";

/** One reason in the chain that made a date. */
export interface Link {
  readonly node: string;
  readonly title: string;
  /** When it ends. */
  readonly date: string;
  readonly reason: Reason;
  /** In English; the other fields say the same. */
  readonly sentence: string;
}

/**
 * Follows the reasons of a node's date to where they end: the anchor, the start, a typed date, something
 * done. The first link is the node itself. Empty for a node without dates.
 */
export function explainDate(input: ScheduleInput, id: string): Link[] {
  const { schedule, scheduler } = runSchedule(input);
  const { graph } = scheduler;
  const dates = new Map(schedule.nodes.map((node): [string, NodeDate] => [node.id, node]));
  const goal = input.anchor.kind === "value" ? "first value" : "go-live";
  const titleOf = (node: string): string => {
    const i = graph.index.get(node);
    return (i === undefined ? "" : graph.node(i).title) || "Untitled";
  };
  const links: Link[] = [];
  const seen = new Set<string>();
  for (let next = id; ; ) {
    const i = graph.index.get(next);
    // A subtask has the dates of its step.
    const node = i !== undefined && at(graph.step, i) >= 0 ? graph.node(at(graph.step, i)).id : next;
    const date = dates.get(node);
    if (!date || seen.has(node)) return links;
    seen.add(node);
    const { reason, finish } = date;
    const words = because(reason, titleOf(node), finish, titleOf(reason.node), goal, node === schedule.goLive.node);
    links.push({ node, title: titleOf(node), date: finish, reason, sentence: words });
    if (reason.node === "") return links;
    next = reason.node;
  }
}

function because(reason: Reason, title: string, date: string, other: string, goal: string, isTarget: boolean): string {
  const head = `${title} ends ${datesInWords(date, "")}`;
  switch (reason.code) {
    case "anchor":
      return isTarget ? `${head}: that is ${goal}` : `${head}: the latest day that keeps ${goal}`;
    case "start":
      return `${head}: it begins when the plan begins`;
    case "typed":
      return `${head}: somebody chose this date`;
    case "done":
      return date === "" ? `${title} is done` : `${title} was done ${datesInWords(date, "")}`;
    case "skipped":
      return `${title} is skipped`;
    case "today":
      return `${head}: it is not done yet`;
    case "expected":
      return `${head}: it is not expected before`;
    case "order":
      return `${head}: it follows ${other}`;
    case "next":
      return `${head}: ${other} comes next`;
    case "contains":
      return `${head}: ${other} under it ends last`;
    case "after":
      return `${head}: it ${relation(reason.type)}${other}${lagWords(reason.lag)}`;
    case "before":
      return `${head}: ${other} ${relation(reason.type)}it${lagWords(reason.lag)}`;
    case "undated":
    case "":
      return `${title} has no date yet`;
  }
}

/** How the later step hangs on the earlier one. */
function relation(type: string): string {
  switch (type) {
    case "SS":
      return "starts after the start of ";
    case "FF":
      return "ends after the end of ";
    case "SF":
      return "ends after the start of ";
    default:
      return "starts after the end of ";
  }
}

function lagWords(lag: number): string {
  return lag === 0 ? "" : `, ${counted(lag, "working day")}`;
}
