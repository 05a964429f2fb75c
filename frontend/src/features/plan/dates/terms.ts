import { Fields } from "../../../plan/fields";
import { ANCHOR, ANCHOR_KINDS, META, ROOT, type AnchorKind, type Plan } from "../../../plan/schema";

/** What dates are counted towards and what a delay costs. */
export interface Terms {
  readonly kind: AnchorKind;
  /** The step whose end the anchor's date is; "" for the last one. */
  readonly node: string;
  readonly costPerWeek: number | null;
  /** ISO 4217, or whatever the plan says; "" for none. */
  readonly currency: string;
  readonly profile: string;
}

export function readTerms(plan: Plan): Terms {
  const anchor = new Fields([], plan.anchor, ROOT.anchor);
  const meta = new Fields([], plan.meta, ROOT.meta);
  return {
    kind: anchor.oneOf(ANCHOR.kind, ANCHOR_KINDS, "go-live"),
    node: anchor.text(ANCHOR.node),
    costPerWeek: anchor.number(ANCHOR.costPerWeek),
    currency: meta.text(META.currency),
    profile: meta.text(META.profile),
  };
}
