import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useIntl } from "react-intl";
import type { NodeId } from "../../../plan/schema";
import { addWorkingDays } from "../../../plan/schedule";
import { Workdays } from "../../../plan/schedule/calendar";
import { parseDay } from "../../../plan/schedule/day";
import { Button, IconButton } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { asAgreed, useProposeChange, useSchedule } from "../dates/propose";
import { dayWords, spanWords, type Speaker } from "../dates/words";
import { isOpenStep } from "../hooks";
import { usePhone } from "../open-steps";
import { useGoToStep } from "../point-at";
import { useScreen } from "../screen";
import { viewHref } from "../views";
import { Axis } from "./axis";
import { Chart, type Mark } from "./chart";
import { DragLabel, Legend } from "./legend";
import { PRESETS, ZOOM, axisUnits, clampZoom, extent, fitZoom, restOf, rowsOf, ticksOf, xOf, type Scale } from "./layout";
import { Mover } from "./mover";
import { Names } from "./names";
import { useDrag } from "./use-drag";
import { reveal, scrollToDay, useKeptPlace, usePaper, useWidth } from "./use-frame";
import { moved, useEntries, type Entry } from "./use-steps";
import "../page-sheet.css";
import "./timeline.css";
import "./timeline-small.css"; // after what it changes

type Preset = "fit" | keyof typeof PRESETS;
const presets = ["fit", "quarter", "month", "week"] as const satisfies readonly Preset[];

const DESK = { row: 34, middle: 17, names: 272 } as const;
const PHONE = { row: 58, middle: 40, names: 0 } as const;
/** Room for the dates behind the last bar. */
const LABEL = 72;
/** Pixels between two labels that don't touch. */
const APART = 76;
/** Paper is this wide inside its margins, at 96 pixels an inch. */
const PAPER = 690;

/** The plan against the days: what waits for what, how much room there is, and what both sides agreed to. */
export default function TimelinePage() {
  const t = useText();
  const intl = useIntl();
  const { planId, rights } = useScreen();
  const live = useSchedule();
  const { agreed: schedule } = useReadable(live.now);
  const entries = useEntries();
  const phone = usePhone();
  const go = useGoToStep();
  const propose = useProposeChange();
  const sizes = phone ? PHONE : DESK;
  const speaker: Speaker = useMemo(() => ({ t, intl, today: live.today }), [t, intl, live.today]);

  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const paper = usePaper();
  const [zoom, setZoom] = useState<Preset | number>("fit");
  const [active, setActive] = useState<NodeId | null>(null);
  const [focused, setFocused] = useState(false);

  const shown = useMemo(() => extent(entries, live.today), [entries, live.today]);
  const names = paper ? DESK.names : sizes.names;
  const room = Math.max((paper ? PAPER : width) - names, 120);
  const fit = paper || zoom === "fit";
  const wished = fit ? fitZoom(shown.days, Math.max(room - (phone ? 1.4 : 1) * LABEL, 120)) : typeof zoom === "number" ? zoom : PRESETS[zoom];
  const days = Math.max(shown.days, Math.ceil(room / wished)); // a short plan fills the frame too
  const px = fit ? fitZoom(days, room) : wished;
  const scale: Scale = useMemo(() => ({ origin: shown.origin, days, px }), [shown.origin, days, px]);
  const { drag, begin } = useDrag(px);

  const rows = useMemo(() => rowsOf(entries, scale), [entries, scale]);
  const change = drag?.change ?? null;
  const preview = useMemo(() => (change ? asAgreed(live.input(), change) : null), [change, live]);
  const ghosts = useMemo(() => (preview ? rowsOf(moved(entries, preview.after), scale) : null), [preview, entries, scale]);
  const units = axisUnits(px);
  const ticks = useMemo(() => ticksOf(scale, axisUnits(scale.px)[1]), [scale]);
  const calendar = live.input().calendar;
  const calendarKey = JSON.stringify(calendar);
  const rest = useMemo(() => {
    const work = new Workdays(JSON.parse(calendarKey) as typeof calendar, () => undefined);
    const runs = restOf(scale, (day) => work.works(day));
    return scale.px < 5 ? runs.filter(({ from, to }) => to - from >= 4.5 * scale.px) : runs; // stripes of weekends would be only noise
  }, [scale, calendarKey]);
  const goal = schedule.goLive.date || schedule.goLive.forecast;
  const anchorKind = live.input().anchor.kind;
  const goalName = t(anchorKind === "value" ? "anchor.value" : anchorKind === "start" ? "dates.end" : "anchor.goLive");
  const marks = useMemo(() => marksOf(scale, live.today, t("timeline.toToday"), goal, goalName), [scale, live.today, goal, goalName, t]);

  useKeptPlace(frame, scale, names, live.today, setZoom);

  const chooseRow = useCallback((entry: Entry) => {
    setActive(entry.id);
    document.getElementById(`tl-${entry.id}`)?.focus({ preventScroll: true });
  }, []);
  const dueWords = useMemo(() => {
    if (px < 4 && !phone) return null;
    return (due: string, expected = due) =>
      due.slice(0, 4) === expected.slice(0, 4) ? spanWords(speaker, due, expected) : `${dayWords(speaker, due)} → ${dayWords(speaker, expected)}`;
  }, [px, phone, speaker]);
  const chosen = entries.find(({ id, kind }) => id === active && kind !== "stage");
  const first = entries.find(({ kind }) => kind !== "stage");
  const dated = entries.filter(({ kind, due }) => kind !== "stage" && due !== "");
  const tight = dated.filter(({ critical }) => critical).length;
  const grip = rights.write && !phone ? (anchorKind === "start" ? "end" : "start") : null;

  const step = (by: number): void => {
    const at = entries.findIndex(({ id }) => id === active);
    const next = entries[Math.min(Math.max(at + by, 0), entries.length - 1)];
    if (!next) return;
    chooseRow(next);
    reveal(frame.current, rows.find(({ id }) => id === next.id)?.bar ?? null, names);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLElement && event.target.closest("input, [role=dialog], [role=grid]")) return;
    const done = keys(event, {
      move: (by) => step(by),
      zoom: (by) => setZoom(clampZoom(px * ZOOM.step ** by)),
      fit: () => setZoom("fit"),
      today: () => scrollToDay(frame.current, scale, live.today, names),
      shift: (by) => {
        const entry = entries.find(({ id }) => id === active);
        if (!rights.write || !entry || entry.kind === "stage" || entry.due === "") return;
        if (entry.node.status === "done" || entry.node.status === "skipped") return;
        propose({ kind: "due", node: entry.id, date: addWorkingDays(live.input().calendar, entry.due, by) });
      },
    });
    if (done) event.preventDefault();
  };

  const from = dated.reduce((min, { start }) => (start < min ? start : min), dated[0]?.start ?? "");
  const to = dated.reduce((max, { due }) => (due > max ? due : max), "");
  return (
    <div className="timeline-page page-sheet">
      <header className="page-head">
        <div>
          <h1 className="page-title">{t("view.timeline")}</h1>
          <p className="page-lead">
            {dated.length === 0
              ? t("timeline.leadNone")
              : t("timeline.lead", { steps: dated.length, days: from === to ? "one" : "many", from: dayWords(speaker, from), to: dayWords(speaker, to) })}
            {tight > 0 && ` · ${t("timeline.tight", { count: tight })}`}
          </p>
        </div>
      </header>
      {!schedule.dated && <p className="tl-note">{t("timeline.undated")}</p>}
      <p id="tl-hint" className="visually-hidden">
        {t(grip ? "timeline.hintMove" : "timeline.hint")}
      </p>
      <div className="tl-card">
        <div className="tl-tools">
          <ToggleButtonGroup
            className="tl-presets"
            aria-label={t("timeline.zoom")}
            selectionMode="single"
            selectedKeys={typeof zoom === "number" ? [] : [zoom]}
            onSelectionChange={(chosen) => {
              for (const key of chosen) setZoom(key as Preset);
            }}
          >
            {presets.map((preset) => (
              <ToggleButton key={preset} id={preset} className="tl-preset">
                {t(`timeline.zoom.${preset}`)}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
          <span className="tl-buttons">
            <IconButton icon="minus" label={t("timeline.zoomOut")} keys="−" isDisabled={px <= ZOOM.min} onPress={() => setZoom(clampZoom(px / ZOOM.step))} />
            <IconButton icon="plus" label={t("timeline.zoomIn")} keys="+" isDisabled={px >= ZOOM.max} onPress={() => setZoom(clampZoom(px * ZOOM.step))} />
            <Button look="edge" small onPress={() => scrollToDay(frame.current, scale, live.today, names)}>
              {t("timeline.toToday")}
            </Button>
          </span>
        </div>
        <div
          className="tl-frame"
          ref={frame}
          role="group"
          aria-label={t("timeline.chart")}
          onKeyDown={onKeyDown}
          onFocus={() => setFocused(true)}
          onBlur={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
          }}
        >
          <div className="tl-canvas" style={{ gridTemplateColumns: `${names}px ${Math.max(days * px, 1)}px` }}>
            <span className="tl-corner" />
            <Axis scale={scale} units={units} marks={marks} intl={intl} />
            <Names entries={entries} active={active ?? first?.id ?? null} sizes={sizes} speaker={speaker} href={viewHref(planId, "plan")} onFocus={setActive} onOpen={go} />
            <Chart
              entries={entries}
              rows={rows}
              ghosts={ghosts}
              scale={scale}
              sizes={sizes}
              ticks={ticks}
              rest={rest}
              marks={marks}
              active={focused || phone ? active : null}
              today={live.today}
              grip={grip}
              dueWords={dueWords}
              onGrab={begin}
              onChoose={chooseRow}
            />
          </div>
        </div>
        {phone && rights.write && chosen && isOpenStep(chosen.node) && chosen.due !== "" && <Mover entry={chosen} speaker={speaker} />}
        <Legend help={!rights.write ? null : phone ? "timeline.helpTouch" : "timeline.help"} agreed={entries.some(({ agreed }) => agreed !== "")} />
      </div>
      {drag && preview && <DragLabel title={drag.entry.node.title} preview={preview} speaker={speaker} />}
    </div>
  );
}

interface KeyActions {
  readonly move: (by: number) => void;
  readonly shift: (days: number) => void;
  readonly zoom: (by: number) => void;
  readonly fit: () => void;
  readonly today: () => void;
}

/** Whether the key was one of the timeline's. */
function keys(event: KeyboardEvent, act: KeyActions): boolean {
  const { key, altKey, shiftKey, ctrlKey, metaKey } = event;
  if (ctrlKey || metaKey) return false;
  if (altKey) {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return false;
    act.shift((key === "ArrowLeft" ? -1 : 1) * (shiftKey ? 5 : 1));
    return true;
  }
  switch (key) {
    case "ArrowUp":
      act.move(-1);
      return true;
    case "ArrowDown":
      act.move(1);
      return true;
    case "Home":
      act.move(-Infinity);
      return true;
    case "End":
      act.move(Infinity);
      return true;
    case "+":
    case "=":
      act.zoom(1);
      return true;
    case "-":
      act.zoom(-1);
      return true;
    case "0":
      act.fit();
      return true;
    case "t":
      act.today();
      return true;
  }
  return false;
}

function marksOf(scale: Scale, today: string, todayWords: string, goal: string, goalWords: string): Mark[] {
  const marks: Mark[] = [];
  const now = parseDay(today);
  const end = parseDay(goal);
  const drawn = (day: number | undefined): day is number => day !== undefined && day >= scale.origin && day < scale.origin + scale.days;
  if (drawn(end)) marks.push({ kind: "goal", x: xOf(scale, end + 1), label: goalWords });
  if (drawn(now)) marks.push({ kind: "today", x: xOf(scale, now + 0.5), label: todayWords });
  const [a, b] = marks;
  if (!a || !b || Math.abs(a.x - b.x) > APART) return marks;
  return marks.map((mark) => ({ ...mark, beside: mark.x === Math.min(a.x, b.x) ? "left" : "right" }));
}
