import { useCallback } from "react";
import { useIntl } from "react-intl";
import * as Y from "yjs";
import { PRESENCE, type NetChange } from "../../../plan/changes";
import { isMap } from "../../../plan/fields";
import { nodeId, METRIC, STEP_STATUSES, type Plan, type Side, type StepStatus } from "../../../plan/schema";
import type { RoleSnapshot } from "../../../plan/view";
import { useDays } from "../../../ui/dates";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { sideMessage, statusMessage } from "../status";
import { roleLabel } from "../step-fields";

const DATES: Readonly<Record<string, MessageId>> = { due: "review.change.due", start: "review.change.start", doneOn: "review.change.doneOn" };
const WRITTEN: Readonly<Record<string, MessageId>> = {
  note: "review.change.note",
  why: "review.change.why",
  summary: "review.change.summary",
  after: "review.change.after",
  gate: "review.change.gate",
  case: "review.change.case",
  metrics: "review.change.metrics",
  working: "review.change.working",
  calendar: "review.change.calendar",
};
const isStatus = (value: unknown): value is StepStatus => (STEP_STATUSES as readonly unknown[]).includes(value);

/** Says a change in the reader's language; null where only the history's own sentence can. */
export function useChangeWords(): (node: string, change: NetChange) => string | null {
  const t = useText();
  const intl = useIntl();
  const days = useDays();
  const { plan, store } = useScreen();
  const roles = useReadable(store.roles);
  const resources = useReadable(store.resources);
  const { kind: anchor } = useReadable(store.anchor);

  return useCallback(
    (node, change) => {
      const { field, part, from, to } = change;
      const shown = (value: unknown, say: (text: string) => string): string => (typeof value === "string" && value !== "" ? say(value) : "");
      const ways = (a: string, b: string) => ({ from: a, to: b, way: a === "" ? "set" : b === "" ? "out" : "from" });
      const date = (value: unknown) => shown(value, (text) => days.format(text));
      const plain = (value: unknown) => shown(value, (text) => text);
      const titleOf = (value: unknown) => shown(value, (id) => store.node(nodeId(id)).get()?.title ?? "");

      const writing = WRITTEN[field];
      if (writing) return t(writing);
      if (field === "threads") return intl.formatMessage({ id: node === "" ? "review.change.commentsOn" : "review.change.comments" }, { count: change.count });
      if (node === "") {
        switch (part === "" ? field : "") {
          case "date":
            return t("review.change.anchor", { ...ways(date(from), date(to)), what: t(anchor === "value" ? "anchor.value" : anchor === "start" ? "anchor.start" : "anchor.goLive") });
          case "title":
            return t("review.change.title", ways(plain(from), plain(to)));
          default:
            return null;
        }
      }
      const dated = DATES[field];
      if (dated) return t(dated, ways(date(from), date(to)));
      switch (field) {
        case PRESENCE:
          return t(to !== "there" ? "review.change.deleted" : from === null ? "review.change.added" : "review.change.restored");
        case "status":
          return isStatus(from) && isStatus(to) ? t("review.change.status", { from: t(statusMessage(from)), to: t(statusMessage(to)) }) : null;
        case "side":
          return t("review.change.side", { from: t(sideMessage(from as Side)), to: t(sideMessage(to as Side)) });
        case "days":
          return t("review.change.days", { way: from === null ? "set" : to === null ? "out" : "from", from: Number(from), to: Number(to) });
        case "title":
          return t("review.change.title", ways(plain(from), plain(to)));
        case "alias":
          return t("review.change.alias", ways(plain(from), plain(to)));
        case "blockedReason":
          return t("review.change.blockedReason", ways(plain(from), plain(to)));
        case "likelyBlocker":
          return t("review.change.likelyBlocker", { on: String(to === true) });
        case "parent":
          return t("review.change.parent", ways(titleOf(from), titleOf(to)));
        case "outcome": {
          const name = (id: unknown): string => shown(id, (text) => metricName(plan, text));
          return name(from) === "" && name(to) === "" ? null : t("review.change.outcome", ways(name(from), name(to)));
        }
        case "owners":
          return t("review.change.owner", { role: nameOf(roles, part) || t("review.aRole"), kind: typeof to === "string" ? to : "none" });
        case "links": {
          const resource = resources.find(({ id }) => id === part);
          return t("review.change.link", { title: resource?.title || resource?.file || resource?.url || t("review.aResource"), on: String(to === true) });
        }
        default:
          return null;
      }
    },
    [t, intl, days, plan, store, roles, resources, anchor],
  );
}

function metricName(plan: Plan, id: string): string {
  const metric = plan.metrics.get(id);
  const name = isMap(metric) ? metric.get(METRIC.name) : undefined;
  return name instanceof Y.Text ? name.toJSON() : "";
}

function nameOf(roles: readonly RoleSnapshot[], id: string): string {
  const role = roles.find((one) => one.id === id);
  return role ? roleLabel(role) : "";
}
