/** Conflicts of this person's picked values, kept on this device until they are decided. */
import { watchConflicts, type Conflict } from "../plan/conflicts";
import { Cell, type Readable } from "../plan/readable";
import type { Plan } from "../plan/schema";
import { RemoteOrigin } from "./origin";

export interface Conflicts {
  /** Undecided ones, oldest first. */
  readonly all: Readable<readonly Conflict[]>;
  readonly drop: (id: string) => void;
}

export interface FollowOptions {
  /** Names what is kept: plan and person, since two people may share a browser. */
  readonly name: string;
  /** Resolves when what this device knows of the plan is in the document. */
  readonly loaded: Promise<void>;
  readonly storage?: Pick<Storage, "getItem" | "setItem"> | undefined;
}

/** Sessions of this person that are remembered: edits of older ones have long met all others. */
const SESSIONS = 50;

/** Watches `plan` from when it is loaded. */
export function followConflicts(plan: Plan, { name, loaded, storage }: FollowOptions): Conflicts & { readonly close: () => void } {
  const clientsKey = `coplan.clients.${name}`;
  const keptKey = `coplan.conflicts.${name}`;
  const { clientID } = plan.doc;
  const clients = new Set([...readList(storage, clientsKey).filter((id) => typeof id === "number"), clientID]);
  const all = new Cell<readonly Conflict[]>([]);
  let drop: (id: string) => void = () => undefined;
  const closers: (() => void)[] = [];
  let closed = false;

  // A session that writes nothing needs no remembering.
  const onUpdate = (_update: Uint8Array, _origin: unknown, _doc: unknown, { local }: { readonly local: boolean }): void => {
    if (!local) return;
    plan.doc.off("update", onUpdate);
    write(storage, clientsKey, [...clients].slice(-SESSIONS));
  };
  plan.doc.on("update", onUpdate);
  closers.push(() => plan.doc.off("update", onUpdate));

  void loaded.then(() => {
    if (closed) return;
    const watch = watchConflicts(plan, {
      isMine: (client) => clients.has(client),
      isCatchingUp: (origin) => origin instanceof RemoteOrigin && origin.seq === 0,
      kept: readList(storage, keptKey).filter(isConflict),
    });
    const show = (): void => all.set(watch.all.get());
    show();
    drop = watch.drop;
    closers.push(
      watch.close,
      watch.all.subscribe(() => {
        show();
        write(storage, keptKey, watch.all.get());
      }),
    );
  });

  return {
    all,
    drop: (id) => drop(id),
    close: () => {
      closed = true;
      for (const close of closers) close();
    },
  };
}

function readList(storage: FollowOptions["storage"], key: string): unknown[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(storage: FollowOptions["storage"], key: string, value: unknown): void {
  try {
    storage?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or closed: what is undecided is then forgotten with the page.
  }
}

function isConflict(value: unknown): value is Conflict {
  if (typeof value !== "object" || value === null) return false;
  const { id, node, field, mine, theirs, stands, client } = value as Record<string, unknown>;
  const shown = (one: unknown): boolean => typeof one === "string" || typeof one === "number";
  return typeof id === "string" && (node === null || typeof node === "string") && typeof field === "string" && shown(mine) && shown(theirs) && (stands === "mine" || stands === "theirs") && typeof client === "number";
}
