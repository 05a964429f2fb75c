import { useCallback, useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { ApiError } from "../../../sync/api";
import type { FileLimits } from "../../../sync/files";
import { useProblem } from "../../../ui/problem";
import { useText, type MessageId } from "../../../ui/text";
import { useScreen } from "../screen";
import { sizeWords } from "./words";

/** With its dot. */
const endingOf = (name: string): string => /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? "";

/** What the server takes, null while it isn't known: it is asked whenever `asked` is another number than before, and not at 0. */
export function useFileLimits(asked: number): FileLimits | null {
  const { files, rights } = useScreen();
  const [limits, setLimits] = useState<FileLimits | null>(null);
  useEffect(() => {
    if (!files || !rights.write || asked === 0) return;
    let gone = false;
    // Not knowing is no harm: the server says no for itself.
    files.limits().then((found) => !gone && setLimits(found), () => undefined);
    return () => {
      gone = true;
    };
  }, [files, rights.write, asked]);
  return limits;
}

/** Why a file is not sent at all; null when it may go. The server decides in the end. */
export function refusalOf(file: File, limits: FileLimits | null): string | null {
  if (file.size === 0) return "empty";
  if (!limits) return null;
  if (file.size > limits.maxBytes) return "too-big";
  return limits.accepted.includes(endingOf(file.name)) ? null : "ending";
}

const KNOWN: Readonly<Record<string, MessageId>> = {
  empty: "hub.problem.empty",
  "too-big": "hub.problem.tooBig",
  ending: "hub.problem.ending",
  "file-type": "hub.problem.content",
  full: "hub.problem.full",
  "scan-refused": "hub.problem.scan",
  "scan-failed": "hub.problem.noScan",
  busy: "hub.problem.busy",
  "no-space": "hub.problem.noSpace",
  dropped: "hub.problem.dropped",
  name: "hub.problem.name",
};

/** Puts a failed upload into words: what is wrong with this file, in the reader's language. */
export function useFileProblem(limits: FileLimits | null): (cause: unknown, file: File) => string {
  const t = useText();
  const intl = useIntl();
  const problem = useProblem();
  return useCallback(
    (cause, file) => {
      const code = cause instanceof ApiError ? cause.code : typeof cause === "string" ? cause : "";
      const id = KNOWN[code];
      if (id === undefined) return problem(cause);
      return t(id, {
        name: file.name,
        ending: endingOf(file.name) || "none",
        max: sizeWords(limits?.maxBytes ?? 0, intl.locale),
        quota: sizeWords(limits?.quota ?? 0, intl.locale),
        known: String(limits !== null),
        accepted: limits ? intl.formatList(limits.accepted, { type: "disjunction" }) : "",
      });
    },
    [t, intl, problem, limits],
  );
}
