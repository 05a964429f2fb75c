import { useMemo } from "react";
import { useIntl } from "react-intl";
import { netChanges, type ChangedThing } from "../../../plan/changes";
import { nodeId, type NodeId } from "../../../plan/schema";
import type { TreeNode } from "../../../plan/tree";
import { followLog, type PlanLog } from "../../../sync/log";
import { Button } from "../../../ui/button";
import { useProblem } from "../../../ui/problem";
import { Sentence } from "../../../ui/sentence";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useNode } from "../hooks";
import { useScreen } from "../screen";
import { useChangeWords } from "./change-words";
import { AgendaRow } from "./row";

/** How far back the first review of a plan looks, in milliseconds: two weeks. */
const FIRST = 14 * 86_400_000;

/** What changed since the last review, step by step, each with what it was and is and by whom. */
export function Changed({ log, since, now, onRetry }: { log: PlanLog; since: number; now: number; onRetry: () => void }) {
  const t = useText();
  const problem = useProblem();
  const { store } = useScreen();
  const { top } = useReadable(store.tree);
  const followed = useReadable(useMemo(() => followLog(log, since), [log, since]));
  const things = useMemo(() => {
    const entries = since > 0 ? followed.entries : followed.entries.filter(({ at }) => Date.parse(at) >= now - FIRST);
    return inOrder(netChanges(entries), top);
  }, [followed, since, now, top]);
  return (
    <section className="review-part" aria-labelledby="review-changed">
      <h2 className="page-heading" id="review-changed">
        {t(since > 0 ? "review.changed" : "review.changedFirst")}
        {things.length > 0 && <span className="chip">{things.length}</span>}
      </h2>
      {followed.problem !== null && (
        <p className="review-none" role="alert">
          {problem(followed.problem)}{" "}
          <Button look="quiet" small onPress={onRetry}>
            {t("action.retry")}
          </Button>
        </p>
      )}
      {!followed.known && followed.problem === null && <p className="review-none">{t("review.loading")}</p>}
      {followed.known && things.length === 0 && <p className="review-none">{t(since > 0 ? "review.unchanged" : "review.unchangedFirst")}</p>}
      {things.length > 0 && (
        <ul className="review-list">
          {things.map((thing) => (
            <Thing key={thing.node} thing={thing} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The plan itself first, then steps as they stand in it, then what is no longer there. */
function inOrder(things: readonly ChangedThing[], top: readonly TreeNode[]): ChangedThing[] {
  const place = new Map<string, number>([["", -1]]);
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      place.set(node.id, place.size);
      walk(node.children);
    }
  };
  walk(top);
  const at = ({ node }: ChangedThing): number => place.get(node) ?? Infinity;
  return [...things].sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
}

function Thing({ thing }: { thing: ChangedThing }) {
  const t = useText();
  const words = (
    <ul className="review-changes">
      {thing.changes.map((change) => (
        <Line key={`${change.field} ${change.part} ${change.text}`} node={thing.node} change={change} />
      ))}
    </ul>
  );
  if (thing.node === "") {
    return (
      <li className="review-item">
        <p className="review-name">{t("review.thePlan")}</p>
        {words}
      </li>
    );
  }
  return (
    <Named id={nodeId(thing.node)} title={thing.title}>
      {words}
    </Named>
  );
}

function Named({ id, title, children }: { id: NodeId; title: string; children: React.ReactNode }) {
  const t = useText();
  const node = useNode(id);
  if (!node || node.del !== null || node.kind === "stage") {
    return (
      <li className="review-item">
        <p className={`review-name${node?.kind === "stage" && node.del === null ? "" : " is-gone"}`}>{node?.title || title || t("step.untitled")}</p>
        {children}
      </li>
    );
  }
  return <AgendaRow node={node}>{children}</AgendaRow>;
}

function Line({ node, change }: { node: string; change: ChangedThing["changes"][number] }) {
  const t = useText();
  const intl = useIntl();
  const say = useChangeWords();
  const words = say(node, change);
  return (
    <li className="review-change">
      {words ?? (
        <span lang="en" className="review-told">
          <Sentence text={change.text.charAt(0).toLocaleUpperCase("en") + change.text.slice(1)} />
        </span>
      )}
      {"\u2002"}
      <span className="review-by">
        {t("review.by", {
          people: intl.formatList(change.people.map((name) => name || t("person.unnamed")), { type: "conjunction" }),
          when: intl.formatDate(change.at, { weekday: "short", day: "numeric", month: "short" }),
        })}
      </span>
    </li>
  );
}
