import { useMemo } from "react";
import type { Conflict } from "../../../plan/conflicts";
import type { NodeId } from "../../../plan/schema";
import { useReadable, type ReadableLike } from "../../../ui/use-readable";
import { useScreen } from "../screen";

const empty: readonly Conflict[] = [];
const none: ReadableLike<readonly Conflict[]> = { get: () => empty, subscribe: () => () => undefined };

/** Values that this person and another set at once and nobody has decided yet; oldest first. */
export function useClashes(): readonly Conflict[] {
  return useReadable(useScreen().conflicts?.all ?? none);
}

/** Those of one step, or of the plan itself; redraws only for them. */
export function useClashesOf(node: NodeId | null): readonly Conflict[] {
  const { conflicts } = useScreen();
  const readable = useMemo(() => {
    if (!conflicts) return none;
    let last = empty;
    return {
      get: () => {
        const now = conflicts.all.get().filter((one) => one.node === node);
        if (now.length !== last.length || now.some((one, at) => one !== last[at])) last = now;
        return last;
      },
      subscribe: conflicts.all.subscribe,
    };
  }, [conflicts, node]);
  return useReadable(readable);
}
