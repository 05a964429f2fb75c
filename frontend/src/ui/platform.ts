/** Whether shortcuts are spelled as on Apple keyboards. */
export const isApple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A shortcut with the platform's main modifier, as its keyboards spell it: ⌘B or Ctrl+B. */
export const modKey = (key: string): string => (isApple ? `⌘${key}` : `Ctrl+${key}`);

export const searchKeys = modKey("K");
export const undoKeys = modKey("Z");
export const redoKeys = isApple ? "⇧⌘Z" : "Ctrl+Y";
