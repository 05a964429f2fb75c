import { Fragment, memo, useMemo, useSyncExternalStore, type ReactNode } from "react";
import * as Y from "yjs";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { markName, safeHref } from "./rich-marks";

/**
 * Rich text drawn straight from the shared type, without an editor: for those who only read, for
 * replay, and until the editor has loaded.
 */
export const StaticText = memo(function StaticText({ fragment, empty }: { fragment: Y.XmlFragment; empty?: ReactNode }) {
  const version = useVersion(fragment);
  const screen = useScreen();
  const threads = useReadable(screen.store.threads);
  const { active } = useReadable(screen.comments);
  const open = useMemo(() => new Set<string>(threads.filter((t) => !t.resolved).map((t) => t.id)), [threads]);
  return useMemo(() => {
    if (isBlank(fragment)) return <>{empty}</>;
    const onComment = (id: string) => screen.comments.set({ open: true, active: id as typeof active, draft: null });
    return <div className="prose">{drawChildren(fragment, { open, active, onComment })}</div>;
    // The fragment is one object; its version says when it reads differently.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [version, fragment, empty, open, active, screen.comments]);
});

/** Whether there is nothing but empty paragraphs. */
function isBlank(parent: Y.XmlFragment): boolean {
  return parent.toArray().every((child) => {
    if (child instanceof Y.XmlText) return child.length === 0;
    return child instanceof Y.XmlElement && child.nodeName === "paragraph" && isBlank(child);
  });
}

interface Drawing {
  readonly open: ReadonlySet<string>;
  readonly active: string | null;
  readonly onComment: (id: string) => void;
}

function useVersion(fragment: Y.XmlFragment): number {
  const source = useMemo(() => {
    let version = 0;
    return {
      get: () => version,
      subscribe: (onChange: () => void) => {
        const listener = () => {
          version++;
          onChange();
        };
        fragment.observeDeep(listener);
        // What changed between drawing and subscribing is drawn again.
        version++;
        return () => fragment.unobserveDeep(listener);
      },
    };
  }, [fragment]);
  return useSyncExternalStore(source.subscribe, source.get);
}

function drawChildren(parent: Y.XmlFragment, drawing: Drawing): ReactNode[] {
  return parent.toArray().map((child, index) => {
    if (child instanceof Y.XmlText) return <Fragment key={index}>{drawText(child, drawing)}</Fragment>;
    if (child instanceof Y.XmlElement) return <Fragment key={index}>{drawElement(child, drawing)}</Fragment>;
    return null;
  });
}

function drawElement(element: Y.XmlElement, drawing: Drawing): ReactNode {
  const children = drawChildren(element, drawing);
  switch (element.nodeName) {
    case "paragraph":
      return <p>{children.length ? children : <br />}</p>;
    case "heading": {
      // The page has its own h1 and h2.
      const level = Number((element.getAttribute as (name: string) => unknown).call(element, "level"));
      return <h3 data-level={level || 2}>{children}</h3>;
    }
    case "bulletList":
      return <ul>{children}</ul>;
    case "orderedList":
      return <ol>{children}</ol>;
    case "listItem":
      return <li>{children}</li>;
    case "blockquote":
      return <blockquote>{children}</blockquote>;
    case "horizontalRule":
      return <hr />;
    case "hardBreak":
      return <br />;
    default:
      return <div>{children}</div>; // a kind this version doesn't know keeps its words
  }
}

function drawText(text: Y.XmlText, drawing: Drawing): ReactNode[] {
  const parts = text.toDelta() as { insert?: unknown; attributes?: Record<string, unknown> }[];
  return parts.map((part, index) => {
    if (typeof part.insert !== "string") return null;
    let node: ReactNode = part.insert;
    const ids: string[] = [];
    for (const [key, value] of Object.entries(part.attributes ?? {})) {
      if (value === null || value === false) continue;
      const attrs = typeof value === "object" ? (value as Record<string, unknown>) : {};
      const name = markName(key);
      if (name === "comment" && typeof attrs["id"] === "string") ids.push(attrs["id"]);
      else node = drawMark(name, attrs, node);
    }
    const shown = ids.filter((id) => drawing.open.has(id));
    const last = shown.at(-1);
    if (last !== undefined) {
      const active = drawing.active !== null && shown.includes(drawing.active);
      node = (
        <span
          className={`comment-text comment-open${active ? " comment-active" : ""}`}
          data-comment={shown.join(" ")}
          onClick={() => drawing.onComment(last)}
        >
          {node}
        </span>
      );
    }
    return <Fragment key={index}>{node}</Fragment>;
  });
}

function drawMark(name: string, attrs: Record<string, unknown>, node: ReactNode): ReactNode {
  switch (name) {
    case "bold":
      return <strong>{node}</strong>;
    case "italic":
      return <em>{node}</em>;
    case "strike":
      return <s>{node}</s>;
    case "underline":
      return <u>{node}</u>;
    case "code":
      return <code>{node}</code>;
    case "link": {
      const href = safeHref(attrs["href"]);
      return href ? (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {node}
        </a>
      ) : (
        node
      );
    }
    default:
      return node;
  }
}
