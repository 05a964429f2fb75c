/** What is next for one person. */
import type { RoleId, Side } from "./schema";
import type { NodeSnapshot, RoleSnapshot } from "./view";

export interface Next {
  /** Whose it is: the person's by a role they fill, their side's, or, for those of neither side, anyone's. */
  readonly whose: "yours" | "side" | "any";
  /** The role that makes it theirs. */
  readonly role: RoleSnapshot | null;
  readonly step: NodeSnapshot;
  /** The one after it, in the same hands. */
  readonly then: NodeSnapshot | null;
  /** How many open steps are in the same hands, this one included. */
  readonly open: number;
}

const isOpen = (node: NodeSnapshot): boolean => node.status !== "done" && node.status !== "skipped";

/** The role that answers for the step: its own, or of what it stands under. */
function accountable(node: NodeSnapshot, by: ReadonlyMap<string, NodeSnapshot>): RoleId | null {
  const met = new Set<string>();
  for (let at: NodeSnapshot | undefined = node; at && !met.has(at.id); at = at.parent === null ? undefined : by.get(at.parent)) {
    met.add(at.id);
    const owner = at.owners.find((one) => one.kind === "accountable");
    if (owner) return owner.role;
  }
  return null;
}

/**
 * The first open step of `steps` (in reading order) for a person: of the roles they fill, else of their side.
 * The earliest date goes first, undated ones last. Undefined when nothing is left for them.
 */
export function nextFor(
  steps: readonly NodeSnapshot[],
  roles: readonly RoleSnapshot[],
  person: { readonly id: string; readonly side: string } | null,
): Next | undefined {
  const by = new Map<string, NodeSnapshot>(steps.map((step) => [step.id, step]));
  const mine = new Map<string, RoleSnapshot>(roles.filter((role) => person !== null && role.person !== "" && role.person === person.id).map((role) => [role.id, role]));
  const open = steps.filter(isOpen);
  const sorted = (list: readonly NodeSnapshot[]): NodeSnapshot[] => [...list].sort((a, b) => ((a.due ?? "9999") < (b.due ?? "9999") ? -1 : (a.due ?? "9999") > (b.due ?? "9999") ? 1 : 0));
  const pick = (whose: Next["whose"], list: readonly NodeSnapshot[]): Next | undefined => {
    const [step, then] = sorted(list);
    if (!step) return undefined;
    const role = whose === "yours" ? (mine.get(accountable(step, by) ?? "") ?? null) : null;
    return { whose, role, step, then: then ?? null, open: list.length };
  };
  const byRole = pick("yours", mine.size === 0 ? [] : open.filter((step) => mine.has(accountable(step, by) ?? "")));
  if (byRole) return byRole;
  const side: Side | null = person?.side === "seller" || person?.side === "buyer" ? person.side : null;
  if (side === null) return pick("any", open);
  return pick("side", open.filter((step) => step.side === side || step.side === "joint"));
}
