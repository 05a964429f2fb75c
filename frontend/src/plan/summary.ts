/** The executive summary's headings. */
import * as Y from "yjs";
import { LOCAL, type Plan } from "./schema";
import { wordsOf } from "./fields";

/** What a champion will be asked. */
export const QUESTIONS = ["pain", "solution", "value", "cost", "risk"] as const;
export type Question = (typeof QUESTIONS)[number];

/** Words that a heading about each question has; templates and people word them in their own way. */
const KNOWN: Readonly<Record<Question, RegExp>> = {
  pain: /problem|pain|hurt|today|schmerz|heute/i,
  solution: /solution|together|will (you|we) do|do about|lösung|gemeinsam|dagegen/i,
  value: /value|worth|benefit|achieve|wert\b|nutzen|erreichen/i,
  cost: /cost|price|kost|preis/i,
  risk: /risk|wrong|risik|schiefgehen/i,
};

export const asks = (heading: string, question: Question): boolean => KNOWN[question].test(heading);

/** The words of the headings that have something written below them. */
export function headingsOf(fragment: Y.XmlFragment): string[] {
  const blocks = fragment.toArray().map((block) => ({
    heading: block instanceof Y.XmlElement && block.nodeName === "heading",
    words: blockWords(block),
  }));
  return blocks.filter(({ heading, words }, at) => {
    const next = blocks.slice(at + 1);
    const end = next.findIndex((block) => block.heading);
    const below = end === -1 ? next : next.slice(0, end);
    return heading && words !== "" && below.some((block) => block.words.trim() !== "");
  }).map(({ words }) => words);
}

function blockWords(block: unknown): string {
  if (block instanceof Y.XmlElement) return block.toArray().map(blockWords).join(" ");
  return block instanceof Y.XmlText ? (wordsOf(block) ?? "") : "";
}

/** Writes a heading at the end of the summary, with an empty paragraph to answer in. */
export function insertHeading(plan: Plan, words: string): void {
  plan.doc.transact(() => {
    const heading = new Y.XmlElement("heading");
    heading.setAttribute("level", 3 as unknown as string);
    heading.insert(0, [new Y.XmlText(words)]);
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [new Y.XmlText()]);
    plan.summary.insert(plan.summary.length, [heading, paragraph]);
  }, LOCAL);
}
