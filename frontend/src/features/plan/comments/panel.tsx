import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { NodeId, ThreadId } from "../../../plan/schema";
import type { ThreadSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { setOpen, useOpenSteps } from "../open-steps";
import { useScreen, type CommentTarget } from "../screen";
import { useIds } from "./ids";
import { Thread } from "./thread";

/**
 * All conversations of the plan beside it, in the order of what they are about: the summary's first, then
 * step by step. On a phone the panel rises from the lower edge.
 */
export default function CommentsPanel() {
  const t = useText();
  const screen = useScreen();
  const { store, comments, rights } = screen;
  const threads = useReadable(store.threads);
  const view = useReadable(comments);
  const active = threads.find((thread) => thread.id === view.active);
  const [resolved, setResolved] = useState(active?.resolved ?? false);
  const order = useOrder();
  const shown = useMemo(
    () => threads.filter((thread) => thread.resolved === resolved).sort((a, b) => order(a) - order(b)),
    [threads, resolved, order],
  );
  const resolvedCount = threads.filter((thread) => thread.resolved).length;
  const openCount = threads.length - resolvedCount;

  // A resolved thread that becomes active (by its link in the text, or reopened) has to be in view.
  const activeKey = active ? `${active.id} ${active.resolved}` : "";
  const [seen, setSeen] = useState(activeKey);
  if (seen !== activeKey) {
    setSeen(activeKey);
    if (active) setResolved(active.resolved);
  }

  return (
    <aside
      className="comments"
      aria-label={t("comments.title")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) comments.set({ open: false, active: null, draft: null });
      }}
    >
      <header className="comments-head">
        <h2 className="comments-title">{t("comments.title")}</h2>
        <IconButton
          small
          icon="close"
          label={t("comments.close")}
          onPress={() => comments.set({ open: false, active: null, draft: null })}
        />
      </header>
      {resolvedCount > 0 && (
        <div className="comments-filter" role="group" aria-label={t("comments.filter")}>
          <FilterButton on={!resolved} onPress={() => setResolved(false)}>
            {t("comments.open", { count: openCount })}
          </FilterButton>
          <FilterButton on={resolved} onPress={() => setResolved(true)}>
            {t("comments.resolved", { count: resolvedCount })}
          </FilterButton>
        </div>
      )}
      <div className="comments-list">
        {view.draft && <Draft key={draftKey(view.draft)} target={view.draft} />}
        {shown.map((thread) => (
          <Thread key={thread.id} thread={thread} active={thread.id === view.active} />
        ))}
        {shown.length === 0 && !view.draft && (
          <p className="comments-empty">
            {t(resolved ? "comments.noneResolved" : rights.comment ? "comments.none" : "comments.noneRead")}
          </p>
        )}
      </div>
    </aside>
  );
}

function FilterButton({ on, onPress, children }: { on: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" className="filter" aria-pressed={on} onClick={onPress}>
      {children}
    </button>
  );
}

const draftKey = (target: CommentTarget) => (target.kind === "node" ? `node ${target.node}` : `text ${JSON.stringify(target.from)}`);

/** Where a thread stands in the plan, as a number: the summary, then the nodes in reading order. */
function useOrder(): (thread: ThreadSnapshot) => number {
  const { store } = useScreen();
  const tree = useReadable(store.tree);
  return useMemo(() => {
    const places = new Map<NodeId, number>();
    const visit = (nodes: (typeof tree)["top"]) => {
      for (const node of nodes) {
        places.set(node.id, places.size + 1);
        visit(node.children);
      }
    };
    visit(tree.top);
    return (thread) => (thread.anchor.node === null ? 0 : (places.get(thread.anchor.node) ?? places.size + 1));
  }, [tree]);
}

/** A comment being written. */
function Draft({ target }: { target: CommentTarget }) {
  const t = useText();
  const problem = useProblem();
  const { command, comments, store } = useScreen();
  const announce = useAnnounce();
  const cell = useOpenSteps();
  const [body, setBody] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const ids = useIds();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
  }, []);
  const stepTitle = useReadable(store.node(target.kind === "node" ? target.node : ("" as NodeId)))?.title;

  const send = async () => {
    if (body.trim() === "" || busy) return;
    setBusy(true);
    setError(undefined);
    const { kind } = target;
    const anchor = kind === "node" ? { kind, node: target.node } : target;
    try {
      const said = { anchor, body: body.trim() };
      const result = await command("comment.add", { ...ids.of(JSON.stringify(said)), ...said });
      ids.done();
      announce(t("comments.sent"));
      if (target.node !== undefined && kind === "text") setOpen(cell, target.node, true);
      comments.set({ open: true, active: threadOf(result), draft: null });
    } catch (cause) {
      setError(problem(cause));
      setBusy(false);
    }
  };
  const cancel = () => comments.set({ ...comments.get(), draft: null });

  return (
    <form
      className="thread thread-active thread-draft"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        if (event.key === "Escape") {
          event.preventDefault();
          cancel();
        }
      }}
    >
      <p className="thread-quote">
        {target.kind === "text" ? <q>{target.quote}</q> : t("comments.aboutStep", { title: stepTitle ?? "" })}
      </p>
      <TextField
        label={t("comments.write")}
        hideLabel
        placeholder={t("comments.write")}
        rows={3}
        areaRef={area}
        value={body}
        onChange={setBody}
        error={error}
        maxLength={4000}
      />
      <div className="thread-actions">
        <Button look="quiet" small onPress={cancel}>
          {t("action.cancel")}
        </Button>
        <Button look="main" small type="submit" isDisabled={body.trim() === "" || busy}>
          {t("comments.send")}
        </Button>
      </div>
    </form>
  );
}

function threadOf(result: unknown): ThreadId | null {
  if (typeof result !== "object" || result === null) return null;
  const id = (result as Record<string, unknown>)["thread"] ?? (result as Record<string, unknown>)["id"];
  return typeof id === "string" ? (id as ThreadId) : null;
}
