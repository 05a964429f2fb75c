import { useIntl } from "react-intl";
import { usualFor, usualForProfile } from "../../../plan/schedule";
import type { NodeSnapshot } from "../../../plan/view";
import { DateMenu } from "../../../ui/date-menu";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { isOpenStep } from "../hooks";
import { useScreen } from "../screen";
import { useProposeChange, useSchedule, useStepDate } from "./propose";
import { readTerms } from "./terms";
import { dayWords, problemWords, type Speaker } from "./words";
import "./dates.css";

/** What there is to know about a step's dates: who decides them, how much room there is, what fights them. */
export function StepDateNotes({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const intl = useIntl();
  const { plan, store, rights } = useScreen();
  const propose = useProposeChange();
  const live = useSchedule();
  const date = useStepDate(node.id);
  const roles = useReadable(store.roles);
  if (!date || !isOpenStep(node)) return null;
  const speaker: Speaker = { t, intl, today: live.today };
  const input = live.input();
  const titleOf = (id: string): string =>
    input.nodes.find((one) => one.id === id)?.title || roles.find((role) => role.id === id)?.title || t("step.untitled");
  const found = usualFor(node.title, node.alias);
  const usual = found && usualForProfile(found, readTerms(plan).profile);
  const overdue = live.today !== "" && date.due !== "" && date.due < live.today;
  const verdict = usual && node.days !== null && node.days > 0 ? (node.days < usual.min ? "short" : node.days > usual.max ? "long" : null) : null;
  return (
    <div className="step-date-notes">
      <p>
        {t(date.fixed === "due" ? "dates.step.typed" : "dates.step.planned")}
        {date.slack !== null && ` ${date.slack > 0 ? t("dates.step.slack", { days: date.slack }) : t("dates.step.critical")}`}
        {date.due !== "" && date.expected > date.due && ` ${t("dates.step.expected", { date: dayWords(speaker, date.expected) })}`}
      </p>
      {overdue && rights.write && (
        <p className="step-overdue">
          {t("dates.missed.since", { date: dayWords(speaker, date.due) })}
          <DateMenu
            label={t("dates.missed.when")}
            buttonLabel={t("dates.missed.when")}
            className="button button-edge button-small"
            value={live.today}
            onChange={(day) => day !== null && propose({ kind: "missed", node: node.id, date: day })}
            previousLabel={t("date.previous")}
            nextLabel={t("date.next")}
          >
            {t("dates.missed.when")}
          </DateMenu>
        </p>
      )}
      {usual && (
        <p className={verdict ? "step-date-odd" : undefined}>
          {t("dates.step.usual", { min: usual.min, max: usual.max, typical: usual.typical })}
          {verdict && ` ${t(verdict === "short" ? "dates.step.short" : "dates.step.long")}`}
        </p>
      )}
      {date.problems.length > 0 && (
        <ul className="problems">
          {date.problems.map((one) => (
            <li key={`${one.code} ${one.other}`}>
              <Icon name="warning" size={17} />
              {problemWords(speaker, one, titleOf)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
