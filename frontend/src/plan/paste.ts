/** Lists from elsewhere (a mail, a document, a spreadsheet) as steps. */
import * as Y from "yjs";
import { checkRoom, createNode, EditError, need, write, type Spot } from "./edit";
import { newId } from "./id";
import { spotBelow } from "./outline";
import { LIMITS, NODE, nodeId, type NodeId, type NodeKind, type Plan } from "./schema";
import { spliceText } from "./text";
import { readPlaces, shownTree, type TreeNode } from "./tree";

export interface PastedStep {
  readonly title: string;
  /** What didn't fit the title: further columns, and words beyond its length. */
  readonly note: string;
  /** It was ticked off where it came from. */
  readonly done: boolean;
  readonly steps: readonly PastedStep[];
}

export interface PastedStage {
  /** Null: steps before the first heading, which go where one pastes. */
  readonly title: string | null;
  readonly steps: readonly PastedStep[];
}

interface Line {
  /** Width of the indentation; a tab counts as four. */
  readonly indent: number;
  readonly bulleted: boolean;
  readonly heading: boolean;
  readonly title: string;
  readonly note: string;
  readonly done: boolean;
}

const BULLET = /^(?:[-*+•‣◦▪▫●○–—·]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5})[.)](?=\s))\s+/i;
const OUTLINE_NUMBER = /^(\d{1,3}(?:\.\d{1,3})+)\.?\s+/;
const TICK = /^\[([ xX✓])\]\s*|^([☐☑✅✔])\s*/;
const NAMED_STAGE = /^(?:stage|phase|etappe|abschnitt)\s*\d*\s*[:.–—-]\s*(?=\S)/i;
const MARKDOWN_HEADING = /^#{1,6}\s+/;

/** The lines as a list of steps; empty when there is nothing but blanks. */
export function parseOutline(text: string): PastedStage[] {
  // "3.5 days" is a number of its own; "1.2" below "1." is the second under the first.
  const numbered = /^\s*\d{1,3}[.)]\s/m.test(text);
  const lines = text.split(/\r\n|[\n\r\u2028]/).flatMap((line) => readLine(line, numbered));
  const bullets = lines.some((line) => line.bulleted);
  const isHeading = (line: Line, at: number): boolean => {
    if (line.heading) return true;
    const next = lines[at + 1];
    // A plain line above a bulleted list, or one that ends in a colon above anything, names what follows.
    const plain = !line.bulleted && line.indent === 0 && next !== undefined;
    return plain && ((bullets && next.bulleted) || (line.title.endsWith(":") && !next.heading));
  };
  const stages: { title: string | null; lines: Line[] }[] = [];
  for (const [at, line] of lines.entries()) {
    if (isHeading(line, at)) stages.push({ title: line.title.replace(/:$/, "").trim() || line.title, lines: [] });
    else {
      if (stages.length === 0) stages.push({ title: null, lines: [] });
      stages.at(-1)?.lines.push(line);
    }
  }
  return stages.map(({ title, lines: own }) => ({ title, steps: nest(own) }));
}

function readLine(raw: string, numbered: boolean): Line[] {
  const expanded = /^[\s\u00a0]*/.exec(raw)?.[0] ?? "";
  let indent = 0;
  for (const blank of expanded) indent += blank === "\t" ? 4 : 1;
  let rest = raw.slice(expanded.length).trimEnd();
  if (rest === "" || /^[-=_*]{3,}$/.test(rest)) return [];
  let bulleted = false;
  let heading = false;
  if (MARKDOWN_HEADING.test(rest)) {
    heading = true;
    rest = rest.replace(MARKDOWN_HEADING, "");
  } else {
    const number = numbered ? OUTLINE_NUMBER.exec(rest) : null;
    if (number) {
      bulleted = true;
      indent += 4 * ((number[1]?.split(".").length ?? 1) - 1);
      rest = rest.slice(number[0].length);
    } else if (BULLET.test(rest)) {
      bulleted = true;
      rest = rest.replace(BULLET, "");
    }
  }
  const tick = TICK.exec(rest);
  if (tick) {
    bulleted = true;
    rest = rest.slice(tick[0].length);
  }
  const done = tick !== null && /[xX✓☑✅✔]/.test(tick[0]);
  if (NAMED_STAGE.test(rest) && !bulleted) {
    heading = true;
    rest = rest.replace(NAMED_STAGE, "");
  }
  const cells = rest
    .split("\t")
    .map((cell) => cell.replace(/^\*\*(.*)\*\*$/, "$1").trim())
    .filter((cell) => cell !== "");
  const words = cells[0];
  if (words === undefined) return [];
  const cut = words.length > LIMITS.title ? cutAt(words) : words.length;
  const note = [words.slice(cut).trim(), ...cells.slice(1)].filter((part) => part !== "").join(" · ");
  return [{ indent, bulleted, heading, title: words.slice(0, cut).trim(), note, done }];
}

/** Where a long line is cut: at the last blank that keeps it a title. */
function cutAt(words: string): number {
  const blank = words.lastIndexOf(" ", LIMITS.title);
  if (blank > LIMITS.title / 2) return blank;
  const high = words.charCodeAt(LIMITS.title - 1);
  return high >= 0xd800 && high <= 0xdbff ? LIMITS.title - 1 : LIMITS.title;
}

interface Growing extends PastedStep {
  readonly steps: Growing[];
}

/** Deeper than the line above is under it; deeper than steps go stays on the last level there is. */
function nest(lines: readonly Line[]): PastedStep[] {
  const top: Growing[] = [];
  const open: { indent: number; step: Growing }[] = [];
  for (const { indent, title, note, done } of lines) {
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const step: Growing = { title, note, done, steps: [] };
    (open.at(-1)?.step.steps ?? top).push(step);
    open.push({ indent, step });
  }
  return top;
}

export interface Pasted {
  readonly ids: readonly NodeId[];
  readonly stages: number;
  readonly steps: number;
}

const depthOf = (steps: readonly PastedStep[]): number => steps.reduce((most, step) => Math.max(most, 1 + depthOf(step.steps)), 0);

/**
 * Puts a list right below a stage or step; headings start stages of their own after the one it stands in. An
 * empty step at that place takes the first line. Indented lines go one level down, as far as levels go.
 */
export function pasteOutline(plan: Plan, at: NodeId, outline: readonly PastedStage[]): Pasted {
  const count = (steps: readonly PastedStep[]): number => steps.reduce((sum, step) => sum + 1 + count(step.steps), 0);
  const steps = outline.reduce((sum, stage) => sum + count(stage.steps), 0);
  const stages = outline.filter((stage) => stage.title !== null).length;
  if (steps + stages === 0) throw new EditError("empty", "There are no lines to add.");
  checkRoom(plan, steps + stages);
  const map = need(plan, at);
  const top = shownTree(plan);
  const path = pathTo(top, at);
  const here = path.at(-1);
  if (!here) throw new EditError("gone", "That step is no longer in the plan.");
  const stageAt = top.findIndex((node) => node.id === path[0]?.id);
  const title = map.get(NODE.title);
  const ids: NodeId[] = [];

  write(plan, (transaction) => {
    const places = readPlaces(plan);
    const add = (kind: NodeKind, words: string, spot: Spot, step?: PastedStep): NodeId => {
      const id = nodeId(newId());
      const fill = step && step.note !== "" ? (target: Y.Map<unknown>) => fillNote(target, step.note) : undefined;
      const status = step?.done === true ? "done" : "not-started";
      createNode(plan, transaction, places, { id, kind, title: words.slice(0, LIMITS.title), status, ...(fill && { fill }) }, spot);
      ids.push(id);
      return id;
    };
    /** Adds siblings in front of `spot.before`; `room` is how many levels there are below this one. */
    const addAll = (list: readonly PastedStep[], kind: NodeKind, spot: Spot, room: number): void => {
      for (const step of list) {
        const id = add(kind, step.title, spot, step);
        addUnder(id, step, kind, spot, room);
      }
    };
    const addUnder = (id: NodeId, step: PastedStep, kind: NodeKind, spot: Spot, room: number): void => {
      if (room > 0) addAll(step.steps, kind === "milestone" ? "task" : "subtask", { parent: id, before: null }, room - 1);
      else addAll(step.steps, kind, spot, 0);
    };
    // Steps with subtasks of subtasks are milestones: a plain step has one level below it only.
    const inStage = (list: readonly PastedStep[]): NodeKind => (depthOf(list) > 2 ? "milestone" : "task");
    const rooms: Readonly<Record<NodeKind, number>> = { stage: 3, milestone: 2, task: 1, subtask: 0 };

    for (const [n, stage] of outline.entries()) {
      if (stage.title !== null) {
        const next = top.slice(stageAt + 1).find((node) => node.kind === "stage")?.id ?? null;
        const id = add("stage", stage.title, { parent: null, before: next });
        const kind = inStage(stage.steps);
        addAll(stage.steps, kind, { parent: id, before: null }, rooms[kind]);
        continue;
      }
      const below = spotBelow(plan, at, false);
      let list = stage.steps;
      let { spot, kind } = below;
      if (spot.parent === path[0]?.id) kind = inStage(list);
      const first = list[0];
      // What one stands on is empty: it becomes the first line.
      if (n === 0 && first && here.kind !== "stage" && here.children.length === 0 && title instanceof Y.Text && title.length === 0) {
        spliceText(title, first.title);
        if (first.note !== "") fillNote(map, first.note);
        if (first.done) map.set(NODE.status, "done");
        ids.push(at);
        const own: NodeKind = here.kind === "unknown" ? "task" : here.kind;
        addUnder(at, first, own, spot, rooms[own]);
        kind = own;
        list = list.slice(1);
        spot = { ...spot };
      }
      addAll(list, kind, spot, rooms[kind]);
    }
  });
  return { ids, stages, steps };
}

/** From the top down to the node. */
function pathTo(nodes: readonly TreeNode[], id: NodeId): readonly TreeNode[] {
  for (const node of nodes) {
    if (node.id === id) return [node];
    const below = pathTo(node.children, id);
    if (below.length > 0) return [node, ...below];
  }
  return [];
}

/** Writes into the first paragraph that every description begins with. */
function fillNote(map: Y.Map<unknown>, words: string): void {
  const note = map.get(NODE.note);
  const paragraph: unknown = note instanceof Y.XmlFragment ? note.get(0) : undefined;
  const text: unknown = paragraph instanceof Y.XmlElement ? paragraph.get(0) : undefined;
  if (text instanceof Y.XmlText) text.insert(text.length, words);
}
