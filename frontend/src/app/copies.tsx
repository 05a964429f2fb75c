import { Suspense, useState, type ReactNode } from "react";
import type { Copy } from "../features/copies/copy-dialog";
import { lazyPart } from "../ui/lazy";
import { navigate } from "./router";

const CopyDialog = lazyPart(() => import("../features/copies/copy-dialog"));

/** Leads to a personal link on this page's own server. */
export function openLink(link: string): void {
  navigate(new URL(link, location.href).pathname);
}

/** The dialog that makes another plan or a template of one, and how it is asked for. */
export function useCopies(): { readonly dialog: ReactNode; readonly ask: (copy: Copy) => void } {
  const [copy, ask] = useState<Copy | null>(null);
  const dialog = copy && (
    <Suspense fallback={null}>
      <CopyDialog copy={copy} onClose={() => ask(null)} onOpen={openLink} />
    </Suspense>
  );
  return { dialog, ask };
}
