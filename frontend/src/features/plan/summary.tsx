import { Suspense, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { lazyPart, useAtRest } from "../../ui/lazy";
import { usePhone } from "./open-steps";
import { useScreen } from "./screen";
import { RichText } from "./text/rich-text";

const SummaryMeter = lazyPart(() => import("./why/meter"));

/** Pixels of summary shown on a phone before it folds, so that the steps are a thumb's flick away. */
const FOLDED = 250;

/** The executive summary; on a phone folded to its beginning until one reads or writes on. */
export function Summary() {
  const t = useText();
  const { store, plan, rights, comments } = useScreen();
  const phone = usePhone();
  const atRest = useAtRest();
  const { active } = useReadable(comments);
  const threads = useReadable(store.threads);
  const frame = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState(false);
  const [tall, setTall] = useState(false);

  useEffect(() => {
    const element = frame.current?.firstElementChild;
    if (!element) return;
    const watch = new ResizeObserver(() => setTall(element.scrollHeight > FOLDED * 1.3));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  // A comment on the summary is only to be seen unfolded.
  const showsComment = active !== null && threads.some((thread) => thread.id === active && thread.anchor.field === "summary");
  if (showsComment && !unfolded) setUnfolded(true);

  const folded = phone && tall && !unfolded;
  return (
    <section className={`summary${folded ? " is-folded" : ""}`} data-goto="summary">
      <h2 className="section-label">{t("summary.title")}</h2>
      <div ref={frame} className="summary-frame" onFocus={() => setUnfolded(true)}>
        <div>
          <RichText
            patient
            fragment={plan.summary}
            field="summary"
            label={t("summary.title")}
            placeholder={t("summary.placeholder")}
            empty={<p className="rich-empty">{t(rights.write ? "summary.placeholder" : "summary.none")}</p>}
          />
        </div>
      </div>
      {rights.write && atRest && (
        <Suspense fallback={null}>
          <SummaryMeter />
        </Suspense>
      )}
      {folded && (
        <Button look="quiet" small icon="chevronDown" className="summary-more" onPress={() => setUnfolded(true)}>
          {t("summary.more")}
        </Button>
      )}
    </section>
  );
}
