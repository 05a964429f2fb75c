import { useIntl } from "react-intl";
import type { DecisionView, ReviewView } from "../../../plan/reviews";
import { nodeId } from "../../../plan/schema";
import { useDays } from "../../../ui/dates";
import { useText } from "../../../ui/text";
import { useNode } from "../hooks";
import { StepLink } from "../step-link";

/** The reviews so far, newest first, with what was decided. */
export function Past({ reviews }: { reviews: readonly ReviewView[] }) {
  const t = useText();
  if (reviews.length === 0) return null;
  return (
    <section className="review-part" aria-labelledby="review-past">
      <h2 className="page-heading" id="review-past">
        {t("review.past")}
      </h2>
      <ol className="review-list">
        {[...reviews].reverse().map((review) => (
          <Held key={review.id} review={review} />
        ))}
      </ol>
    </section>
  );
}

function Held({ review }: { review: ReviewView }) {
  const t = useText();
  const intl = useIntl();
  const days = useDays();
  const by = review.by.name || t("person.unnamed");
  const people = review.people.length > 0 ? intl.formatList(review.people, { type: "conjunction" }) : "";
  return (
    <li className="review-item">
      <h3 className="review-name">{intl.formatDate(review.at, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}</h3>
      <p className="review-by">
        {t("review.heldBy", { by, people, with: String(people !== "") })}
        {review.next !== "" && <> {t("review.heldNext", { date: days.format(review.next) })}</>}
      </p>
      {review.decisions.length === 0 ? (
        <p className="review-none">{t("review.noDecisions")}</p>
      ) : (
        <ul className="review-decided">
          {review.decisions.map((decision, at) => (
            <li key={at} data-goto={`decision:${review.id}/${at}`}>
              <p className="review-decided-text">{decision.text}</p>
              <About decision={decision} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a decision is about and with whom; a step that is still there can be gone to. */
function About({ decision }: { decision: DecisionView }) {
  const t = useText();
  const node = useNode(nodeId(decision.node));
  const there = node !== undefined && node.del === null;
  if (decision.node === "" && decision.who === "") return null;
  return (
    <p className="review-by">
      {decision.node !== "" && (there ? <StepLink id={node.id}>{node.title || t("step.untitled")}</StepLink> : decision.nodeTitle || t("step.untitled"))}
      {decision.node !== "" && decision.who !== "" && " · "}
      {decision.who}
    </p>
  );
}
