import { useCallback } from "react";
import { useIntl, type PrimitiveType } from "react-intl";

export type MessageId = FormatjsIntl.Message extends { ids: infer I } ? Extract<I, string> : string;

export type Translate = (id: MessageId, values?: Record<string, PrimitiveType>) => string;

/** A sentence of the catalogue, filled in. For sentences with markup inside use FormattedMessage. */
export function useText(): Translate {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}
