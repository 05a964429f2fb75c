import { createContext, useContext, useMemo } from "react";
import { Cell, type Readable } from "../../../plan/readable";
import { nodeId, type NodeId } from "../../../plan/schema";
import { useReadable } from "../../../ui/use-readable";

/** How this person looks at the plan; kept in this browser, nobody else sees it. */
export interface PlanLook {
  /** Stages and steps whose rows below are folded away. */
  readonly folded: ReadonlySet<NodeId>;
  /** Done steps, subtasks and details are hidden. */
  readonly essentials: boolean;
}

/** What is selected on this screen, and where a range would start from. */
export interface Selection {
  readonly ids: ReadonlySet<NodeId>;
  readonly from: NodeId | null;
}

/** What of the list concerns this screen only. */
export interface ListState {
  readonly look: Cell<PlanLook>;
  readonly selection: Cell<Selection>;
  readonly help: Cell<boolean>;
  /** The stage a list is to be pasted into. */
  readonly paste: Cell<NodeId | null>;
  /** A step that was just asked to be done and can't be; its row says why for a while. */
  readonly refused: Cell<NodeId | null>;
}

export const NOTHING: Selection = { ids: new Set(), from: null };

const PLAIN: PlanLook = { folded: new Set(), essentials: false };

const nameOf = (planId: string) => `coplan.look.${planId}`;

/** State for one plan; with `planId` its look is kept in this browser, without it ends with the screen. */
export function createListState(planId: string | null): ListState {
  const look = new Cell<PlanLook>(planId === null ? PLAIN : readLook(planId));
  if (planId !== null) {
    look.subscribe(() => {
      const { folded, essentials } = look.get();
      try {
        localStorage.setItem(nameOf(planId), JSON.stringify({ folded: [...folded], essentials }));
      } catch {
        // A full or closed storage costs the convenience only.
      }
    });
  }
  return { look, selection: new Cell(NOTHING), help: new Cell(false), paste: new Cell<NodeId | null>(null), refused: new Cell<NodeId | null>(null) };
}

function readLook(planId: string): PlanLook {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(planId)) ?? "null");
    if (typeof kept !== "object" || kept === null) return PLAIN;
    const { folded, essentials } = kept as { folded?: unknown; essentials?: unknown };
    const ids = Array.isArray(folded) ? folded.filter((id) => typeof id === "string").map(nodeId) : [];
    return { folded: new Set(ids), essentials: essentials === true };
  } catch {
    return PLAIN;
  }
}

const ListContext = createContext<ListState | null>(null);
export const ListProvider = ListContext.Provider;

export function useList(): ListState {
  const state = useContext(ListContext);
  if (!state) throw new Error("useList needs a ListProvider above it");
  return state;
}

/** One answer about a cell; only a change of the answer redraws. */
function useAnswer<T, A>(cell: Readable<T>, ask: (value: T) => A, key: unknown): A {
  // `ask` is a fresh function each time; `key` says when it asks something else.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const readable = useMemo(() => ({ subscribe: cell.subscribe, get: () => ask(cell.get()) }), [cell, key]);
  return useReadable(readable);
}

export function useIsFolded(id: NodeId): boolean {
  return useAnswer(useList().look, ({ folded }) => folded.has(id), id);
}

export function useEssentials(): boolean {
  return useAnswer(useList().look, ({ essentials }) => essentials, null);
}

export function useIsRefused(id: NodeId): boolean {
  return useAnswer(useList().refused, (refused) => refused === id, id);
}

/** How long a row says why it can't be done, in milliseconds. */
const REFUSED_FOR = 10_000;

export function refuse({ refused }: ListState, id: NodeId): void {
  refused.set(id);
  setTimeout(() => {
    if (refused.get() === id) refused.set(null);
  }, REFUSED_FOR);
}

export function useIsSelected(id: NodeId): boolean {
  return useAnswer(useList().selection, ({ ids }) => ids.has(id), id);
}

export function useIsSelecting(): boolean {
  return useAnswer(useList().selection, ({ ids }) => ids.size > 0, null);
}

export function setFolded(state: ListState, ids: Iterable<NodeId>, folded: boolean): void {
  const look = state.look.get();
  const next = new Set(look.folded);
  for (const id of ids) {
    if (folded) next.add(id);
    else next.delete(id);
  }
  state.look.set({ ...look, folded: next });
}
