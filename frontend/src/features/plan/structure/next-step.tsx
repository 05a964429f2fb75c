import { useMemo } from "react";
import { useIntl } from "react-intl";
import { nextFor } from "../../../plan/next";
import type { NodeId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useDays } from "../../../ui/dates";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { Icon } from "../../../ui/icons";
import { useDue } from "../dates/due-field";
import { useProposeChange } from "../dates/propose";
import { useHold } from "../gates/hold";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";
import { statusMessage } from "../status";

/** What is next for the reader, by when and why; done or opened with one press. */
export function NextStep({ onGo }: { onGo: (id: NodeId) => void }) {
  const t = useText();
  const { store, person, rights } = useScreen();
  const { top } = useReadable(store.tree);
  const roles = useReadable(store.roles);
  const ids = useMemo(() => stepIds(top), [top]);
  const nodes = useNodes(ids);
  const progress = useReadable(store.progress);
  const next = nextFor(
    nodes.filter((node) => node !== undefined),
    roles,
    person,
  );
  if (!next) {
    if (progress.total === 0) return null;
    const finished = progress.done === progress.total;
    return (
      <section className="next-step" aria-label={t("next.any")}>
        <p className="next-step-kind">{t(finished ? "structure.next.finished" : "structure.next.nothing")}</p>
      </section>
    );
  }
  const { step, then, whose, role, open } = next;
  const kind =
    whose === "any" ? t("next.any") : whose === "side" ? t("structure.next.side") : role ? t("structure.next.as", { role: role.title }) : t("next.yours");
  const title = step.title || t("step.untitled");
  return (
    <section className="next-step" aria-label={t(whose === "any" ? "next.any" : "next.yours")}>
      <div className="next-step-words">
        <p className="next-step-kind">{kind}</p>
        <p className="next-step-title">
          <button type="button" className="next-step-go" onClick={() => onGo(step.id)}>
            {title}
          </button>
        </p>
        <When step={step} />
        {step.why !== "" && <p className="next-step-why">{step.why}</p>}
        <Held id={step.id} />
      </div>
      <div className="next-step-acts">
        {rights.write && <DoneButton id={step.id} title={title} />}
        <Button look="quiet" small icon="arrowDown" aria-label={t("structure.next.openOne", { title })} onPress={() => onGo(step.id)}>
          {t("structure.next.open")}
        </Button>
      </div>
      {then && (
        <p className="next-step-then">
          {t("structure.next.then", { title: then.title || t("step.untitled"), more: open - 2 })}
        </p>
      )}
    </section>
  );
}

/** By when it is to be done, as its row says, and how it stands. */
function When({ step }: { step: NodeSnapshot }) {
  const t = useText();
  const intl = useIntl();
  const days = useDays();
  const { due } = useDue(step);
  const until = due === null ? null : days.until(due);
  return (
    <p className={`next-step-due${until !== null && until < 0 ? " is-late" : ""}`}>
      {due !== null && until !== null
        ? intl.formatMessage({ id: until < 0 ? "next.late" : "next.due" }, { date: days.format(due), days: Math.abs(until) })
        : t("next.undated")}
      {step.status !== "not-started" && <> · {t(statusMessage(step.status))}</>}
      {step.status === "blocked" && step.blockedReason !== "" && <>: {step.blockedReason}</>}
    </p>
  );
}

function DoneButton({ id, title }: { id: NodeId; title: string }) {
  const t = useText();
  const announce = useAnnounce();
  const propose = useProposeChange();
  const { today } = useDays();
  if (useHold(id)) return null;
  return (
    <Button
      small
      icon="check"
      aria-label={t("structure.next.doneOne", { title })}
      onPress={() => {
        propose({ kind: "status", node: id, status: "done", date: today });
        announce(t("structure.done", { title }));
      }}
    >
      {t("structure.next.done")}
    </Button>
  );
}

/** Why the step can't be started or done yet. */
function Held({ id }: { id: NodeId }) {
  const hold = useHold(id);
  if (!hold) return null;
  return (
    <p className="next-step-held">
      <Icon name="lock" size={15} />
      {hold.words}
    </p>
  );
}
