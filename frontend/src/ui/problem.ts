import { useCallback } from "react";
import { useIntl } from "react-intl";
import { useText, type MessageId } from "./text";

/**
 * Puts a failure into words: by its `code` where the catalogue has a sentence for it, else as the error says it
 * (what the server refuses comes with the server's own sentence, which names what and where).
 */
export function useProblem(): (cause: unknown) => string {
  const t = useText();
  const { messages } = useIntl();
  return useCallback(
    (cause) => {
      if (!(cause instanceof Error)) return t("error.unknown");
      const id = "code" in cause && typeof cause.code === "string" ? `problem.${cause.code}` : "";
      return id in messages ? t(id as MessageId) : cause.message;
    },
    [t, messages],
  );
}
