import { suggestDurations } from "../../../plan/schedule";
import { Button } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { useProposeChange, useSchedule } from "./propose";
import { readTerms } from "./terms";

/** Durations that the library of usual ones would fill in or shorten; nothing when there are none. */
export function SuggestedDurations() {
  const t = useText();
  const { plan } = useScreen();
  const live = useSchedule();
  const propose = useProposeChange();
  useReadable(live.now);
  const { missing, long } = suggestDurations(live.input(), readTerms(plan).profile);
  if (missing.length + long.length === 0) return null;
  return (
    <section className="dates-section" aria-labelledby="dates-durations">
      <h3 className="dates-heading" id="dates-durations">
        {t("dates.durations.title")}
      </h3>
      {missing.length > 0 && (
        <div className="dates-offer">
          <p>{t("dates.durations.missing", { count: missing.length })}</p>
          <Button look="edge" small onPress={() => propose({ kind: "durations", durations: missing })}>
            {t("dates.durations.fill")}
          </Button>
        </div>
      )}
      {long.length > 0 && (
        <div className="dates-offer">
          <p>{t("dates.durations.long", { count: long.length })}</p>
          <Button look="edge" small onPress={() => propose({ kind: "durations", durations: long })}>
            {t("dates.durations.halve")}
          </Button>
        </div>
      )}
    </section>
  );
}
