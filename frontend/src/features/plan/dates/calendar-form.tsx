import { useState } from "react";
import { SCHEDULE_LIMITS } from "../../../plan/schedule";
import { parseDay } from "../../../plan/schedule/day";
import { SIDES } from "../../../plan/schema";
import { Button } from "../../../ui/button";
import { DatePicker } from "../../../ui/date-picker";
import { TextField } from "../../../ui/field";
import { Select, type Choice } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark } from "../status";
import type { CalendarEntry, EntryKind } from "./calendar-entries";

const titles: Record<EntryKind, MessageId> = {
  holiday: "dates.calendar.addHoliday",
  freeze: "dates.calendar.addFreeze",
  away: "dates.calendar.addAway",
};

/** One entry of the calendar, new or to be changed. `onDone` gets null when it is left as it was. */
export function CalendarForm({
  kind,
  entry,
  today,
  onDone,
}: {
  kind: EntryKind;
  entry: CalendarEntry | null;
  today: string;
  onDone: (entry: Omit<CalendarEntry, "key"> | null) => void;
}) {
  const t = useText();
  const [from, setFrom] = useState<string | null>(entry?.from ?? (today || null));
  const [to, setTo] = useState<string | null>(entry?.to ?? null);
  const [label, setLabel] = useState(entry?.label ?? "");
  const [who, setWho] = useState<string | null>(entry ? (entry.person ? `person:${entry.person}` : `role:${entry.role}`) : null);
  const [wrong, setWrong] = useState<MessageId | null>(null);
  const choices = useWho();
  const end = kind === "holiday" ? from : (to ?? from);
  const submit = () => {
    const problem = check();
    setWrong(problem);
    if (problem !== null || from === null || end === null) return;
    const [sort, id = ""] = split(who ?? "");
    onDone({ kind, from, to: end, label: label.trim(), role: kind === "away" && sort === "role" ? id : "", person: kind === "away" && sort === "person" ? id : "" });
  };
  const check = (): MessageId | null => {
    const first = parseDay(from ?? "");
    const last = parseDay(end ?? "");
    if (first === undefined || last === undefined) return "dates.calendar.needsDate";
    if (last < first) return "dates.calendar.reversed";
    if (last - first >= SCHEDULE_LIMITS.spanDays) return "dates.calendar.tooLong";
    return kind === "away" && who === null ? "dates.calendar.needsWho" : null;
  };
  const months = { openLabel: t("date.open"), previousLabel: t("date.previous"), nextLabel: t("date.next") };
  return (
    <form
      ref={openForm}
      className="days-off-form"
      aria-label={t(titles[kind])}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {kind === "away" && <Select label={t("dates.calendar.who")} value={who} onChange={setWho} choices={choices} placeholder={t("dates.calendar.whoNone")} />}
      <DatePicker label={t(kind === "holiday" ? "dates.calendar.day" : "dates.calendar.from")} value={from} onChange={setFrom} {...months} />
      {kind !== "holiday" && <DatePicker label={t("dates.calendar.to")} value={to} onChange={setTo} {...months} />}
      <TextField label={t(kind === "away" ? "dates.calendar.note" : "dates.calendar.label")} value={label} maxLength={120} onChange={setLabel} />
      {wrong !== null && (
        <p className="form-error" role="alert">
          {t(wrong)}
        </p>
      )}
      <div className="form-actions">
        <Button onPress={() => onDone(null)}>{t("action.cancel")}</Button>
        <Button look="main" type="submit">
          {t(entry ? "dates.calendar.save" : "dates.calendar.put")}
        </Button>
      </div>
    </form>
  );
}

/** Whoever asked for a form is taken to its first field. */
export function openForm(form: HTMLElement | null): void {
  form?.querySelector<HTMLElement>("button, [role=spinbutton]")?.focus({ preventScroll: true });
  form?.scrollIntoView({ block: "nearest" });
}

/** Roles, and persons in whatever roles they have. Buyers speak for their own side. */
function useWho(): readonly Choice[] {
  const t = useText();
  const { store, rights } = useScreen();
  const roles = useReadable(store.roles).filter(({ side }) => rights.frame || side !== "seller");
  const inOrder = SIDES.flatMap((side) => roles.filter((role) => role.side === side));
  const persons = [...new Set(inOrder.map(({ name }) => name).filter(Boolean))];
  return [
    ...persons.map((name) => ({ id: `person:${name}`, label: t("dates.calendar.person", { name }) })),
    ...inOrder.map(({ id, title, side }) => ({ id: `role:${id}`, label: title, lead: <SideMark side={side} /> })),
  ];
}

/** "role:ciso" as its two parts. */
function split(who: string): [string, string?] {
  const at = who.indexOf(":");
  return at < 0 ? [""] : [who.slice(0, at), who.slice(at + 1)];
}
