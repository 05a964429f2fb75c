import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey, type EditorState } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { absolutePositionToRelativePosition, ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";
import type { NodeId } from "../../../plan/schema";
import type { CommentTarget } from "../screen";

/** What of the comments shows in a text. */
export interface CommentsShown {
  readonly open: ReadonlySet<string>;
  readonly active: string | null;
  /** The words a comment is being written about. */
  readonly draft: { readonly from: number; readonly to: number } | null;
}

interface State extends CommentsShown {
  readonly decorations: DecorationSet;
}

const key = new PluginKey<State>("comments");

/** Highlights the words of open threads; a click on them calls `onOpen` with the innermost. */
export function commentPlugin(onOpen: (id: string) => void): Plugin<State> {
  return new Plugin<State>({
    key,
    state: {
      init: () => ({ open: new Set(), active: null, draft: null, decorations: DecorationSet.empty }),
      apply: (transaction, state) => {
        const shown = transaction.getMeta(key) as CommentsShown | undefined;
        if (!shown && !transaction.docChanged) return state;
        const next = shown ?? { ...state, draft: mapDraft(state.draft, transaction.mapping) };
        return { ...next, decorations: decorate(transaction.doc, next) };
      },
    },
    props: {
      decorations: (state) => key.getState(state)?.decorations,
      handleClick: (view, pos) => {
        const id = commentAt(view.state, pos);
        if (id !== null) onOpen(id);
        return false;
      },
    },
  });
}

export function showComments(state: EditorState, shown: CommentsShown) {
  return state.tr.setMeta(key, shown).setMeta("addToHistory", false);
}

function mapDraft(draft: CommentsShown["draft"], mapping: { map: (pos: number, assoc?: number) => number }) {
  if (!draft) return null;
  const [from, to] = [mapping.map(draft.from, 1), mapping.map(draft.to, -1)];
  return from < to ? { from, to } : null;
}

function decorate(doc: Node, { open, active, draft }: CommentsShown): DecorationSet {
  const decorations: Decoration[] = [];
  doc.descendants((node, pos) => {
    if (!node.isText) return;
    const ids = node.marks.filter((mark) => mark.type.name === "comment").map((mark) => String(mark.attrs["id"]));
    const shown = ids.filter((id) => open.has(id));
    if (shown.length === 0) return;
    const isActive = active !== null && shown.includes(active);
    decorations.push(
      Decoration.inline(pos, pos + node.nodeSize, { class: `comment-open${isActive ? " comment-active" : ""}` }),
    );
  });
  if (draft) decorations.push(Decoration.inline(draft.from, draft.to, { class: "comment-draft" }));
  return DecorationSet.create(doc, decorations);
}

function commentAt(state: EditorState, pos: number): string | null {
  const open = key.getState(state)?.open;
  const $pos = state.doc.resolve(pos);
  const marks = [...($pos.nodeAfter?.marks ?? []), ...($pos.nodeBefore?.marks ?? [])];
  const ids = marks.filter((mark) => mark.type.name === "comment").map((mark) => String(mark.attrs["id"]));
  return ids.findLast((id) => open?.has(id)) ?? null;
}

/** Characters kept on either side of a quote, to find it again if its mark is lost. */
const CONTEXT = 32;

/** The selected words as the target of a new comment; null when nothing is selected. */
export function selectionTarget(state: EditorState, field: "summary" | "note", node?: NodeId): CommentTarget | null {
  const { from, to, empty } = state.selection;
  if (empty) return null;
  const quote = state.doc.textBetween(from, to, " ").trim();
  if (quote === "") return null;
  const sync = ySyncPluginKey.getState(state) as { type: Y.XmlFragment; binding: { mapping: unknown } } | undefined;
  if (!sync) return null;
  const relative = (pos: number, assoc: number): unknown => {
    const position = absolutePositionToRelativePosition(pos, sync.type, sync.binding.mapping as never) as Y.RelativePosition;
    const doc = sync.type.doc;
    const absolute = doc ? Y.createAbsolutePositionFromRelativePosition(position, doc) : null;
    // Each end holds on to the selected side, so that words typed next to the quote stay out of it.
    return absolute
      ? Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(absolute.type, absolute.index, assoc))
      : Y.relativePositionToJSON(position);
  };
  return {
    kind: "text",
    field,
    ...(node === undefined ? {} : { node }),
    from: relative(from, 0),
    to: relative(to, -1),
    quote,
    prefix: state.doc.textBetween(Math.max(0, from - CONTEXT), from, " "),
    suffix: state.doc.textBetween(to, Math.min(state.doc.content.size, to + CONTEXT), " "),
  };
}
