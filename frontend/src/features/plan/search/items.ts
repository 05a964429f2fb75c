import { useEffect, useMemo, useState } from "react";
import { folderOf, hostOf, resourceName } from "../../../plan/resources";
import { readReviews } from "../../../plan/reviews";
import { CASE_KEYS, nodeId, WORKING, type NodeId, type StepStatus, type ThreadId, type WorkingField } from "../../../plan/schema";
import type { Searchable } from "../../../plan/search";
import type { PlanStore } from "../../../plan/store";
import type { TreeNode } from "../../../plan/tree";
import { readCase, readMetrics } from "../../../plan/why";
import type { IconName } from "../../../ui/icons";
import { useText, type Translate } from "../../../ui/text";
import { folderMessage } from "../hub/words";
import { useScreen } from "../screen";
import { sideMessage } from "../status";
import { VIEWS, type ViewId } from "../views";

/** In the order of equally good hits. */
export const GROUPS = ["steps", "people", "resources", "comments", "why", "pages"] as const;
export type Group = (typeof GROUPS)[number];

/** Where a find leads. */
export type Target =
  | { readonly kind: "step"; readonly node: NodeId }
  | { readonly kind: "comment"; readonly thread: ThreadId }
  /** A page, or the place on it that carries this `data-goto`. */
  | { readonly kind: "view"; readonly view: ViewId; readonly at: string };

export interface Item extends Searchable {
  readonly group: Group;
  readonly target: Target;
  /** Where it stands, in words. */
  readonly where: string;
  readonly mark: { readonly status: StepStatus } | { readonly icon: IconName };
}

/** A moment after which changes of the plan reach an open search, in milliseconds. */
const SETTLE = 400;

/** Everything in the plan that can be found, kept up to date while the search is open. */
export function useItems(): readonly Item[] {
  const t = useText();
  const { store, plan } = useScreen();
  const [version, setVersion] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onUpdate = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((n) => n + 1);
      }, SETTLE);
    };
    plan.doc.on("update", onUpdate);
    return () => {
      clearTimeout(timer);
      plan.doc.off("update", onUpdate);
    };
  }, [plan]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => readItems(store, t), [store, t, version]);
}

function readItems(store: PlanStore, t: Translate): Item[] {
  return [...steps(store, t), ...people(store, t), ...resources(store, t), ...comments(store, t), ...reasons(store, t), ...pages(t)];
}

function steps(store: PlanStore, t: Translate): Item[] {
  const roles = new Map(store.roles.get().map((role) => [role.id, role]));
  const items: Item[] = [];
  const walk = (branches: readonly TreeNode[], where: string): void => {
    for (const { id, children } of branches) {
      const node = store.node(id).get();
      if (!node) continue;
      const stage = node.kind === "stage";
      const title = node.title || t(stage ? "stage.untitled" : "step.untitled");
      const gate = store.gate(id).get();
      const owners = node.owners.flatMap(({ role }) => roles.get(role) ?? []).map((role) => role.name || role.title);
      const criteria = gate ? [...gate.entry, ...gate.exit].map(({ text }) => text) : [];
      items.push({
        group: "steps", key: `step:${id}`, title, where,
        texts: [node.alias, node.noteText, node.why, node.blockedReason, ...criteria, owners.join(", ")],
        target: { kind: "step", node: id },
        mark: stage ? { icon: "flag" } : { status: node.status },
      });
      walk(children, where === "" ? title : where);
    }
  };
  walk(store.tree.get().top, "");
  return items;
}

function people(store: PlanStore, t: Translate): Item[] {
  return store.roles.get().map((role): Item => ({
    group: "people", key: `role:${role.id}`, title: role.name || role.title,
    where: role.name ? `${role.title} · ${t(sideMessage(role.side))}` : t(sideMessage(role.side)),
    texts: [role.title, role.email, role.phone],
    target: { kind: "view", view: "people", at: `role:${role.id}` },
    mark: { icon: "person" },
  }));
}

function resources(store: PlanStore, t: Translate): Item[] {
  return store.resources.get().map((one): Item => ({
    group: "resources", key: `resource:${one.id}`, title: resourceName(one),
    where: [t(folderMessage(folderOf(one.type))), one.file || hostOf(one.url) || t("hub.slot")].join(" · "),
    texts: [one.file, one.url],
    target: { kind: "view", view: "resources", at: `resource:${one.id}` },
    mark: { icon: one.url === "" ? "file" : "link" },
  }));
}

/** Every message is found for itself; deleted ones have no words any more. */
function comments(store: PlanStore, t: Translate): Item[] {
  return store.threads.get().flatMap((thread) => {
    const { node, quote } = thread.anchor;
    const about = node === null ? t("summary.title") : store.node(node).get()?.title || t("step.untitled");
    return thread.messages
      .filter((message) => message.deletedAt === null && message.body !== "")
      .map((message): Item => ({
        group: "comments", key: `comment:${thread.id}/${message.id}`, title: message.body, where: `${message.by.name} · ${about}`,
        texts: [quote, message.by.name],
        target: { kind: "comment", thread: thread.id },
        mark: { icon: thread.resolved ? "check" : "comment" },
      }));
  });
}

/** Summary, case, metrics, event, how both work together, and what reviews decided. */
function reasons(store: PlanStore, t: Translate): Item[] {
  const { plan } = store;
  const make = (key: string, title: string, texts: readonly string[], view: ViewId, where = ""): Item => ({
    group: "why", key, title, texts, where, target: { kind: "view", view, at: key }, mark: { icon: "quote" },
  });
  const items: Item[] = [make("summary", t("summary.title"), store.summaryText.get().split("\n"), "plan")];
  const why = readCase(plan);
  for (const key of CASE_KEYS) items.push(make(`case:${key}`, t(`case.${key}`), [why[key]], "case", t("case.title")));
  for (const metric of readMetrics(plan)) {
    items.push(make(`metric:${metric.id}`, metric.name || t("metric.untitled"), [metric.baseline, metric.target], "case", t("metric.title")));
  }
  const { event } = store.anchor.get();
  if (event) items.push(make("event", event.what || t("event.title"), [event.source, event.consequence], "case", t("event.title")));
  const working = store.working.get();
  for (const field of Object.keys(WORKING) as WorkingField[]) {
    items.push(make(`working:${field}`, t(`working.${field}`), [working[field]], "people", t("working.title")));
  }
  for (const review of readReviews(plan)) {
    for (const [n, decision] of review.decisions.entries()) {
      const about = decision.node === "" ? "" : store.node(nodeId(decision.node)).get()?.title || decision.nodeTitle;
      items.push({ ...make(`decision:${review.id}/${n}`, decision.text, [about, decision.who], "review", t("review.decisions")), mark: { icon: "check" } });
    }
  }
  return items.filter((item) => item.texts.some((text) => text !== "") || item.key.startsWith("metric:"));
}

function pages(t: Translate): Item[] {
  return VIEWS.map(({ id, label }): Item => ({
    group: "pages", key: `page:${id}`, title: t(label), where: "", texts: [], target: { kind: "view", view: id, at: "" }, mark: { icon: "arrowRight" },
  }));
}
