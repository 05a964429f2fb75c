/**
 * The scheduler: dates from durations, dependencies, calendar and anchor; no React, no sockets.
 *
 * ```ts
 * const input = readScheduleInput(plan, today);        // today "2026-05-04", or "" for the plan as agreed
 * const schedule = schedulePlan(input);                // dates, slack, critical path, problems
 * const preview = previewChange(input, { kind: "due", node: id, date: "2026-05-19" });
 * preview.sentence                                     // "Security review +7 days → go-live 12 → 19 May"
 * explainDate(input, id)                               // the chain of reasons behind a date
 * compareBaseline(input, readBaseline(plan))           // agreed against current
 * makeLedger(readSlips(plan))                          // days lost by side and cause
 * checkRealism(input, profile)                         // durations out of the usual range
 * ```
 *
 * Every function is pure and answers what `server/plan/schedule` answers (testdata/plan/schedule), but for
 * `commitChange(plan, change, preview)`, which writes what was previewed: one transaction, one undo entry.
 */
export { NO_DAYS, calendarChange, type CalendarChange } from "./calendar-edit";
export { commitChange } from "./commit";
export * from "./explain";
export * from "./ledger";
export * from "./library";
export { followSchedule, type LiveSchedule, type ScheduleNow, type StepDate } from "./live";
export { addWorkingDays, applyChange, isOfStep, previewChange, workingDays, type Change, type Move, type Preview, type Shift } from "./preview";
export * from "./read";
export { schedulePlan } from "./schedule";
export { settleDates } from "./settle";
export * from "./types";
export { datesInWords } from "./words";
