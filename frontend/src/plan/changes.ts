/**
 * What a stretch of a plan's history comes to: a date that was moved three times was moved once, from its first
 * to its last value, by those who did it; what was put back did not change.
 */

/** A sentence of the history before it is put into a language, see `ui/say.ts`. */
export interface Say {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** One change, as the history tells it. */
export interface LoggedChange {
  readonly node: string;
  readonly nodeTitle: string;
  readonly field: string;
  readonly part: string;
  readonly action: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly say: Say;
  /** The same in English. */
  readonly text: string;
}

export interface LoggedEntry {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly changes: readonly LoggedChange[];
}

/** What one thing became, over all entries. */
export interface NetChange {
  readonly field: string;
  readonly part: string;
  readonly from: unknown;
  readonly to: unknown;
  /** Values before and after are known; otherwise something was written or done, and `text` tells. */
  readonly picked: boolean;
  /** The last sentence about it, without the person, and in English. */
  readonly say: Say;
  readonly text: string;
  /** Names, in the order in which they came. */
  readonly people: readonly string[];
  readonly at: string;
  readonly seq: number;
  /** How many entries it is made of. */
  readonly count: number;
}

export interface ChangedThing {
  /** A step or stage; empty for the plan itself. */
  readonly node: string;
  /** As it was called last. */
  readonly title: string;
  readonly changes: readonly NetChange[];
}

/**
 * The field of a NetChange that tells whether a step is in the plan: from and to are "there", "deleted", or null
 * for what isn't known to the plan at all.
 */
export const PRESENCE = "presence";

/** Fields whose values stand in the history, so that first and last can be compared, with what an absent one means. */
const PICKED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...["due", "start", "days", "blockedReason", "alias", "title", "parent", "doneOn", "owners", "links", "outcome"].map((key) => [key, null] as const),
  ...["date", "kind", "noun", "profile", "currency"].map((key) => [key, null] as const),
  ["status", "not-started"],
  ["side", "joint"],
  ["likelyBlocker", false],
  ["provisional", false],
  [PRESENCE, null],
]);

/** Not worth a line: where a step stands among its neighbours, what only tidies, and reviews themselves. */
const QUIET: ReadonlySet<string> = new Set(["ord", "planned", "dismissed", "reviews", "resolved"]);

/** Worked on in many small edits: told once, with how many there were. */
const GATHERED: ReadonlySet<string> = new Set(["gate", "case", "metrics", "working", "calendar"]);

/** What a new step is told with; the rest belongs to its being written. */
const OF_NEW: ReadonlySet<string> = new Set([PRESENCE, "status", "due", "threads"]);

/** By step in the order in which they first changed; steps that came and went again are left out. */
export function netChanges(entries: readonly LoggedEntry[]): ChangedThing[] {
  const things = new Map<string, { title: string; changes: Map<string, NetChange> }>();
  for (const entry of entries) {
    for (const change of entry.changes) {
      const said = normal(change);
      if (QUIET.has(said.field)) continue;
      let thing = things.get(change.node);
      if (!thing) things.set(change.node, (thing = { title: "", changes: new Map() }));
      if (change.nodeTitle !== "") thing.title = change.nodeTitle;
      const before = thing.changes.get(said.key);
      thing.changes.delete(said.key); // the latest stands last
      thing.changes.set(said.key, {
        field: said.field,
        part: change.part,
        from: before ? before.from : said.from,
        to: said.to,
        picked: said.picked,
        say: change.say,
        text: change.text,
        people: [...new Set([...(before?.people ?? []), entry.actor.name])],
        at: entry.at,
        seq: entry.seq,
        count: (before?.count ?? 0) + 1,
      });
    }
  }
  const out: ChangedThing[] = [];
  for (const [node, { title, changes }] of things) {
    const left = settle([...changes.values()]);
    if (left.length > 0) out.push({ node, title, changes: left });
  }
  return out;
}

interface Said {
  readonly field: string;
  /** Changes with the same key are one. */
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly picked: boolean;
}

function normal({ node, field, part, action, old, new: now, text }: LoggedChange): Said {
  const presence = (from: unknown, to: unknown): Said => ({ field: PRESENCE, key: PRESENCE, from, to, picked: true });
  if (node !== "" && field === "nodes") {
    if (action === "add") return presence(null, "there");
    if (action === "delete") return presence("there", null);
  }
  if (node !== "" && field === "del") return isNothing(now) ? presence("deleted", "there") : presence("there", "deleted");
  if (field === "msgs" || field === "threads") {
    const kind = action === "add" ? "threads" : "resolved";
    return { field: kind, key: kind, from: null, to: null, picked: false };
  }
  if (field === "parent" && old === now) return { field: "ord", key: "ord", from: null, to: null, picked: false };
  const picked = PICKED.has(field) && (node !== "" || part === "");
  // What has no values to compare is told by its sentence; the same sentence twice is once.
  if (GATHERED.has(field)) return { field, key: field, from: null, to: null, picked: false };
  const key = picked || part !== "" ? `${field}\n${part}` : `${field}\n\n${text}`;
  const absent = PICKED.get(field) ?? null;
  return { field, key, from: isNothing(old) ? absent : old, to: isNothing(now) ? absent : now, picked };
}

/** What is left once it is known how it all ended. */
function settle(changes: readonly NetChange[]): NetChange[] {
  const presence = changes.find(({ field }) => field === PRESENCE);
  if (presence && presence.to !== "there") return presence.from === "there" ? [presence] : [];
  const isNew = presence?.from === null;
  return changes.filter((change) => {
    if (isNew && !OF_NEW.has(change.field)) return false;
    return !change.picked || change.from !== change.to;
  });
}

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === "";

/** How many changes these are. */
export function countChanges(things: readonly ChangedThing[]): number {
  return things.reduce((sum, { changes }) => sum + changes.length, 0);
}
