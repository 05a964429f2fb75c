import { useIntl } from "react-intl";
import type { SignoffView } from "../../../plan/gate";
import type { ChangedField, GateChange, GateSnapshot } from "../../../plan/gate-state";
import { nodeId, SIDES, type Decision, type Side } from "../../../plan/schema";
import { diffWords, shortened } from "../../../plan/word-diff";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { fieldMessage } from "./words";

/** Everything that was decided about a gate, the newest first. */
export function Decisions({ gate }: { gate: GateSnapshot }) {
  const t = useText();
  if (gate.decisions.length === 0) return null;
  return (
    <div>
      <h4 className="details-label">{t("gate.decisions")}</h4>
      <ol className="decisions">
        {[...gate.decisions].reverse().map((one) => (
          <DecisionRow key={one.id} signoff={one} />
        ))}
      </ol>
    </div>
  );
}

const verbs: Record<Decision, MessageId> = {
  passed: "gate.passedBy",
  declined: "gate.declinedBy",
  reopened: "gate.reopenedBy",
};

const sideOf = (side: string): Side => SIDES.find((one) => one === side) ?? "joint";

function DecisionRow({ signoff }: { signoff: SignoffView }) {
  const t = useText();
  const intl = useIntl();
  const at = Date.parse(signoff.at);
  const when = Number.isNaN(at) ? "" : intl.formatDate(at, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const who = [signoff.by.name || t("person.unnamed"), signoff.roleTitle].filter((part) => part !== "").join(", ");
  return (
    <li className={`decision decision-${signoff.decision}`}>
      <Icon name={signoff.decision === "passed" ? "check" : signoff.decision === "declined" ? "close" : "restore"} size={15} />
      <div>
        <p>
          {t(verbs[signoff.decision === "" ? "reopened" : signoff.decision], { who, when })} <SideMark side={sideOf(signoff.by.side)} />{" "}
          <span className="decision-side">{t(sideMessage(sideOf(signoff.by.side)))}</span>
        </p>
        {signoff.note !== "" && <p className="decision-note">“{signoff.note}”</p>}
        <p className={signoff.sound ? "decision-seal" : "decision-seal is-broken"} title={signoff.stateHash}>
          {signoff.sound ? t("gate.seal", { hash: signoff.stateHash.slice(0, 8) }) : t("gate.sealBroken")}
        </p>
      </div>
    </li>
  );
}

/** What differs from what was signed: which field, from what, to what. */
export function Changes({ changes }: { changes: readonly GateChange[] }) {
  const t = useText();
  const show = useShown();
  return (
    <div className="gate-changes">
      <p>{t("gate.changedTitle")}</p>
      <dl>
        {changes.map((change, at) => (
          <div key={at}>
            <dt>{t(fieldMessage(change.field))}</dt>
            <dd>
              {change.field === "entryCheck" || change.field === "exitCheck" ? (
                t(change.from === "" ? "gate.checkedNow" : "gate.uncheckedNow", { text: change.to })
              ) : (
                <Difference change={change} show={show} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const WRITTEN: ReadonlySet<ChangedField> = new Set(["title", "note", "why", "entry", "exit"]);

/** Words that were rewritten show which; anything else what it was and is. */
function Difference({ change, show }: { change: GateChange; show: (change: GateChange, value: string) => string }) {
  if (!WRITTEN.has(change.field) || change.from === "" || change.to === "") {
    return (
      <>
        <del>{show(change, change.from)}</del> <Icon name="arrowRight" size={13} /> <ins>{show(change, change.to)}</ins>
      </>
    );
  }
  return shortened(diffWords(change.from, change.to)).map(({ kind, text }, at) =>
    kind === "same" ? <span key={at}>{text}</span> : kind === "out" ? <del key={at}>{text}</del> : <ins key={at}>{text}</ins>,
  );
}

/** Stored values in the reader's words: dates, sides, and the titles of roles and stages. */
function useShown(): (change: GateChange, value: string) => string {
  const t = useText();
  const days = useDays();
  const { store } = useScreen();
  const roles = useReadable(store.roles);
  const role = (id: string) => roles.find((one) => one.id === id)?.title ?? id;
  return ({ field }, value) => {
    if (value === "") return t("gate.nothing");
    switch (field) {
      case "start":
      case "due":
        return days.format(value, "long");
      case "side":
        return t(sideMessage(value as Side));
      case "reviewer":
        return role(value);
      case "owners":
        return value.split(" ").map(role).join(", ");
      case "locks":
        return store.node(nodeId(value)).get()?.title ?? value;
      default:
        return value;
    }
  };
}
