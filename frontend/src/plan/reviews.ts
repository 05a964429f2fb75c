/** Reviews that both sides held: what was decided, and up to where they looked. As in `server/plan/review.go`. */
import { Fields, mapsIn, plainObject, type Warning } from "./fields";
import { readAuthor, type Author } from "./project";
import { compareText } from "./richtext";
import { DECIDED, REVIEW, ROOT, type Plan } from "./schema";

export interface ReviewView {
  readonly id: string;
  /** ISO time of its end. */
  readonly at: string;
  /** Who closed it. */
  readonly by: Author;
  /** Position in the plan's history up to which it looked. */
  readonly seq: number;
  /** The day of the next one, or empty. */
  readonly next: string;
  readonly people: readonly string[];
  readonly decisions: readonly DecisionView[];
}

export interface DecisionView {
  readonly text: string;
  readonly node: string;
  /** What the step was called then. */
  readonly nodeTitle: string;
  readonly role: string;
  /** How the role and its person were called then. */
  readonly who: string;
}

/** By time, then id. */
export function readReviews(plan: Plan, warnings: Warning[] = []): ReviewView[] {
  return mapsIn(warnings, plan.reviews, ROOT.reviews)
    .map(([id, f]): ReviewView => ({
      id,
      at: f.text(REVIEW.at),
      by: readAuthor(f),
      seq: f.integer(REVIEW.seq) ?? 0,
      next: f.date(REVIEW.next),
      people: f.strings(REVIEW.people),
      decisions: readDecisions(f, warnings),
    }))
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
}

function readDecisions(f: Fields, warnings: Warning[]): DecisionView[] {
  const list = f.get(REVIEW.decisions);
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    f.odd(REVIEW.decisions);
    return [];
  }
  const decisions: DecisionView[] = [];
  for (const item of list) {
    const object = plainObject(item);
    if (!object) {
      f.odd(REVIEW.decisions);
      continue;
    }
    const o = new Fields(warnings, object, `${f.path}/${REVIEW.decisions}`);
    decisions.push({
      text: o.text(DECIDED.text),
      node: o.text(DECIDED.node),
      nodeTitle: o.text(DECIDED.nodeTitle),
      role: o.text(DECIDED.role),
      who: o.text(DECIDED.who),
    });
  }
  return decisions;
}

/** Up to where all reviews so far have looked: what came later is for the next one. 0 without any. */
export function reviewedUpTo(reviews: readonly ReviewView[]): number {
  return reviews.reduce((most, { seq }) => Math.max(most, seq), 0);
}
