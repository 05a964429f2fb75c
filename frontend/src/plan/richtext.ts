/**
 * What rich text in a plan is made of, as plain data: editors build their schema from it and tests compare
 * against it. Node and mark names are TipTap's own, so that a stock TipTap editor opens the same text.
 */

/** Block and inline nodes, by the names ProseMirror and Yjs know them under. */
export const RICH_NODES = [
  "paragraph",
  "heading",
  "bulletList",
  "orderedList",
  "listItem",
  "blockquote",
  "horizontalRule",
  "hardBreak",
] as const;

/** Marks besides the comment mark. */
export const RICH_MARKS = ["bold", "italic", "underline", "strike", "code", "link"] as const;

export const HEADING_LEVELS = [2, 3] as const;

/**
 * The mark over a commented range; the server writes it. `excludes: ""` lets several lie over the same
 * words, which y-tiptap then stores under `comment--<hash of the mark>` keys. It isn't inclusive: typing
 * at its end stays outside the comment.
 */
export const COMMENT_MARK = {
  name: "comment",
  attribute: "id",
  excludes: "",
  inclusive: false,
  /** In the page: `<span data-comment="ID">`. */
  dom: { tag: "span", attribute: "data-comment" },
} as const;

/** Protocols that a link in a plan may have. */
export const LINK_PROTOCOLS = ["http", "https", "mailto"] as const;
