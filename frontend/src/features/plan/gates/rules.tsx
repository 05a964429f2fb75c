import { Suspense, useState } from "react";
import type { NodeId } from "../../../plan/schema";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { lazyPart } from "../../../ui/lazy";
import { useScreen } from "../screen";
import { roleLabel } from "../step-fields";
import { GateLink } from "./lock";
import { useRules, type StandingRule } from "./rule-status";
import { seatOf } from "./words";

const RulesDialog = lazyPart(() => import("./rules-dialog"));

/** Delays that a rule has raised and nobody answered yet: what, how late, and who is asked. */
export function RaisedRules() {
  const t = useText();
  const raised = useRules().filter((one) => one.status.state === "raised");
  if (raised.length === 0) return null;
  return (
    <section className="raised" aria-label={t("rule.raised")}>
      {raised.map((one) => (
        <Raised key={one.rule.id} {...one} />
      ))}
    </section>
  );
}

function Raised({ rule, status }: StandingRule) {
  const t = useText();
  const { store, person, command } = useScreen();
  const announce = useAnnounce();
  const problem = useProblem();
  const { today, format } = useDays();
  const roles = useReadable(store.roles);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const seat = seatOf(roles, rule.role, person);
  const worst = status.steps[0];
  if (!worst) return null;
  const who = seat.kind === "none" ? t("rule.nobody") : roleLabel(seat.role);
  const answer = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await command("rule.acknowledge", { rule: rule.id, today, claim: seat.kind === "free" });
      announce(t("rule.answered"));
    } catch (cause) {
      setError(problem(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="raised-rule">
      <Icon name="warning" size={18} />
      <div>
        <p>
          <GateLink id={worst.node as NodeId} />{" "}
          {rule.kind === "extension" ? t("rule.beyond", { days: worst.days, date: format(rule.until) }) : t("rule.late", { days: worst.days })}
          {status.steps.length > 1 && <> {t("rule.more", { count: status.steps.length - 1 })}</>}{" "}
          {t(rule.kind === "extension" ? "rule.needs" : "rule.goesTo", { role: who })}
        </p>
        {rule.text !== "" && <p className="raised-words">{rule.text}</p>}
        {error !== undefined && (
          <p className="gate-error" role="alert">
            {error}
          </p>
        )}
      </div>
      {(seat.kind === "mine" || seat.kind === "free") && (
        <Button look="edge" small isPending={busy} onPress={() => void answer()}>
          {seat.kind === "free"
            ? t(rule.kind === "extension" ? "rule.agreeAs" : "rule.noteAs", { role: seat.role.title })
            : t(rule.kind === "extension" ? "rule.agree" : "rule.note")}
        </Button>
      )}
    </div>
  );
}

/** Opens the plan's rules about delays. */
export function RulesButton() {
  const t = useText();
  const { store, rights } = useScreen();
  const count = useReadable(store.rules).length;
  const [open, setOpen] = useState(false);
  if (!rights.frame && count === 0) return null;
  return (
    <>
      <Button look="quiet" small icon="flag" className="rules-open" onPress={() => setOpen(true)}>
        {t("rule.open", { count })}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <RulesDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
