import { countWords } from "../../../plan/lint/check";
import { asks, headingsOf, insertHeading, QUESTIONS } from "../../../plan/summary";
import { Button } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useLive } from "../live";
import { useScreen } from "../screen";
import "./meter.css";

/** Words on one page. */
const PAGE = 450;
/** How much of a page the summary fills, and which questions have a heading of their own. */
export default function SummaryMeter() {
  const t = useText();
  const { store, plan } = useScreen();
  const words = countWords(useReadable(store.summaryText));
  const headings = useLive([plan.summary], () => headingsOf(plan.summary));
  const state = words < PAGE * 0.7 ? "short" : words <= PAGE * 1.1 ? "full" : "over";
  return (
    <details className="meter">
      <summary>
        <span className="meter-track" aria-hidden="true">
          <span className={`meter-fill is-${state}`} style={{ inlineSize: `${Math.min(100, (words / PAGE) * 100)}%` }} />
        </span>
        {t("meter.words", { count: words, state })}
      </summary>
      <h3 className="details-label">{t("meter.questions")}</h3>
      <ul className="meter-list">
        {QUESTIONS.map((id) => {
          const question = t(`meter.${id}`);
          const has = headings.some((heading) => heading === question || asks(heading, id));
          return (
            <li key={id}>
              <span className="meter-mark">{has && <Icon name="check" size={15} />}</span>
              <span>
                {question}
                {has && <span className="visually-hidden"> ({t("meter.answered")})</span>}
              </span>
              {!has && (
                <Button
                  look="quiet"
                  small
                  aria-label={t("meter.insertOne", { question })}
                  onPress={() => insertHeading(plan, question)}
                >
                  {t("meter.insert")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
