import { useMemo, useState } from "react";
import { useIntl } from "react-intl";
import type { Side } from "../../../plan/schema";
import { compareBaseline, readBaseline, readProposal, readSignatures, workingDays, type Baseline } from "../../../plan/schedule";
import { Button } from "../../../ui/button";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { sideMessage } from "../status";
import { useSchedule } from "./propose";
import { useRoots } from "./use-roots";
import { dayWords, spanWords, workingDaysWords, type Speaker } from "./words";

/** The dates both sides agreed to, beside those of today; and agreeing anew. */
export function Agreement() {
  const t = useText();
  const problem = useProblem();
  const intl = useIntl();
  const { plan, rights, person, command } = useScreen();
  const live = useSchedule();
  useReadable(live.now);
  useRoots(useMemo(() => [plan.baseline], [plan]));
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const agreed = readBaseline(plan);
  const open = readProposal(plan);
  const names = readSignatures(plan).map(({ name, side }) => `${name} (${t(sideMessage(side))})`);
  const speaker: Speaker = { t, intl, today: live.today };
  const mine = person?.side === "seller" || person?.side === "buyer" ? person.side : null;
  const may = rights.write && mine !== null;
  const run = (name: string, args: unknown): void => {
    setBusy(true);
    setFailed("");
    command(name, args)
      .catch((error: unknown) => setFailed(problem(error)))
      .finally(() => setBusy(false));
  };
  return (
    <section className="dates-section" aria-labelledby="dates-agreed">
      <h3 className="dates-heading" id="dates-agreed">
        {t("dates.agreed.title")}
      </h3>
      {agreed ? (
        <>
          <p>
            {t("dates.agreed.since", { date: dayWords(speaker, agreed.at.slice(0, 10)) })}
            {names.length > 0 && <span className="dates-quiet"> {t("dates.agreed.by", { names: intl.formatList(names) })}</span>}
          </p>
          <DriftList baseline={agreed} speaker={speaker} />
        </>
      ) : (
        <p>{t("dates.agreed.none")}</p>
      )}
      {open && (
        <div className="dates-open">
          <p>{t("dates.agreed.open", { side: t(sideMessage((open.agreed[0] ?? "joint") as Side)) })}</p>
          <p>{t("dates.agreed.goLive", { date: dayWords(speaker, open.goLive), count: Object.keys(open.dates).length })}</p>
          {agreed && <Offered agreed={agreed} open={open} speaker={speaker} />}
          {may && (
            <div className="form-actions">
              {!open.agreed.includes(mine) && (
                <Button look="main" isPending={busy} onPress={() => run("baseline.agree", { at: open.at })}>
                  {t("dates.agreed.agree")}
                </Button>
              )}
              <Button isPending={busy} onPress={() => run("baseline.withdraw", { at: open.at })}>
                {t(open.agreed.includes(mine) ? "dates.agreed.withdraw" : "dates.agreed.decline")}
              </Button>
            </div>
          )}
        </div>
      )}
      {may && !open && (
        <Button className="dates-propose" isPending={busy} onPress={() => run("baseline.propose", {})}>
          {t(agreed ? "dates.agreed.again" : "dates.agreed.propose")}
        </Button>
      )}
      {failed !== "" && (
        <p className="preview-failed" role="alert">
          {failed}
        </p>
      )}
    </section>
  );
}

function DriftList({ baseline, speaker }: { baseline: Baseline; speaker: Speaker }) {
  const { t } = speaker;
  const drift = compareBaseline(useSchedule().input(), baseline);
  const moved = drift.steps.filter(({ state }) => state === "late" || state === "early");
  const added = drift.steps.filter(({ state }) => state === "added").length;
  const gone = drift.steps.filter(({ state }) => state === "gone").length;
  const { from, to, days } = drift.goLive;
  const goLive = from !== "" && to !== "" && from !== to;
  return (
    <>
      {moved.length === 0 && !goLive ? (
        <p className="preview-none">{t("dates.agreed.kept")}</p>
      ) : (
        <Shifts
          speaker={speaker}
          rows={[...(goLive ? [{ node: "plan", title: t("dates.ledger.plan"), from, to, days, strong: true }] : []), ...moved]}
        />
      )}
      {(added > 0 || gone > 0) && <p className="dates-quiet">{t("dates.agreed.shape", { added, gone })}</p>}
    </>
  );
}

/** What the offered dates would change of those agreed to before. */
function Offered({ agreed, open, speaker }: { agreed: Baseline; open: Baseline; speaker: Speaker }) {
  const { t } = speaker;
  const input = useSchedule().input();
  const rows = input.nodes.flatMap(({ id, title }) => {
    const [from, to] = [agreed.dates[id] ?? "", open.dates[id] ?? ""];
    return from === to || to === "" ? [] : [{ node: id, title, from, to, days: workingDays(input.calendar, from, to) }];
  });
  if (rows.length === 0) return null;
  return (
    <details className="dates-offered">
      <summary>{t("dates.agreed.offered", { count: rows.length })}</summary>
      <Shifts rows={rows} speaker={speaker} />
    </details>
  );
}

interface ShiftRow {
  readonly node: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly strong?: boolean;
}

function Shifts({ rows, speaker }: { rows: readonly ShiftRow[]; speaker: Speaker }) {
  const { t } = speaker;
  return (
    <ul className="preview-moves">
      {rows.map(({ node, title, from, to, days, strong }) => (
        <li key={node}>
          <span className="preview-step">{strong ? <strong>{title}</strong> : title || t("step.untitled")}</span>
          <span className="preview-dates">{spanWords(speaker, from, to)}</span>
          <span className={`preview-days${days > 0 ? " is-late" : ""}`}>{from === "" ? t("dates.agreed.new") : workingDaysWords(speaker, days)}</span>
        </li>
      ))}
    </ul>
  );
}
