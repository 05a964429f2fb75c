import { useEffect } from "react";
import { startWorking, workingText } from "../../../plan/people";
import { LIMITS, WORKING, type WorkingField } from "../../../plan/schema";
import { readWorkingView } from "../../../plan/project-hub";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { typeInto } from "../text/rename";
import { SharedField } from "../text/shared-field";

const FIELDS = Object.keys(WORKING) as WorkingField[];
const words = {
  channel: { label: "working.channel", placeholder: "working.channelPlaceholder" },
  cadence: { label: "working.cadence", placeholder: "working.cadencePlaceholder" },
  response: { label: "working.response", placeholder: "working.responsePlaceholder" },
} as const;

/** Where both sides talk, how often they meet, how fast they answer: three lines both may write at once. */
export function WorkingAgreement() {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const started = useReadable(store.working);
  useEffect(() => {
    if (rights.write && FIELDS.some((field) => workingText(plan, field) === undefined)) startWorking(plan);
  }, [rights.write, plan, started]);
  const still = readWorkingView(plan);
  return (
    <section className="working" aria-labelledby="working">
      <h2 className="page-heading" id="working">
        {t("working.title")}
      </h2>
      <div className="working-grid">
        {FIELDS.map((field) => {
          const text = workingText(plan, field);
          const id = `working:${field}`;
          return (
            <div key={field} className="working-field" data-goto={id}>
              <h3 className="details-label">{t(words[field].label)}</h3>
              {rights.write && text ? (
                <SharedField
                  text={text}
                  label={t(words[field].label)}
                  placeholder={t(words[field].placeholder)}
                  maxLength={LIMITS.working}
                  multiline
                  fieldId={id}
                  onSplice={(target, splice) => typeInto(target, splice, id)}
                />
              ) : (
                <p className={still[field] ? "" : "people-none"}>{still[field] || t("working.none")}</p>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}
