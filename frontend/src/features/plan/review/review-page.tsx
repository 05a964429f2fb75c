import { useMemo, useState } from "react";
import { useIntl } from "react-intl";
import type { NodeId } from "../../../plan/schema";
import { readReviews, reviewedUpTo } from "../../../plan/reviews";
import { useDays, useNow } from "../../../ui/dates";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useSchedule } from "../dates/propose";
import { RaisedRules } from "../gates/rules";
import { stepIds, useNode, useNodes } from "../hooks";
import { useLive } from "../live";
import { useScreen } from "../screen";
import { agendaOf, dayAfter, keepListed } from "./agenda";
import { Changed } from "./changed";
import { openDraft } from "./draft";
import { Gates } from "./gates";
import { Notes } from "./notes";
import { Past } from "./past";
import { AgendaRow } from "./row";
import "../page-sheet.css";
import "../gates/gates.css";
import "./review.css";

/** The agenda of the regular call: what changed, what is late, what comes next; and what is decided on it. */
export default function ReviewPage() {
  const t = useText();
  const intl = useIntl();
  const days = useDays();
  const now = useNow();
  const { plan, planId, person, rights, log } = useScreen();
  const reviews = useLive([plan.reviews], () => readReviews(plan));
  const [draft] = useState(() => openDraft(planId, person?.id ?? ""));
  const { next: chosen } = useReadable(draft);
  const [attempt, setAttempt] = useState(0);
  const last = reviews.at(-1);
  const planned = last && last.next > days.today ? last.next : dayAfter(days.today, 7);
  const until = chosen !== null && chosen >= days.today ? chosen : planned;
  return (
    <div className="sheet page-sheet review">
      <header className="page-head">
        <div>
          <h1 className="page-title">{t("view.review")}</h1>
          <p className="page-lead">
            {last
              ? t("review.lead", { date: intl.formatDate(last.at, { weekday: "long", day: "numeric", month: "long" }), by: last.by.name || t("person.unnamed") })
              : t("review.leadFirst")}
          </p>
        </div>
      </header>
      {log && <Changed key={`${last?.id ?? ""} ${attempt}`} log={log} since={reviewedUpTo(reviews)} now={now} onRetry={() => setAttempt(attempt + 1)} />}
      <Due key={last?.id ?? ""} until={until} />
      {rights.write && <Notes draft={draft} reviews={reviews} next={chosen ?? planned} />}
      <Past reviews={reviews} />
    </div>
  );
}

/** What is late or stuck, and what is due until the next review. */
function Due({ until }: { until: string }) {
  const t = useText();
  const { today, format } = useDays();
  const { store } = useScreen();
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => stepIds(top), [top]));
  const { steps } = useReadable(useSchedule().now);
  const agenda = useMemo(() => agendaOf(nodes, (node) => node.due ?? steps.get(node.id)?.due ?? "", today, until), [nodes, steps, today, until]);
  const late = useKept(agenda.late, "");
  const next = useKept(agenda.next, until);
  return (
    <>
      <RaisedRules />
      <List id="review-late" title={t("review.late")} none={t("review.noneLate")} ids={late} />
      <List id="review-next" title={t("review.next", { date: format(until) })} none={t("review.noneNext")} ids={next.filter((id) => !late.includes(id))} />
      <Gates now={[...agenda.late, ...agenda.next]} />
    </>
  );
}

/** The list with all that was on it since it began to be shown, or since `of` became another. */
function useKept(ids: readonly NodeId[], of: string): readonly NodeId[] {
  const [kept, setKept] = useState({ ids, of });
  const now = kept.of === of ? keepListed(kept.ids, ids) : ids;
  if (now !== kept.ids) setKept({ ids: now, of });
  return now;
}

function List({ id, title, none, ids }: { id: string; title: string; none: string; ids: readonly NodeId[] }) {
  return (
    <section className="review-part" aria-labelledby={id}>
      <h2 className="page-heading" id={id}>
        {title}
        {ids.length > 0 && <span className="chip">{ids.length}</span>}
      </h2>
      {ids.length === 0 ? (
        <p className="review-none">{none}</p>
      ) : (
        <ul className="review-list">
          {ids.map((each) => (
            <Row key={each} id={each} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ id }: { id: NodeId }) {
  const node = useNode(id);
  return node && node.del === null ? <AgendaRow node={node} /> : null;
}
