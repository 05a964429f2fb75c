import type { ReactNode } from "react";
import type { NodeId } from "../../plan/schema";
import { useGoToStep } from "./point-at";
import { useScreen } from "./screen";
import { viewHref } from "./views";

/** Leads from any page of the plan to a step on the plan's own. */
export function StepLink({ id, className, children }: { id: NodeId; className?: string; children: ReactNode }) {
  const { planId } = useScreen();
  const go = useGoToStep();
  return (
    <a
      className={className}
      href={viewHref(planId, "plan")}
      onClick={(event) => {
        if (!event.metaKey && !event.ctrlKey && !event.shiftKey) go(id);
      }}
    >
      {children}
    </a>
  );
}
