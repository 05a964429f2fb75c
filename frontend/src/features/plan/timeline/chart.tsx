import { memo, type PointerEvent, type ReactNode } from "react";
import { isOpenStep } from "../hooks";
import { arrowsOf, type Arrow, type Row, type Scale, type Stretch, type Tick } from "./layout";
import type { Grip } from "./use-drag";
import type { Entry } from "./use-steps";

/** Heights in pixels; a phone has the name above the bar. */
export interface Sizes {
  readonly row: number;
  /** From a row's top to the middle of its bar. */
  readonly middle: number;
}

export interface Mark {
  readonly x: number;
  readonly kind: "today" | "goal";
  readonly label: string;
  /** On which side of its line the label stands, where two are close together. */
  readonly beside?: "left" | "right" | undefined;
}

export interface ChartProps {
  readonly entries: readonly Entry[];
  readonly rows: readonly Row[];
  /** Where bars would be if what is being dragged were let go. */
  readonly ghosts: readonly Row[] | null;
  readonly scale: Scale;
  readonly sizes: Sizes;
  readonly ticks: readonly Tick[];
  readonly rest: readonly Stretch[];
  readonly marks: readonly Mark[];
  readonly active: string | null;
  readonly today: string;
  /** The end that changes the duration; null where nothing can be moved. */
  readonly grip: "start" | "end" | null;
  /** When a step is due, and when it will be where that is later. */
  readonly dueWords: ((due: string, expected?: string) => string) | null;
  readonly onGrab: (event: PointerEvent, entry: Entry, grip: Grip) => void;
  readonly onChoose: (entry: Entry) => void;
}

const HALF = 8;

/** The drawing itself. Everything in it is said in words by the rows' names beside it. */
export const Chart = memo(function Chart(props: ChartProps) {
  const { entries, rows, ghosts, scale, sizes, ticks, rest, marks, active } = props;
  const width = scale.days * scale.px;
  const height = entries.length * sizes.row;
  const middle = (row: number): number => row * sizes.row + sizes.middle;
  const arrows = arrowsOf(entries, rows, middle);
  return (
    <svg className="tl-chart" width={width} height={height} aria-hidden="true">
      <defs>
        <pattern id="tl-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="tl-hatch-line" width="1.8" height="5" />
        </pattern>
      </defs>
      {rest.map(({ from, to }) => (
        <rect key={from} className="tl-rest" x={from} y="0" width={to - from} height={height} />
      ))}
      {entries.map((entry, i) =>
        entry.kind === "stage" ? <rect key={entry.id} className="tl-stage-band" x="0" y={i * sizes.row} width={width} height={sizes.row} /> : null,
      )}
      {active !== null && (
        <rect className="tl-active" x="0" y={Math.max(0, entries.findIndex(({ id }) => id === active)) * sizes.row} width={width} height={sizes.row} />
      )}
      {ticks.map(({ x, unit }) => (
        <line key={`${unit}${x}`} className={`tl-grid tl-grid-${unit}`} x1={x} x2={x} y1="0" y2={height} />
      ))}
      {marks.map(({ kind, x }) => (
        <line key={kind} className={`tl-mark tl-mark-${kind}`} x1={x} x2={x} y1="0" y2={height} />
      ))}
      {arrows.map((arrow) => (
        <Line key={`${arrow.from} ${arrow.to}`} arrow={arrow} near={arrow.from === active || arrow.to === active} />
      ))}
      {rows.map((row, i) => {
        const entry = entries[i];
        return entry && row.bar ? <Bar key={row.id} {...props} entry={entry} row={row} y={middle(i)} /> : null;
      })}
      {ghosts?.map((row, i) => (differs(row, rows[i]) && row.bar ? <Ghost key={row.id} bar={row.bar} y={middle(i)} stage={row.kind === "stage"} /> : null))}
    </svg>
  );
});

function differs(a: Row, b: Row | undefined): boolean {
  return a.bar?.from !== b?.bar?.from || a.bar?.to !== b?.bar?.to;
}

function Line({ arrow: { path, x, y, right }, near }: { arrow: Arrow; near: boolean }) {
  const back = right ? -5 : 5;
  return (
    <g className={near ? "tl-arrow tl-arrow-near" : "tl-arrow"}>
      <path d={path} />
      <path className="tl-arrow-head" d={`M${x} ${y}l${back} -3.5v7Z`} />
    </g>
  );
}

function diamond(x: number, y: number, r: number): string {
  return `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`;
}

/** The middle of the day a moment is on. */
const centre = ({ from, to }: Stretch): number => (from + to) / 2;

function Ghost({ bar, y, stage }: { bar: Stretch & { moment: boolean }; y: number; stage: boolean }) {
  if (bar.moment) return <path className="tl-ghost" d={diamond(centre(bar), y, HALF + 1)} />;
  const half = stage ? 3 : HALF;
  return <rect className="tl-ghost" x={bar.from} y={y - half} width={bar.to - bar.from} height={half * 2} rx={stage ? 3 : 5} />;
}

function Bar({ entry, row, y, today, grip, dueWords, onGrab, onChoose }: ChartProps & { entry: Entry; row: Row; y: number }) {
  const { bar, late, room, agreed } = row;
  if (!bar) return null;
  const { status } = entry.node;
  const width = Math.max(bar.to - bar.from, 7);
  if (entry.kind === "stage") return <rect className="tl-bar-stage" x={bar.from} y={y - 3} width={width} height="6" rx="3" />;
  const over = !isOpenStep(entry.node);
  const overdue = !over && today !== "" && entry.due < today;
  const looks = ["tl-bar", `tl-bar-${status}`, entry.critical && "tl-bar-tight", (overdue || late) && "tl-bar-late", grip && !over && "tl-bar-movable"];
  const end = late?.to ?? bar.to;
  let shape: ReactNode;
  if (bar.moment) shape = <path className="tl-body" d={diamond(centre(bar), y, HALF + 1)} />;
  else shape = <rect className="tl-body" x={bar.from + 0.5} y={y - HALF} width={width - 1} height={HALF * 2} rx={Math.min(5, width / 2)} />;
  const glyph = bar.moment ? centre(bar) : bar.from + 9;
  const label = (bar.moment ? Math.max(end, centre(bar) + HALF) : Math.max(end, bar.from + width)) + 11;
  return (
    <g
      className={looks.filter(Boolean).join(" ")}
      data-step={entry.id}
      onPointerDown={grip && !over ? (event) => onGrab(event, entry, "move") : undefined}
      onClick={() => onChoose(entry)}
    >
      {agreed !== null && (
        bar.moment
          ? <path className="tl-agreed" d={diamond(agreed - (bar.to - bar.from) / 2, y, HALF + 1)} />
          : <rect className="tl-agreed" x={agreed - width} y={y - HALF} width={width} height={HALF * 2} rx="5" />
      )}
      {room && <path className="tl-room" d={`M${room.from} ${y}H${room.to - 1}M${room.to - 1} ${y - 4}v8`} />}
      {late && <rect className="tl-late" x={late.from} y={y - HALF + 2} width={late.to - late.from} height={HALF * 2 - 4} rx="3" />}
      <rect className="tl-hit" x={bar.from - 4} y={y - 14} width={width + 8} height="28" />
      {shape}
      {(bar.moment || width > 20) && status === "done" && <path className="tl-glyph" d={`m${glyph - 3.5} ${y + 0.3} 2.4 2.4 4.4 -5`} />}
      {(bar.moment || width > 20) && status === "blocked" && <path className="tl-glyph" d={`M${glyph - 3.5} ${y}h7`} />}
      {(bar.moment || width > 20) && status === "skipped" && <path className="tl-glyph" d={`m${glyph - 3} ${y + 3} 6 -6`} />}
      {!bar.moment && width > 20 && status === "in-progress" && <path className="tl-glyph tl-glyph-full" d={`M${glyph} ${y - 4}a4 4 0 0 1 0 8Z`} />}
      {grip && !over && !bar.moment && width > 14 && (
        <rect
          className="tl-end"
          x={grip === "start" ? bar.from - 5 : bar.to - 5}
          y={y - 12}
          width="10"
          height="24"
          onPointerDown={(event) => {
            event.stopPropagation();
            onGrab(event, entry, grip);
          }}
        />
      )}
      {dueWords && (
        <text className={late ? "tl-due tl-due-late" : "tl-due"} x={label} y={y + 4}>
          {late ? dueWords(entry.due, entry.expected) : dueWords(entry.due)}
        </text>
      )}
    </g>
  );
}
