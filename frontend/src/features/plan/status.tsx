import { STEP_STATUSES, type Side, type StepStatus } from "../../plan/schema";
import type { MessageId } from "../../ui/text";

/** The five states drawn so that they differ in shape, not only in colour. */
export function StatusGlyph({ status, size = 22 }: { status: StepStatus; size?: number }) {
  return (
    <svg className={`status-glyph status-${status}`} width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <circle className="status-ring" cx="11" cy="11" r="8.75" />
      {shapes[status]}
    </svg>
  );
}

const shapes: Record<StepStatus, React.ReactNode> = {
  "not-started": null,
  "in-progress": <path className="status-fill" d="M11 5.5a5.5 5.5 0 0 1 0 11Z" />,
  blocked: <path className="status-line" d="M7.5 11h7" />,
  done: <path className="status-line" d="m7.2 11.3 2.6 2.6 5-5.6" />,
  skipped: <path className="status-line" d="m7.5 14.5 7-7" />,
};

const statusMessages: Record<StepStatus, MessageId> = {
  "not-started": "status.notStarted",
  "in-progress": "status.inProgress",
  blocked: "status.blocked",
  done: "status.done",
  skipped: "status.skipped",
};

export const statusMessage = (status: StepStatus): MessageId => statusMessages[status];
export const statuses = STEP_STATUSES;

const sideMessages: Record<Side, MessageId> = { seller: "side.seller", buyer: "side.buyer", joint: "side.joint" };

export const sideMessage = (side: Side): MessageId => sideMessages[side];

/** Left half: the seller; right half: the buyer; whole: both. The words always stand beside it or in its title. */
export function SideMark({ side, size = 12 }: { side: Side; size?: number }) {
  return (
    <svg className="side-mark" width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      <path className={side === "buyer" ? "side-half" : "side-half side-half-full"} d="M5.4 1a5.2 5.2 0 0 0 0 10Z" />
      <path className={side === "seller" ? "side-half" : "side-half side-half-full"} d="M6.6 1a5.2 5.2 0 0 1 0 10Z" />
    </svg>
  );
}
