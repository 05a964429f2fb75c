import type * as Y from "yjs";
import { Typing } from "../../../plan/undo";
import type { Splice } from "./splice";

/** Types one replacement into a shared text, as part of the burst of typing going on in `field`. */
export function typeInto(text: Y.Text, { index, remove, insert }: Splice, field: string): void {
  text.doc?.transact(() => {
    if (remove > 0) text.delete(index, remove);
    if (insert !== "") text.insert(index, insert);
  }, new Typing(field));
}
