import { Suspense, type ReactNode } from "react";
import { useScreen } from "../screen";
import type { EditorProps } from "./editor";
import { StaticText } from "./static-text";
import { lazyPart } from "../../../ui/lazy";

const RichEditor = lazyPart(() => import("./editor"));

/** Shared rich text: an editor for those who may write or comment, plain reading for everyone else. */
export function RichText({ empty, ...props }: EditorProps & { empty?: ReactNode }) {
  const { rights } = useScreen();
  const still = <StaticText fragment={props.fragment} empty={empty ?? <p className="rich-empty">{props.placeholder}</p>} />;
  if (!rights.write && !rights.comment) return still;
  return (
    <Suspense fallback={still}>
      <RichEditor {...props} />
    </Suspense>
  );
}
