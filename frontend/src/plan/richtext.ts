/**
 * Rich text as y-tiptap holds it, read as ProseMirror's JSON. As in `server/plan/richtext.go`. Names of
 * nodes and marks are TipTap's own, so that a stock TipTap editor opens the same text.
 */
import * as Y from "yjs";

/**
 * The mark over a commented range; the server writes it. It excludes nothing, so that several lie over the
 * same words; y-tiptap then keeps each under `comment--<hash of the mark>`, a hash the server computes alike
 * as long as this is the mark's only attribute. It isn't inclusive: typing at its end stays outside.
 */
export const COMMENT_MARK = { name: "comment", attribute: "id" } as const;

/** Protocols that a link in a plan may have. */
export const LINK_PROTOCOLS = ["http", "https", "mailto"] as const;

/** A format on a text. */
export interface Mark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** A node of rich text in ProseMirror's JSON: a text with its marks, or an element with its content. */
export interface Rich {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly text?: string;
  readonly marks?: readonly Mark[];
  readonly content?: readonly Rich[];
}

const HASHED_MARK = /^(.*)--[a-zA-Z0-9+/=]{8}$/;

/** The mark's name in a formatting key: `comment--AbC4Ef6/` is a comment. */
export function markName(key: string): string {
  return HASHED_MARK.exec(key)?.[1] ?? key;
}

/** Takes whatever is there: what rich text can't hold (embeds, unknown values) is left out. */
export function readRich(fragment: Y.XmlFragment): Rich[] {
  const out: Rich[] = [];
  for (const child of fragment.toArray() as unknown[]) {
    if (child instanceof Y.XmlText) {
      out.push(...readRichText(child));
    } else if (child instanceof Y.XmlElement) {
      const attrs = jsonObject(child.getAttributes());
      const content = readRich(child);
      out.push({ type: child.nodeName, ...(attrs && { attrs }), ...(content.length > 0 && { content }) });
    }
  }
  return out;
}

interface TextOp {
  readonly insert?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

function readRichText(text: Y.XmlText): Rich[] {
  const out: Rich[] = [];
  for (const { insert, attributes } of text.toDelta() as TextOp[]) {
    if (typeof insert !== "string" || insert === "") continue;
    const marks: Mark[] = [];
    for (const key of Object.keys(attributes ?? {}).sort(compareText)) {
      const value = attributes?.[key];
      if (value === null || value === undefined) continue;
      const attrs = isPlain(value) ? jsonObject(value) : undefined;
      marks.push({ type: markName(key), ...(attrs && { attrs }) });
    }
    out.push({ type: "text", text: insert, ...(marks.length > 0 && { marks }) });
  }
  return out;
}

/** Ids of the comments marked anywhere in the text. */
export function markedComments(fragment: Y.XmlFragment, into = new Set<string>()): Set<string> {
  for (const child of fragment.toArray() as unknown[]) {
    if (child instanceof Y.XmlText) {
      for (const { attributes } of child.toDelta() as TextOp[]) {
        for (const [key, value] of Object.entries(attributes ?? {})) {
          if (markName(key) !== COMMENT_MARK.name || !isPlain(value)) continue;
          const id = value[COMMENT_MARK.attribute];
          if (typeof id === "string") into.add(id);
        }
      }
    } else if (child instanceof Y.XmlElement) {
      markedComments(child, into);
    }
  }
  return into;
}

/**
 * The words of rich text, one line per text block, nothing trimmed. A block that holds a text or a hard
 * break is one line of all words within it, the break being a line end; other blocks give the lines of
 * their children; an empty block is an empty line, a horizontal rule none.
 */
export function richText(content: readonly Rich[]): string {
  const lines: string[] = [];
  addLines(lines, content);
  return lines.join("\n");
}

function addLines(lines: string[], content: readonly Rich[]): void {
  if (content.some((node) => node.type === "text" || node.type === "hardBreak")) {
    lines.push(inline(content));
    return;
  }
  for (const node of content) {
    if (node.type === "horizontalRule") continue;
    if (!node.content) lines.push("");
    else addLines(lines, node.content);
  }
}

function inline(content: readonly Rich[]): string {
  return content
    .map((node) => (node.type === "text" ? (node.text ?? "") : node.type === "hardBreak" ? "\n" : inline(node.content ?? [])))
    .join("");
}

/** The words of one text type, without formats and embeds. */
export function xmlTextWords(text: Y.XmlText): string {
  return (text.toDelta() as TextOp[]).map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
}

/** Order by UTF-16 code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The entries JSON can hold, nulls left out; undefined when none are left. */
function jsonObject(source: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const entries = Object.entries(source)
    .map(([key, value]) => [key, jsonValue(value)] as const)
    .filter(([, value]) => value !== undefined && value !== null);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** The value as JSON would hold it; undefined when it can't. */
function jsonValue(value: unknown): unknown {
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(jsonValue).filter((item) => item !== undefined);
      if (!isPlain(value)) return undefined;
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, item]) => [key, jsonValue(item)] as const)
          .filter(([, item]) => item !== undefined),
      );
    default:
      return undefined;
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
