/** What had the focus last, apart from menus and dialogs, which may be gone when it is to be given back. */
let outside: HTMLElement | null = null;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(".popover, .scrim")) outside = target;
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
