import { Suspense, useCallback, useMemo, useState } from "react";
import type * as Y from "yjs";
import { PlanPage, type PlanPageProps } from "../features/plan/plan-page";
import type { CommentsView, PlanScreen } from "../features/plan/screen";
import type { ViewId } from "../features/plan/views";
import { Cell } from "../plan/readable";
import { createPlanStore } from "../plan/store";
import { createUndo } from "../plan/undo";
import { createApi } from "../sync/api";
import { followConflicts } from "../sync/conflicts";
import { createFiles } from "../sync/files";
import { createLog } from "../sync/log";
import { openPlanSession, type Live, type PlanSession } from "../sync/session";
import { useReadable } from "../ui/use-readable";
import { useResource } from "../ui/use-resource";
import { lazyPart } from "../ui/lazy";
import { useText } from "../ui/text";
import { useCopies } from "./copies";
import type { Key } from "./keys";
import { ThemeMenu, useReaderSettings } from "./theme";

const ShareDialog = lazyPart(() => import("../features/share/share"));

/** Opens the connection for as long as the page is shown. */
export default function PlanRoute({ planKey, view }: { planKey: Key; view: ViewId }) {
  const openSession = useCallback(() => {
    const opened = openPlanSession({
      planId: planKey.plan,
      token: planKey.token,
      person: planKey.person,
      can: planKey.can,
    });
    return [opened, () => void opened.close()] as const;
  }, [planKey]);
  const session = useResource(openSession);
  return session && <Connected session={session} planKey={planKey} view={view} />;
}

/** After a reset the document is a new one and the screen starts afresh with it. */
function Connected({ session, planKey, view }: { session: PlanSession; planKey: Key; view: ViewId }) {
  const live = useReadable(session.live);
  return <Editing key={live.generation} session={session} live={live} planKey={planKey} view={view} />;
}

/** What belongs to one document and is closed with it. */
function useDocument(doc: Y.Doc, session: PlanSession, { plan, person }: Key) {
  const openDocument = useCallback(() => {
    const opened = open(doc, session, `${plan}.${person}`);
    const close = () => {
      opened.conflicts.close();
      opened.undo.close();
      opened.store.close();
    };
    return [opened, close] as const;
  }, [doc, session, plan, person]);
  return useResource(openDocument);
}

function open(doc: Y.Doc, session: PlanSession, name: string) {
  const store = createPlanStore(doc);
  const conflicts = followConflicts(store.plan, { name, loaded: session.loaded(), storage: localStorageOrNone() });
  // The editor's own origin joins the list once its code is loaded.
  const origins: unknown[] = [];
  const undo = createUndo(store.plan, origins);
  const trackOrigin = (origin: unknown) => {
    if (origins.includes(origin)) return;
    origins.push(origin);
    undo.manager.addTrackedOrigin(origin);
  };
  return { store, undo, trackOrigin, conflicts };
}

/** Browsers may forbid the very asking. */
function localStorageOrNone(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

/** What the selling side makes of a plan as a whole; the server asks the same of the role. */
function usePlanActions(role: string, onCopy: (what: "duplicate" | "template") => void): PlanPageProps["actions"] {
  const t = useText();
  if (role !== "owner" && role !== "seller") return [];
  return [
    { id: "duplicate", icon: "plus", label: t("copies.duplicate"), onAction: () => onCopy("duplicate") },
    { id: "template", icon: "flag", label: t("copies.template"), onAction: () => onCopy("template") },
  ];
}

const mayManage = (role: string) => role === "owner" || role === "seller" || role === "champion";

function Editing({ session, live, planKey, view }: { session: PlanSession; live: Live; planKey: Key; view: ViewId }) {
  const parts = useDocument(live.doc, session, planKey);
  const hello = useReadable(session.hello);
  const [sharing, setSharing] = useState(false);
  const [comments] = useState(() => new Cell<CommentsView>({ open: false, active: null, draft: null }));
  const api = useMemo(() => createApi({ token: planKey.token }), [planKey.token]);
  const settings = useReaderSettings();
  const copies = useCopies();

  const files = useMemo(() => createFiles(planKey.plan, planKey.token), [planKey]);

  const log = useMemo(() => createLog(api, planKey.plan, session.position), [api, planKey.plan, session.position]);

  const person = hello?.person ?? null;
  const role = person?.role ?? planKey.role;
  const can = hello?.can ?? planKey.can;
  const screen = useMemo<PlanScreen | null>(
    () =>
      parts && {
        planId: planKey.plan,
        store: parts.store,
        plan: parts.store.plan,
        rights: { write: can.write, comment: can.comment, history: can.history, manage: mayManage(role), frame: can.write && role !== "buyer" },
        person: person ?? { id: planKey.person, name: planKey.name, role, side: planKey.side, color: "" },
        awareness: live.awareness,
        undo: can.write ? parts.undo : null,
        conflicts: can.write ? parts.conflicts : null,
        comments,
        command: session.command,
        files,
        log: can.history ? log : null,
        trackOrigin: parts.trackOrigin,
        ...(mayManage(role) ? { makeLink: (to: string) => api.createLink(planKey.plan, { role: to }) } : {}),
      },
    [parts, planKey, can, role, person, live.awareness, comments, session, files, api, log],
  );
  const actions = usePlanActions(role, (what) => copies.ask({ what, plan: { id: planKey.plan, title: parts?.store.meta.get().title ?? "" }, api }));
  if (!screen) return null;
  return (
    <>
      <PlanPage
        screen={screen}
        view={view}
        status={session.status}
        proposals={session.proposals}
        onDismiss={session.dismiss}
        historyHref={screen.rights.history ? `/p/${encodeURIComponent(planKey.plan)}/history` : null}
        onShare={screen.rights.manage ? () => setSharing(true) : null}
        theme={<ThemeMenu />}
        actions={actions}
        settings={settings}
      />
      {copies.dialog}
      {sharing && (
        <Suspense fallback={null}>
          <ShareDialog api={api} plan={planKey.plan} role={role} person={planKey.person} edit={can.write} isOpen onOpenChange={setSharing} />
        </Suspense>
      )}
    </>
  );
}
