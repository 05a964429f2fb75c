import { Suspense, useEffect, useMemo, useRef, type ReactNode } from "react";
import { Cell, type Readable } from "../../plan/readable";
import type { NodeId } from "../../plan/schema";
import { useAnnounce } from "../../ui/announcer";
import { Button, IconButton, IconToggle } from "../../ui/button";
import { Icon, Logo, type IconName } from "../../ui/icons";
import { MenuButton, MenuItem, MenuSeparator } from "../../ui/menu";
import { redoKeys, searchKeys, undoKeys } from "../../ui/platform";
import { fetchParts, lazyPart, whenIdle } from "../../ui/lazy";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { Connection, Proposals, useStatusSentence, type ConnectionState, type KeptEdit } from "./connection";
import { DatesProvider } from "./dates/propose";
import { PresenceBar, usePresent, usePublishField } from "./presence";
import { OpenStepsProvider, usePhone } from "./open-steps";
import { Search, useSearch } from "./search/open-search";
import { ScreenProvider, useScreen, type PlanScreen } from "./screen";
import { PlanSheet } from "./sheet";
import { createListState, ListProvider } from "./structure/state";
import { Noun } from "./structure/names";
import { VIEWS, ViewTabs, type ViewId } from "./views";

const CommentsPanel = lazyPart(() => import("./comments/panel"));

export interface PlanPageProps {
  screen: PlanScreen;
  /** Which of the plan's pages is shown. */
  view: ViewId;
  status: Readable<ConnectionState>;
  proposals: Readable<readonly KeptEdit[]>;
  onDismiss: (id: number) => void;
  historyHref: string | null;
  onShare: (() => void) | null;
  theme: ReactNode;
  /** What can be made of the plan as a whole. */
  actions: readonly MenuAction[];
  /** The reader's own settings, as entries of the menu that holds on a phone what the bar has no room for. */
  settings: readonly MenuAction[];
}

interface MenuAction {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly onAction: () => void;
}

/** The editor: bar, plan, and the conversations beside it. */
export function PlanPage(props: PlanPageProps) {
  const open = useMemo(() => new Cell<ReadonlySet<NodeId>>(new Set()), []);
  const list = useMemo(() => createListState(props.screen.planId), [props.screen.planId]);
  return (
    <ScreenProvider value={props.screen}>
      <OpenStepsProvider value={open}>
        <DatesProvider>
          <ListProvider value={list}>
            <Screen {...props} />
          </ListProvider>
        </DatesProvider>
      </OpenStepsProvider>
    </ScreenProvider>
  );
}

/** The same plan without bar or panel: what a moment of its history looked like. */
export function PlanReplay({ screen, openSteps }: { screen: PlanScreen; openSteps: Cell<ReadonlySet<NodeId>> }) {
  const list = useMemo(() => createListState(null), []);
  return (
    <ScreenProvider value={screen}>
      <OpenStepsProvider value={openSteps}>
        <DatesProvider still>
          <ListProvider value={list}>
            <PlanSheet replay />
          </ListProvider>
        </DatesProvider>
      </OpenStepsProvider>
    </ScreenProvider>
  );
}

function Screen(props: PlanPageProps) {
  const { screen, view, status, proposals, onDismiss } = props;
  const t = useText();
  const { open } = useReadable(screen.comments);
  const ready = useReadable(screen.store.ready);
  const { title } = useReadable(screen.store.meta);
  usePublishField();
  useUndoKeys();
  useComingsAndGoings();
  const searching = useSearch();
  useRest(ready, status);
  useEffect(() => {
    document.title = title ? `${title} · Coplan` : "Coplan";
  }, [title]);
  return (
    <div className={`plan-page${open ? " has-comments-open" : ""}`}>
      <a className="skip-link" href="#plan">
        {t("skip.plan")}
      </a>
      <Bar {...props} onSearch={() => searching.setOpen(true)} />
      <ViewTabs view={view} planId={screen.planId} />
      <div className="plan-columns">
        <main id="plan" className="plan-main" tabIndex={-1}>
          <Proposals proposals={proposals} onDismiss={onDismiss} />
          {ready ? <View view={view} /> : <Waiting status={status} />}
        </main>
        {open && (
          <Suspense fallback={null}>
            <CommentsPanel />
          </Suspense>
        )}
      </div>
      {searching.isOpen && <Search onClose={() => searching.setOpen(false)} />}
    </div>
  );
}

function View({ view }: { view: ViewId }) {
  const Page = VIEWS.find((one) => one.id === view)?.page;
  return Page ? (
    <Suspense fallback={null}>
      <Page />
    </Suspense>
  ) : (
    <PlanSheet />
  );
}

function Bar({ screen, status, historyHref, onShare, onSearch, theme, actions, settings }: PlanPageProps & { onSearch: () => void }) {
  const t = useText();
  const phone = usePhone();
  const { noun } = useReadable(screen.store.meta);
  return (
    <header className="bar">
      <a className="bar-home" href="/" aria-label={t("home")}>
        <Logo />
      </a>
      {!phone && <Noun noun={noun} />}
      <Connection status={status} />
      <span className="bar-space" />
      <PresenceBar max={phone ? 2 : 5} />
      {phone ? (
        <>
          <CommentsToggle />
          <PhoneMenu historyHref={historyHref} onShare={onShare} onSearch={onSearch} actions={actions} settings={settings} />
        </>
      ) : (
        <>
          <UndoButtons />
          <IconButton icon="search" label={t("search.title")} keys={searchKeys} onPress={onSearch} />
          <CommentsToggle />
          {historyHref !== null && (
            <a className="button button-quiet" href={historyHref}>
              <Icon name="history" size={18} />
              {t("history.link")}
            </a>
          )}
          {theme}
          {actions.length > 0 && <PlanMenu actions={actions} />}
          {onShare && (
            <Button look="main" onPress={onShare}>
              {t("share.button")}
            </Button>
          )}
        </>
      )}
    </header>
  );
}

const nothing: Readable<{ canUndo: boolean; canRedo: boolean }> = new Cell({ canUndo: false, canRedo: false });

function UndoButtons() {
  const t = useText();
  const { undo } = useScreen();
  const { canUndo, canRedo } = useReadable(undo?.state ?? nothing);
  if (!undo) return null;
  return (
    <span className="bar-group">
      <IconButton icon="undo" label={t("undo")} keys={undoKeys} isDisabled={!canUndo} onPress={undo.undo} />
      <IconButton icon="redo" label={t("redo")} keys={redoKeys} isDisabled={!canRedo} onPress={undo.redo} />
    </span>
  );
}

function CommentsToggle() {
  const t = useText();
  const { comments, store } = useScreen();
  const view = useReadable(comments);
  const count = useReadable(store.threads).filter((thread) => !thread.resolved).length;
  return (
    <IconToggle
      icon="comment"
      label={t("comments.toggle", { count })}
      isSelected={view.open}
      onChange={(open) => comments.set({ open, active: null, draft: null })}
      count={count}
    />
  );
}

function PlanMenu({ actions }: Pick<PlanPageProps, "actions">) {
  const t = useText();
  return (
    <MenuButton
      aria-label={t("copies.more")}
      placement="bottom end"
      onAction={(key) => actions.find((one) => one.id === key)?.onAction()}
      button={<IconButton icon="more" label={t("copies.more")} />}
    >
      {actions.map(({ id, icon, label }) => (
        <MenuItem key={id} id={id} icon={icon}>
          {label}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

function PhoneMenu({ historyHref, onShare, onSearch, actions, settings }: Pick<PlanPageProps, "historyHref" | "onShare" | "actions" | "settings"> & { onSearch: () => void }) {
  const t = useText();
  const { undo } = useScreen();
  const { canUndo, canRedo } = useReadable(undo?.state ?? nothing);
  const disabled = [...(canUndo ? [] : ["undo"]), ...(canRedo ? [] : ["redo"])];
  return (
    <MenuButton
      aria-label={t("more")}
      placement="bottom end"
      disabledKeys={disabled}
      onAction={(key) => {
        if (key === "undo") undo?.undo();
        if (key === "redo") undo?.redo();
        if (key === "share") onShare?.();
        if (key === "search") onSearch();
        [...actions, ...settings].find((one) => one.id === key)?.onAction();
      }}
      button={<IconButton icon="more" label={t("more")} />}
    >
      {undo && (
        <MenuItem id="undo" icon="undo">
          {t("undo")}
        </MenuItem>
      )}
      {undo && (
        <MenuItem id="redo" icon="redo">
          {t("redo")}
        </MenuItem>
      )}
      {undo && <MenuSeparator />}
      <MenuItem id="search" icon="search">
        {t("search.title")}
      </MenuItem>
      {historyHref !== null && (
        <MenuItem id="history" icon="history" href={historyHref}>
          {t("history.link")}
        </MenuItem>
      )}
      {onShare && (
        <MenuItem id="share" icon="share">
          {t("share.title")}
        </MenuItem>
      )}
      {[...actions, ...settings].map(({ id, icon, label }) => (
        <MenuItem key={id} id={id} icon={icon}>
          {label}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

/** Ctrl+Z anywhere on the page undoes in the plan, except in a field that isn't part of it. */
function useUndoKeys(): void {
  const { undo } = useScreen();
  useEffect(() => {
    if (!undo) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      const field = event.target instanceof HTMLElement ? event.target.closest("input, textarea, [contenteditable]") : null;
      if (field && !(field instanceof HTMLElement && field.dataset["field"] !== undefined)) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) undo.redo();
      else undo.undo();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [undo]);
}

/** Has the rest of the page's code fetched once what matters first is there. */
function useRest(ready: boolean, status: Readable<ConnectionState>): void {
  const { kind } = useReadable(status);
  const settled = ready && kind !== "connecting" && kind !== "saving";
  useEffect(() => {
    if (settled) whenIdle(fetchParts);
  }, [settled]);
}

/** Says who came and who left, a few together. */
function useComingsAndGoings(): void {
  const t = useText();
  const announce = useAnnounce();
  const present = usePresent();
  const before = useRef<ReadonlyMap<string, string> | null>(null);
  useEffect(() => {
    const now = new Map(present.map((one) => [one.id, one.name]));
    const last = before.current;
    before.current = now;
    if (!last) return;
    for (const [id, name] of now) if (!last.has(id)) announce(t("presence.came", { name }), "batched");
    for (const [id, name] of last) if (!now.has(id)) announce(t("presence.left", { name }), "batched");
  }, [present, announce, t]);
}

/** Before the plan's first content is here. */
function Waiting({ status }: { status: Readable<ConnectionState> }) {
  const t = useText();
  const state = useReadable(status);
  const { kind } = state;
  const sentence = useStatusSentence(state);
  const stuck = kind === "offline" || kind === "denied";
  return (
    <div className="waiting">
      {stuck ? (
        <>
          <Icon name={kind === "denied" ? "warning" : "offline"} size={28} />
          <p className="waiting-words">{kind === "denied" ? sentence : t("waiting.offline")}</p>
          <a href="/">{t("home")}</a>
        </>
      ) : (
        <>
          <span className="visually-hidden">{t("waiting.loading")}</span>
          <span className="skeleton skeleton-title" />
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-block" />
        </>
      )}
    </div>
  );
}
