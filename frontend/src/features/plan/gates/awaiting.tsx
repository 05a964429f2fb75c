import { useMemo } from "react";
import { Button } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useGates } from "../hooks";
import { useGoToStep } from "../point-at";
import { useScreen } from "../screen";
import { GateLink } from "./lock";
import { GateGlyph } from "./mark";
import { seatOf } from "./words";

/** Gates that only the reader's sign-off is missing at, or that changed under it. */
export function AwaitingYou() {
  const t = useText();
  const { store, person } = useScreen();
  const { top } = useReadable(store.tree);
  const roles = useReadable(store.roles);
  const ids = useMemo(() => stepIds(top), [top]);
  const gates = useGates(ids);
  const go = useGoToStep();
  const mine = ids.flatMap((id, at) => {
    const gate = gates[at];
    const waits = gate && (gate.state === "ready" || gate.state === "changed") && seatOf(roles, gate.reviewer, person).kind === "mine";
    return waits ? [{ id, state: gate.state }] : [];
  });
  if (mine.length === 0) return null;
  return (
    <section className="raised" aria-label={t("gate.awaiting")}>
      {mine.map(({ id, state }) => (
        <div key={id} className={`raised-rule awaiting gate-is-${state}`}>
          <GateGlyph state={state} />
          <p>
            <GateLink id={id} /> {t(state === "ready" ? "gate.awaitsYou" : "gate.changedYou")}
          </p>
          <Button look="edge" small onPress={() => go(id)}>
            {t("gate.look")}
          </Button>
        </div>
      ))}
    </section>
  );
}
