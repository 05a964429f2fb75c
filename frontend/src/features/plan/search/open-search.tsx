import { Suspense, useEffect, useState } from "react";
import { lazyPart } from "../../../ui/lazy";
import "../../../ui/last-focus"; // from the beginning: it is what had the focus before the search
import { useText } from "../../../ui/text";

const SearchDialog = lazyPart(() => import("./search-dialog"));

/** The longest question, in UTF-16 units. */
export const QUERY_LENGTH = 200;

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
  const [query, setQuery] = useState("");
  return (
    <Suspense fallback={<EarlyField query={query} onQuery={setQuery} onClose={onClose} />}>
      <SearchDialog query={query} onQuery={setQuery} onClose={onClose} />
    </Suspense>
  );
}

interface EarlyFieldProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onClose: () => void;
}

/** Takes what is typed before the search's code is there. */
function EarlyField({ query, onQuery, onClose }: EarlyFieldProps) {
  const t = useText();
  return (
    <input
      className="early-field visually-hidden"
      aria-label={t("search.title")}
      maxLength={QUERY_LENGTH}
      autoFocus
      value={query}
      onChange={(event) => onQuery(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    />
  );
}
