import { useEffect, useRef } from "react";

/** Puts the caret into a field marked with `data-field`, once it has been drawn. */
export function focusField(id: string, at: "start" | "end" | "keep" = "end"): void {
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"]`);
    if (!element) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
    if (element instanceof HTMLTextAreaElement && at !== "keep") {
      const index = at === "start" ? 0 : element.value.length;
      element.setSelectionRange(index, index);
    }
  });
}

interface Kept {
  readonly field: string;
  readonly start: number | null;
  readonly end: number | null;
}

/**
 * Gives the focus back to a field that was drawn anew elsewhere: when its step moved to another stage,
 * by this person's hand or by somebody else's. `moved` is anything that changes with such a move.
 */
export function useKeepFocus(moved: unknown): void {
  const last = useRef<Kept | null>(null);
  useEffect(() => {
    const remember = () => {
      const element = document.activeElement;
      const field = element instanceof HTMLElement ? element.dataset["field"] : undefined;
      if (field === undefined) {
        // The page itself has the focus only when what had it is gone.
        if (element !== document.body) last.current = null;
        return;
      }
      const isText = element instanceof HTMLTextAreaElement;
      last.current = {
        field,
        start: isText ? element.selectionStart : null,
        end: isText ? element.selectionEnd : null,
      };
    };
    document.addEventListener("focusin", remember);
    document.addEventListener("selectionchange", remember);
    // The selection is told of late: a row drawn anew between two keystrokes must not put the caret back where it was.
    document.addEventListener("input", remember);
    // A press on the page's ground leaves the field on purpose.
    const leave = (event: Event) => {
      if (!(event.target instanceof HTMLElement) || event.target.closest("[data-field]") === null) last.current = null;
    };
    document.addEventListener("pointerdown", leave, true);
    return () => {
      document.removeEventListener("focusin", remember);
      document.removeEventListener("selectionchange", remember);
      document.removeEventListener("input", remember);
      document.removeEventListener("pointerdown", leave, true);
    };
  }, []);
  useEffect(() => {
    const kept = last.current;
    if (!kept || document.activeElement !== document.body) return;
    const element = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(kept.field)}"]`);
    if (!element) return;
    element.focus({ preventScroll: true });
    if (element instanceof HTMLTextAreaElement && kept.start !== null) element.setSelectionRange(kept.start, kept.end);
  }, [moved]);
}
