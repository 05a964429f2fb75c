import { useRef, useState } from "react";
import { newId } from "../../../plan/id";
import type { GateSnapshot } from "../../../plan/gate-state";
import { LIMITS } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useDays } from "../../../ui/dates";
import { TextField } from "../../../ui/field";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useProposeChange } from "../dates/propose";
import { useScreen } from "../screen";
import { roleLabel } from "../step-fields";
import { missingWords, seatOf, stateMessage, takesPart } from "./words";

type Decision = "passed" | "declined" | "reopened";

/** What is missing, who signs, and, for the one who does, the signing. */
export function Sign({ node, gate }: { node: NodeSnapshot; gate: GateSnapshot }) {
  const t = useText();
  const { store, person, rights } = useScreen();
  const roles = useReadable(store.roles);
  const seat = seatOf(roles, gate.reviewer, person);
  const settled = gate.state === "passed" || gate.state === "declined" || gate.state === "changed";
  const missing = missingWords(t, gate);
  // What was pressed is gone after a decision: the focus stays with what it led to.
  const frame = useRef<HTMLDivElement>(null);
  const onDecided = () => frame.current?.focus({ preventScroll: true });
  const label = t("gate.mark", { title: node.title || t("step.untitled"), state: t(stateMessage(gate.state)) });
  return (
    <div ref={frame} className="gate-sign" role="group" aria-label={label} tabIndex={-1}>
      {gate.state !== "passed" && missing.length > 0 && (
        <div className="gate-missing">
          <p>{t("gate.missingTitle")}</p>
          <ul>
            {missing.map((words, at) => (
              <li key={at}>{words}</li>
            ))}
          </ul>
        </div>
      )}
      {gate.state !== "passed" && seat.kind === "others" && (
        <p className="gate-who">
          {seat.role.person === "" && seat.role.name === "" ? t("gate.signsFree", { role: seat.role.title }) : t("gate.signs", { role: roleLabel(seat.role) })}
        </p>
      )}
      {gate.state !== "passed" && (seat.kind === "mine" || seat.kind === "free") && (
        <>
          {seat.kind === "free" && <p className="gate-who">{t("gate.claim", { role: seat.role.title })}</p>}
          <Deciding node={node} gate={gate} claim={seat.kind === "free"} missing={missing} onDecided={onDecided} />
        </>
      )}
      {gate.state === "passed" && rights.write && node.status !== "done" && <Finishing node={node} />}
      {settled && takesPart(person) && <Reopening node={node} onClosed={onDecided} />}
    </div>
  );
}

/** What comes after the sign-off, right where one gave it. */
function Finishing({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const propose = useProposeChange();
  const { today } = useDays();
  return (
    <Button look="edge" small icon="check" className="gate-finish" onPress={() => propose({ kind: "status", node: node.id, status: "done", date: today })}>
      {t("gate.done")}
    </Button>
  );
}

/** Sends a decision; the same one again under the same id when the answer got lost. */
function useDecide(node: NodeSnapshot): {
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly setError: (words: string | undefined) => void;
  readonly send: (name: string, args: Record<string, unknown>, done: string) => Promise<boolean>;
} {
  const t = useText();
  const { command } = useScreen();
  const announce = useAnnounce();
  const problem = useProblem();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const last = useRef<{ readonly what: string; readonly id: string } | null>(null);
  const send = async (name: string, args: Record<string, unknown>, done: string): Promise<boolean> => {
    if (busy) return false;
    const what = JSON.stringify([name, args]);
    if (last.current?.what !== what) last.current = { what, id: newId() };
    setBusy(true);
    setError(undefined);
    try {
      await command(name, { id: last.current.id, node: node.id, ...args });
      last.current = null;
      announce(done);
      return true;
    } catch (cause) {
      setError(problem(cause) || t("error.unknown"));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, setError, send };
}

function Deciding({
  node,
  gate,
  claim,
  missing,
  onDecided,
}: {
  node: NodeSnapshot;
  gate: GateSnapshot;
  claim: boolean;
  missing: readonly string[];
  onDecided: () => void;
}) {
  const t = useText();
  const [note, setNote] = useState("");
  const { busy, error, setError, send } = useDecide(node);
  const title = node.title || t("step.untitled");
  const decide = async (decision: Decision) => {
    if (decision === "passed" && missing.length > 0) {
      setError(t("gate.tooEarly", { reasons: missing.join("; ") }));
      return;
    }
    if (decision === "declined" && note.trim() === "") {
      setError(t("gate.declineWhy"));
      return;
    }
    const done = t(decision === "passed" ? "gate.nowPassed" : "gate.nowDeclined", { title });
    if (!(await send("gate.sign", { decision, note: note.trim(), stateHash: gate.stateHash, claim }, done))) return;
    setNote("");
    onDecided();
  };
  return (
    <div className="gate-deciding">
      <TextField label={t("gate.note")} value={note} onChange={setNote} maxLength={LIMITS.signedNote} rows={2} />
      {error !== undefined && (
        <p className="gate-error" role="alert">
          {error}
        </p>
      )}
      <div className="gate-actions">
        <Button look="main" small isPending={busy} onPress={() => void decide("passed")}>
          {t(gate.state === "changed" ? "gate.signAgain" : "gate.sign")}
        </Button>
        <Button look="edge" small isPending={busy} onPress={() => void decide("declined")}>
          {t("gate.decline")}
        </Button>
      </div>
    </div>
  );
}

function Reopening({ node, onClosed }: { node: NodeSnapshot; onClosed: () => void }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const { busy, error, setError, send } = useDecide(node);
  if (!open) {
    return (
      <Button look="quiet" small icon="restore" className="gate-add" onPress={() => setOpen(true)}>
        {t("gate.reopen")}
      </Button>
    );
  }
  const leave = () => {
    setOpen(false);
    onClosed();
  };
  const reopen = async () => {
    if (note.trim() === "") {
      setError(t("gate.reopenMissing"));
      return;
    }
    const done = t("gate.nowReopened", { title: node.title || t("step.untitled") });
    if (!(await send("gate.reopen", { note: note.trim() }, done))) return;
    setNote("");
    leave();
  };
  return (
    <div className="gate-deciding">
      <TextField label={t("gate.reopenWhy")} value={note} onChange={setNote} maxLength={LIMITS.signedNote} rows={2} autoFocus />
      {error !== undefined && (
        <p className="gate-error" role="alert">
          {error}
        </p>
      )}
      <div className="gate-actions">
        <Button look="edge" small isPending={busy} onPress={() => void reopen()}>
          {t("gate.reopenNow")}
        </Button>
        <Button look="quiet" small onPress={leave}>
          {t("action.cancel")}
        </Button>
      </div>
    </div>
  );
}
