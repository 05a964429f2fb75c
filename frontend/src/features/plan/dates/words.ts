/** What the scheduler found, in the reader's language. */
import type { IntlShape } from "react-intl";
import type { CalendarChange, Change, Preview, Problem, Shift } from "../../../plan/schedule";
import { formatDay } from "../../../ui/dates";
import type { Translate } from "../../../ui/text";
import { statusMessage } from "../status";
import type { StepStatus } from "../../../plan/schema";

/** Everything a sentence needs besides what it tells of. */
export interface Speaker {
  readonly t: Translate;
  readonly intl: IntlShape;
  readonly today: string;
  /** What a role is called; for sentences about absences. */
  readonly roleName?: (id: string) => string;
}

/** "12 May". */
export function dayWords({ intl, today }: Speaker, date: string): string {
  return formatDay(intl, date, today || date);
}

/** "12 → 19 May", "28 Apr → 5 May"; with years where they differ. */
export function spanWords(speaker: Speaker, from: string, to: string): string {
  const { intl } = speaker;
  if (from === "" || to === "" || from === to) return dayWords(speaker, to || from);
  if (from.slice(0, 4) !== to.slice(0, 4)) {
    const long = (date: string) => intl.formatDate(`${date}T00:00:00Z`, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
    return `${long(from)} → ${long(to)}`;
  }
  const end = dayWords(speaker, to);
  if (from.slice(0, 7) !== to.slice(0, 7)) return `${dayWords(speaker, from)} → ${end}`;
  const parts = intl.formatDateToParts(`${from}T00:00:00Z`, { timeZone: "UTC", day: "numeric", month: "short" });
  // Where the day comes first, the month is said once.
  const first = parts[0]?.type === "day" ? parts.slice(0, parts.findIndex(({ type }) => type === "month")) : parts;
  return `${first.map(({ value }) => value).join("").trim()} → ${end}`;
}

/** "+5", "−1": a number with its sign, to stand in front of a unit. */
export function signed(n: number): string {
  return `${n > 0 ? "+" : n < 0 ? "−" : ""}${Math.abs(n)}`;
}

/** "€12,000"; the number alone when the plan names no currency. */
export function moneyWords({ intl }: Speaker, amount: number, currency: string): string {
  if (/^[A-Z]{3}$/.test(currency)) {
    try {
      return intl.formatNumber(amount, { style: "currency", currency, maximumFractionDigits: 0 });
    } catch {
      // A code that looks right and that this browser doesn't know.
    }
  }
  return `${intl.formatNumber(amount, { maximumFractionDigits: 0 })} ${currency}`.trim();
}

/** What the plan is counted towards, to stand inside a sentence. */
export function goalWords({ t }: Speaker, anchorKind: string): string {
  return t(anchorKind === "value" ? "dates.goal.value" : anchorKind === "start" ? "dates.goal.end" : "dates.goal.goLive");
}

/** One sentence to forward: "Security review +7 days → go-live 12 → 19 May, about €12,000". */
export function previewSentence(speaker: Speaker, change: Change, preview: Preview, anchorKind: string, currency: string): string {
  const { t } = speaker;
  const effect = effectWords(speaker, preview.goLive, goalWords(speaker, anchorKind));
  const sentence = t("dates.sentence", { cause: causeWords(speaker, change, preview.shift), effect });
  return preview.cost === null ? sentence : t("dates.sentence.cost", { sentence, cost: moneyWords(speaker, preview.cost, currency) });
}

function effectWords(speaker: Speaker, { from, to }: Shift, goal: string): string {
  const { t } = speaker;
  if (from === "" || to === "") return t("dates.effect.none", { goal });
  if (from === to) return t("dates.effect.stays", { goal, date: dayWords(speaker, to) });
  return t("dates.effect.moves", { goal, dates: spanWords(speaker, from, to) });
}

function causeWords(speaker: Speaker, change: Change, { title, from, to, calendarDays }: Shift): string {
  const { t } = speaker;
  if (change.kind === "target") return t("dates.cause.target");
  if (change.kind === "durations") return t("dates.cause.durations", { count: change.durations.length });
  if (change.kind === "calendar") return calendarWords(speaker, change);
  if (change.kind === "anchor") {
    return from === "" || to === "" ? t("dates.cause.anchorSet") : t("dates.cause.anchor", { dates: spanWords(speaker, from, to) });
  }
  const name = title || t("step.untitled");
  if (calendarDays !== 0) {
    return t("dates.cause.days", { title: name, sign: calendarDays > 0 ? "+" : "−", days: Math.abs(calendarDays) });
  }
  if (change.kind === "status") return t("dates.cause.status", { title: name, status: t(statusMessage(change.status as StepStatus)) });
  return t("dates.cause.same", { title: name });
}

/** What a change of the calendar comes to; the entry itself where it is one. */
function calendarWords(speaker: Speaker, { add, drop }: CalendarChange): string {
  const { t } = speaker;
  const when = ({ from, to }: { from: string; to: string }) => (from === to ? dayWords(speaker, from) : t("dates.calendar.span", { from: dayWords(speaker, from), to: dayWords(speaker, to) }));
  const named = (words: string, label: string) => (label === "" ? words : `${words} (${label})`);
  const [holiday] = add.holidays;
  if (holiday) {
    if (add.holidays.length > 1) return t("dates.cause.holidays", { count: add.holidays.length });
    return t("dates.cause.holiday", { date: named(dayWords(speaker, holiday.date), holiday.label) });
  }
  const [freeze] = add.freezes;
  if (freeze) return t("dates.cause.freeze", { dates: named(when(freeze), freeze.label) });
  const [away] = add.away;
  if (away) return t("dates.cause.away", { who: away.person || speaker.roleName?.(away.role) || t("dates.cause.someone"), dates: when(away) });
  if (drop.holidays.length + drop.freezes.length + drop.away.length > 0) return t("dates.cause.back");
  return t("dates.cause.week");
}

/** "+5 working days". */
export function workingDaysWords({ t }: Speaker, days: number): string {
  return t("dates.workingDays", { sign: days > 0 ? "+" : days < 0 ? "−" : "", days: Math.abs(days) });
}

/** What fights a date, with both dates and a way out. `titleOf` names steps and roles. */
export function problemWords(speaker: Speaker, { code, node, other, date, needs, days }: Problem, titleOf: (id: string) => string): string {
  const { t } = speaker;
  const values = {
    title: titleOf(node),
    other: titleOf(other),
    date: date && dayWords(speaker, date),
    needs: needs && dayWords(speaker, needs),
    days: Math.abs(days),
  };
  switch (code) {
    case "anchor":
      return t("dates.problem.anchor", values);
    case "date":
      return t("dates.problem.date", values);
    case "start":
      return t("dates.problem.start", values);
    case "latest":
      return t("dates.problem.latest", values);
    case "non-working":
      return t("dates.problem.nonWorking", values);
    case "away":
      return t("dates.problem.away", values);
    case "quarter-end":
      return t("dates.problem.quarter", values);
    case "cycle":
      return t("dates.problem.cycle", values);
    case "missing":
      return t("dates.problem.missing", values);
    case "too-many":
      return t("dates.problem.tooMany", values);
    case "odd":
      return t("dates.problem.odd", values);
    case "odd-calendar":
      return t("dates.problem.oddCalendar", values);
  }
}
