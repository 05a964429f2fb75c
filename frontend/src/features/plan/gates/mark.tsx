import type { NodeId, GateState } from "../../../plan/schema";
import { PlainButton } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { setOpen, useOpenSteps } from "../open-steps";
import { useScreen } from "../screen";
import { stateMessage } from "./words";

/** The state of a step's gate in its row; it opens the details. */
export function GateMark({ id, title }: { id: NodeId; title: string }) {
  const t = useText();
  const { store } = useScreen();
  const cell = useOpenSteps();
  const gate = useReadable(store.gate(id));
  if (!gate) return null;
  const label = t("gate.mark", { title, state: t(stateMessage(gate.state)) });
  return (
    <PlainButton className={`gate-mark gate-is-${gate.state}`} aria-label={label} data-hint={label} onPress={() => setOpen(cell, id, true)}>
      <GateGlyph state={gate.state} />
    </PlainButton>
  );
}

/** A gate whose states differ in shape: bars while it is closed, a tick, a changed tick, a cross. */
export function GateGlyph({ state, size = 18 }: { state: GateState; size?: number }) {
  return (
    <svg className="gate-glyph" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path className="gate-frame" d="M3.500 17V6.500a3 3 0 0 1 3-3h7a3 3 0 0 1 3 3V17" />
      {shapes[state]}
    </svg>
  );
}

const shapes: Record<GateState, React.ReactNode> = {
  open: <path className="gate-line" d="M7.300 17V8.500M10 17V8.500m2.700 8.500V8.500" />,
  ready: <path className="gate-line" d="M6.800 15.500h6.400M7.500 11.500l3.700-4 1.600 1.500-3.700 4-2 .4Z" />,
  passed: <path className="gate-line" d="m6.800 11.700 2.300 2.300 4.200-5" />,
  changed: <path className="gate-line" d="M10 8v4.200m0 2.400v.01" />,
  declined: <path className="gate-line" d="m7.300 9 5.400 5.400m0-5.400-5.400 5.400" />,
};
