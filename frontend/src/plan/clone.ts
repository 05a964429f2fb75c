/** Copies of shared values, to be put somewhere else in the same document. */
import * as Y from "yjs";
import { COMMENT_MARK, markName } from "./richtext";

/**
 * A copy that isn't part of a document yet. Comment marks stay behind: their thread is about the original.
 * Strings that name a node are replaced through `remap`; entries of maps under a key of `without` are left out.
 * Undefined for what can't be copied.
 */
export function cloneValue(value: unknown, remap: (id: string) => string, without: ReadonlySet<string> = new Set()): unknown {
  if (value instanceof Y.XmlElement || value instanceof Y.XmlText) return cloneXml(value);
  if (value instanceof Y.XmlFragment) {
    const copy = new Y.XmlFragment();
    copy.insert(0, (value.toArray() as unknown[]).map(cloneXml).filter((child) => child !== undefined));
    return copy;
  }
  if (value instanceof Y.Text) {
    const copy = new Y.Text();
    copy.applyDelta(value.toDelta() as unknown[]);
    return copy;
  }
  if (value instanceof Y.Map) {
    const copy = new Y.Map<unknown>();
    for (const [key, entry] of (value as Y.Map<unknown>).entries()) {
      if (without.has(key)) continue;
      const copied = cloneValue(entry, remap, without);
      if (copied !== undefined) copy.set(key, copied);
    }
    return copy;
  }
  if (value instanceof Y.AbstractType) return undefined;
  return typeof value === "string" ? remap(value) : value;
}

interface TextOp {
  readonly insert?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

function cloneXml(value: unknown): Y.XmlElement | Y.XmlText | undefined {
  if (value instanceof Y.XmlText) {
    const copy = new Y.XmlText();
    const ops: { insert: string; attributes: Record<string, unknown> }[] = [];
    for (const { insert, attributes = {} } of value.toDelta() as TextOp[]) {
      if (typeof insert !== "string") continue;
      const kept = Object.fromEntries(Object.entries(attributes).filter(([key]) => markName(key) !== COMMENT_MARK.name));
      const last = ops.at(-1);
      // Words that only a comment told apart are one run again.
      if (last && JSON.stringify(last.attributes) === JSON.stringify(kept)) last.insert += insert;
      else ops.push({ insert, attributes: kept });
    }
    copy.applyDelta(ops);
    return copy;
  }
  if (!(value instanceof Y.XmlElement)) return undefined;
  const copy = new Y.XmlElement(value.nodeName);
  for (const [key, attribute] of Object.entries(value.getAttributes())) {
    if (attribute !== undefined) copy.setAttribute(key, attribute as string);
  }
  copy.insert(0, (value.toArray() as unknown[]).map(cloneXml).filter((child) => child !== undefined));
  return copy;
}
