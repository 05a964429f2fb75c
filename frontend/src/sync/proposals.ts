/** What the server wouldn't take, kept as sentences. */
import type { StoredProposal, UnsentEdit } from "./local";
import { groupByChange } from "./unsent";

/** Says what each group of updates changes on top of `base` and of the groups before it. */
export type Describe = (base: readonly Uint8Array[], groups: readonly (readonly Uint8Array[])[]) => string[][];

/** One proposal per change. Never fails: nothing that was typed may vanish without a word. */
export function proposalsOf(
  base: readonly Uint8Array[],
  edits: readonly UnsentEdit[],
  describe: Describe | undefined,
): StoredProposal[] {
  const groups = groupByChange(edits);
  let described: string[][] = [];
  try {
    described = describe?.(base, groups.map((group) => group.map((edit) => edit.update))) ?? [];
  } catch (cause) {
    console.error("coplan: unsent edits could not be described", cause);
  }
  return groups.map((group, at) => {
    const lines = described[at] ?? [];
    return {
      at: new Date(group[0]?.at ?? Date.now()).toISOString(),
      lines: lines.length > 0 ? lines : ["A change whose content can't be shown."],
    };
  });
}
