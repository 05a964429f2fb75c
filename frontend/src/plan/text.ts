import type * as Y from "yjs";

/**
 * Makes `text` read `next` with the smallest splice, so that what others type around it at the same
 * moment stays. Call inside a transaction. Returns whether anything changed.
 */
export function spliceText(text: Y.Text, next: string): boolean {
  const before = text.toJSON();
  if (before === next) return false;
  const longest = Math.min(before.length, next.length);
  let head = 0;
  while (head < longest && before.charCodeAt(head) === next.charCodeAt(head)) head++;
  if (insidePair(before, head) || insidePair(next, head)) head--;
  let tail = 0;
  while (
    tail < longest - head &&
    before.charCodeAt(before.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail)
  ) {
    tail++;
  }
  if (insidePair(before, before.length - tail) || insidePair(next, next.length - tail)) tail--;
  const gone = before.length - head - tail;
  if (gone > 0) text.delete(head, gone);
  const added = next.slice(head, next.length - tail);
  if (added !== "") text.insert(head, added);
  return true;
}

/** Whether index `at` falls between the two halves of a surrogate pair. */
function insidePair(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const high = text.charCodeAt(at - 1);
  const low = text.charCodeAt(at);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
