/** Who is needed when, and who is missing. Pure functions of what the page shows. */
import type { RoleId, Side } from "../../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../../plan/view";
import { isOpenStep } from "../hooks";

/** Seats that plans of this sort usually have. `kind` is what the document keeps; the words are the catalogue's. */
export const USUAL = [
  { id: "champion", kind: "champion", side: "buyer" },
  { id: "economic", kind: "economic buyer", side: "buyer" },
  { id: "finance", kind: "finance", side: "buyer" },
  { id: "security", kind: "security", side: "buyer" },
  { id: "legal", kind: "legal", side: "buyer" },
  { id: "procurement", kind: "procurement", side: "buyer" },
  { id: "technical", kind: "technical", side: "buyer" },
  { id: "users", kind: "users", side: "buyer" },
  { id: "account", kind: "account executive", side: "seller" },
  { id: "engineer", kind: "solution engineer", side: "seller" },
  { id: "success", kind: "success manager", side: "seller" },
  { id: "sponsor", kind: "executive sponsor", side: "seller" },
  { id: "sellerLegal", kind: "legal", side: "seller" },
] as const satisfies readonly { id: string; kind: string; side: Side }[];
export type UsualId = (typeof USUAL)[number]["id"];

/** Words by which a role that was typed freely shows what it is. */
const WORDS: Partial<Record<UsualId, RegExp>> = {
  champion: /champion|fürsprecher/i,
  economic: /economic buyer|decision maker|budget|entscheider/i,
  finance: /\bcfo\b|finance|finanz/i,
  security: /\bciso\b|security|sicherheit|datenschutz/i,
  legal: /counsel|legal|lawyer|jurist|recht/i,
  procurement: /procurement|purchas|einkauf/i,
  technical: /\bit\b|\bcio\b|\bcto\b|admin|architect|architekt/i,
  sponsor: /sponsor/i,
};

export function fills(role: RoleSnapshot, usual: (typeof USUAL)[number]): boolean {
  if (role.side !== usual.side && role.side !== "joint") return false;
  return role.kind === usual.kind || (WORDS[usual.id]?.test(role.title) ?? false);
}

export const unfilled = (roles: readonly RoleSnapshot[]): (typeof USUAL)[number][] =>
  USUAL.filter((usual) => !roles.some((role) => fills(role, usual)));

/** Without these a plan stalls late: they are named when nobody holds them. */
const VITAL: ReadonlySet<UsualId> = new Set<UsualId>(["champion", "economic", "legal", "security", "technical"]);

export const missing = (roles: readonly RoleSnapshot[]): (typeof USUAL)[number][] =>
  unfilled(roles).filter((usual) => VITAL.has(usual.id));

export interface Coverage {
  readonly accountable: readonly NodeSnapshot[];
  readonly contributing: readonly NodeSnapshot[];
}

const none: Coverage = { accountable: [], contributing: [] };

/** The steps of each role, in the plan's order; skipped ones are nobody's. */
export function cover(nodes: readonly (NodeSnapshot | undefined)[]): ReadonlyMap<RoleId, Coverage> {
  const by = new Map<RoleId, Coverage>();
  for (const node of nodes) {
    if (node?.status === undefined || node.status === "skipped") continue;
    for (const { role, kind } of node.owners) {
      const so = by.get(role) ?? none;
      by.set(
        role,
        kind === "accountable" ? { ...so, accountable: [...so.accountable, node] } : { ...so, contributing: [...so.contributing, node] },
      );
    }
  }
  return by;
}

/** Days before it is needed at which a missing name or contact is told. */
const SOON = 21;

export interface Need {
  readonly role: RoleSnapshot;
  readonly date: string;
  readonly lacks: "name" | "contact";
}

/** Whether somebody can be reached: a person of this plan can. */
export const reachable = (role: RoleSnapshot): boolean => role.person !== "" || role.email !== "" || role.phone !== "";

/** The first day on which the role has something to do. */
export function neededBy(role: RoleSnapshot, steps: Coverage = none): string | null {
  const dates = [...steps.accountable, ...steps.contributing].filter(isOpenStep).flatMap((node) => node.start ?? node.due ?? []);
  if (role.involveBy !== null && (role.name === "" || !reachable(role))) dates.push(role.involveBy);
  return dates.sort()[0] ?? null;
}

/** Roles that are needed within three weeks and can't be reached, the most urgent first. */
export function needs(
  roles: readonly RoleSnapshot[],
  coverage: ReadonlyMap<RoleId, Coverage>,
  until: (date: string) => number,
): Need[] {
  const found: Need[] = [];
  for (const role of roles) {
    const date = neededBy(role, coverage.get(role.id));
    if (date === null || until(date) > SOON) continue;
    if (role.name === "" && role.person === "") found.push({ role, date, lacks: "name" });
    else if (!reachable(role)) found.push({ role, date, lacks: "contact" });
  }
  return found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}
