import { useEffect, type ComponentType, useRef, type RefObject } from "react";
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
  const bar = useEnds(view);
  return (
    <nav ref={bar} className="views" aria-label={t("view.pages")}>
      {VIEWS.map((one) => (
        <a key={one.id} className="views-link" href={viewHref(planId, one.id)} aria-current={one.id === view ? "page" : undefined}>
          {t(one.label)}
        </a>
      ))}
    </nav>
  );
}

/**
 * Brings the current tab into the bar, and says in `data-more` at which ends there are more than fit: they fade out
 * there, so that nobody takes a tab that is cut off for the last one.
 */
function useEnds(current: ViewId): RefObject<HTMLElement | null> {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = bar.current;
    const tab = element?.querySelector<HTMLElement>("[aria-current]");
    if (!element || !tab) return;
    element.scrollLeft = tab.offsetLeft - (element.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    const look = (): void => {
      const room = element.scrollWidth - element.clientWidth;
      const ends = [...(element.scrollLeft > 1 ? ["start"] : []), ...(element.scrollLeft < room - 1 ? ["end"] : [])];
      element.dataset["more"] = ends.join(" ");
    };
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  return bar;
}
