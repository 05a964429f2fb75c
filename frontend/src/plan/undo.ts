/** Undo of one's own edits, nobody else's. */
import * as Y from "yjs";
import { Cell, type Readable } from "./readable";
import { LOCAL, META, NODE, type Plan } from "./schema";

/**
 * Origin of typing into a plain field. Bursts of typing into one field are one undo entry, while every
 * transaction with origin LOCAL is an entry of its own.
 */
export class Typing {
  constructor(readonly field: string) {}
}

export interface UndoState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export interface Undo {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly state: Readable<UndoState>;
  /** Yjs's own manager, for editors that want to be told of it. */
  readonly manager: Y.UndoManager;
  readonly close: () => void;
}

/** Pauses longer than this end a burst of typing. Milliseconds. */
const BURST = 700;

const STAYS: ReadonlySet<string | null> = new Set([NODE.kind, NODE.parent, NODE.ord]);

/**
 * Whether this is a value that is replaced, never taken away. Undo puts the value before behind the one that
 * it takes back, which ends that one. Where a colleague's choice at the same moment lost, Yjs puts nothing
 * there; to take the value back all the same would leave a step without its place.
 */
function stays({ meta, nodes }: Plan, { parent, parentSub }: Y.Item): boolean {
  if (parent === meta) return parentSub === META.title;
  return parent instanceof Y.Map && parent.parent === nodes && STAYS.has(parentSub);
}

/**
 * Watches all of the plan's roots. `editorOrigins` are the origins that rich-text bindings write with
 * (y-tiptap's `ySyncPluginKey`).
 *
 * Undoing the adding of a node deletes it softly, so that what a colleague typed into it meanwhile stays
 * and can be restored (see `markAdded`).
 */
export function createUndo(plan: Plan, editorOrigins: readonly unknown[] = []): Undo {
  let last: Y.Transaction | null = null;
  let lastKind: unknown = null;
  const { meta, anchor, summary, nodes, roles, working, resources, rules, metrics, dismissed } = plan;
  const manager = new Y.UndoManager([meta, anchor, summary, nodes, roles, working, resources, rules, plan.case, metrics, dismissed, plan.calendar], {
    captureTimeout: BURST,
    trackedOrigins: new Set<unknown>([LOCAL, Typing, ...editorOrigins]),
    captureTransaction: (transaction) => {
      last = transaction;
      return true;
    },
    deleteFilter: (item) => !stays(plan, item),
  });

  // Runs before the manager decides whether the transaction joins the entry on top.
  const onBefore = (transaction: Y.Transaction): void => {
    const origin: unknown = transaction.origin;
    const kind = origin instanceof Typing ? origin.field : origin;
    const tracked = kind === LOCAL || origin instanceof Typing || editorOrigins.includes(kind);
    if (!tracked) return;
    if (kind === LOCAL || kind !== lastKind) manager.stopCapturing();
    lastKind = kind;
  };
  plan.doc.on("beforeTransaction", onBefore);

  manager.on("stack-item-added", ({ stackItem, type, origin }) => {
    if (type !== "undo" || origin === manager || last === null) return;
    const all = last.meta.get(ADDED) as Added[] | undefined;
    if (!all) return;
    // What undo would take back is the whole of each node. Let it bring back the placeholder deletion instead;
    // the rest of the transaction stays as it is.
    const { clientID } = plan.doc;
    const ranges = all.map(({ from, to }): Range => ({ clock: from, len: to - from }));
    const insertions = cutRanges((stackItem.insertions.clients.get(clientID) ?? []), ranges);
    const deletions = cutRanges((stackItem.deletions.clients.get(clientID) ?? []), ranges);
    for (const { map } of all) {
      const placeholder = map?._map.get("del");
      if (placeholder) deletions.push({ clock: placeholder.id.clock, len: placeholder.length });
    }
    // Yjs doesn't export the class of a range; only its two fields are read.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const store = (list: Range[]): any => list.sort((a, b) => a.clock - b.clock);
    // eslint-disable-next-line @typescript-eslint/no-unsafe-argument
    stackItem.insertions.clients.set(clientID, store(insertions));
    // eslint-disable-next-line @typescript-eslint/no-unsafe-argument
    stackItem.deletions.clients.set(clientID, store(deletions));
  });

  const read = (): UndoState => ({ canUndo: manager.canUndo(), canRedo: manager.canRedo() });
  const state = new Cell<UndoState>(read());
  const refresh = (): void => {
    const next = read();
    const now = state.get();
    if (next.canUndo !== now.canUndo || next.canRedo !== now.canRedo) state.set(next);
  };
  manager.on("stack-item-added", refresh);
  manager.on("stack-item-popped", refresh);
  manager.on("stack-cleared", refresh);

  return {
    undo: () => {
      manager.undo();
      manager.stopCapturing();
      refresh();
    },
    redo: () => {
      manager.redo();
      manager.stopCapturing();
      refresh();
    },
    state,
    manager,
    close: () => {
      plan.doc.off("beforeTransaction", onBefore);
      manager.destroy();
    },
  };
}

const ADDED = "coplan added nodes";

/** Clocks of this client, in UTF-16 units. */
interface Range {
  readonly clock: number;
  readonly len: number;
}

/** A node added in a transaction: what this client wrote for it are the clocks from `from` up to `to`. */
interface Added {
  readonly from: number;
  to: number;
  map: Y.Map<unknown> | null;
}

/** What is left of `list` outside of `holes`. */
function cutRanges(list: readonly Range[], holes: readonly Range[]): Range[] {
  return holes.reduce<Range[]>(
    (rest, hole) =>
      rest.flatMap(({ clock, len }) => {
        const end = clock + len;
        const before = { clock, len: Math.min(end, hole.clock) - clock };
        const after = Math.max(clock, hole.clock + hole.len);
        return [before, { clock: after, len: end - after }].filter((part) => part.len > 0);
      }),
    [...list],
  );
}

/** Call right before a node is written whose transaction does more than add it, so that undo can tell the two apart. */
export function startAdding(transaction: Y.Transaction): void {
  const { doc } = transaction;
  addedIn(transaction).push({ from: Y.getState(doc.store, doc.clientID), to: 0, map: null });
}

function addedIn(transaction: Y.Transaction): Added[] {
  const list = (transaction.meta.get(ADDED) as Added[] | undefined) ?? [];
  transaction.meta.set(ADDED, list);
  return list;
}

/**
 * Tells undo that the running transaction adds this node, role or resource. Leaves a deleted `del` entry behind: undo
 * brings that back, which deletes the node softly, and redo takes it away again. Without `startAdding` all that the
 * transaction wrote so far counts as the node.
 */
export function markAdded(transaction: Y.Transaction, node: Y.Map<unknown>, now: string): void {
  node.set("del", now);
  node.delete("del");
  const { store, clientID } = transaction.doc;
  const list = addedIn(transaction);
  let added = list.at(-1);
  if (!added || added.map !== null) list.push((added = { from: transaction.beforeState.get(clientID) ?? 0, to: 0, map: null }));
  added.map = node;
  added.to = Y.getState(store, clientID);
}
