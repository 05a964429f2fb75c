/**
 * What the scheduler takes and gives: plain data, the same keys as `server/plan/schedule`. Dates are
 * `YYYY-MM-DD`; "" (or anything that is no date) means none. The rules are in server/DESIGN.md, "Schedule".
 */
export interface ScheduleInput {
  readonly anchor: ScheduleAnchor;
  readonly calendar: ScheduleCalendar;
  readonly roles: readonly { readonly id: string; readonly person: string }[];
  /** Live nodes in reading order, parents before children. */
  readonly nodes: readonly ScheduleNode[];
  /** The viewer's date; open steps can't end before it. "" gives the plan as agreed instead of a forecast. */
  readonly today: string;
}

export interface ScheduleAnchor {
  /** go-live, value or start; others read as go-live. */
  readonly kind: string;
  readonly date: string;
  readonly provisional: boolean;
  /** The step whose end is go-live (or value); "" means the last step. */
  readonly node: string;
  readonly costPerWeek: number | null;
}

export interface ScheduleCalendar {
  /** ISO weekdays, Monday is 1; null means Saturday and Sunday. */
  readonly weekend: readonly number[] | null;
  readonly holidays: readonly { readonly date: string; readonly label: string }[];
  /** Nothing moves for anybody; both ends included. */
  readonly freezes: readonly { readonly from: string; readonly to: string; readonly label: string }[];
  /** A role or a person who can't work on some days. */
  readonly away: readonly {
    readonly role: string;
    readonly person: string;
    readonly from: string;
    readonly to: string;
    readonly label: string;
  }[];
  /** When the end of a quarter is near enough for a warning; null: their ends don't matter. */
  readonly quarters: Quarters | null;
}

export interface Quarters {
  /** In which a year of the books begins, 1 to 12. */
  readonly month: number;
  /** Working days before an end. */
  readonly days: number;
}

export interface ScheduleNode {
  readonly id: string;
  readonly kind: string;
  /** Where it is shown; "" at the top. */
  readonly parent: string;
  readonly title: string;
  readonly alias: string;
  readonly status: string;
  readonly side: string;
  readonly due: string;
  readonly start: string;
  /** The due date the schedule itself wrote last; a `due` equal to it isn't typed. */
  readonly planned: string;
  /** The day a done step was done; "" then `due` counts. */
  readonly doneOn: string;
  /** It won't end before this day (previews of a missed date). */
  readonly expected: string;
  /** Working days; null: a milestone takes none, a task one. */
  readonly days: number | null;
  /** Accountable role, "" none. */
  readonly owner: string;
  readonly after: readonly Dependency[];
}

/** Lag is in working days. */
export interface Dependency {
  readonly node: string;
  readonly type: string;
  readonly lag: number;
}

export interface Schedule {
  /** False: there is no date to count from, and all dates are "". */
  readonly dated: boolean;
  readonly goLive: GoLive;
  readonly start: string;
  readonly finish: string;
  /** Steps without slack, in reading order. */
  readonly critical: readonly string[];
  /** Stages and steps, in reading order; subtasks have no dates of their own. */
  readonly nodes: readonly NodeDate[];
  readonly problems: readonly Problem[];
}

export interface GoLive {
  /** The step it is the end of. */
  readonly node: string;
  /** As agreed; "" when the plan is counted from its start. */
  readonly date: string;
  /** As the steps allow. */
  readonly forecast: string;
  /** Working days the forecast is after the date. */
  readonly late: number;
}

export interface NodeDate {
  readonly id: string;
  /** `start` and `due` are what to show: typed as typed, actual as it was, else computed. */
  readonly start: string;
  readonly due: string;
  /** When it can really end: after `due` when a typed date can't be kept, else the same. */
  readonly finish: string;
  readonly earliestStart: string;
  readonly earliestDue: string;
  readonly latestStart: string;
  /** Later than this moves go-live, or the end for steps after it. */
  readonly latestDue: string;
  /** Working days between the earliest and the latest dates; null for stages and what is over. */
  readonly slack: number | null;
  readonly critical: boolean;
  /** What a person or the past decided; "" computed. */
  readonly fixed: "" | "due" | "start" | "done";
  readonly reason: Reason;
}

/** What holds a date where it is. */
export interface Reason {
  readonly code: ReasonCode;
  /** The other node, "" when there is none. */
  readonly node: string;
  readonly type: string;
  readonly lag: number;
}

export type ReasonCode =
  | ""
  | "anchor"
  | "start"
  | "typed"
  | "done"
  | "skipped"
  | "today"
  | "expected"
  | "after"
  | "order"
  | "before"
  | "next"
  | "contains"
  | "undated";

/** Something a person should know or decide. Nothing was moved because of it. */
export interface Problem {
  readonly code: ProblemCode;
  /** "" for the plan. */
  readonly node: string;
  /** Another node, or a role. */
  readonly other: string;
  /** As it stands. */
  readonly date: string;
  /** As it would have to be. */
  readonly needs: string;
  /** Working days between the two. */
  readonly days: number;
}

export type ProblemCode =
  | "anchor"
  | "date"
  | "start"
  | "latest"
  | "non-working"
  | "away"
  | "quarter-end"
  | "cycle"
  | "missing"
  | "too-many"
  | "odd"
  | "odd-calendar";

/** Bounds beyond which a value is cut, so that no input costs more than a plan could mean. */
export const SCHEDULE_LIMITS = {
  days: 1000,
  after: 64,
  groupAfter: 256,
  spanDays: 366,
  quarterDays: 30,
} as const;

export function problem(code: ProblemCode, rest: Partial<Omit<Problem, "code">> = {}): Problem {
  return { code, node: "", other: "", date: "", needs: "", days: 0, ...rest };
}

export function because(code: ReasonCode, rest: Partial<Omit<Reason, "code">> = {}): Reason {
  return { code, node: "", type: "", lag: 0, ...rest };
}
