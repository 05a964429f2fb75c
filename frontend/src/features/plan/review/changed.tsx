import { Fragment, useMemo, useState } from "react";
import { useIntl } from "react-intl";
import { netChanges, type ChangedThing, type NetChange } from "../../../plan/changes";
import { nodeId } from "../../../plan/schema";
import type { TreeNode } from "../../../plan/tree";
import { followLog, type PlanLog } from "../../../sync/log";
import { Button } from "../../../ui/button";
import { useProblem } from "../../../ui/problem";
import { useSayWords } from "../../../ui/say";
import { Sentence } from "../../../ui/sentence";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useNode } from "../hooks";
import { useScreen } from "../screen";
import { useChangeWords } from "./change-words";
import { groupOf, GROUPS, isHeadline, linesOf, type Group } from "./groups";
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
      {GROUPS.map((group) => (
        <Things key={group} group={group} things={things.filter((thing) => groupOf(thing) === group)} />
      ))}
    </section>
  );
}

/** As things stand in the plan, then what is no longer there. */
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

const HEADINGS: Record<Group, MessageId> = {
  done: "review.group.done",
  moved: "review.group.moved",
  added: "review.group.added",
  gone: "review.group.gone",
  other: "review.group.other",
  plan: "review.thePlan",
};

/** Things of a group that are shown at once; the others on demand, unless they are just one more. */
const SHOWN = 6;

function Things({ group, things }: { group: Group; things: readonly ChangedThing[] }) {
  const t = useText();
  const [all, setAll] = useState(false);
  if (things.length === 0) return null;
  const shown = all || things.length <= SHOWN + 1 ? things : things.slice(0, SHOWN);
  return (
    <>
      <h3 className="review-group">
        {t(HEADINGS[group])}
        {group !== "plan" && <span className="review-count">{things.length}</span>}
      </h3>
      {group === "plan" ? (
        things.map((thing) => <ThePlan key="plan" thing={thing} />)
      ) : (
        <ul className="review-list">
          {shown.map((thing) => (
            <Named key={thing.node} thing={thing} />
          ))}
        </ul>
      )}
      {shown.length < things.length && (
        <Button look="quiet" small icon="chevronDown" className="review-add" onPress={() => setAll(true)}>
          {t("review.showMore", { count: things.length - shown.length })}
        </Button>
      )}
    </>
  );
}

/** What a call wants to hear of first; the rest is there to be looked up. */
function ThePlan({ thing }: { thing: ChangedThing }) {
  const t = useText();
  const headlines = thing.changes.filter(isHeadline);
  // A single one more is as short as the way to it.
  const first = thing.changes.length <= headlines.length + 1 ? thing.changes : headlines;
  const rest = thing.changes.filter((change) => !first.includes(change));
  return (
    <div className="review-plan">
      {first.length > 0 && <Lines node="" changes={first} />}
      {rest.length > 0 && (
        <details>
          <summary>{t(first.length > 0 ? "review.alsoChanged" : "review.changesOfPlan", { count: rest.length })}</summary>
          <Lines node="" changes={rest} />
        </details>
      )}
    </div>
  );
}

function Named({ thing }: { thing: ChangedThing }) {
  const t = useText();
  const node = useNode(nodeId(thing.node));
  const lines = <Lines node={thing.node} changes={thing.changes} />;
  if (!node || node.del !== null || node.kind === "stage") {
    return (
      <li className="review-item" data-step={thing.node}>
        <p className={`review-name${node?.kind === "stage" && node.del === null ? "" : " is-gone"}`}>{node?.title || thing.title || t("step.untitled")}</p>
        {lines}
      </li>
    );
  }
  return (
    <AgendaRow node={node} facts={false}>
      {lines}
    </AgendaRow>
  );
}

function Lines({ node, changes }: { node: string; changes: readonly NetChange[] }) {
  return (
    <ul className="review-changes">
      {linesOf(changes).map((line) => (
        <Line key={line.map(({ field, part, text }) => `${field} ${part} ${text}`).join()} node={node} changes={line} />
      ))}
    </ul>
  );
}

/** What the same people did on one day. */
function Line({ node, changes }: { node: string; changes: readonly NetChange[] }) {
  const t = useText();
  const intl = useIntl();
  const say = useChangeWords();
  const { what } = useSayWords();
  const last = changes.at(-1);
  if (!last) return null;
  const told = (change: (typeof changes)[number]): string => {
    const words = what(change.say, change.text);
    return words.charAt(0).toLocaleUpperCase(intl.locale) + words.slice(1);
  };
  return (
    <li className="review-change">
      <span>
        {changes.map((change, at) => (
          <Fragment key={`${change.field} ${change.part} ${change.text}`}>
            {at > 0 && <span className="review-dot"> · </span>}
            {say(node, change) ?? (
              <span className="review-told">
                <Sentence text={told(change)} />
              </span>
            )}
          </Fragment>
        ))}
      </span>{" "}
      <span className="review-by">
        {t("review.by", {
          people: intl.formatList(last.people.map((name) => name || t("person.unnamed")), { type: "conjunction" }),
          when: intl.formatDate(last.at, { weekday: "short", day: "numeric", month: "short" }),
        })}
      </span>
    </li>
  );
}
