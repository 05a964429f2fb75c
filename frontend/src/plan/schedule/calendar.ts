/** Which days can be worked, by the plan and by one owner. As in `server/plan/schedule/calendar.go`. */
import { dateOf, dayNumber, parseDay } from "./day";
import { SCHEDULE_LIMITS, problem, type Problem, type Quarters, type ScheduleCalendar, type ScheduleInput } from "./types";

export type Report = (problem: Problem) => void;
type Run = readonly [from: number, to: number];

/** The first index in 0…n for which `ok` holds; `ok` must stay true once it is. */
function search(n: number, ok: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ok(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Takes runs of units out of a line of whole numbers; what is left is numbered from the same zero. */
class Gaps {
  readonly #runs: { from: number; to: number; cut: number }[] = []; // cut: units taken out before

  constructor(runs: readonly Run[]) {
    for (const [from, to] of [...runs].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const last = this.#runs.at(-1);
      if (from >= to) continue;
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else this.#runs.push({ from, to, cut: 0 });
    }
    let sum = 0;
    for (const run of this.#runs) {
      run.cut = sum;
      sum += run.to - run.from;
    }
  }

  /** How many units are left before `n`. */
  in(n: number): number {
    const run = this.#runs[search(this.#runs.length, (i) => (this.#runs[i]?.from ?? 0) >= n) - 1];
    return run ? n - run.cut - (Math.min(n, run.to) - run.from) : n;
  }

  /** The place of the r-th unit that is left. */
  out(r: number): number {
    const run = this.#runs[search(this.#runs.length, (i) => (this.#runs[i]?.from ?? 0) - (this.#runs[i]?.cut ?? 0) > r) - 1];
    return run ? r + run.cut + run.to - run.from : r;
  }
}

/**
 * Numbers the days on which the plan can be worked at all. A moment is the number of working days before
 * it, so 7 is both the evening of the seventh working day and the morning of the eighth.
 */
export class Workdays {
  readonly #before: number[] = []; // working weekdays before weekday i
  readonly #nth: number[] = []; // the i-th working weekday
  readonly #off: Gaps; // holidays and freezes, over the weekdays that are worked

  constructor(calendar: ScheduleCalendar, report: Report) {
    let weekend = calendar.weekend ?? [6, 7];
    if ([1, 2, 3, 4, 5, 6, 7].every((day) => weekend.includes(day))) {
      report(problem("odd-calendar"));
      weekend = [6, 7];
    }
    for (let day = 0; day < 7; day++) {
      this.#before.push(this.#nth.length);
      if (!weekend.includes(day + 1)) this.#nth.push(day);
    }
    const runs: Run[] = [];
    for (const { date } of calendar.holidays) {
      const day = parseDay(date);
      if (day !== undefined) runs.push([this.#weekdays(day), this.#weekdays(day + 1)]);
    }
    for (const freeze of calendar.freezes) {
      const span = readSpan(freeze.from, freeze.to, report);
      if (span) runs.push([this.#weekdays(span[0]), this.#weekdays(span[1] + 1)]);
    }
    this.#off = new Gaps(runs);
  }

  #weekdays(day: number): number {
    const week = Math.floor(day / 7);
    return week * this.#nth.length + (this.#before[day - week * 7] ?? 0);
  }

  /** The morning of a day. */
  moment(day: number): number {
    return this.#off.in(this.#weekdays(day));
  }

  /** The working day that begins at a moment. */
  day(moment: number): number {
    const n = this.#off.out(moment);
    const week = Math.floor(n / this.#nth.length);
    return week * 7 + (this.#nth[n - week * this.#nth.length] ?? 0);
  }

  works(day: number): boolean {
    return this.moment(day + 1) > this.moment(day);
  }
}

/** The last day of the quarter that a day is in. */
export function quarterEnd({ month }: Quarters, day: number): number {
  const { y, m } = dateOf(day);
  const left = 2 - ((((m - month) % 3) + 3) % 3); // months of the quarter after this one
  return dayNumber(y + Math.floor((m + left) / 12), ((m + left) % 12) + 1, 1) - 1;
}

/**
 * The calendar with some entries taken out and others put in. A day can be off once; other entries are told
 * apart by all they say. The weekend and the quarters are replaced where `add` names them.
 */
export function editCalendar(calendar: ScheduleCalendar, add: ScheduleCalendar, drop: ScheduleCalendar): ScheduleCalendar {
  return {
    weekend: add.weekend ?? calendar.weekend,
    holidays: [...calendar.holidays.filter(({ date }) => !drop.holidays.some((one) => one.date === date)), ...add.holidays],
    freezes: [...calendar.freezes.filter((span) => !drop.freezes.some((one) => sameSpan(one, span))), ...add.freezes],
    away: [...calendar.away.filter((span) => !drop.away.some((one) => sameSpan(one, span))), ...add.away],
    quarters: add.quarters ?? (drop.quarters ? null : calendar.quarters),
  };
}

type Span = ScheduleCalendar["freezes"][number] & { readonly role?: string; readonly person?: string };

export function sameSpan(a: Span, b: Span): boolean {
  return a.from === b.from && a.to === b.to && a.label === b.label && a.role === b.role && a.person === b.person;
}

/** Reads a run of days; one that is reversed, longer than a year or no date at all can't be meant. */
function readSpan(a: string, b: string, report: Report): Run | undefined {
  const from = parseDay(a);
  const to = parseDay(b);
  if (from === undefined || to === undefined || to < from || to - from >= SCHEDULE_LIMITS.spanDays) {
    report(problem("odd-calendar", { date: a, needs: b }));
    return undefined;
  }
  return [from, to];
}

/** The moments one owner can use: the plan's less their absences. */
export class Hours {
  readonly #away: Gaps;

  constructor(runs: readonly Run[]) {
    this.#away = new Gaps(runs);
  }

  /** Usable days between two moments. */
  between(from: number, to: number): number {
    return this.#away.in(to) - this.#away.in(from);
  }

  /** When work of that many days ends that can begin at `from`. */
  finish(from: number, days: number): number {
    return days === 0 ? from : this.#away.out(this.#away.in(from) + days - 1) + 1;
  }

  /** When work of that many days must begin to end at `to`. */
  begin(to: number, days: number): number {
    return days === 0 ? to : this.#away.out(this.#away.in(to) - days);
  }

  /** The first usable moment not before `from`. */
  startAt(from: number): number {
    return this.#away.out(this.#away.in(from));
  }

  /** The last usable moment not after `by`. */
  startBy(by: number): number {
    return this.#away.out(this.#away.in(by + 1) - 1);
  }

  /** The end of the first usable day that doesn't end before `at`. */
  finishAt(at: number): number {
    return this.#away.out(this.#away.in(at - 1)) + 1;
  }

  /** The end of the last usable day that doesn't end after `by`. */
  finishBy(by: number): number {
    return this.#away.out(this.#away.in(by) - 1) + 1;
  }
}

/** Gives each accountable role its hours. */
export class OwnerHours {
  readonly #runs = new Map<string, Run[]>();
  readonly #spans = new Map<string, Run[]>();
  readonly #made = new Map<string, Hours>();

  constructor(input: ScheduleInput, work: Workdays, report: Report) {
    const rolesOf = new Map<string, string[]>();
    for (const role of input.roles) if (role.person !== "") push(rolesOf, role.person, role.id);
    for (const away of input.calendar.away) {
      const span = readSpan(away.from, away.to, report);
      if (!span) continue;
      const roles = new Set(rolesOf.get(away.person) ?? []);
      if (away.role !== "") roles.add(away.role);
      for (const role of roles) {
        push(this.#runs, role, [work.moment(span[0]), work.moment(span[1] + 1)]);
        push(this.#spans, role, span);
      }
    }
  }

  of(role: string): Hours {
    let hours = this.#made.get(role);
    if (!hours) this.#made.set(role, (hours = new Hours(this.#runs.get(role) ?? [])));
    return hours;
  }

  /** Whether the role is away on a day. */
  away(role: string, day: number): boolean {
    return (this.#spans.get(role) ?? []).some(([from, to]) => from <= day && day <= to);
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
