import { describe, expect, test } from "vitest";
import { formatDay, parseDay } from "../../../plan/schedule/day";
import {
  PRESETS,
  ZOOM,
  arrowsOf,
  axisUnits,
  clampZoom,
  dayAt,
  dragged,
  extent,
  fitZoom,
  restOf,
  rowsOf,
  scrollAfterZoom,
  ticksOf,
  xOf,
  type Scale,
  type TimelineStep,
} from "./layout";

/** Numbers from a seed, the same in every run. */
function random(seed: number): (n: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state % n;
  };
}

const day = (date: string): number => parseDay(date) ?? NaN;

const step = (id: string, start: string, due: string, rest: Partial<TimelineStep> = {}): TimelineStep => ({
  id, kind: "task", level: 1, start, due, expected: due, latest: "", agreed: "", moment: false, after: [], ...rest,
});

function randomSteps(seed: number): TimelineStep[] {
  const roll = random(seed);
  const date = (): string => (roll(8) === 0 ? "" : formatDay(day("2026-01-01") + roll(900)));
  const types = ["FS", "SS", "FF", "SF", "odd"];
  const count = 1 + roll(40);
  return Array.from({ length: count }, (_, i) =>
    step(`n${i}`, date(), date(), {
      kind: (["stage", "milestone", "task"] as const)[roll(3)] ?? "task",
      expected: date(),
      latest: date(),
      agreed: date(),
      moment: roll(4) === 0,
      after: Array.from({ length: roll(4) }, () => ({ node: `n${roll(count + 2)}`, type: types[roll(5)] ?? "FS", lag: 0 })),
    }),
  );
}

const middle = (row: number): number => row * 34 + 17;

describe("the days shown", () => {
  test("hold every date with room to spare, and begin on a Monday", () => {
    for (let seed = 0; seed < 200; seed++) {
      const steps = randomSteps(seed);
      const { origin, days } = extent(steps, "2027-01-15");
      expect(origin % 7).toBe(0);
      for (const date of steps.flatMap(({ start, due, expected, agreed }) => [start, due, expected, agreed])) {
        if (date === "") continue;
        expect(day(date)).toBeGreaterThan(origin);
        expect(day(date)).toBeLessThan(origin + days);
      }
    }
  });

  test("of an undated plan are those around today; without a today there are some too", () => {
    const none = [step("a", "", "")];
    expect(extent(none, "2026-05-04").origin).toBeLessThan(day("2026-05-04"));
    expect(extent(none, "").days).toBeGreaterThan(0);
    expect(extent([], "").days).toBeGreaterThan(0);
  });

  test("don't reach back to a today that is far away, nor on for a mistyped century", () => {
    expect(extent([step("a", "2026-01-05", "2026-01-09")], "2029-01-01").days).toBeLessThan(100);
    expect(extent([step("a", "2026-01-05", "2926-01-09")], "2026-01-06").days).toBeLessThan(5000);
  });
});

describe("bars", () => {
  const scale: Scale = { origin: day("2026-03-02"), days: 60, px: 10 };

  test("cover their days, morning to evening", () => {
    const [row] = rowsOf([step("a", "2026-03-03", "2026-03-05", { latest: "2026-03-09", expected: "2026-03-06", agreed: "2026-03-04" })], scale);
    expect(row).toEqual({
      id: "a", kind: "task", bar: { from: 10, to: 40, moment: false }, late: { from: 40, to: 50 }, room: { from: 40, to: 80 }, agreed: 30,
    });
  });

  test("of one day are a day wide; a moment stands on its day; nothing is drawn without a date", () => {
    expect(rowsOf([step("a", "2026-03-03", "2026-03-03")], scale)[0]?.bar).toEqual({ from: 10, to: 20, moment: false });
    expect(rowsOf([step("a", "2026-03-02", "2026-03-05", { moment: true })], scale)[0]?.bar).toEqual({ from: 30, to: 40, moment: true });
    expect(rowsOf([step("a", "2026-03-03", "")], scale)[0]?.bar).toBeNull();
  });

  test("never run backwards, and there is one row for each step in the same order", () => {
    for (let seed = 0; seed < 300; seed++) {
      const steps = randomSteps(seed);
      const { origin, days } = extent(steps, "");
      const rows = rowsOf(steps, { origin, days, px: 3 });
      expect(rows.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
      rows.forEach((row, i) => {
        expect(row.bar !== null).toBe(steps[i]?.due !== "");
        for (const part of [row.bar, row.late, row.room]) if (part) expect(part.to).toBeGreaterThan(part.from);
        if (row.bar) {
          expect(row.bar.from).toBeGreaterThanOrEqual(0);
          expect(row.bar.to).toBeLessThanOrEqual(days * 3);
        }
      });
    }
  });
});

describe("arrows", () => {
  test.each([
    ["FS", 30, 60, true],
    ["SS", 10, 60, true],
    ["FF", 30, 90, false],
    ["SF", 10, 90, false],
  ])("of %s join the ends that the link is about", (type, from, to, right) => {
    const steps = [step("a", "2026-03-03", "2026-03-04"), step("b", "2026-03-08", "2026-03-10", { after: [{ node: "a", type, lag: 0 }] })];
    const rows = rowsOf(steps, { origin: day("2026-03-02"), days: 30, px: 10 });
    const [arrow] = arrowsOf(steps, rows, middle);
    expect(arrow).toMatchObject({ from: "a", to: "b", x: to, y: 51, right });
    expect(arrow?.path.startsWith(`M${from} 17L`)).toBe(true);
    expect(arrow?.path.endsWith(`L${to} 51`)).toBe(true);
  });

  test("are there for every link with two dated ends, run along the grid, and enter from the side of their head", () => {
    for (let seed = 0; seed < 300; seed++) {
      const steps = randomSteps(seed);
      const rows = rowsOf(steps, { ...extent(steps, ""), px: 4 });
      const dated = new Set(rows.filter(({ bar }) => bar).map(({ id }) => id));
      const wanted = steps.flatMap(({ id, after }) => after.filter(({ node }) => node !== id && dated.has(node) && dated.has(id)).map(({ node }) => `${node} ${id}`));
      const arrows = arrowsOf(steps, rows, middle);
      expect(arrows.map(({ from, to }) => `${from} ${to}`)).toEqual(wanted);
      for (const { path, x, y, right } of arrows) {
        const points = [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, a, b]) => [Number(a), Number(b)] as const);
        points.slice(1).forEach(([px, py], i) => expect(px === points[i]?.[0] || py === points[i]?.[1]).toBe(true));
        const [last, before] = [points.at(-1), points.at(-2)];
        expect(last).toEqual([Math.round(x * 10) / 10, y]);
        expect(before?.[1]).toBe(y);
        expect(right ? (before?.[0] ?? 0) < x : (before?.[0] ?? 0) > x).toBe(true);
      }
    }
  });
});

describe("the axis", () => {
  const scale: Scale = { origin: day("2025-12-29"), days: 800, px: 5 };

  test("counts days, Mondays, months, quarters and years from their beginnings, over leap days and new years", () => {
    const dates = (unit: Parameters<typeof ticksOf>[1]) => ticksOf(scale, unit).map((tick) => formatDay(tick.day));
    expect(dates("day").length).toBe(800);
    expect(dates("week").every((date) => new Date(`${date}T00:00:00Z`).getUTCDay() === 1)).toBe(true);
    expect(dates("month").slice(0, 4)).toEqual(["2025-12-29", "2026-01-01", "2026-02-01", "2026-03-01"]);
    expect(dates("quarter").slice(0, 3)).toEqual(["2025-12-29", "2026-01-01", "2026-04-01"]);
    expect(dates("year")).toEqual(["2025-12-29", "2026-01-01", "2027-01-01", "2028-01-01"]);
    for (const unit of ["day", "week", "month", "quarter", "year"] as const) {
      const ticks = ticksOf(scale, unit);
      ticks.slice(1).forEach((tick, i) => expect(tick.x).toBeGreaterThan(ticks[i]?.x ?? 0));
      ticks.forEach((tick) => expect(tick.x).toBe(xOf(scale, tick.day)));
    }
  });

  test("counts larger units the further one is away", () => {
    expect(axisUnits(PRESETS.week)).toEqual(["month", "day"]);
    expect(axisUnits(PRESETS.month)).toEqual(["month", "week"]);
    expect(axisUnits(PRESETS.quarter)).toEqual(["year", "month"]);
    expect(axisUnits(ZOOM.min)).toEqual(["year", "quarter"]);
  });

  test("ends at the last day that there is", () => {
    expect(ticksOf({ origin: day("9999-11-01"), days: 300, px: 1 }, "month").length).toBeGreaterThan(1);
  });
});

describe("zooming", () => {
  test("keeps the day under the pointer", () => {
    for (let seed = 0; seed < 300; seed++) {
      const roll = random(seed);
      const before: Scale = { origin: 700_000, days: 500, px: clampZoom(1 + roll(300) / 10) };
      const after: Scale = { ...before, px: clampZoom(before.px * (0.5 + roll(20) / 10)) };
      const pointer = roll(900);
      const scrolled = roll(2000);
      const left = scrollAfterZoom(before, after, scrolled, pointer);
      if (left === 0) continue; // the beginning can't be scrolled past
      expect((left + pointer) / after.px).toBeCloseTo((scrolled + pointer) / before.px, 6);
    }
  });

  test("shows everything when it is to fit, and stays within bounds", () => {
    expect(fitZoom(100, 800)).toBe(8);
    expect(fitZoom(100_000, 800)).toBe(ZOOM.min);
    expect(fitZoom(1, 800)).toBe(ZOOM.max);
    expect(fitZoom(0, 800)).toBe(ZOOM.max);
  });

  test("finds the day under a pixel", () => {
    const scale: Scale = { origin: 1000, days: 10, px: 8 };
    expect([-5, 0, 7.9, 8, 79, 500].map((x) => dayAt(scale, x))).toEqual([1000, 1000, 1000, 1001, 1009, 1009]);
  });
});

test("days of rest are joined to runs", () => {
  const scale: Scale = { origin: 0, days: 14, px: 10 };
  expect(restOf(scale, (d) => d % 7 < 5)).toEqual([{ from: 50, to: 70 }, { from: 120, to: 140 }]);
  expect(restOf(scale, () => true)).toEqual([]);
  expect(restOf(scale, () => false)).toEqual([{ from: 0, to: 140 }]);
});

test("dragging goes by whole days, over the ends of months and years", () => {
  expect(dragged("2026-12-30", 24, 8)).toBe("2027-01-02");
  expect(dragged("2026-03-02", -24, 8)).toBe("2026-02-27");
  expect(dragged("2026-03-29", 8, 8)).toBe("2026-03-30"); // clocks change that night in Europe
  expect(dragged("2026-03-02", 3, 8)).toBe("2026-03-02");
  expect(dragged("", 30, 8)).toBe("");
});
