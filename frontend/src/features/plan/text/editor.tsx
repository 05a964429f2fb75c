import { Editor } from "@tiptap/core";
import { ySyncPluginKey } from "@tiptap/y-tiptap";
import { useEffect, useRef, useState } from "react";
import type * as Y from "yjs";
import type { NodeId, ThreadId } from "../../../plan/schema";
import { useLatest } from "../../../ui/use-latest";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { Bubble } from "./bubble";
import { caretPlugin, watchCarets } from "./carets";
import { commentPlugin, selectionTarget, showComments } from "./comment-plugin";
import { extensions } from "./extensions";

export interface EditorProps {
  fragment: Y.XmlFragment;
  field: "summary" | "note";
  node?: NodeId | undefined;
  label: string;
  placeholder: string;
  /** Where in the window somebody pressed who wanted to write, before the editor was there. */
  caretAt: { readonly left: number; readonly top: number } | null;
}

/** The rich-text editor on a shared text. Loaded on demand: it is the larger half of the code. */
export default function RichEditor({ fragment, field, node, label, placeholder, caretAt }: EditorProps) {
  const screen = useScreen();
  const { awareness, undo, rights, comments, store, trackOrigin } = screen;
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [near, setNear] = useState(false);
  const wantedAt = useRef(caretAt);
  const [empty, setEmpty] = useState(fragment.length === 0);

  const startComment = useLatest((target: Editor) => {
    const draft = rights.comment ? selectionTarget(target.state, field, node) : null;
    if (draft) comments.set({ open: true, active: null, draft });
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    trackOrigin(ySyncPluginKey);
    const plugins = [
      commentPlugin((id) => comments.set({ open: true, active: id as ThreadId, draft: null })),
      ...(awareness ? [caretPlugin(awareness)] : []),
    ];
    const made = new Editor({
      element,
      injectCSS: false,
      // Stands for a moment only: the binding puts the shared text in its place without sharing this.
      content: "<p></p>",
      extensions: extensions(
        { fragment, writable: rights.write, undo: () => undo?.undo(), redo: () => undo?.redo() },
        plugins,
      ),
      editorProps: {
        attributes: {
          class: "prose",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": label,
          ...(rights.write ? {} : { "aria-readonly": "true", inputmode: "none" }),
        },
        handleKeyDown: (_view, event) => {
          if ((event.ctrlKey || event.metaKey) && event.altKey && event.code === "KeyM") {
            startComment.current(made);
            return true;
          }
          if (event.altKey && event.key === "F10") {
            element.parentElement?.querySelector<HTMLElement>(".bubble button")?.focus();
            return true;
          }
          return false;
        },
      },
    });
    const stopCarets = awareness ? watchCarets(made.view, awareness) : undefined;
    const onTransaction = () => setEmpty(made.state.doc.textContent === "" && made.state.doc.childCount <= 1);
    onTransaction();
    made.on("transaction", onTransaction);
    setEditor(made);
    const wanted = wantedAt.current;
    if (wanted) {
      wantedAt.current = null;
      requestAnimationFrame(() => !made.isDestroyed && made.commands.focus(made.view.posAtCoords(wanted)?.pos ?? "end"));
    }
    return () => {
      stopCarets?.();
      made.destroy();
      setEditor(null);
    };
  }, [fragment, awareness, undo, rights.write, comments, label, trackOrigin, startComment]);

  const threads = useReadable(store.threads);
  const { active, draft } = useReadable(comments);
  const isOurs = draft?.kind === "text" && draft.field === field && draft.node === node;
  useEffect(() => {
    if (!editor) return;
    const { from, to } = editor.state.selection;
    editor.view.dispatch(
      showComments(editor.state, {
        open: new Set(threads.filter((thread) => !thread.resolved).map((thread) => thread.id)),
        active,
        draft: isOurs && from < to ? { from, to } : null,
      }),
    );
  }, [editor, threads, active, isOurs]);

  return (
    <div
      className="rich"
      onFocus={() => setNear(true)}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setNear(false);
      }}
    >
      {empty && (
        <div className="rich-placeholder" aria-hidden="true">
          {placeholder}
        </div>
      )}
      <div ref={host} className="rich-host" />
      {editor && <Bubble editor={editor} near={near} canWrite={rights.write} canComment={rights.comment} onComment={() => startComment.current(editor)} />}
    </div>
  );
}
