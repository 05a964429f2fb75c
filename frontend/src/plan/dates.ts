/** Edits of what a plan's dates are counted towards. */
import { EditError } from "./edit";
import { ANCHOR, ANCHOR_KINDS, LOCAL, META, type AnchorKind, type Plan } from "./schema";

/** What stands behind the plan's date; empty strings and null take an entry away. */
export interface AnchorTerms {
  readonly kind?: AnchorKind;
  readonly provisional?: boolean;
  /** The step whose end the date is; "" for the last one. */
  readonly node?: string;
  readonly event?: { readonly what: string; readonly source: string; readonly consequence: string };
  /** Of delay, in the plan's currency. */
  readonly costPerWeek?: number | null;
  readonly currency?: string;
}

const MAX_EVENT = 300;

/** Changes the given parts in one transaction; the date itself is a change of the schedule (`commitChange`). */
export function setAnchorTerms(plan: Plan, terms: AnchorTerms): void {
  const { kind, provisional, node, event, costPerWeek, currency } = terms;
  if (kind !== undefined && !ANCHOR_KINDS.includes(kind)) throw new EditError("kind", "A plan is counted from its go-live, its first value or its start.");
  if (costPerWeek !== undefined && costPerWeek !== null && !(Number.isFinite(costPerWeek) && costPerWeek >= 0)) {
    throw new EditError("number", "What a week of delay costs is a number, 0 or more.");
  }
  if (currency !== undefined && currency !== "" && !/^[A-Z]{3}$/.test(currency)) {
    throw new EditError("empty", "A currency has three capital letters, such as EUR.");
  }
  if (event && Object.values(event).some((text) => text.length > MAX_EVENT)) {
    throw new EditError("length", `Each line about the event can have ${MAX_EVENT} characters at most.`);
  }
  plan.doc.transact(() => {
    const { anchor, meta } = plan;
    const put = (map: typeof anchor, key: string, value: unknown, none: boolean): void => {
      if (none) {
        if (map.has(key)) map.delete(key);
      } else if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
    };
    if (kind !== undefined) put(anchor, ANCHOR.kind, kind, false);
    if (provisional !== undefined) put(anchor, ANCHOR.provisional, provisional, false);
    if (node !== undefined) put(anchor, ANCHOR.node, node, node === "");
    if (event) put(anchor, ANCHOR.event, { ...event }, event.what + event.source + event.consequence === "");
    if (costPerWeek !== undefined) put(anchor, ANCHOR.costPerWeek, costPerWeek, costPerWeek === null);
    if (currency !== undefined) put(meta, META.currency, currency, currency === "");
  }, LOCAL);
}
