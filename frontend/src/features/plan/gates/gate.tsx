import { Suspense } from "react";
import { addGate } from "../../../plan/gates";
import type { NodeSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { lazyPart } from "../../../ui/lazy";
import { useScreen } from "../screen";
import "./gates.css";

const GateSection = lazyPart(() => import("./section"));

/** A step's gate among its details, or the way to give it one. */
export function Gate({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, store, rights } = useScreen();
  const announce = useAnnounce();
  const gate = useReadable(store.gate(node.id));
  if (node.kind === "stage" || node.kind === "unknown") return null;
  if (gate) {
    return (
      <Suspense fallback={<span />}>
        <GateSection node={node} gate={gate} />
      </Suspense>
    );
  }
  if (!rights.write || node.kind === "subtask") return null;
  return (
    <Button
      look="quiet"
      small
      icon="plus"
      className="gate-add"
      onPress={() => {
        addGate(plan, node.id);
        announce(t("gate.added"));
      }}
    >
      {t("gate.add")}
    </Button>
  );
}
