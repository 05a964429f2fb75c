import { useMemo } from "react";
import { useIntl } from "react-intl";
import { nodeId, type Side } from "../../../plan/schema";
import { makeLedger, readSlips, slipAuthor } from "../../../plan/schedule";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { useSchedule } from "./propose";
import { useRoots } from "./use-roots";
import { dayWords, spanWords, workingDaysWords, type Speaker } from "./words";

/** Days lost and won, by side and by cause, with every note. */
export function LedgerView() {
  const t = useText();
  const intl = useIntl();
  const { plan, store } = useScreen();
  const live = useSchedule();
  useRoots(useMemo(() => [plan.slips], [plan]));
  const slips = readSlips(plan).sort((a, b) => (a.at < b.at ? 1 : -1));
  const speaker: Speaker = { t, intl, today: live.today };
  const { bySide, byCause, lost } = makeLedger(slips);
  const most = Math.max(1, ...byCause.map(({ days }) => Math.abs(days)));
  return (
    <section className="dates-section" aria-labelledby="dates-ledger">
      <h3 className="dates-heading" id="dates-ledger">
        {t("dates.ledger.title")}
      </h3>
      {slips.length === 0 ? (
        <p className="dates-quiet">{t("dates.ledger.none")}</p>
      ) : (
        <>
          <dl className="preview-effect">
            {bySide.map(({ key, days, slips: count }) => (
              <div key={key}>
                <dt>
                  <SideMark side={key as Side} /> {t(sideMessage(key as Side))}
                </dt>
                <dd>
                  {t("dates.ledger.days", { days })}
                  {count > 0 && <small>{t("dates.ledger.notes", { count })}</small>}
                </dd>
              </div>
            ))}
          </dl>
          {lost > 0 && byCause.length > 0 && (
            <>
              <h4 className="details-label" id="dates-causes">
                {t("dates.ledger.causes")}
              </h4>
              <ul className="causes" aria-labelledby="dates-causes">
                {byCause.map(({ key, days }) => (
                  <li key={key}>
                    <span className="cause-name">{key}</span>
                    <span className="cause-bar" aria-hidden="true">
                      <span className={days > 0 ? "is-late" : undefined} style={{ inlineSize: `${(Math.abs(days) / most) * 100}%` }} />
                    </span>
                    <span className="cause-days">{workingDaysWords(speaker, days)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <h4 className="details-label">{t("dates.ledger.all")}</h4>
          <ul className="preview-moves">
            {slips.map((slip) => (
              <li key={slip.id}>
                <span className="preview-step">
                  {slip.node === "" ? t("dates.ledger.plan") : store.node(nodeId(slip.node)).get()?.title || t("step.untitled")}
                  <small>
                    {slip.reason} · {t(sideMessage(slip.side as Side))}
                  </small>
                  <small>{t("dates.ledger.by", { name: slipAuthor(plan, slip.id) || t("dates.cause.someone"), date: dayWords(speaker, slip.at.slice(0, 10)) })}</small>
                </span>
                <span className="preview-dates">{spanWords(speaker, slip.from, slip.to)}</span>
                <span className={`preview-days${slip.days > 0 ? " is-late" : ""}`}>{workingDaysWords(speaker, slip.days)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
