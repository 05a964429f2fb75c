import { useMemo } from "react";
import type * as Y from "yjs";
import { useReadable } from "../../../ui/use-readable";

/** Redraws when anything below one of the roots changes; for panels that read several of them. `roots` is stable. */
export function useRoots(roots: readonly Y.Map<unknown>[]): number {
  const changes = useMemo(() => {
    let version = 0;
    return {
      get: () => version,
      subscribe: (onChange: () => void) => {
        const listener = () => {
          version++;
          onChange();
        };
        for (const root of roots) root.observeDeep(listener);
        return () => roots.forEach((root) => root.unobserveDeep(listener));
      },
    };
  }, [roots]);
  return useReadable(changes);
}
