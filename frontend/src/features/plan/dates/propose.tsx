/**
 * Dates on the plan's page, for every part of it.
 *
 * ```ts
 * const propose = useProposeChange();
 * propose({ kind: "due", node: id, date: "2027-05-19" });   // "" lets the plan decide
 *
 * const live = useSchedule();                // LiveSchedule: { today, now, step(id), input() }
 * const { forecast } = useReadable(live.now) // whole schedule; redraws when any date changes
 * const date = useStepDate(id);              // one step; redraws when its own dates change
 * ```
 *
 * Whatever moves another step, or go-live, or breaks a rule about delays, is shown before it is made; the rest is made at once.
 * Both hooks need a `DatesProvider` above them, which the plan's page and its replay have.
 */
import { createContext, Suspense, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { EditError } from "../../../plan/edit";
import type { NodeId } from "../../../plan/schema";
import { commitChange, followSchedule, previewChange, settleDates, type Change, type LiveSchedule, type Preview, type ScheduleInput, type StepDate } from "../../../plan/schedule";
import { rulesBroken } from "../../../plan/rule-preview";
import { useAnnounce } from "../../../ui/announcer";
import { useToday } from "../../../ui/dates";
import { useProblem } from "../../../ui/problem";
import { useReadable } from "../../../ui/use-readable";
import { lazyPart } from "../../../ui/lazy";
import { useScreen } from "../screen";

const PreviewDialog = lazyPart(() => import("./preview-dialog"));

/** Makes a change of dates, after a look at what it moves. */
export type ProposeChange = (change: Change) => void;

interface Dates {
  readonly live: LiveSchedule;
  readonly propose: ProposeChange;
}

const DatesContext = createContext<Dates | null>(null);

/** `still`: the plan as it was at some moment, without a today. */
export function DatesProvider({ still = false, children }: { still?: boolean; children: ReactNode }) {
  const { plan, rights } = useScreen();
  const announce = useAnnounce();
  const problem = useProblem();
  const clock = useToday();
  const today = still ? "" : clock;
  const live = useMemo(() => followSchedule(plan, today), [plan, today]);
  useEffect(() => (rights.write ? settleDates(plan) : undefined), [plan, rights.write]);
  const [asked, setAsked] = useState<{ change: Change; turn: number } | null>(null);

  const propose = useCallback<ProposeChange>(
    (change) => {
      if (!rights.write) return;
      const input = live.input();
      if (showsFirst(input, change) || rulesBroken(plan, input, change, asAgreed(input, change), today).length > 0) {
        setAsked((before) => ({ change, turn: (before?.turn ?? 0) + 1 }));
        return;
      }
      try {
        commitChange(plan, change, asAgreed(input, change));
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        announce(problem(error));
      }
    },
    [live, plan, rights.write, announce, problem, today],
  );
  const value = useMemo(() => ({ live, propose }), [live, propose]);
  return (
    <DatesContext value={value}>
      {children}
      {asked && (
        <Suspense fallback={null}>
          <PreviewDialog key={asked.turn} change={asked.change} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </DatesContext>
  );
}

function useDates(): Dates {
  const dates = useContext(DatesContext);
  if (!dates) throw new Error("dates need a DatesProvider above them");
  return dates;
}

/** Every edit that can move other steps goes through this, so that people see the consequences first. */
export function useProposeChange(): ProposeChange {
  return useDates().propose;
}

/** The plan's schedule, computed once per change of the document. */
export function useSchedule(): LiveSchedule {
  return useDates().live;
}

/** One step's dates; undefined for what has none of its own, such as a subtask. */
export function useStepDate(id: NodeId): StepDate | undefined {
  const { live } = useDates();
  return useReadable(useMemo(() => live.step(id), [live, id]));
}

/** The change as it is stored: promises, not forecasts. */
export function asAgreed(input: ScheduleInput, change: Change): Preview {
  return previewChange({ ...input, today: "" }, change);
}

/** Whether a change has consequences elsewhere that a person should see before it is made. */
export function showsFirst(input: ScheduleInput, change: Change): boolean {
  if (change.kind === "status" && !endsOrReopens(input, change)) return false;
  const { moves, goLive } = previewChange(input, change);
  // A step that is ticked off gives room to what stands before it; only what comes after it can be delayed.
  if (change.kind === "status") {
    const at = (id: string): number => input.nodes.findIndex((node) => node.id === id);
    return goLive.days > 0 || moves.some(({ node, days }) => days > 0 && at(node) > at(change.node));
  }
  return moves.length > 0 || (goLive.from !== "" && goLive.to !== "" && goLive.from !== goLive.to);
}

/** Beginning or blocking a step promises no other day; being over, or no longer being over, does. */
function endsOrReopens(input: ScheduleInput, change: Extract<Change, { kind: "status" }>): boolean {
  const over = (status: string): boolean => status === "done" || status === "skipped";
  const before = input.nodes.find(({ id }) => id === change.node)?.status ?? "";
  return over(before) || over(change.status);
}
