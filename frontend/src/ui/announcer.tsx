import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from "react";

/** How long remarks gather before they are read out together, in milliseconds. */
const BATCH_MS = 1500;

type Announce = (text: string, when?: "now" | "batched") => void;

const AnnounceContext = createContext<Announce>(() => {});

/** Reads a remark out to those who don't see the screen; never moves the focus. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

export function Announcer({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const announce = useCallback<Announce>((remark, when = "now") => {
    if (when === "now") {
      // A trailing blank that comes and goes makes the same words count as new.
      setText((before) => (before === remark ? `${remark}\u00a0` : remark));
      return;
    }
    if (!waiting.current.includes(remark)) waiting.current.push(remark);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setText(waiting.current.splice(0).slice(-3).join(" "));
    }, BATCH_MS);
  }, []);

  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite">
        {text}
      </div>
    </AnnounceContext>
  );
}
