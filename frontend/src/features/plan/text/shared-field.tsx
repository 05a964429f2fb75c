import { useCallback, type FocusEventHandler, type KeyboardEventHandler, type RefCallback } from "react";
import type * as Y from "yjs";
import { useLatest } from "../../../ui/use-latest";
import { mapIndex, spliceBetween, type DeltaPart, type Splice } from "./splice";

export interface SharedFieldProps {
  text: Y.Text;
  label: string;
  className?: string;
  placeholder?: string;
  maxLength?: number;
  /** Applies one replacement as the person's own edit. */
  onSplice: (text: Y.Text, splice: Splice) => void;
  onKeyDown?: KeyboardEventHandler<HTMLTextAreaElement>;
  onFocus?: FocusEventHandler<HTMLTextAreaElement>;
  onBlur?: FocusEventHandler<HTMLTextAreaElement>;
  /** Marks the element, so that a shortcut elsewhere can find it again. */
  fieldId?: string;
  /** Id of the element that says which keys do what. */
  describedBy?: string;
  multiline?: boolean;
}

/**
 * A text area that is a shared text. What is typed travels as the smallest replacement; what others
 * type appears around the caret, which stays between the same two characters. The element grows with
 * its text and, unless `multiline`, holds no line breaks.
 */
export function SharedField({ text, label, className = "", placeholder, multiline, fieldId, describedBy, ...rest }: SharedFieldProps) {
  const { onSplice, ...events } = rest;
  const handler = useLatest(onSplice);

  const attach = useCallback<RefCallback<HTMLTextAreaElement>>(
    (element) => (element ? bind(element, text, !multiline, (splice) => handler.current(text, splice)) : undefined),
    [text, multiline, handler],
  );

  return (
    <span className={`shared-field ${className}`}>
      <textarea
        {...events}
        ref={attach}
        className="shared-field-input"
        rows={1}
        aria-label={label}
        placeholder={placeholder}
        data-field={fieldId}
        aria-describedby={describedBy}
        spellCheck
        autoComplete="off"
      />
    </span>
  );
}

/** Binds element and text until the returned function is called. */
function bind(
  element: HTMLTextAreaElement,
  text: Y.Text,
  oneLine: boolean,
  send: (splice: Splice) => void,
): () => void {
  let shown = text.toJSON(); // what the element shows of the text
  let composing = false;
  let held: DeltaPart[][] = []; // others' changes that arrived while composing
  let sending = false;

  const grow = () => element.parentElement?.setAttribute("data-text", element.value);
  const show = (value: string, start: number, end: number) => {
    const direction = element.selectionDirection;
    element.value = value;
    // Setting a selection gives some browsers' focus to the element: only where it is already.
    if (element.ownerDocument.activeElement === element) element.setSelectionRange(start, end, direction);
    grow();
  };

  const push = () => {
    const caret = element.selectionEnd;
    const value = oneLine ? element.value.replace(/\s*[\r\n]+\s*/g, " ") : element.value;
    const local = spliceBetween(shown, value, caret);
    const missed = held;
    held = [];
    if (local) {
      // What was typed is placed where others' changes have moved that spot to.
      const map = (index: number) => missed.reduce((at, delta) => mapIndex(delta, at), index);
      const index = map(local.index);
      const remove = Math.max(0, map(local.index + local.remove) - index);
      sending = true;
      try {
        send({ index, remove, insert: local.insert });
      } finally {
        sending = false;
      }
    }
    const now = text.toJSON();
    shown = now;
    if (element.value !== now) {
      const at = missed.reduce((index, delta) => mapIndex(delta, index), caret);
      show(now, Math.min(at, now.length), Math.min(at, now.length));
    } else {
      grow();
    }
  };

  const onInput = () => {
    if (!composing) push();
  };
  const onCompositionStart = () => {
    composing = true;
  };
  const onCompositionEnd = () => {
    composing = false;
    push();
  };
  const onRemote = (event: Y.YTextEvent) => {
    if (sending) return;
    if (composing) {
      held.push(event.delta);
      return;
    }
    shown = text.toJSON();
    show(shown, mapIndex(event.delta, element.selectionStart), mapIndex(event.delta, element.selectionEnd));
  };

  element.value = shown;
  grow();
  text.observe(onRemote);
  element.addEventListener("input", onInput);
  element.addEventListener("compositionstart", onCompositionStart);
  element.addEventListener("compositionend", onCompositionEnd);
  return () => {
    text.unobserve(onRemote);
    element.removeEventListener("input", onInput);
    element.removeEventListener("compositionstart", onCompositionStart);
    element.removeEventListener("compositionend", onCompositionEnd);
  };
}
