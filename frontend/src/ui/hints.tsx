import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** How long a pointer rests on something before it is named, and how long the name stays, in milliseconds. */
const REST = 500;
const STAY = 80;

interface Shown {
  readonly on: HTMLElement;
  readonly label: string;
  readonly keys: string | undefined;
}

/**
 * Names what is under the pointer or has the keyboard's focus: whatever has a `data-hint`, with the keys in
 * `data-hint-keys`. One for the whole page. Escape puts it away.
 */
export function Hints() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let target: HTMLElement | null = null;
    const set = (next: HTMLElement | null, wait: number) => {
      if (next === target) return;
      target = next;
      clearTimeout(timer);
      const { hint: label, hintKeys: keys } = next?.dataset ?? {};
      timer = setTimeout(() => setShown(next?.isConnected && label !== undefined ? { on: next, label, keys } : null), wait);
    };
    const hintedAt = ({ target: at }: Event) => (at instanceof Element ? at.closest<HTMLElement>("[data-hint]") : null);
    const onOver = (event: PointerEvent) => {
      if (event.pointerType === "touch") return;
      // The pointer may go onto the hint itself, to read it enlarged.
      if (box.current?.contains(event.target as Node)) {
        clearTimeout(timer);
        return;
      }
      const next = hintedAt(event);
      set(next, next ? REST : STAY);
    };
    const onFocus = (event: Event) => {
      const next = hintedAt(event);
      set(next?.matches(":focus-visible") ? next : null, 0);
    };
    const away = () => set(null, 0);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") away();
    };
    document.addEventListener("pointerover", onOver);
    document.addEventListener("pointerdown", away, true);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", away);
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("scroll", away, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("pointerdown", away, true);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", away);
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("scroll", away, { capture: true });
    };
  }, []);

  // Below what it names, or above where there is no room.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !shown) return;
    const at = shown.on.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const left = Math.max(6, Math.min(at.left + at.width / 2 - width / 2, document.documentElement.clientWidth - width - 6));
    const top = at.bottom + 6 + height > innerHeight ? at.top - 6 - height : at.bottom + 6;
    element.style.insetInlineStart = `${left}px`;
    element.style.insetBlockStart = `${top}px`;
  }, [shown]);

  return (
    // The name is the button's own; this shows it to those who see.
    shown && (
      <div ref={box} className="hint" aria-hidden="true">
        {shown.label}
        {shown.keys !== undefined && <kbd className="hint-keys">{shown.keys}</kbd>}
      </div>
    )
  );
}
