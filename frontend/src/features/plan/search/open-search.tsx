import { Suspense, useEffect, useState } from "react";
import { lazyPart } from "../../../ui/lazy";

const SearchDialog = lazyPart(() => import("./search-dialog"));

const WRITING = "input, textarea, select, [contenteditable]";

/** Whether the search is open: Ctrl+K opens it wherever one is, and / where nobody writes; open dialogs keep their keys. */
export function useSearch(): { readonly isOpen: boolean; readonly setOpen: (open: boolean) => void } {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const command = event.ctrlKey || event.metaKey;
      const writing = event.target instanceof Element && event.target.closest(WRITING) !== null;
      const asks = command ? event.key.toLowerCase() === "k" && !event.shiftKey : event.key === "/" && !writing;
      if (!asks || (!isOpen && document.querySelector("[role=dialog]"))) return;
      event.preventDefault();
      setOpen(!isOpen);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [isOpen]);
  return { isOpen, setOpen };
}

export function Search({ onClose }: { onClose: () => void }) {
  return (
    <Suspense fallback={null}>
      <SearchDialog onClose={onClose} />
    </Suspense>
  );
}
