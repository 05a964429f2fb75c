/** Finding words anywhere in a plan. Pure: what can be found goes in, hits in order come out. */

/** One thing that can be found by its title or by what else it says. */
export interface Searchable {
  readonly key: string;
  readonly title: string;
  /** Further words, in the order in which a hit in them counts. */
  readonly texts: readonly string[];
}

/** A stretch of a text, as [from, to). */
export type Stretch = readonly [from: number, to: number];

export interface Hit<T extends Searchable> {
  readonly item: T;
  readonly score: number;
  readonly titleMarks: readonly Stretch[];
  /** The words around the first hit outside the title; empty when the title has them all. */
  readonly snippet: string;
  readonly snippetMarks: readonly Stretch[];
}

/** Longer queries are cut: nobody types them, but somebody pastes them. */
const MAX_QUERY = 200;

/** Lower case and without accents, unit for unit, so that places in it are places in the original. */
export function fold(text: string): string {
  let out = "";
  for (const char of text) {
    const plain = (char.normalize("NFD")[0] ?? char).toLowerCase();
    const whole = char.length === 1 ? plain : char.toLowerCase();
    out += whole.length === char.length ? whole : char;
  }
  return out;
}

/** The words of a query, each once. */
export function wordsOf(query: string): string[] {
  return [...new Set(fold(query.slice(0, MAX_QUERY)).split(/\s+/u).filter(Boolean))];
}

const LETTER = /[\p{L}\p{N}]/u;
const isStart = (folded: string, at: number): boolean => at === 0 || !LETTER.test(folded[at - 1] ?? "");

/** Where a word stands best: at the start of a word before within one; -1 when it doesn't. */
function placeOf(folded: string, word: string): number {
  const first = folded.indexOf(word);
  for (let at = first; at >= 0; at = folded.indexOf(word, at + 1)) if (isStart(folded, at)) return at;
  return first;
}

function worth(folded: string, word: string): number {
  const at = placeOf(folded, word);
  if (at < 0) return 0;
  if (!isStart(folded, at)) return 1;
  return at === 0 ? 3 : 2;
}

/** Everywhere one of the words stands, overlapping stretches joined. */
export function marksIn(text: string, words: readonly string[]): Stretch[] {
  const folded = fold(text);
  const found: [number, number][] = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const out: [number, number][] = [];
  for (const stretch of found) {
    const last = out.at(-1);
    if (last && stretch[0] <= last[1]) last[1] = Math.max(last[1], stretch[1]);
    else out.push(stretch);
  }
  return out;
}

/** Characters before the hit and in all. */
const LEAD = 28;
const WIDTH = 140;

function snippetOf(text: string, words: readonly string[]): string {
  const flat = text.replace(/\s+/gu, " ").trim();
  const folded = fold(flat);
  const at = Math.min(...words.map((word) => placeOf(folded, word)).filter((place) => place >= 0));
  let from = Math.max(0, at - LEAD);
  if (from > 0) from = Math.min(at, flat.indexOf(" ", from) + 1 || at);
  let to = Math.min(flat.length, from + WIDTH);
  if (to < flat.length) to = Math.max(flat.lastIndexOf(" ", to), at + 1);
  return `${from > 0 ? "…" : ""}${flat.slice(from, to)}${to < flat.length ? "…" : ""}`;
}

/** What holds every word of the query, best first; of equals, the order they came in. */
export function search<T extends Searchable>(items: readonly T[], query: string): Hit<T>[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const hits: Hit<T>[] = [];
  for (const item of items) {
    const title = fold(item.title);
    const texts = item.texts.map(fold);
    let score = 0;
    const all = words.every((word) => {
      const inTitle = worth(title, word);
      const inTexts = inTitle > 0 ? 0 : Math.max(0, ...texts.map((text) => worth(text, word)));
      score += inTitle > 0 ? inTitle + 4 : inTexts;
      return inTitle + inTexts > 0;
    });
    if (!all) continue;
    const text = words.some((word) => !title.includes(word)) ? (item.texts[bestText(texts, words)] ?? "") : "";
    const snippet = text === "" ? "" : snippetOf(text, words);
    hits.push({ item, score: score / words.length, titleMarks: marksIn(item.title, words), snippet, snippetMarks: marksIn(snippet, words) });
  }
  return hits.sort((a, b) => b.score - a.score);
}

/** The text with the most of the words. */
function bestText(folded: readonly string[], words: readonly string[]): number {
  const counts = folded.map((text) => words.filter((word) => text.includes(word)).length);
  return counts.indexOf(Math.max(...counts));
}
