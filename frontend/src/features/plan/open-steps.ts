import { createContext, useContext } from "react";
import type { Cell } from "../../plan/readable";
import type { NodeId } from "../../plan/schema";
import { useReadable } from "../../ui/use-readable";
import { useMemo, useSyncExternalStore } from "react";

/** Which steps show their details on this screen. */
export type OpenSteps = Cell<ReadonlySet<NodeId>>;

const OpenStepsContext = createContext<OpenSteps | null>(null);
export const OpenStepsProvider = OpenStepsContext.Provider;

export function useOpenSteps(): OpenSteps {
  const cell = useContext(OpenStepsContext);
  if (!cell) throw new Error("useOpenSteps needs a provider above it");
  return cell;
}

/** Whether this step is open; only a change of the answer redraws. */
export function useIsOpen(id: NodeId): boolean {
  const cell = useOpenSteps();
  const readable = useMemo(() => ({ subscribe: cell.subscribe, get: () => cell.get().has(id) }), [cell, id]);
  return useReadable(readable);
}

export function setOpen(cell: OpenSteps, id: NodeId, open: boolean): void {
  const next = new Set(cell.get());
  if (open) next.add(id);
  else next.delete(id);
  cell.set(next);
}

const phone = typeof matchMedia === "undefined" ? null : matchMedia("(max-width: 48rem)");

/** Whether the screen is as narrow as a phone's. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      phone?.addEventListener("change", onChange);
      return () => phone?.removeEventListener("change", onChange);
    },
    () => phone?.matches ?? false,
  );
}
