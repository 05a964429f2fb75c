import { useIntl } from "react-intl";
import { useEffect, useState } from "react";
import type { Readable } from "../../plan/readable";
import { closeReason } from "../../sync/close";
import type { Proposal, Status } from "../../sync/status";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { useText, type MessageId } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";

export type ConnectionState = Status;
export type KeptEdit = Proposal;

/** Whether what one sees is saved, in words. */
export function Connection({ status }: { status: Readable<ConnectionState> }) {
  const state = useReadable(status);
  const shown = useCalm(state);
  const trouble = shown.kind === "offline" || shown.kind === "degraded" || shown.kind === "denied" || shown.kind === "reset";
  return (
    <p className={`connection connection-${shown.kind}`} role="status" data-kind={state.kind} data-pending={state.pending}>
      {trouble ? <Icon name={shown.kind === "offline" ? "offline" : "warning"} size={17} /> : <span className="connection-dot" />}
      <span>{useStatusSentence(shown)}</span>
    </p>
  );
}

/** The sentence for a status in the reader's language; what the server said itself stays as it said it. */
export function useStatusSentence(state: ConnectionState): string {
  const t = useText();
  const { messages } = useIntl();
  if (state.kind === "denied") {
    const id = `connection.${state.name}`;
    return id in messages && state.text === closeReason(state.code).text ? t(id as MessageId) : state.text;
  }
  return t(`connection.${state.words as Exclude<typeof state.words, "denied">}`, { count: state.pending });
}

/** How long a save takes before it is worth a word, in milliseconds. */
const CALM_MS = 400;

/** Typing makes "Saving…" and "Saved" alternate many times a second: the former shows only if it lasts. */
function useCalm(state: ConnectionState): ConnectionState {
  const saving = state.kind === "saving";
  const [before, setBefore] = useState(state); // the last state that wasn't "saving"
  const [lasts, setLasts] = useState(false);
  if (!saving && before !== state) setBefore(state);
  useEffect(() => {
    if (!saving) return;
    const timer = setTimeout(() => setLasts(true), CALM_MS);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [saving]);
  return saving && !lasts && before.kind === "saved" ? before : state;
}

/** Edits the server didn't take, as words one can copy and propose again. */
export function Proposals({
  proposals,
  onDismiss,
}: {
  proposals: Readable<readonly KeptEdit[]>;
  onDismiss: (id: number) => void;
}) {
  const t = useText();
  const intl = useIntl();
  const kept = useReadable(proposals);
  if (kept.length === 0) return null;
  return (
    <section className="notice" role="alert" aria-label={t("kept.title")}>
      <h2 className="notice-title">
        <Icon name="warning" />
        {t("kept.title")}
      </h2>
      <p>{t("kept.hint")}</p>
      <ul className="notice-list">
        {kept.map((edit) => (
          <li key={edit.id} className="notice-item">
            <time dateTime={edit.at}>{intl.formatTime(edit.at)}</time>
            <div className="notice-words">
              {edit.lines.map((line, at) => (
                <p key={at}>{line}</p>
              ))}
            </div>
            <Button look="quiet" small icon="copy" onPress={() => void navigator.clipboard.writeText(edit.lines.join("\n"))}>
              {t("action.copy")}
            </Button>
            <Button look="quiet" small onPress={() => onDismiss(edit.id)}>
              {t("kept.dismiss")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
