import { addWorkingDays } from "../../../plan/schedule";
import { IconButton } from "../../../ui/button";
import { DateMenu } from "../../../ui/date-menu";
import { useText } from "../../../ui/text";
import { useProposeChange, useSchedule } from "../dates/propose";
import { dayWords, type Speaker } from "../dates/words";
import type { Entry } from "./use-steps";

/** Where there is no room to drag: the chosen step, and its date to move. What else moves is shown first, as ever. */
export function Mover({ entry, speaker }: { entry: Entry; speaker: Speaker }) {
  const t = useText();
  const live = useSchedule();
  const propose = useProposeChange();
  const title = entry.node.title || t("step.untitled");
  const move = (date: string) => propose({ kind: "due", node: entry.id, date });
  const by = (days: number) => move(addWorkingDays(live.input().calendar, entry.due, days));
  return (
    <div className="tl-mover" role="group" aria-label={t("timeline.move", { title })}>
      <span className="tl-mover-title">{title}</span>
      <IconButton icon="chevronLeft" label={t("timeline.dayEarlier")} onPress={() => by(-1)} />
      <DateMenu
        label={t("due.label")}
        buttonLabel={t("due.is", { date: dayWords(speaker, entry.due) })}
        className="tl-mover-date"
        value={entry.due}
        onChange={(date) => move(date ?? "")}
        previousLabel={t("date.previous")}
        nextLabel={t("date.next")}
        clearLabel={t("dates.letPlan")}
      >
        {dayWords(speaker, entry.due)}
      </DateMenu>
      <IconButton icon="chevronRight" label={t("timeline.dayLater")} onPress={() => by(1)} />
    </div>
  );
}
