/** What is gone when it would be given the focus back. */
const PASSING = ".popover, .scrim, .search-scrim, .early-field";

/** What else had the focus last. */
let outside: HTMLElement | null = null;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(PASSING)) outside = target;
});

/**
 * For when a dialog is gone: it gives the focus to where it was when it opened, and that may have been a menu or a calendar
 * that closed at the same moment. Where nobody has the focus after that, it goes to what had it before those.
 */
export function keepFocus(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body && outside?.isConnected) outside.focus({ preventScroll: true });
    }),
  );
}
