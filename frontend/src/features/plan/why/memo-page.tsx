import { useState, type ReactNode } from "react";
import { readScheduleInput } from "../../../plan/schedule/read";
import { schedulePlan } from "../../../plan/schedule/schedule";
import { CASE_KEYS, isUsualNoun, roleId } from "../../../plan/schema";
import { readMetrics } from "../../../plan/why";
import { Button } from "../../../ui/button";
import { CopyButton } from "../../../ui/copy-button";
import { useDays } from "../../../ui/dates";
import { useProblem } from "../../../ui/problem";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useLive } from "../live";
import { useScreen } from "../screen";
import { statusMessage } from "../status";
import { StaticText } from "../text/static-text";
import { viewHref } from "../views";
import type { StepStatus } from "../../../plan/schema";
import { useMoney, usePlanWhy } from "./hooks";
import "./memo.css";

const goal = { "go-live": "memo.goLive", value: "memo.value", start: "memo.finish" } as const satisfies Record<string, MessageId>;

/** The plan on a page or two, for the person who decides: to read, to print, to save as PDF. */
export default function MemoPage() {
  const t = useText();
  const days = useDays();
  const money = useMoney();
  const { plan, store } = useScreen();
  const { title, noun } = useReadable(store.meta);
  const anchor = useReadable(store.anchor);
  const summary = useReadable(store.summaryText);
  const why = usePlanWhy();
  const metrics = useLive([plan.metrics], () => readMetrics(plan));
  const roles = useReadable(store.roles);
  const { milestones, finish, forecast } = useLive(
    [plan.nodes, plan.anchor, plan.calendar, plan.roles],
    () => {
      const input = readScheduleInput(plan, "");
      const schedule = schedulePlan(input);
      const dates = new Map(schedule.nodes.map((node) => [node.id, node.due]));
      const steps = input.nodes.filter((node) => (node.kind === "milestone" || node.kind === "task") && node.status !== "skipped");
      // A plan written as plain tasks has no milestones to choose from.
      const chosen = steps.some((node) => node.kind === "milestone") ? steps.filter((node) => node.kind === "milestone") : steps;
      const rows = chosen
        .map(({ id, title: name, status, due, owner }) => ({ id, name, status, owner, due: due || (dates.get(id) ?? "") }));
      const { goLive: now } = schedulePlan(readScheduleInput(plan, days.today));
      return { milestones: rows, finish: schedule.goLive.date || schedule.finish, forecast: now.late > 0 ? now.forecast : "" };
    },
    300,
  );
  const shownCase = CASE_KEYS.filter((key) => why.case[key].trim() !== "");
  const end = anchor.kind === "start" ? finish : (anchor.date ?? "");
  const date = (day: string) => (day === "" ? "–" : days.format(day, "long"));
  const who = (id: string): ReactNode => {
    const role = roles.find((one) => one.id === roleId(id));
    if (!role) return "–";
    return role.name === "" ? role.title : (
      <span>
        {role.name}
        <small>, {role.title}</small>
      </span>
    );
  };
  return (
    <article className="memo">
      <Tools />
      <header className="memo-head">
        <p className="memo-kind">
          {t("memo.kind")} · {isUsualNoun(noun) ? t("noun.default") : noun}
        </p>
        <h1>{title}</h1>
        <p className="memo-date">{t("memo.asOf", { date: date(days.today) })}</p>
      </header>
      <dl className="memo-facts">
        {end !== "" && (
          <div>
            <dt>{t(goal[anchor.kind])}</dt>
            <dd>
              {date(end)}
              {anchor.provisional && <small> {t("memo.provisional")}</small>}
              {forecast !== "" && <small className="memo-late">{t("memo.forecast", { date: date(forecast) })}</small>}
            </dd>
          </div>
        )}
        {why.costPerWeek !== null && (
          <div>
            <dt>{t("memo.cost")}</dt>
            <dd>{t("memo.perWeek", { amount: money(why.costPerWeek) })}</dd>
          </div>
        )}
        {anchor.event && (
          <div>
            <dt>{t("event.title")}</dt>
            <dd>
              {[anchor.event.what, anchor.event.source].filter(Boolean).join(" · ")}
              {anchor.event.consequence && <small>{t("memo.ifMissed", { consequence: anchor.event.consequence })}</small>}
            </dd>
          </div>
        )}
      </dl>
      {summary.trim() !== "" && (
        <Part title={t("summary.title")}>
          <StaticText fragment={plan.summary} />
        </Part>
      )}
      {shownCase.length > 0 && (
        <Part title={t("case.title")}>
          <dl className="memo-case">
            {shownCase.map((key) => (
              <div key={key}>
                <dt>{t(`case.${key}`)}</dt>
                <dd>{why.case[key]}</dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      {metrics.length > 0 && (
        <Part title={t("metric.title")}>
          <Table head={[t("metric.name"), t("metric.baseline"), t("metric.target"), t("metric.date"), t("metric.role")]}>
            {metrics.map((metric) => (
              <tr key={metric.id}>
                <th scope="row">{metric.name || t("metric.untitled")}</th>
                <td className="memo-value" data-label={t("metric.baseline")}>{metric.baseline || "–"}</td>
                <td className="memo-value" data-label={t("metric.target")}>{metric.target || "–"}</td>
                <td className="memo-value" data-label={t("metric.date")}>{date(metric.date)}</td>
                <td data-label={t("metric.role")}>{who(metric.role)}</td>
              </tr>
            ))}
          </Table>
        </Part>
      )}
      {summary.trim() === "" && shownCase.length === 0 && milestones.length === 0 && <p className="rich-empty">{t("memo.empty")}</p>}
      {milestones.length > 0 && (
        <Part title={t("memo.milestones")}>
          <Table head={[t("memo.milestone"), t("memo.by"), t("memo.owner"), t("memo.status")]}>
            {milestones.map((step) => (
              <tr key={step.id}>
                <th scope="row">{step.name || t("step.untitled")}</th>
                <td className="memo-value" data-label={t("memo.by")}>{date(step.due)}</td>
                <td data-label={t("memo.owner")}>{who(step.owner)}</td>
                <td data-label={t("memo.status")}>{t(statusMessage(step.status as StepStatus))}</td>
              </tr>
            ))}
          </Table>
        </Part>
      )}
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="memo-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Table({ head, children }: { head: readonly string[]; children: ReactNode }) {
  return (
    <div className="memo-scroll">
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** What one can do with the memo; never printed. */
function Tools() {
  const t = useText();
  const problem = useProblem();
  const { planId, makeLink } = useScreen();
  const [link, setLink] = useState<string>();
  const [failed, setFailed] = useState<string>();
  const make = async () => {
    if (!makeLink) return;
    try {
      setLink(`${await makeLink("viewer")}?view=memo`);
    } catch (cause) {
      setFailed(problem(cause));
    }
  };
  return (
    <div className="memo-tools">
      <a className="button button-quiet" href={viewHref(planId, "plan")}>
        {t("memo.back")}
      </a>
      <span className="bar-space" />
      {makeLink && !link && (
        <Button look="edge" icon="share" onPress={() => void make()}>
          {t("memo.link")}
        </Button>
      )}
      <Button look="main" onPress={() => window.print()}>
        {t("memo.print")}
      </Button>
      {link !== undefined && (
        <div className="memo-link" role="status">
          <p>{t("memo.linkMade")}</p>
          <div className="share-url">
            <input className="field-input" readOnly value={link} aria-label={t("memo.linkUrl")} onFocus={(event) => event.target.select()} />
            <CopyButton text={link} label={t("memo.linkCopy")} />
          </div>
        </div>
      )}
      {failed !== undefined && <p role="alert">{failed}</p>}
    </div>
  );
}
