import { useCallback } from "react";
import { useIntl } from "react-intl";
import { useText, type MessageId } from "./text";

/**
 * Puts a failure into words: by its `code`, where the catalogue has a sentence for it. What the server refuses comes
 * with an English sentence that names what and where; readers of English see that, others what their catalogue makes
 * of it.
 */
export function useProblem(): (cause: unknown) => string {
  const t = useText();
  const { messages } = useIntl();
  return useCallback(
    (cause) => {
      if (!(cause instanceof Error)) return t("error.unknown");
      const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
      if (`problem.${code}` in messages) return t(`problem.${code}` as MessageId);
      const id = `refused.${code}`;
      return t(id in messages ? (id as MessageId) : "refused.other", { sentence: cause.message });
    },
    [t, messages],
  );
}
