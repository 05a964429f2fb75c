import { memo, useEffect, useRef, useState } from "react";
import { useIntl } from "react-intl";
import type { MessageSnapshot, ThreadSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Avatar, colorFor } from "../../../ui/avatar";
import { Button } from "../../../ui/button";
import { formatAgo, useNow } from "../../../ui/dates";
import { TextField } from "../../../ui/field";
import { roleMessage } from "../../../ui/roles";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { setOpen, useOpenSteps } from "../open-steps";
import { useScreen } from "../screen";
import { useIds } from "./ids";
import { usePresent } from "../presence";
import type { NodeId } from "../../../plan/schema";

/** One conversation: what it is about, what was said, and what one can do about it. */
export const Thread = memo(function Thread({ thread, active }: { thread: ThreadSnapshot; active: boolean }) {
  const t = useText();
  const problem = useProblem();
  const { comments, rights, command } = useScreen();
  const announce = useAnnounce();
  const card = useRef<HTMLElement>(null);
  const goTo = useGoTo();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  useEffect(() => {
    if (active) card.current?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const activate = () => {
    if (!active) comments.set({ open: true, active: thread.id, draft: null });
  };
  const settle = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await command(thread.resolved ? "comment.reopen" : "comment.resolve", { thread: thread.id });
      announce(t(thread.resolved ? "comments.reopened" : "comments.nowResolved"));
      // A reopened thread is followed to the open ones; a resolved one leaves them quietly.
      comments.set({ ...comments.get(), active: thread.resolved ? thread.id : null });
    } catch (cause) {
      setError(problem(cause));
    }
    setBusy(false);
  };

  return (
    <article
      ref={card}
      className={`thread${active ? " thread-active" : ""}`}
      aria-label={t("comments.threadBy", { name: thread.messages[0]?.by.name ?? "" })}
      data-thread={thread.id}
      onClick={activate}
      onFocus={(event) => {
        // By keyboard only: a pressed button must not move away under the pointer as the card grows.
        if (event.target.matches(":focus-visible")) activate();
      }}
    >
      <button type="button" className="thread-quote" onClick={() => goTo(thread)}>
        <About thread={thread} />
      </button>
      <ol className="messages">
        {thread.messages.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ol>
      {active && rights.comment && !thread.resolved && <Reply thread={thread} />}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {rights.comment && (
        <div className="thread-foot">
          <Button look="quiet" small icon={thread.resolved ? "restore" : "check"} isPending={busy} onPress={() => void settle()}>
            {t(thread.resolved ? "comments.reopen" : "comments.resolve")}
          </Button>
        </div>
      )}
    </article>
  );
});

function About({ thread }: { thread: ThreadSnapshot }) {
  const t = useText();
  const { store } = useScreen();
  const node = useReadable(store.node(thread.anchor.node ?? ("" as NodeId)));
  const title = node?.title || t("step.untitled");
  if (thread.anchor.kind !== "text") return <>{t("comments.aboutStep", { title })}</>;
  return (
    <>
      <q>{thread.anchor.quote}</q>
      {node && <span className="thread-where">{title}</span>}
    </>
  );
}

function Message({ message }: { message: MessageSnapshot }) {
  const t = useText();
  const intl = useIntl();
  const now = useNow();
  const present = usePresent();
  const { person } = useScreen();
  const { by } = message;
  const color =
    present.find((one) => one.id === by.id)?.color ?? (person?.id === by.id && person.color ? person.color : colorFor(by.id));
  return (
    <li className="message">
      <Avatar name={by.name} color={color} size={26} />
      <div className="message-main">
        <p className="message-by">
          <strong>{by.name || t("person.unnamed")}</strong>
          <span>
            {by.role && `${t(roleMessage(by.role))} · `}
            <time dateTime={message.at} title={intl.formatDate(message.at, { dateStyle: "long", timeStyle: "short" })}>
              {formatAgo(intl, message.at, now)}
            </time>
            {message.editedAt && ` · ${t("comments.edited")}`}
          </span>
        </p>
        <p className="message-body">{message.deletedAt ? <em>{t("comments.deleted")}</em> : message.body}</p>
      </div>
    </li>
  );
}

function Reply({ thread }: { thread: ThreadSnapshot }) {
  const t = useText();
  const problem = useProblem();
  const { command } = useScreen();
  const announce = useAnnounce();
  const [body, setBody] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const ids = useIds();
  const send = async () => {
    if (body.trim() === "" || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const said = { thread: thread.id, body: body.trim() };
      await command("comment.reply", { msg: ids.of(JSON.stringify(said)).msg, ...said });
      ids.done();
      setBody("");
      announce(t("comments.sent"));
    } catch (cause) {
      setError(problem(cause));
    }
    setBusy(false);
  };
  return (
    <form
      className="reply"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
      }}
    >
      <TextField
        label={t("comments.reply")}
        hideLabel
        placeholder={t("comments.reply")}
        rows={1}
        value={body}
        onChange={setBody}
        error={error}
        maxLength={4000}
      />
      {body.trim() !== "" && (
        <div className="thread-actions">
          <Button look="main" small type="submit" isDisabled={busy}>
            {t("comments.send")}
          </Button>
        </div>
      )}
    </form>
  );
}

/** Scrolls to what a thread is about, opening its step first. */
function useGoTo(): (thread: ThreadSnapshot) => void {
  const cell = useOpenSteps();
  const { comments } = useScreen();
  return (thread) => {
    comments.set({ open: true, active: thread.id, draft: null });
    const { node } = thread.anchor;
    if (node !== null && thread.anchor.kind === "text") setOpen(cell, node, true);
    const find = () =>
      document.querySelector(`[data-comment~="${CSS.escape(thread.id)}"]`) ??
      (node === null ? null : document.querySelector(`[data-node="${CSS.escape(node)}"]`));
    // The step's editor may still have to be drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => find()?.scrollIntoView({ block: "center", behavior: "smooth" })));
  };
}
