import type { ComponentType } from "react";
import { useText, type MessageId } from "../../ui/text";
import { lazyPart } from "../../ui/lazy";
import "./views.css";

/** The pages a plan has besides itself; each stands at /p/<plan>/<id>. */
export type ViewId = "plan" | "timeline" | "case" | "people" | "resources" | "review" | "memo";

interface View {
  readonly id: ViewId;
  readonly label: MessageId;
  /** Loaded when it is first shown; null for the plan itself. */
  readonly page: ComponentType | null;
}

/** In the order of their tabs. */
export const VIEWS: readonly View[] = [
  { id: "plan", label: "view.plan", page: null },
  { id: "timeline", label: "view.timeline", page: lazyPart(() => import("./timeline/timeline-page")) },
  { id: "case", label: "view.case", page: lazyPart(() => import("./why/case-page")) },
  { id: "people", label: "view.people", page: lazyPart(() => import("./people/people-page")) },
  { id: "resources", label: "view.resources", page: lazyPart(() => import("./hub/resources-page")) },
  { id: "review", label: "view.review", page: lazyPart(() => import("./review/review-page")) },
  { id: "memo", label: "view.memo", page: lazyPart(() => import("./why/memo-page")) },
];

export function isViewId(text: string): text is ViewId {
  return VIEWS.some((view) => view.id === text && view.page !== null);
}

/** Where a page of a plan is. */
export function viewHref(planId: string, view: ViewId): string {
  const plan = `/p/${encodeURIComponent(planId)}`;
  return view === "plan" ? plan : `${plan}/${view}`;
}

export function ViewTabs({ view, planId }: { view: ViewId; planId: string }) {
  const t = useText();
  if (VIEWS.length < 2) return null;
  return (
    <nav className="views" aria-label={t("view.pages")}>
      {VIEWS.map((one) => (
        <a key={one.id} className="views-link" href={viewHref(planId, one.id)} aria-current={one.id === view ? "page" : undefined}>
          {t(one.label)}
        </a>
      ))}
    </nav>
  );
}
