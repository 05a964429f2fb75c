import { useEffect, useState } from "react";
import { useAnnounce } from "./announcer";
import { Button } from "./button";
import { useText } from "./text";

/** Copies a text and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useText();
  const announce = useAnnounce();
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    const ok = await copyText(text);
    setState(ok ? "copied" : "failed");
    announce(t(ok ? "action.copied" : "action.copyFailed"));
  };
  return (
    <Button
      small
      icon={state === "copied" ? "check" : "copy"}
      aria-label={label}
      className="copy-button"
      onPress={() => void copy()}
    >
      {t(state === "copied" ? "action.copied" : state === "failed" ? "action.copyFailed" : "action.copy")}
    </Button>
  );
}

/** Pages served without TLS have no clipboard of their own; the old way works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const ok = document.execCommand("copy");
    area.remove();
    return ok;
  }
}
