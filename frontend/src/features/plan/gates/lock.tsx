import { useMemo } from "react";
import type { NodeId } from "../../../plan/schema";
import { stageOf } from "../../../plan/gates";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useNode, useNodes } from "../hooks";
import { setOpen, useOpenSteps } from "../open-steps";
import { useScreen } from "../screen";

/** Steps whose gates the stage waits for; the same list until that changes. */
function useGatesBefore(stage: NodeId | null): readonly NodeId[] {
  const { store } = useScreen();
  const locks = useReadable(store.locks);
  return useMemo(() => locks.filter((lock) => lock.stage === stage).map((lock) => lock.gate), [locks, stage]);
}

/** Says at the head of a locked stage what it waits for, and leads there. */
export function StageLock({ stage }: { stage: NodeId }) {
  const gates = useGatesBefore(stage);
  const t = useText();
  if (gates.length === 0) return null;
  return (
    <div className="stage-lock" role="note">
      <Icon name="lock" size={17} />
      <p>
        {t("lock.waits", { count: gates.length })}{" "}
        {gates.map((id, at) => (
          <span key={id}>
            {at > 0 && ", "}
            <GateLink id={id} />
          </span>
        ))}
        . {t("lock.hint")}
      </p>
    </div>
  );
}

function GateLink({ id }: { id: NodeId }) {
  const t = useText();
  const node = useNode(id);
  const cell = useOpenSteps();
  return (
    <button type="button" className="lock-link" onClick={() => goToStep(id, () => setOpen(cell, id, true))}>
      {node?.title || t("step.untitled")}
    </button>
  );
}

/** Opens a step's details, brings it into view and puts the focus there. */
export function goToStep(id: NodeId, open: () => void): void {
  open();
  const row = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
  row?.scrollIntoView({ block: "center", behavior: "smooth" });
  const title = row?.querySelector<HTMLElement>("[data-field^='title:']") ?? row?.querySelector<HTMLElement>("button");
  title?.focus({ preventScroll: true });
}

/** Why a step can't be started or done yet, in words; null when it can. */
export function useLockWords(id: NodeId): string | null {
  const t = useText();
  const { plan } = useScreen();
  // A row that comes to stand in another stage is drawn anew there.
  const gates = useGatesBefore(stageOf(plan, id));
  const steps = useNodes(gates);
  if (gates.length === 0) return null;
  const title = steps.map((step) => step?.title || t("step.untitled")).join(", ");
  return t("lock.status", { title });
}
