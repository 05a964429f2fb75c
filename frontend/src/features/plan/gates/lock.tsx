import { useMemo } from "react";
import type { NodeId } from "../../../plan/schema";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useNode } from "../hooks";
import { useScreen } from "../screen";
import { StepLink } from "../step-link";

/** Steps whose gates the stage waits for; the same list until that changes. */
function useGatesBefore(stage: NodeId): readonly NodeId[] {
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

export function GateLink({ id }: { id: NodeId }) {
  const t = useText();
  const node = useNode(id);
  return (
    <StepLink id={id} className="lock-link">
      {node?.title || t("step.untitled")}
    </StepLink>
  );
}
