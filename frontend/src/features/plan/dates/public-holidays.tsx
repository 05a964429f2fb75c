import { useState } from "react";
import { useIntl } from "react-intl";
import { addWorkingDays, calendarChange, type ScheduleCalendar } from "../../../plan/schedule";
import { HOLIDAY_COUNTRIES, publicHolidays, type HolidayCountry } from "../../../plan/schedule/public-holidays";
import { Button } from "../../../ui/button";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { openForm } from "./calendar-form";
import { useProposeChange, useSchedule } from "./propose";
import { dayWords, type Speaker } from "./words";

/** Working days after the plan's end that still matter: steps slip into them. */
const BEYOND = 65;

/** The public holidays of a country while the plan lasts, to take over at once. */
export function PublicHolidays({ calendar, onClose }: { calendar: ScheduleCalendar; onClose: () => void }) {
  const t = useText();
  const intl = useIntl();
  const live = useSchedule();
  const propose = useProposeChange();
  const { forecast } = useReadable(live.now);
  const [country, setCountry] = useState<HolidayCountry>(() => homeOf(intl.locale));
  const speaker: Speaker = { t, intl, today: live.today };
  const last = addWorkingDays({ ...calendar, holidays: [], freezes: [] }, forecast.finish || live.today, BEYOND);
  const years = range(Number(live.today.slice(0, 4)), Number(last.slice(0, 4)));
  const fresh = years
    .flatMap((year) => publicHolidays(country, year))
    .filter(({ date }) => date >= live.today && date <= last && !calendar.holidays.some((one) => one.date === date));
  return (
    <div ref={openForm} className="days-off-form" role="group" aria-label={t("dates.calendar.public")}>
      <Select
        label={t("dates.calendar.country")}
        value={country}
        onChange={(id) => setCountry(id as HolidayCountry)}
        choices={HOLIDAY_COUNTRIES.map((id) => ({ id, label: intl.formatDisplayName(id, { type: "region" }) ?? id })).sort((a, b) => a.label.localeCompare(b.label, intl.locale))}
      />
      {country === "GB" || country === "US" || country === "DE" ? <p className="dates-quiet">{t(`dates.calendar.region.${country}`)}</p> : null}
      {fresh.length === 0 ? (
        <p>{t("dates.calendar.publicNone")}</p>
      ) : (
        <p className="days-off-public">{intl.formatList(fresh.map(({ date, label }) => `${label} (${dayWords(speaker, date)})`))}</p>
      )}
      <div className="form-actions">
        <Button onPress={onClose}>{t("action.cancel")}</Button>
        <Button
          look="main"
          isDisabled={fresh.length === 0}
          onPress={() => {
            onClose();
            propose(calendarChange({ holidays: fresh }));
          }}
        >
          {t("dates.calendar.publicAdd", { count: fresh.length })}
        </Button>
      </div>
    </div>
  );
}

/** The country of the reader's language, where it is one of these. */
function homeOf(locale: string): HolidayCountry {
  const region = new Intl.Locale(navigator.language || locale).maximize().region;
  return HOLIDAY_COUNTRIES.find((id) => id === region) ?? "US";
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);
}
