import { useMemo } from "react";
import type { GateSnapshot } from "../../../plan/gate-state";
import type { NodeId } from "../../../plan/schema";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { GateGlyph } from "../gates/mark";
import { missingWords, stateMessage } from "../gates/words";
import { stepIds, useGates, useNode } from "../hooks";
import { useScreen } from "../screen";
import { roleLabel } from "../step-fields";
import { AgendaRow } from "./row";

/** Gates that somebody should decide on: ready, changed or declined, and open ones of the steps that are up now. */
export function Gates({ now }: { now: readonly NodeId[] }) {
  const t = useText();
  const { store } = useScreen();
  const { top } = useReadable(store.tree);
  const ids = useMemo(() => stepIds(top), [top]);
  const gates = useGates(ids);
  const waiting = ids.flatMap((id, at) => {
    const gate = gates[at];
    return gate && gate.state !== "passed" && (gate.state !== "open" || now.includes(id)) ? [{ id, gate }] : [];
  });
  if (waiting.length === 0) return null;
  return (
    <section className="review-part" aria-labelledby="review-gates">
      <h2 className="page-heading" id="review-gates">
        {t("review.gates")}
        <span className="chip">{waiting.length}</span>
      </h2>
      <ul className="review-list">
        {waiting.map((one) => (
          <Waiting key={one.id} {...one} />
        ))}
      </ul>
    </section>
  );
}

function Waiting({ id, gate }: { id: NodeId; gate: GateSnapshot }) {
  const t = useText();
  const node = useNode(id);
  const role = useReadable(useScreen().store.roles).find((one) => one.id === gate.reviewer);
  const missing = missingWords(t, gate);
  if (!node) return null;
  return (
    <AgendaRow node={node}>
      <p className="review-gate">
        <span className={`gate-chip gate-is-${gate.state}`}>
          <GateGlyph state={gate.state} size={16} />
          {t(stateMessage(gate.state))}
        </span>
        {role && <span className="review-by">{t("gate.reviewerIs", { role: roleLabel(role) })}</span>}
      </p>
      {missing.length > 0 && (
        <ul className="review-changes">
          {missing.map((words) => (
            <li key={words} className="review-change">
              {words}
            </li>
          ))}
        </ul>
      )}
    </AgendaRow>
  );
}
