import type { Editor } from "@tiptap/core";
import { useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { Group, Toolbar } from "react-aria-components";
import { Button, IconButton, IconToggle } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { modKey } from "../../../ui/platform";
import { useText } from "../../../ui/text";
import { safeHref } from "./rich-marks";

/** What the bubble shows depends on; a new one per transaction. */
function useEditorState(editor: Editor) {
  return useSyncExternalStore(
    (onChange) => {
      editor.on("transaction", onChange);
      return () => void editor.off("transaction", onChange);
    },
    () => editor.state,
  );
}

/**
 * Formatting and commenting for the words selected, right beside them. It follows the text in the tab
 * order; Alt+F10 goes there at once.
 */
export function Bubble({
  editor,
  near,
  canWrite,
  canComment,
  onComment,
}: {
  editor: Editor;
  /** Whether the focus is in the text or in this bubble. */
  near: boolean;
  canWrite: boolean;
  canComment: boolean;
  onComment: () => void;
}) {
  const t = useText();
  const state = useEditorState(editor);
  const frame = useRef<HTMLDivElement>(null);
  const [linking, setLinking] = useState(false);
  const [dismissed, setDismissed] = useState<unknown>(null);
  const { selection } = state;
  const hasWords = !selection.empty && state.doc.textBetween(selection.from, selection.to).trim() !== "";
  const href = safeHref(editor.getAttributes("link")["href"]);
  const inLink = selection.empty && href !== undefined;
  const shown =
    near && (hasWords || inLink) && (canWrite || canComment || inLink) && dismissed !== selection;

  if (!shown && linking) setLinking(false);

  useLayoutEffect(() => {
    const element = frame.current;
    const host = element?.offsetParent;
    if (!shown || !element || !host) return;
    const { from, to } = selection;
    const start = editor.view.coordsAtPos(from);
    const end = editor.view.coordsAtPos(to);
    const box = host.getBoundingClientRect();
    const width = element.offsetWidth;
    const middle = (start.top === end.top ? (start.left + end.left) / 2 : (box.left + box.right) / 2) - box.left;
    const room = document.documentElement.clientWidth - 8;
    const left = Math.max(8 - box.left, Math.min(middle - width / 2, room - width - box.left));
    // Over the words with a mouse; under them with a finger, where the phone shows its own menu above.
    const below = matchMedia("(pointer: coarse)").matches || start.top - element.offsetHeight - 72 < 0;
    const top = below ? end.bottom - box.top + 8 : start.top - box.top - element.offsetHeight - 8;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  });

  if (!shown) return null;
  const chain = () => editor.chain().focus();
  return (
    <div
      ref={frame}
      className="bubble"
      onMouseDownCapture={(event) => {
        // The words stay selected while a button is pressed.
        if ((event.target as Element).tagName !== "INPUT") event.preventDefault();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        setDismissed(selection);
        editor.commands.focus();
      }}
    >
      {linking ? (
        <LinkForm
          initial={href ?? ""}
          onCancel={() => {
            setLinking(false);
            editor.commands.focus();
          }}
          onApply={(address) => {
            setLinking(false);
            const range = chain().extendMarkRange("link");
            if (address === "") range.unsetLink().run();
            else range.setLink({ href: address }).run();
          }}
        />
      ) : (
        <Toolbar className="bubble-bar" aria-label={t("text.toolbar")}>
          {inLink && (
            <Group className="bubble-group" aria-label={t("text.link")}>
              <a className="bubble-link" href={href} target="_blank" rel="noopener noreferrer nofollow">
                {href.replace(/^https?:\/\//, "")}
              </a>
              {canWrite && (
                <>
                  <Button look="quiet" small onPress={() => setLinking(true)}>
                    {t("text.linkEdit")}
                  </Button>
                  <Button look="quiet" small onPress={() => chain().extendMarkRange("link").unsetLink().run()}>
                    {t("text.linkRemove")}
                  </Button>
                </>
              )}
            </Group>
          )}
          {hasWords && canWrite && (
            <Group className="bubble-group" aria-label={t("text.format")}>
              <IconToggle small icon="bold" label={t("text.bold")} keys={modKey("B")} isSelected={editor.isActive("bold")} onChange={() => chain().toggleBold().run()} />
              <IconToggle small icon="italic" label={t("text.italic")} keys={modKey("I")} isSelected={editor.isActive("italic")} onChange={() => chain().toggleItalic().run()} />
              <IconToggle small icon="heading" label={t("text.heading")} isSelected={editor.isActive("heading")} onChange={() => chain().toggleHeading({ level: 2 }).run()} />
              <IconToggle small icon="listBullet" label={t("text.bullets")} isSelected={editor.isActive("bulletList")} onChange={() => chain().toggleBulletList().run()} />
              <IconToggle small icon="listNumber" label={t("text.numbers")} isSelected={editor.isActive("orderedList")} onChange={() => chain().toggleOrderedList().run()} />
              <IconToggle small icon="quote" label={t("text.quote")} isSelected={editor.isActive("blockquote")} onChange={() => chain().toggleBlockquote().run()} />
              <IconToggle small icon="link" label={t("text.link")} isSelected={href !== undefined} onChange={() => setLinking(true)} />
            </Group>
          )}
          {hasWords && canComment && (
            <Group className="bubble-group" aria-label={t("comments.title")}>
              <Button look="quiet" small className="bubble-comment" onPress={onComment}>
                <Icon name="comment" size={17} />
                {t("comments.add")}
              </Button>
            </Group>
          )}
        </Toolbar>
      )}
    </div>
  );
}

function LinkForm({
  initial,
  onApply,
  onCancel,
}: {
  initial: string;
  onApply: (address: string) => void;
  onCancel: () => void;
}) {
  const t = useText();
  const [address, setAddress] = useState(initial);
  const [wrong, setWrong] = useState(false);
  return (
    <form
      className="bubble-form"
      onSubmit={(event) => {
        event.preventDefault();
        const text = address.trim();
        const safe = text === "" ? "" : safeHref(text);
        if (safe === undefined) setWrong(true);
        else onApply(safe);
      }}
    >
      <input
        // The form opens because a button asked for it.
        autoFocus
        className="bubble-input"
        aria-label={t("text.linkAddress")}
        aria-invalid={wrong}
        placeholder="https://"
        value={address}
        onChange={(event) => {
          setAddress(event.target.value);
          setWrong(false);
        }}
      />
      <Button look="quiet" small type="submit">
        {t("text.linkApply")}
      </Button>
      <IconButton small icon="close" label={t("action.cancel")} onPress={onCancel} />
      {wrong && (
        <p role="alert" className="bubble-error">
          {t("text.linkUnsafe")}
        </p>
      )}
    </form>
  );
}
