import type { ReactNode } from "react";
import type { NodeSnapshot } from "../../../plan/view";
import { useText } from "../../../ui/text";
import { DueField } from "../dates/due-field";
import { StepLink } from "../step-link";
import { OwnerField } from "../step-fields";
import { StatusField } from "../step-row";

/** A step on the agenda: its name leads to it, its status and, with its facts, owner and date can be changed right here. */
export function AgendaRow({ node, facts = true, children }: { node: NodeSnapshot; facts?: boolean; children?: ReactNode }) {
  const t = useText();
  const title = node.title || t("step.untitled");
  return (
    <li className={`review-item review-step step-is-${node.status}${facts ? "" : " is-plain"}`} data-step={node.id}>
      <StatusField node={node} title={title} />
      <div className="review-words">
        <p className="review-name">
          <StepLink id={node.id}>{title}</StepLink>
        </p>
        {node.status === "blocked" && <p className="review-blocked">{node.blockedReason ? t("review.blockedBy", { reason: node.blockedReason }) : t("status.blocked")}</p>}
        {children}
      </div>
      {facts && (
        <span className="step-facts">
          <OwnerField node={node} />
          {(node.due !== null || node.kind !== "subtask") && <DueField node={node} />}
        </span>
      )}
    </li>
  );
}
