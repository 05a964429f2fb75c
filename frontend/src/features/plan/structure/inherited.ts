import { useMemo } from "react";
import type { NodeId } from "../../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../../plan/view";
import { useReadable, type ReadableLike } from "../../../ui/use-readable";
import { useScreen } from "../screen";

const nobody: ReadableLike<string> = { get: () => "", subscribe: () => () => undefined };

/** Who answers for a step without an owner of its own: whoever answers for what it stands under. */
export function useInheritedOwner(node: NodeSnapshot, hasOwn: boolean): RoleSnapshot | undefined {
  const { store } = useScreen();
  const start = hasOwn ? null : node.parent;
  const readable = useMemo(() => {
    if (start === null) return nobody;
    const above = (): NodeSnapshot[] => {
      const path: NodeSnapshot[] = [];
      for (let at: NodeId | null = start; at !== null && path.length < 5; ) {
        const here = store.node(at).get();
        if (!here) break;
        path.push(here);
        at = here.parent;
      }
      return path;
    };
    return {
      get: () => above().flatMap(({ owners }) => owners.filter(({ kind }) => kind === "accountable"))[0]?.role ?? "",
      subscribe: (onChange: () => void) => {
        const stops = above().map((each) => store.node(each.id).subscribe(onChange));
        return () => stops.forEach((stop) => stop());
      },
    };
  }, [store, start]);
  const role = useReadable(readable);
  const roles = useReadable(store.roles);
  return role === "" ? undefined : roles.find((one) => one.id === role);
}
