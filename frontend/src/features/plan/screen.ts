import { createContext, useContext } from "react";
import type { Awareness } from "y-protocols/awareness";
import type { Cell } from "../../plan/readable";
import type { NodeId, Plan, ThreadId } from "../../plan/schema";
import type { PlanStore } from "../../plan/store";
import type { Undo } from "../../plan/undo";
import type { Conflicts } from "../../sync/conflicts";
import type { PlanFiles } from "../../sync/files";
import type { PlanLog } from "../../sync/log";

/** What the person looking at a plan may do with it. */
export interface Rights {
  readonly write: boolean;
  readonly comment: boolean;
  readonly history: boolean;
  readonly manage: boolean;
  /** Change the plan's frame: its title, what it is called, its profile, its rules, the selling side's roles. */
  readonly frame: boolean;
}

/** Somebody in the plan, as the server stamped them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
  readonly color: string;
}

/** The range a new comment would stand on, or the step. */
export type CommentTarget =
  | {
      readonly kind: "text";
      readonly field: "summary" | "note";
      readonly node?: NodeId;
      /** Relative positions as JSON. */
      readonly from: unknown;
      readonly to: unknown;
      readonly quote: string;
      readonly prefix: string;
      readonly suffix: string;
    }
  | { readonly kind: "node"; readonly node: NodeId };

/** What concerns the comments on this screen only. */
export interface CommentsView {
  readonly open: boolean;
  readonly active: ThreadId | null;
  readonly draft: CommentTarget | null;
}

/** Everything a plan's screen needs; replay gives one without rights, presence and undo. */
export interface PlanScreen {
  readonly planId: string;
  readonly store: PlanStore;
  readonly plan: Plan;
  readonly rights: Rights;
  readonly person: Person | null;
  readonly awareness: Awareness | null;
  readonly undo: Undo | null;
  /** Values that this person and another set at once; null for those who can't write. */
  readonly conflicts: Conflicts | null;
  readonly comments: Cell<CommentsView>;
  /** Uploads and downloads; null where there are none, as in replay. */
  readonly files: PlanFiles | null;
  readonly command: (name: string, args: unknown) => Promise<unknown>;
  /** The plan's history as it grows; null for those who may not read it, and in replay. */
  readonly log: PlanLog | null;
  /** Makes a link of a role to this plan; absent where one may not. */
  readonly makeLink?: (role: string) => Promise<string>;
  /** Tells undo about the origin a lazily loaded editor writes with. */
  readonly trackOrigin: (origin: unknown) => void;
}

const ScreenContext = createContext<PlanScreen | null>(null);

export const ScreenProvider = ScreenContext.Provider;

export function useScreen(): PlanScreen {
  const screen = useContext(ScreenContext);
  if (!screen) throw new Error("useScreen needs a ScreenProvider above it");
  return screen;
}
