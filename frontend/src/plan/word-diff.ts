/** What differs between two texts, word by word, for people to read. */

export interface DiffPart {
  readonly kind: "same" | "out" | "in";
  readonly text: string;
}

/** Words and gaps beyond which the texts are shown one after the other: the comparison costs their product. */
const MOST = 1_200;

/** Words of what stayed that are kept around a change. */
const AROUND = 5;

/** The parts in order: joined without "in" they are `from`, without "out" they are `to`. */
export function diffWords(from: string, to: string): DiffPart[] {
  const [a, b] = [piecesOf(from), piecesOf(to)];
  if (a.length > MOST || b.length > MOST) return merged([{ kind: "out", text: from }, { kind: "in", text: to }]);
  // longest[i][j]: pieces that a from i and b from j have in common, in order.
  const longest = a.map(() => new Uint16Array(b.length + 1));
  longest.push(new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = longest[i];
    for (let j = b.length - 1; row && j >= 0; j--) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const parts: DiffPart[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: "same", text: a[i] ?? "" });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) parts.push({ kind: "out", text: a[i++] ?? "" });
    else parts.push({ kind: "in", text: b[j++] ?? "" });
  }
  return merged(parts);
}

/** Words and the gaps between them. */
const piecesOf = (text: string): string[] => text.match(/\s+|\S+/g) ?? [];

/** Words with the gaps around them. */
const wordsOf = (text: string): string[] => text.match(/\s*\S+\s*/g) ?? [];

/** Neighbours of a kind as one part; between two words that stayed, what went stands before what came. */
function merged(parts: readonly DiffPart[]): DiffPart[] {
  const out: DiffPart[] = [];
  let gone = "";
  let come = "";
  const flush = (): void => {
    if (gone !== "") out.push({ kind: "out", text: gone });
    if (come !== "") out.push({ kind: "in", text: come });
    gone = come = "";
  };
  for (const { kind, text } of parts) {
    if (kind === "out") gone += text;
    else if (kind === "in") come += text;
    else {
      flush();
      const last = out.at(-1);
      if (last?.kind === "same") out[out.length - 1] = { kind, text: last.text + text };
      else out.push({ kind, text });
    }
  }
  flush();
  return out;
}

/** The same with long stretches that stayed cut down to a few words beside the changes. */
export function shortened(parts: readonly DiffPart[]): DiffPart[] {
  return parts.map((part, index) => {
    const words = wordsOf(part.text);
    const [before, after] = [index === 0 ? 0 : AROUND, index === parts.length - 1 ? 0 : AROUND];
    if (part.kind !== "same" || words.length <= before + after + 2) return part;
    return { kind: "same", text: `${words.slice(0, before).join("")}… ${after === 0 ? "" : words.slice(-after).join("")}` };
  });
}
