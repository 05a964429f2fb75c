/** What keeps steps from being started or done: the gate their stage waits for, and their own. */
import { useCallback, useMemo } from "react";
import { stageOf } from "../../../plan/gates";
import type { NodeId, StepStatus } from "../../../plan/schema";
import { useText, type Translate } from "../../../ui/text";
import { useReadable, type ReadableLike } from "../../../ui/use-readable";
import { useScreen, type PlanScreen } from "../screen";
import { roleLabel } from "../step-fields";

export interface Hold {
  /** Statuses that the step can't be given yet. */
  readonly from: readonly StepStatus[];
  /** Why, in a sentence or two. */
  readonly words: string;
}

/** Null when nothing keeps the step. One that is done already may be taken up again. */
function readHold({ plan, store }: Pick<PlanScreen, "plan" | "store">, t: Translate, id: NodeId): Hold | null {
  if (store.node(id).get()?.status === "done") return null;
  const stage = stageOf(plan, id);
  const before = store.locks.get().filter((lock) => lock.stage === stage);
  if (before.length > 0) {
    const title = before.map((lock) => store.node(lock.gate).get()?.title || t("step.untitled")).join(", ");
    return { from: ["in-progress", "done"], words: t("lock.status", { title }) };
  }
  const gate = store.gate(id).get();
  if (!gate || gate.state === "passed" || gate.state === "changed") return null;
  const unmet = gate.entry.filter((one) => one.checked === null);
  if (unmet.length > 0) {
    const criteria = unmet.map((one) => t("lock.criterion", { text: one.text || t("gate.criterionBlank") })).join(", ");
    return { from: ["in-progress", "done"], words: t("lock.entry", { criteria }) };
  }
  const role = store.roles.get().find((one) => one.id === gate.reviewer);
  return { from: ["done"], words: role ? t("lock.gateBy", { role: roleLabel(role) }) : t("lock.gate") };
}

/** Reads holds when asked, for what happens on a press or key. */
export function useHoldReader(): (id: NodeId) => Hold | null {
  const t = useText();
  const { plan, store } = useScreen();
  return useCallback((id) => readHold({ plan, store }, t, id), [plan, store, t]);
}

/** The same hold until the answer changes. */
function holdReadable(store: PlanScreen["store"], read: (id: NodeId) => Hold | null, id: NodeId): ReadableLike<Hold | null> {
  let last: Hold | null = null;
  return {
    get: () => {
      const now = read(id);
      if (now?.words !== last?.words || now?.from.length !== last?.from.length) last = now;
      return last;
    },
    subscribe: (onChange) => {
      const stops = [store.node(id), store.locks, store.gate(id), store.roles].map((part) => part.subscribe(onChange));
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** What keeps a step; redraws when the answer changes and not otherwise. */
export function useHold(id: NodeId): Hold | null {
  const read = useHoldReader();
  const { store } = useScreen();
  return useReadable(useMemo(() => holdReadable(store, read, id), [store, read, id]));
}
