import { useMemo, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { flushSync } from "react-dom";
import { useIntl } from "react-intl";
import { calendarChange, type ScheduleCalendar } from "../../../plan/schedule";
import { Button, IconButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { MenuButton, MenuItem } from "../../../ui/menu";
import { Select } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { CalendarForm } from "./calendar-form";
import { editOf, entriesOf, type CalendarEntry, type EntryKind } from "./calendar-entries";
import { Check } from "./check";
import { useProposeChange, useSchedule } from "./propose";
import { PublicHolidays } from "./public-holidays";
import { useRoots } from "./use-roots";
import { dayWords, type Speaker } from "./words";

const adds: readonly [EntryKind, MessageId][] = [
  ["holiday", "dates.calendar.addHoliday"],
  ["freeze", "dates.calendar.addFreeze"],
  ["away", "dates.calendar.addAway"],
];

/** Which days can be worked: those of the week, those that everybody has off, and who is away when. */
export function WorkingCalendar() {
  const t = useText();
  const intl = useIntl();
  const { plan, rights, store } = useScreen();
  const live = useSchedule();
  const propose = useProposeChange();
  useRoots(useMemo(() => [plan.calendar], [plan])); // many an entry moves no date
  const roles = useReadable(store.roles);
  const [form, setForm] = useState<CalendarEntry | EntryKind | "public" | null>(null);
  const [past, setPast] = useState(false);
  const { calendar } = live.input();
  const speaker: Speaker = { t, intl, today: live.today };
  const entries = entriesOf(calendar);
  const gone = entries.filter(({ to }) => to < live.today);
  const shown = past ? entries : entries.filter(({ to }) => to >= live.today);
  const tools = useRef<HTMLDivElement>(null);
  const close = () => {
    flushSync(() => setForm(null));
    tools.current?.querySelector("button")?.focus();
  };
  const whose = (entry: CalendarEntry) => entry.person || roles.find(({ id }) => id === entry.role)?.title || t("dates.cause.someone");
  // When the selling side is away is theirs to say.
  const mine = (entry: CalendarEntry) =>
    rights.frame || !roles.some(({ id, name, side }) => side === "seller" && (id === entry.role || (entry.person !== "" && name === entry.person)));

  return (
    <section className="dates-section" aria-labelledby="dates-calendar">
      <h3 className="dates-heading" id="dates-calendar">
        {t("dates.calendar.title")}
      </h3>
      <Week calendar={calendar} />
      {entries.length === 0 && <p className="dates-quiet">{t("dates.calendar.none")}</p>}
      {shown.length > 0 && (
        <ul className="days-off" aria-label={t("dates.calendar.title")}>
          {shown.map((entry) => (
            <li key={entry.key} className={entry.to < live.today ? "days-off-past" : undefined}>
              <span className="days-off-when">{entry.from === entry.to ? dayWords(speaker, entry.from) : t("dates.calendar.span", { from: dayWords(speaker, entry.from), to: dayWords(speaker, entry.to) })}</span>
              <span className="days-off-what">
                {entry.kind === "away" ? t("dates.calendar.away", { who: whose(entry) }) : entry.label || t(entry.kind === "freeze" ? "dates.calendar.freeze" : "dates.calendar.holiday")}
                {entry.kind === "freeze" && entry.label !== "" && <small>{t("dates.calendar.freeze")}</small>}
                {entry.kind === "away" && entry.label !== "" && <small>{entry.label}</small>}
              </span>
              {rights.write && mine(entry) && (
                <span className="days-off-tools">
                  <IconButton small icon="edit" label={t("dates.calendar.change", { what: nameOf(entry) })} onPress={() => setForm(entry)} />
                  <IconButton small icon="close" label={t("dates.calendar.remove", { what: nameOf(entry) })} onPress={() => propose(editOf(null, entry))} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {gone.length > 0 && (
        <Button look="quiet" small className="dates-propose" onPress={() => setPast(!past)}>
          {past ? t("dates.calendar.pastHide") : t("dates.calendar.past", { count: gone.length })}
        </Button>
      )}
      {rights.write && form === null && (
        <div ref={tools} className="days-off-add">
          <MenuButton
            aria-label={t("dates.calendar.add")}
            onAction={(key) => setForm(key as EntryKind)}
            button={
              <Button look="edge" small icon="plus">
                {t("dates.calendar.add")}
              </Button>
            }
          >
            {adds.map(([kind, label]) => (
              <MenuItem key={kind} id={kind}>
                {t(label)}
              </MenuItem>
            ))}
          </MenuButton>
          <Button look="quiet" small icon="calendar" onPress={() => setForm("public")}>
            {t("dates.calendar.public")}
          </Button>
        </div>
      )}
      {form === "public" && <PublicHolidays calendar={calendar} onClose={close} />}
      {form !== null && form !== "public" && (
        <CalendarForm
          key={typeof form === "string" ? form : form.key}
          entry={typeof form === "string" ? null : form}
          kind={typeof form === "string" ? form : form.kind}
          today={live.today}
          onDone={(next) => {
            close();
            if (next) propose(editOf(next, typeof form === "string" ? null : form));
          }}
        />
      )}
      <QuarterEnds calendar={calendar} />
    </section>
  );

  function nameOf(entry: CalendarEntry): string {
    const when = dayWords(speaker, entry.from);
    return `${entry.kind === "away" ? whose(entry) : entry.label || t(entry.kind === "freeze" ? "dates.calendar.freeze" : "dates.calendar.holiday")}, ${when}`;
  }
}

/** The days of the week that are worked. */
function Week({ calendar }: { calendar: ScheduleCalendar }) {
  const t = useText();
  const intl = useIntl();
  const { rights } = useScreen();
  const propose = useProposeChange();
  const weekend = calendar.weekend ?? [6, 7];
  const names = useMemo(
    () => [1, 2, 3, 4, 5, 6, 7].map((day) => [intl.formatDate(Date.UTC(2024, 0, day), { weekday: "short", timeZone: "UTC" }), intl.formatDate(Date.UTC(2024, 0, day), { weekday: "long", timeZone: "UTC" })] as const),
    [intl],
  );
  const worked = [1, 2, 3, 4, 5, 6, 7].filter((day) => !weekend.includes(day));
  if (!rights.write) return <p>{t("dates.calendar.worked", { days: intl.formatList(worked.map((day) => names[day - 1]?.[1] ?? "")) })}</p>;
  return (
    <div className="field">
      <span className="field-label" id="dates-week">
        {t("dates.calendar.week")}
      </span>
      <ToggleButtonGroup
        className="week"
        aria-labelledby="dates-week"
        selectionMode="multiple"
        disallowEmptySelection
        selectedKeys={worked.map(String)}
        onSelectionChange={(chosen) => propose(calendarChange({ weekend: [1, 2, 3, 4, 5, 6, 7].filter((day) => !chosen.has(String(day))) }))}
      >
        {names.map(([short, long], i) => (
          <ToggleButton key={long} id={String(i + 1)} className="week-day">
            <span aria-hidden="true">{short}</span>
            <span className="visually-hidden">{long}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}

const NEAR = [3, 5, 10, 15] as const;

/** Whether dates near the end of a quarter are worth a warning, and when the year of the books begins. */
function QuarterEnds({ calendar: { quarters } }: { calendar: ScheduleCalendar }) {
  const t = useText();
  const intl = useIntl();
  const { rights } = useScreen();
  const propose = useProposeChange();
  if (!rights.write) return quarters ? <p>{t("dates.quarters.on", { days: quarters.days })}</p> : null;
  const near = quarters && !NEAR.some((days) => days === quarters.days) ? [...NEAR, quarters.days].sort((a, b) => a - b) : NEAR;
  return (
    <div className="quarters">
      <Check
        isSelected={quarters !== null}
        onChange={(on) => propose(on ? calendarChange({ quarters: { month: 1, days: 5 } }) : calendarChange({}, { quarters }))}
        label={t("dates.quarters.warn")}
      />
      {quarters && (
        <div className="dates-fields">
          <Select
            label={t("dates.quarters.year")}
            value={String(quarters.month)}
            onChange={(id) => propose(calendarChange({ quarters: { ...quarters, month: Number(id) } }))}
            choices={Array.from({ length: 12 }, (_, i) => ({ id: String(i + 1), label: intl.formatDate(Date.UTC(2024, i, 1), { month: "long", timeZone: "UTC" }) }))}
          />
          <Select
            label={t("dates.quarters.near")}
            value={String(quarters.days)}
            onChange={(id) => propose(calendarChange({ quarters: { ...quarters, days: Number(id) } }))}
            choices={near.map((days) => ({ id: String(days), label: t("dates.quarters.days", { days }) }))}
          />
        </div>
      )}
      {quarters && (
        <p className="dates-quiet">
          <Icon name="calendar" size={15} /> {t("dates.quarters.where")}
        </p>
      )}
    </div>
  );
}
