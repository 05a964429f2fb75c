import { useCallback, useEffect, useSyncExternalStore, type ReactNode } from "react";
import { RouterProvider } from "react-aria-components";
import { isViewId, type ViewId } from "../features/plan/views";

export type Route =
  | { readonly kind: "landing" }
  | { readonly kind: "plans" }
  | { readonly kind: "join"; readonly token: string }
  | { readonly kind: "plan"; readonly id: string; readonly view: ViewId }
  | { readonly kind: "history"; readonly id: string }
  | { readonly kind: "missing" };

export function parseRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [first, second, third] = parts;
  if (first === undefined) return { kind: "landing" };
  if (first === "plans" && parts.length === 1) return { kind: "plans" };
  if (first === "j" && second !== undefined && parts.length === 2) return { kind: "join", token: second };
  if (first === "p" && second !== undefined && parts.length === 2) return { kind: "plan", id: second, view: "plan" };
  if (first === "p" && second !== undefined && third === "history" && parts.length === 3) return { kind: "history", id: second };
  if (first === "p" && second !== undefined && third !== undefined && isViewId(third) && parts.length === 3) {
    return { kind: "plan", id: second, view: third };
  }
  return { kind: "missing" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const MOVED = "coplan:moved";

/** Goes to another page of this program; `replace` leaves no trace of this one in the browser's history. */
export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  window.dispatchEvent(new Event(MOVED));
  if (!path.includes("#")) scrollTo(0, 0);
}

export function usePath(): string {
  return useSyncExternalStore(
    (onChange) => {
      window.addEventListener("popstate", onChange);
      window.addEventListener(MOVED, onChange);
      return () => {
        window.removeEventListener("popstate", onChange);
        window.removeEventListener(MOVED, onChange);
      };
    },
    () => location.pathname,
  );
}

/** Makes plain links within the program change the page without loading it anew. */
export function Router({ children }: { children: ReactNode }) {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download")) return;
      if (link.pathname === location.pathname && link.hash) return;
      event.preventDefault();
      const path = link.pathname + link.search + link.hash;
      navigate(path, path === location.pathname + location.search + location.hash);
    };
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, []);
  const go = useCallback((path: string) => navigate(path), []);
  return <RouterProvider navigate={go}>{children}</RouterProvider>;
}
