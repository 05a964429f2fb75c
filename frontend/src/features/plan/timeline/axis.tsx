import { memo } from "react";
import type { IntlShape } from "react-intl";
import { formatDay } from "../../../plan/schedule/day";
import { useText, type Translate } from "../../../ui/text";
import { ticksOf, type Scale, type Tick, type TickUnit } from "./layout";
import type { Mark } from "./chart";

/** The two lines of dates above the bars; they stay in sight when the rows scroll. */
export const Axis = memo(function Axis({ scale, units, marks, intl }: { scale: Scale; units: readonly [TickUnit, TickUnit]; marks: readonly Mark[]; intl: IntlShape }) {
  const t = useText();
  const [major, minor] = units.map((unit) => ticksOf(scale, unit));
  const width = scale.days * scale.px;
  return (
    <div className="tl-axis" aria-hidden="true" style={{ inlineSize: width }}>
      {major?.map((tick, i) => (
        <span key={tick.day} className="tl-major" style={{ insetInlineStart: tick.x, inlineSize: (major[i + 1]?.x ?? width) - tick.x }}>
          <span className="tl-major-words">{majorWords(t, intl, tick, scale.px, (major[i + 1]?.x ?? width) - tick.x)}</span>
        </span>
      ))}
      {minor?.map((tick, i) => {
        const room = (minor[i + 1]?.x ?? width) - tick.x;
        return (
          <span key={tick.day} className={`tl-minor tl-minor-${tick.unit}`} style={{ insetInlineStart: tick.x, inlineSize: room }}>
            {room >= LEAST[tick.unit] && words(t, intl, tick, scale.px)}
          </span>
        );
      })}
      {marks.map(({ kind, x, label, beside }) => (
        <span key={kind} className={`tl-pin tl-pin-${kind}`} data-beside={beside} style={{ insetInlineStart: x }}>
          {label}
        </span>
      ))}
    </div>
  );
});

/** The longest name that has room; a sliver of a month has none. */
function majorWords(t: Translate, intl: IntlShape, tick: Tick, px: number, room: number): string {
  if (tick.unit !== "month") return room < LEAST[tick.unit] + PADDING ? "" : words(t, intl, tick, px);
  const date = `${formatDay(tick.day)}T00:00:00Z`;
  const names = (["long", "short"] as const).flatMap((month) => [{ month, year: "numeric" } as const, { month }]);
  const fits = [names[0], names[2], names[3]].map((options) => intl.formatDate(date, { timeZone: "UTC", ...options }));
  return fits.find((name) => name.length * LETTER + PADDING <= room) ?? "";
}

/** About how wide a letter of a label is, and the blanks around one. */
const LETTER = 7.4;
const PADDING = 12;

/** Pixels a label needs. */
const LEAST: Record<TickUnit, number> = { day: 16, week: 24, month: 24, quarter: 20, year: 30 };

function words(t: Translate, intl: IntlShape, { day, unit }: Tick, px: number): string {
  const date = formatDay(day);
  const format = (options: Intl.DateTimeFormatOptions) => intl.formatDate(`${date}T00:00:00Z`, { timeZone: "UTC", ...options });
  switch (unit) {
    case "day":
    case "week":
      return String(Number(date.slice(8)));
    case "month":
      return px >= 4 ? format({ month: "long", year: "numeric" }) : format({ month: "short" });
    case "quarter":
      return t("timeline.quarter", { quarter: Math.ceil(Number(date.slice(5, 7)) / 3) });
    case "year":
      return date.slice(0, 4);
  }
}
