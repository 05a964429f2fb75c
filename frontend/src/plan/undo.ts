/** Undo of one's own edits, nobody else's. */
import * as Y from "yjs";
import { Cell, type Readable } from "./readable";
import { LOCAL, type Plan } from "./schema";

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
  const manager = new Y.UndoManager([plan.meta, plan.anchor, plan.summary, plan.nodes, plan.roles, plan.working, plan.resources], {
    captureTimeout: BURST,
    trackedOrigins: new Set<unknown>([LOCAL, Typing, ...editorOrigins]),
    captureTransaction: (transaction) => {
      last = transaction;
      return true;
    },
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
    const added = (last.meta.get(ADDED) ?? []) as readonly Y.Map<unknown>[];
    const placeholders = added.flatMap((map) => map._map.get("del") ?? []);
    if (placeholders.length === 0) return;
    // What undo would take back is the whole node. Let it bring back the placeholder deletion instead.
    stackItem.insertions = Y.createDeleteSet();
    stackItem.deletions = Y.createDeleteSet();
    // All of one transaction, so of one client, and in the order of their clocks.
    const ranges = placeholders.map(({ id, length }) => ({ clock: id.clock, len: length }));
    const client = placeholders[0]?.id.client;
    // Yjs doesn't export the class of a range; only its two fields are read.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    if (client !== undefined) stackItem.deletions.clients.set(client, ranges);
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

const ADDED = "coplan added node";

/**
 * Tells undo that the running transaction adds this node, role or resource. Leaves a deleted `del` entry behind: undo
 * brings that back, which deletes the node softly, and redo takes it away again.
 */
export function markAdded(transaction: Y.Transaction, node: Y.Map<unknown>, now: string): void {
  node.set("del", now);
  node.delete("del");
  const before = (transaction.meta.get(ADDED) ?? []) as readonly Y.Map<unknown>[];
  transaction.meta.set(ADDED, [...before, node]);
}
