import { useCallback, useMemo, useState } from "react";
import type * as Y from "yjs";
import { History } from "../features/history/history";
import { PlanReplay } from "../features/plan/plan-page";
import type { CommentsView, PlanScreen } from "../features/plan/screen";
import { Cell } from "../plan/readable";
import type { NodeId } from "../plan/schema";
import { createPlanStore } from "../plan/store";
import { createApi } from "../sync/api";
import { useResource } from "../ui/use-resource";
import type { Key } from "./keys";
import { ThemeMenu } from "./theme";

export default function HistoryRoute({ planKey }: { planKey: Key }) {
  const api = useMemo(() => createApi({ token: planKey.token }), [planKey.token]);
  return (
    <History
      key={planKey.plan}
      api={api}
      planId={planKey.plan}
      backHref={`/p/${encodeURIComponent(planKey.plan)}`}
      theme={<ThemeMenu />}
      renderPlan={(doc) => <Moment doc={doc} planId={planKey.plan} />}
    />
  );
}

const nothing = { write: false, comment: false, history: false, manage: false, frame: false };

/** The plan in `doc`, drawn by the editor's own parts, without any right to change it. */
function Moment({ doc, planId }: { doc: Y.Doc; planId: string }) {
  const [openSteps] = useState(() => new Cell<ReadonlySet<NodeId>>(new Set()));
  const [comments] = useState(() => new Cell<CommentsView>({ open: false, active: null, draft: null }));
  const open = useCallback(() => {
    const store = createPlanStore(doc);
    const made: PlanScreen = {
      planId,
      store,
      plan: store.plan,
      rights: nothing,
      person: null,
      awareness: null,
      undo: null,
      conflicts: null,
      comments,
      command: () => Promise.reject(new Error("A replay can't be changed.")),
      trackOrigin: () => undefined,
      files: null,
      log: null,
    };
    return [made, () => store.close()] as const;
  }, [doc, planId, comments]);
  const screen = useResource(open);
  return screen && <PlanReplay screen={screen} openSteps={openSteps} />;
}
