/** What updates and documents hold, compared with what somebody has. */
import * as Y from "yjs";
import { LOCAL_COPY } from "./origin";

/** A damaged row must not keep the rest from loading: what it held is fetched from the server again. */
export function applyQuietly(doc: Y.Doc, update: Uint8Array): void {
  try {
    Y.applyUpdate(doc, update, LOCAL_COPY);
  } catch (cause) {
    console.warn("coplan: a stored update could not be read", cause);
  }
}

/** Whether the document holds structs beyond `covered`. */
export function holdsMore(doc: Y.Doc, covered: ReadonlyMap<number, number>): boolean {
  for (const [client, end] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
    if (end > (covered.get(client) ?? 0)) return true;
  }
  return false;
}

/** Adds what `update` brings to `covered`, where it follows on without a gap. */
export function cover(covered: Map<number, number>, update: Uint8Array): void {
  const { from, to } = Y.parseUpdateMeta(update);
  for (const [client, end] of to) {
    const known = covered.get(client) ?? 0;
    if ((from.get(client) ?? 0) <= known) covered.set(client, Math.max(end, known));
  }
}
