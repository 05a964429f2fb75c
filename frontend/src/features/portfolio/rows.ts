import type { Api, PlanRow } from "../../sync/api";

/** A plan this device has a link for, and the API in that link's name. */
export interface OwnPlan {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly api: Api;
}

/** A row, and how to open its plan: null while this device has no link for it. */
export interface Row extends PlanRow {
  readonly own: OwnPlan | null;
}

export type Column = "plan" | "health" | "progress" | "goLive" | "slipped" | "gate" | "edits";
export type Filter = "current" | "attention" | "archived";
export interface Order {
  readonly column: Column;
  readonly down: boolean;
}

const worst: Readonly<Record<PlanRow["light"], number>> = { red: 0, yellow: 1, green: 2, "": 3 };
const share = (row: PlanRow): number => (row.total === 0 ? -1 : row.done / row.total);
const latest = (row: PlanRow): string => (row.sellerAt > row.buyerAt ? row.sellerAt : row.buyerAt);

const before: Readonly<Record<Column, (a: Row, b: Row) => number>> = {
  plan: (a, b) => a.title.localeCompare(b.title),
  health: (a, b) => worst[a.light] - worst[b.light],
  progress: (a, b) => share(a) - share(b),
  // Plans without a date come last whichever way the others go.
  goLive: (a, b) => compare(a.goLive.date || a.goLive.forecast || "9999", b.goLive.date || b.goLive.forecast || "9999"),
  slipped: (a, b) => a.slipped - b.slipped,
  gate: (a, b) => compare(a.gate?.due || "9999", b.gate?.due || "9999") || Number(!a.gate) - Number(!b.gate),
  edits: (a, b) => compare(latest(a), latest(b)),
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function inFilter(row: Row, filter: Filter): boolean {
  if (filter === "archived") return row.archived;
  return !row.archived && (filter === "current" || row.light === "red" || row.light === "yellow");
}

/** The rows to show: those that match, in the wished order, of equals by title. */
export function arrange(rows: readonly Row[], filter: Filter, search: string, order: Order): readonly Row[] {
  const words = search.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return rows
    .filter((row) => {
      const text = [row.title, row.next?.title ?? "", row.gate?.title ?? ""].join("\n").toLocaleLowerCase();
      return inFilter(row, filter) && words.every((word) => text.includes(word));
    })
    .sort((a, b) => (order.down ? -1 : 1) * before[order.column](a, b) || before.plan(a, b) || compare(a.id, b.id));
}

/**
 * The plans of this device, each asked for in its own name. One whose link no longer works is left out; any other
 * failure stands in its row.
 */
export async function ownRows(plans: readonly OwnPlan[], today: string, sentence: (cause: unknown) => string): Promise<readonly Row[]> {
  const rows = await Promise.all(
    plans.map(async (own): Promise<Row | null> => {
      try {
        return { ...(await own.api.health(own.id, today)), own };
      } catch (cause) {
        const status = cause instanceof Error && "status" in cause ? cause.status : 0;
        if (status === 401 || status === 403 || status === 404) return null;
        return { ...unread(own.id), own, problem: sentence(cause) };
      }
    }),
  );
  return rows.filter((row) => row !== null);
}

function unread(id: string): PlanRow {
  return {
    id, title: id, status: "", created: "", archived: false, light: "", reasons: [], done: 0, total: 0, overdue: 0,
    goLive: { date: "", forecast: "", late: 0 }, slipped: 0, next: null, gate: null,
    sellerEdits: 0, buyerEdits: 0, sellerAt: "", buyerAt: "", problem: "",
  };
}
