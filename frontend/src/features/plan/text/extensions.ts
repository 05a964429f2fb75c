import { Extension, Mark, mergeAttributes, type AnyExtension } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";
import { Plugin, Selection, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { ySyncPlugin, ySyncPluginKey } from "@tiptap/y-tiptap";
import type * as Y from "yjs";
import { safeHref } from "./rich-marks";

/*
 * Content expressions say `*` where TipTap's say `+`. Two people's deletions may leave a list without
 * items; under `+` the binding would take the whole list out of the plan for everyone.
 */
const LooseDocument = Document.extend({ content: "block*" });
const LooseBlockquote = Blockquote.extend({ content: "block*" });
const LooseBulletList = BulletList.extend({ content: "listItem*" });
const LooseOrderedList = OrderedList.extend({ content: "listItem*" });
const LooseListItem = ListItem.extend({ content: "block*" });

/** The page has its own h1 and h2, so headings in a text start at h3; the level survives copy and paste. */
const NestedHeading = Heading.extend({
  parseHTML() {
    return [1, 2, 3, 4, 5, 6].map((n) => ({
      tag: `h${n}`,
      getAttrs: (element: HTMLElement) => ({
        level: Math.min(3, Number(element.getAttribute("data-level")) || n),
      }),
    }));
  },
  renderHTML({ node, HTMLAttributes }) {
    const level = Math.min(3, Math.max(1, Number(node.attrs["level"]) || 1));
    return ["h3", mergeAttributes(HTMLAttributes, { "data-level": level }), 0];
  },
});

/**
 * Says that a range of words has a comment. Only the server writes it. Several may overlap, and pasted
 * text never brings one along, hence no parse rule.
 */
export const CommentMark = Mark.create({
  name: "comment",
  excludes: "",
  inclusive: false,
  addAttributes() {
    return { id: { default: null } };
  },
  parseHTML() {
    return [];
  },
  renderHTML({ mark }) {
    return ["span", { class: "comment-text", "data-comment": String(mark.attrs["id"]) }, 0];
  },
});

/** What the schema of rich text in a plan is made of. */
function content(): AnyExtension[] {
  return [
    LooseDocument,
    Paragraph,
    Text,
    NestedHeading.configure({ levels: [1, 2, 3] }),
    LooseBulletList,
    LooseOrderedList,
    LooseListItem,
    ListKeymap,
    LooseBlockquote,
    HorizontalRule,
    HardBreak,
    Bold,
    Italic,
    Strike,
    Underline,
    Code,
    Link.configure({
      openOnClick: false,
      defaultProtocol: "https",
      isAllowedUri: (url) => safeHref(url) !== undefined,
      HTMLAttributes: { rel: "noopener noreferrer nofollow", target: "_blank" },
    }),
    CommentMark,
  ];
}

/** Whether the transaction brings in what stands in the shared document already. */
function isRemote(transaction: Transaction): boolean {
  const meta = transaction.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean } | undefined;
  return meta?.isChangeOrigin === true;
}

/** Typing into a document without any block would have nowhere to go: gives it a paragraph first. */
function giveParagraph(view: EditorView): void {
  const { state } = view;
  const paragraph = state.schema.nodes["paragraph"];
  if (state.doc.childCount > 0 || !paragraph) return;
  view.dispatch(state.tr.insert(0, paragraph.create()));
}

interface BindingOptions {
  fragment: Y.XmlFragment;
  /** When false one can place the caret, select and comment, but the words stay as they are. */
  writable: boolean;
  undo: () => void;
  redo: () => void;
}

/** Ties the editor to the shared text and to the plan's own undo. */
const Binding = Extension.create<BindingOptions>({
  name: "planBinding",
  priority: 1000,
  addKeyboardShortcuts() {
    const { undo, redo } = this.options;
    const run = (step: () => void) => () => {
      step();
      return true;
    };
    return { "Mod-z": run(undo), "Mod-y": run(redo), "Shift-Mod-z": run(redo) };
  },
  addProseMirrorPlugins() {
    const { fragment, writable } = this.options;
    const guard = new Plugin({
      filterTransaction: (transaction) => writable || !transaction.docChanged || isRemote(transaction),
      // Deleting everything leaves a paragraph to type in, if it was this person who deleted.
      appendTransaction: (transactions: readonly Transaction[], _old, state: EditorState) => {
        // The binding may leave the caret between blocks, where nothing can be typed.
        if (state.selection instanceof TextSelection && !state.selection.$head.parent.inlineContent && state.doc.childCount > 0) {
          return state.tr.setSelection(Selection.near(state.selection.$head));
        }
        const paragraph = state.schema.nodes["paragraph"];
        if (!writable || state.doc.childCount > 0 || !paragraph) return null;
        if (!transactions.some((transaction) => transaction.docChanged && !isRemote(transaction))) return null;
        return state.tr.insert(0, paragraph.create());
      },
      props: {
        handleDOMEvents: {
          beforeinput: (view, event) => {
            if (writable) giveParagraph(view);
            else event.preventDefault();
            return !writable;
          },
          paste: (_view, event) => {
            if (!writable) event.preventDefault();
            return !writable;
          },
          drop: (_view, event) => {
            if (!writable) event.preventDefault();
            return !writable;
          },
        },
      },
    });
    return [ySyncPlugin(fragment) as Plugin, guard];
  },
});

export function extensions(options: BindingOptions, plugins: Plugin[]): AnyExtension[] {
  return [
    ...content(),
    Binding.configure(options),
    Extension.create({ name: "planPlugins", addProseMirrorPlugins: () => plugins }),
  ];
}
