/** The notes of a review that is not closed yet: kept on this device, so that no reload and no failure loses them. */
import { newId } from "../../../plan/id";
import { Cell } from "../../../plan/readable";

export interface DraftDecision {
  /** Tells the rows apart on the screen. */
  readonly key: string;
  readonly text: string;
  /** A step's id, or empty. */
  readonly node: string;
  /** A role's id, or empty. */
  readonly role: string;
}

export interface Draft {
  /** The id the review will be recorded under: sent twice it is one. */
  readonly id: string;
  readonly decisions: readonly DraftDecision[];
  /** When the next review is; null while nobody chose. */
  readonly next: string | null;
  /** Who takes part, as typed; null while nobody typed. */
  readonly people: string | null;
}

export const emptyDecision = (): DraftDecision => ({ key: newId(), text: "", node: "", role: "" });
const emptyDraft = (): Draft => ({ id: newId(), decisions: [], next: null, people: null });

const nameOf = (plan: string, person: string): string => `coplan.review.${plan}.${person}`;

/** The draft of one person in one plan. */
export function openDraft(plan: string, person: string): Cell<Draft> {
  const cell = new Cell(readDraft(plan, person));
  cell.subscribe(() => {
    try {
      localStorage.setItem(nameOf(plan, person), JSON.stringify(cell.get()));
    } catch {
      // A full or closed storage: the notes live as long as the page.
    }
  });
  return cell;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function readDraft(plan: string, person: string): Draft {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(plan, person)) ?? "null");
    if (typeof kept !== "object" || kept === null) return emptyDraft();
    const { id, decisions, next, people } = kept as Record<string, unknown>;
    const rows = Array.isArray(decisions) ? (decisions as unknown[]).filter((row): row is Record<string, unknown> => typeof row === "object" && row !== null) : [];
    return {
      id: text(id) || newId(),
      decisions: rows.map((row) => ({ key: newId(), text: text(row["text"]), node: text(row["node"]), role: text(row["role"]) })),
      next: text(next) || null,
      people: typeof people === "string" ? people : null,
    };
  } catch {
    return emptyDraft();
  }
}

/** Rows somebody put something into; a row that was only opened is no decision. */
export function written(draft: Draft): readonly DraftDecision[] {
  return draft.decisions.filter(({ text: words, node, role }) => words.trim() !== "" || node !== "" || role !== "");
}

/** What is left of the notes once a review with these decisions was closed: what was typed meanwhile. */
export function afterClosing(draft: Draft, decided: readonly { text: string; node: string; role: string }[]): Draft {
  const isDecided = (one: DraftDecision): boolean =>
    decided.some(({ text: words, node, role }) => words === one.text.trim() && node === one.node && role === one.role);
  return { ...emptyDraft(), decisions: written(draft).filter((one) => !isDecided(one)) };
}

/** Names out of a list typed with commas or lines, each once. */
export function namesIn(people: string): string[] {
  return [...new Set(people.split(/[,;\n]/).map((name) => name.trim()))].filter((name) => name !== "");
}
