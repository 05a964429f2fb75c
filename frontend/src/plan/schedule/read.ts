/** What the scheduler needs to know of a document. As in `server/plan/schedule_read.go`. */
import type * as Y from "yjs";
import { Fields, isInteger, isMap, mapsIn, plainObject, wordsOf } from "../fields";
import { readAnchorView, readOwners, readRoleViews } from "../project";
import { compareText } from "../richtext";
import { ANCHOR, BASELINE, CALENDAR, NODE, QUARTERS, ROOT, SIDES, STEP_STATUSES, parseDate, type Plan } from "../schema";
import { arrange, comparePlaces, kindAt } from "../tree";
import { validDate } from "./day";
import type { Baseline, Slip } from "./ledger";
import type { Dependency, Quarters, ScheduleCalendar, ScheduleInput, ScheduleNode } from "./types";

/**
 * Reads a plan for the scheduler; never throws. Leaves rich text alone, so it is cheap enough to call on
 * every change of structure. `today` is the viewer's date, "" for the plan as agreed.
 */
export function readScheduleInput(plan: Plan, today: string): ScheduleInput {
  const f = new Fields([], plan.anchor, ROOT.anchor);
  const { kind, date, provisional, costPerWeek } = readAnchorView(f);
  return {
    anchor: { kind, date, provisional, node: f.text(ANCHOR.node), costPerWeek },
    calendar: readCalendar(plan.doc.getMap(ROOT.calendar)),
    roles: readRoleViews(plan).map(({ id, person, name }) => ({ id, person: person || name })),
    nodes: readNodes(plan),
    today,
  };
}

interface Stored {
  readonly id: string;
  readonly parent: string;
  readonly ord: string;
  readonly del: string;
  readonly fields: Fields;
}

/** Live nodes in reading order. */
function readNodes(plan: Plan): ScheduleNode[] {
  const all = new Map<string, Stored>();
  for (const [id, fields] of mapsIn([], plan.nodes, ROOT.nodes)) {
    all.set(id, { id, parent: fields.text(NODE.parent), ord: fields.text(NODE.ord), del: fields.text(NODE.del), fields });
  }
  const { parentOf } = arrange(all);
  const children = new Map<string, Stored[]>();
  for (const node of all.values()) {
    if (node.del !== "") continue;
    const parent = parentOf(node.id) ?? "";
    const list = children.get(parent);
    if (list) list.push(node);
    else children.set(parent, [node]);
  }
  const nodes: ScheduleNode[] = [];
  const visit = (parent: string, above: string | null): void => {
    for (const { id, fields } of (children.get(parent) ?? []).sort(comparePlaces)) {
      const kind = kindAt(fields.text(NODE.kind) || "unknown", above);
      nodes.push(readNode(id, kind, parent, fields));
      visit(id, kind);
    }
  };
  visit("", null);
  return nodes;
}

function readNode(id: string, kind: string, parent: string, f: Fields): ScheduleNode {
  const accountable = readOwners(f).find(({ kind }) => kind === "accountable");
  return {
    id,
    kind,
    parent,
    title: f.text(NODE.title),
    alias: f.text(NODE.alias),
    status: f.oneOf(NODE.status, STEP_STATUSES, "not-started"),
    side: f.oneOf(NODE.side, SIDES, "joint"),
    due: f.date(NODE.due),
    start: f.date(NODE.start),
    planned: f.date(NODE.planned),
    doneOn: f.date(NODE.doneOn),
    expected: "",
    days: f.integer(NODE.days),
    owner: accountable?.role ?? "",
    after: readDependencies(f),
  };
}

const TYPES: readonly unknown[] = ["FS", "SS", "FF", "SF"];

function readDependencies(f: Fields): Dependency[] {
  const out: Dependency[] = [];
  for (const [node, value] of f.entries(NODE.after)) {
    const entry = plainObject(value) ?? {};
    const lag = Object.hasOwn(entry, "lag") ? entry["lag"] : 0;
    if (TYPES.includes(entry["type"]) && isInteger(lag)) out.push({ node, type: entry["type"] as string, lag });
  }
  return out.sort((a, b) => compareText(a.node, b.node));
}

function readQuarters(f: Fields): Quarters | null {
  const month = f.integer(QUARTERS.month) ?? 1;
  const days = f.integer(QUARTERS.days) ?? 0;
  return month >= 1 && month <= 12 && days >= 1 ? { month, days } : null;
}

function readCalendar(map: Y.Map<unknown>): ScheduleCalendar {
  const f = new Fields([], map, ROOT.calendar);
  const weekend = f.get(CALENDAR.weekend);
  const holidays = f
    .entries(CALENDAR.holidays)
    .filter(([date]) => parseDate(date) !== undefined)
    .map(([date, label]) => ({ date, label: wordsOf(label) ?? "" }));
  return {
    weekend: Array.isArray(weekend) ? weekend.filter(isInteger).filter((day) => day >= 1 && day <= 7) : null,
    holidays: holidays.sort((a, b) => compareText(a.date, b.date)),
    freezes: spans(f, CALENDAR.freezes).map((s) => ({ from: s.date("from"), to: s.date("to"), label: s.text("label") })),
    away: spans(f, CALENDAR.away).map((s) => ({
      role: s.text("role"),
      person: s.text("person"),
      from: s.date("from"),
      to: s.date("to"),
      label: s.text("label"),
    })),
    quarters: readQuarters(f.object(CALENDAR.quarters)),
  };
}

/** The entries of a map by id, each a plain object or a Y.Map. */
function spans(f: Fields, key: string): Fields[] {
  const out: Fields[] = [];
  for (const [, value] of f.entries(key).sort(([a], [b]) => compareText(a, b))) {
    const source = isMap(value) ? value : plainObject(value);
    if (source) out.push(new Fields([], source, key));
  }
  return out;
}

/** The recorded delays, by id. */
export function readSlips(plan: Plan): Slip[] {
  return mapsIn([], plan.doc.getMap(ROOT.slips), ROOT.slips)
    .map(([id, f]) => ({
      id,
      node: f.text("node"),
      from: f.date("from"),
      to: f.date("to"),
      days: f.integer("days") ?? 0,
      side: f.oneOf("side", SIDES, "joint"),
      reason: f.text("reason"),
      at: f.text("at"),
    }))
    .sort((a, b) => compareText(a.id, b.id));
}

/** Who noted a delay. */
export function slipAuthor(plan: Plan, id: string): string {
  const slip = plan.doc.getMap(ROOT.slips).get(id);
  return isMap(slip) ? new Fields([], slip, ROOT.slips).object("by").text("name") : "";
}

/** Who agreed to the dates for each side. */
export function readSignatures(plan: Plan): { readonly name: string; readonly side: "seller" | "buyer" }[] {
  const by = new Fields([], plan.baseline, ROOT.baseline).object("by");
  return (["seller", "buyer"] as const).map((side) => ({ side, name: by.object(side).text("name") })).filter(({ name }) => name !== "");
}

/** What was agreed; undefined when nothing was yet. */
export function readBaseline(plan: Plan): Baseline | undefined {
  const baseline = baselineIn(new Fields([], plan.baseline, ROOT.baseline));
  return baseline.at === "" && Object.keys(baseline.dates).length === 0 ? undefined : baseline;
}

/** Dates that one side offers and the other has not agreed to yet; undefined when there are none. */
export function readProposal(plan: Plan): Baseline | undefined {
  const proposal = baselineIn(new Fields([], plan.baseline, ROOT.baseline).object(BASELINE.proposal));
  return proposal.at === "" ? undefined : proposal;
}

function baselineIn(f: Fields): Baseline {
  const dates: Record<string, string> = {};
  for (const [id, date] of Object.entries(plainObject(f.get("dates")) ?? {})) {
    if (typeof date === "string" && validDate(date) !== "") dates[id] = date;
  }
  return { at: f.text("at"), goLive: f.date("goLive"), dates, agreed: f.strings("agreed") };
}
