import { useIntl } from "react-intl";
import type { SignoffView } from "../../../plan/gate";
import type { GateChange, GateSnapshot } from "../../../plan/gate-state";
import { nodeId, type Decision, type Side } from "../../../plan/schema";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { sideMessage } from "../status";
import { fieldMessage } from "./words";

/** Everything that was decided about a gate, the newest first, and what changed since. */
export function Decisions({ gate }: { gate: GateSnapshot }) {
  const t = useText();
  if (gate.decisions.length === 0) return null;
  return (
    <>
      {gate.state === "changed" && <Changes changes={gate.changes} />}
      <h4 className="details-label">{t("gate.decisions")}</h4>
      <ol className="decisions">
        {[...gate.decisions].reverse().map((one) => (
          <DecisionRow key={one.id} signoff={one} />
        ))}
      </ol>
    </>
  );
}

const verbs: Record<Decision, MessageId> = {
  passed: "gate.passedBy",
  declined: "gate.declinedBy",
  reopened: "gate.reopenedBy",
};

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
        <p>{t(verbs[signoff.decision === "" ? "reopened" : signoff.decision], { who, when })}</p>
        {signoff.note !== "" && <p className="decision-note">“{signoff.note}”</p>}
        <p className={signoff.sound ? "decision-seal" : "decision-seal is-broken"} title={signoff.stateHash}>
          {signoff.sound ? t("gate.seal", { hash: signoff.stateHash.slice(0, 8) }) : t("gate.sealBroken")}
        </p>
      </div>
    </li>
  );
}

/** What differs from what was signed: which field, from what, to what. */
function Changes({ changes }: { changes: readonly GateChange[] }) {
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
                <>
                  <del>{show(change, change.from)}</del> <Icon name="arrowRight" size={13} /> <ins>{show(change, change.to)}</ins>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
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
