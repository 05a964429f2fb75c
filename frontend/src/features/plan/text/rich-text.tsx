import { Suspense, useState, type ReactNode } from "react";
import { lazyPart, useAtRest } from "../../../ui/lazy";
import { useScreen } from "../screen";
import type { EditorProps } from "./editor";
import { StaticText } from "./static-text";

const RichEditor = lazyPart(() => import("./editor"));

/**
 * Shared rich text: an editor for those who may write or comment, plain reading for everyone else. `patient`: it is
 * there to be read first, and becomes an editor when one turns to it, or else when the page is at rest.
 */
export function RichText({ empty, patient = false, ...props }: Omit<EditorProps, "caretAt"> & { empty?: ReactNode; patient?: boolean }) {
  const { rights } = useScreen();
  const atRest = useAtRest();
  const [pressed, setPressed] = useState<EditorProps["caretAt"]>(null);
  const still = <StaticText fragment={props.fragment} empty={empty ?? <p className="rich-empty">{props.placeholder}</p>} />;
  if (!rights.write && !rights.comment) return still;
  if (patient && !atRest && !pressed) {
    // The editor takes the place of this and of its keyboard access; until then these words are only read.
    return <div onPointerUp={({ clientX: left, clientY: top }) => setPressed({ left, top })}>{still}</div>;
  }
  return (
    <Suspense fallback={still}>
      <RichEditor {...props} caretAt={pressed} />
    </Suspense>
  );
}
