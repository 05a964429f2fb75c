import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import type * as Y from "yjs";
import type { Api, HistoryEntry } from "../../sync/api";
import { loadHistory, Replay } from "../../sync/replay";
import { IconButton } from "../../ui/button";
import { Icon, Logo } from "../../ui/icons";
import { Select } from "../../ui/select";
import { useProblem } from "../../ui/problem";
import { useSayWords } from "../../ui/say";
import { useText } from "../../ui/text";
import { EntryList } from "./entry-list";
import { Sentence } from "../../ui/sentence";

export interface HistoryProps {
  api: Api;
  planId: string;
  backHref: string;
  theme: ReactNode;
  /** Draws the plan held in `doc`, for reading. */
  renderPlan: (doc: Y.Doc) => ReactNode;
}

type State =
  | { readonly kind: "loading"; readonly count: number }
  | { readonly kind: "failed"; readonly cause: unknown }
  | { readonly kind: "ready"; readonly replay: Replay };

/** How the plan came to be: every entry in a sentence, and the plan as it was after any of them. */
export function History(props: HistoryProps) {
  const { api, planId } = props;
  const t = useText();
  const problem = useProblem();
  const [state, setState] = useState<State>({ kind: "loading", count: 0 });

  useEffect(() => {
    const stop = new AbortController();
    let replay: Replay | null = null;
    loadHistory(api, planId, {
      signal: stop.signal,
      progress: (count) => setState({ kind: "loading", count }),
    }).then(
      (entries) => {
        if (stop.signal.aborted) return;
        replay = new Replay(entries);
        setState({ kind: "ready", replay });
      },
      (cause: unknown) => {
        if (!stop.signal.aborted) setState({ kind: "failed", cause });
      },
    );
    return () => {
      stop.abort();
      replay?.close();
    };
  }, [api, planId]);

  return (
    <div className="history">
      <header className="bar">
        <a className="bar-home" href="/" aria-label={t("home")}>
          <Logo />
        </a>
        <a className="button button-quiet" href={props.backHref}>
          <Icon name="arrowLeft" size={18} />
          {t("history.back")}
        </a>
        <span className="bar-space" />
        {props.theme}
      </header>
      {state.kind === "ready" && state.replay.length > 0 ? (
        <Player replay={state.replay} renderPlan={props.renderPlan} />
      ) : (
        <main className="history-wait">
          {state.kind === "loading" && <p role="status">{t("history.loading", { count: state.count })}</p>}
          {state.kind === "failed" && <p role="alert">{problem(state.cause)}</p>}
          {state.kind === "ready" && <p>{t("history.empty")}</p>}
        </main>
      )}
    </div>
  );
}

/** Entries shown per second, by speed. */
const SPEEDS = ["1", "2", "5", "15"] as const;

function Player({ replay, renderPlan }: { replay: Replay; renderPlan: (doc: Y.Doc) => ReactNode }) {
  const t = useText();
  const intl = useIntl();
  const { entries } = replay;
  const { whole } = useSayWords();
  const [count, setCount] = useState(entries.length);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<string>("2");
  const [doc, setDoc] = useState<Y.Doc>(() => replay.seek(entries.length));
  const sheet = useRef<HTMLDivElement>(null);
  const entry = entries[count - 1];

  const go = useCallback(
    (to: number) => {
      const next = Math.min(Math.max(1, to), entries.length);
      setCount(next);
      setDoc(replay.seek(next));
    },
    [replay, entries.length],
  );

  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      go(count + 1);
      if (count + 1 >= entries.length) setPlaying(false);
    }, 1000 / Number(speed));
    return () => clearTimeout(timer);
  }, [playing, count, entries.length, speed, go]);

  // What the entry changed is pointed at, and brought into view while playing.
  useEffect(() => {
    const spot = entry && sheet.current ? spotOf(sheet.current, entry) : null;
    if (!spot) return;
    spot.classList.add("is-changed");
    if (playing) spot.scrollIntoView({ block: "nearest", behavior: "smooth" });
    return () => spot.classList.remove("is-changed");
  }, [entry, doc, playing]);

  useEffect(() => {
    document.title = `${t("history.title")} · Coplan`;
  }, [t]);

  if (!entry) return null;
  const sentence = whole(entry.actor, entry.say, entry.sentence);
  const at = intl.formatDate(entry.at, { dateStyle: "medium", timeStyle: "short" });
  return (
    <div className="history-columns">
      <aside className="history-side" aria-label={t("history.entries")}>
        <EntryList entries={entries} count={count} onGo={go} />
      </aside>
      <main className="history-main">
        <div className="player" role="group" aria-label={t("history.player")}>
          <div className="player-row">
            <IconButton
              icon={playing ? "pause" : "play"}
              label={t(playing ? "history.pause" : "history.play")}
              className="player-play"
              onPress={() => {
                if (!playing && count >= entries.length) go(1);
                setPlaying(!playing);
              }}
            />
            <IconButton small icon="chevronLeft" label={t("history.previous")} isDisabled={count <= 1} onPress={() => go(count - 1)} />
            <input
              type="range"
              className="player-slider"
              min={1}
              max={entries.length}
              value={count}
              aria-label={t("history.slider")}
              aria-valuetext={`${at}: ${plain(sentence)}`}
              style={{ "--at": `${entries.length > 1 ? ((count - 1) / (entries.length - 1)) * 100 : 100}%` } as React.CSSProperties}
              onChange={(event) => {
                setPlaying(false);
                go(Number(event.target.value));
              }}
            />
            <IconButton small icon="chevronRight" label={t("history.next")} isDisabled={count >= entries.length} onPress={() => go(count + 1)} />
            <div className="player-speed">
              <Select
                label={t("history.speed")}
                hideLabel
                value={speed}
                onChange={setSpeed}
                choices={SPEEDS.map((id) => ({ id, label: t("history.speedIs", { speed: id }) }))}
              />
            </div>
          </div>
          <p className="player-words">
            <time dateTime={entry.at}>{at}</time>
            <span>
              <Sentence text={sentence} />
            </span>
            <span className="player-count">{t("history.position", { count, total: entries.length })}</span>
          </p>
        </div>
        <div ref={sheet} className="history-sheet">
          {renderPlan(doc)}
        </div>
      </main>
    </div>
  );
}

const plain = (sentence: string) => sentence.replace(/\*([^*]+)\*/g, "$1");

function spotOf(root: HTMLElement, entry: HistoryEntry): HTMLElement | null {
  if (entry.node) return root.querySelector(`[data-node="${CSS.escape(entry.node)}"]`);
  switch (entry.field) {
    case "summary":
      return root.querySelector(".summary");
    case "title":
      return root.querySelector(".plan-title");
    case "date":
    case "anchor":
      return root.querySelector(".anchor");
    default:
      return null;
  }
}
