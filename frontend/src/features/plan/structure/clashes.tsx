import { useEffect, useState } from "react";
import type { Conflict, ConflictField } from "../../../plan/conflicts";
import { EditError, moveNode, setAccountable, setAlias, setAnchor, setBlockedReason, setDue, setNoun, setPlanTitle, setSide, setStatus } from "../../../plan/edit";
import { nodeId, roleId, type AnchorKind, type Side, type StepStatus } from "../../../plan/schema";
import { kindInPlace } from "../../../plan/tree";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useProblem } from "../../../ui/problem";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useProposeChange } from "../dates/propose";
import { usePresent } from "../presence";
import { useScreen } from "../screen";
import { sideMessage, statusMessage } from "../status";
import { roleLabel } from "../step-fields";

/** Who set what while this person set something else, and which of the two it shall be. */
export default function Clashes({ found }: { found: readonly Conflict[] }) {
  const t = useText();
  return (
    <ul className="clashes" aria-label={t("clash.label")}>
      {found.map((one) => (
        <Clash key={one.id} clash={one} />
      ))}
    </ul>
  );
}

function Clash({ clash }: { clash: Conflict }) {
  const t = useText();
  const { conflicts } = useScreen();
  const announce = useAnnounce();
  const shown = useShown(clash.field);
  const write = useWrite();
  const who = useOther(clash);
  const [mine, theirs] = [shown(clash.mine), shown(clash.theirs)];
  const choose = (which: "mine" | "theirs") => {
    // Two accountable owners stay two until one is written down.
    if (which !== clash.stands || clash.field === "owner") write(clash, clash[which]);
    else conflicts?.drop(clash.id);
    announce(t("clash.chosen", { value: which === "mine" ? mine : theirs }));
  };
  const values = { who, field: clash.field, what: t(names[clash.field]), mine, theirs };
  return (
    <li className="clash">
      <p className="clash-words">
        <Icon name="warning" size={16} />
        <span>
          {t(clash.offline ? "clash.offline" : "clash.atOnce", values)} {t("clash.stands", { value: clash.stands === "mine" ? mine : theirs })}
        </span>
      </p>
      <span className="clash-acts">
        <Button small onPress={() => choose("theirs")}>
          {t("clash.theirs", { value: theirs, keep: String(clash.stands === "theirs") })}
        </Button>
        <Button small onPress={() => choose("mine")}>
          {t("clash.mine", { value: mine, keep: String(clash.stands === "mine") })}
        </Button>
      </span>
    </li>
  );
}

const names: Record<ConflictField, MessageId> = {
  due: "clash.what.due",
  start: "clash.what.start",
  days: "clash.what.days",
  status: "clash.what.status",
  side: "clash.what.side",
  alias: "clash.what.alias",
  blockedReason: "clash.what.reason",
  parent: "clash.what.place",
  owner: "clash.what.owner",
  "anchor:date": "clash.what.planDate",
  "anchor:kind": "clash.what.planKind",
  "meta:title": "clash.what.title",
  "meta:noun": "clash.what.noun",
};

const anchors: Record<string, MessageId> = { "go-live": "anchor.goLive", value: "anchor.value", start: "anchor.start" };

/** A value of the field as the page shows it. */
function useShown(field: ConflictField): (value: string | number) => string {
  const t = useText();
  const days = useDays();
  const { store } = useScreen();
  const roles = useReadable(store.roles);
  return (value) => {
    const text = String(value);
    switch (field) {
      case "due":
      case "start":
      case "anchor:date":
        return days.format(text);
      case "days":
        return t("clash.days", { days: Number(value) });
      case "status":
        return t(statusMessage(text as StepStatus));
      case "side":
        return t(sideMessage(text as Side));
      case "parent":
        return store.node(nodeId(text)).get()?.title || t(text === "" ? "strays.title" : "stage.untitled");
      case "owner": {
        const role = roles.find(({ id }) => id === text);
        return role ? roleLabel(role) : t("owner.none");
      }
      case "anchor:kind":
        return t(anchors[text] ?? "anchor.goLive");
      default:
        return `“${text}”`;
    }
  };
}

/** Writes one of the two as any edit of this person's: dates with a look at what they move. */
function useWrite(): (clash: Conflict, value: string | number) => void {
  const { plan } = useScreen();
  const propose = useProposeChange();
  const announce = useAnnounce();
  const problem = useProblem();
  const { today } = useDays();
  return ({ node, field }, value) => {
    const text = String(value);
    try {
      if (node === null) {
        if (field === "anchor:date") propose({ kind: "anchor", date: text, carry: false });
        else if (field === "anchor:kind") setAnchor(plan, { kind: text as AnchorKind });
        else if (field === "meta:title") setPlanTitle(plan, text);
        else setNoun(plan, text);
        return;
      }
      const dated = kindInPlace(plan, node) !== "subtask";
      switch (field) {
        case "due":
          if (dated) propose({ kind: "due", node, date: text });
          else setDue(plan, node, text);
          return;
        case "start":
          propose({ kind: "start", node, date: text });
          return;
        case "days":
          propose({ kind: "days", node, days: Number(value) });
          return;
        case "status":
          if (dated) propose({ kind: "status", node, status: text, date: text === "done" ? today : "" });
          else setStatus(plan, node, text as StepStatus);
          return;
        case "side":
          setSide(plan, node, text as Side);
          return;
        case "alias":
          setAlias(plan, node, text);
          return;
        case "blockedReason":
          setBlockedReason(plan, node, text);
          return;
        case "parent":
          moveNode(plan, node, { parent: text === "" ? null : nodeId(text), before: null });
          return;
        case "owner":
          setAccountable(plan, node, roleId(text));
          return;
        default:
          throw new Error(`${field} is not a step's`);
      }
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      announce(problem(error));
    }
  };
}

/** How far back the history is asked who it was. */
const RECENT = 300;

/** The other's name: of whoever is here under that session, else of whoever the history names. */
function useOther({ client, node, field, theirs }: Conflict): string {
  const t = useText();
  const { log, person } = useScreen();
  const here = usePresent().find((one) => one.client === client)?.name ?? "";
  const [told, setTold] = useState("");
  const me = person?.id ?? "";
  useEffect(() => {
    if (here !== "" || told !== "" || !log) return;
    const abort = new AbortController();
    const key = field === "owner" ? "owners" : field.replace(/^.*:/, "");
    const isIt = (change: { readonly node: string; readonly field: string; readonly part: string; readonly new: unknown }): boolean =>
      change.node === (node ?? "") && change.field === key && (field === "owner" ? change.part === theirs : change.new === theirs);
    log
      .after(Math.max(0, log.position.get() - RECENT), abort.signal)
      .then((entries) => setTold(entries.findLast(({ actor, changes }) => actor.id !== me && changes.some(isIt))?.actor.name ?? ""))
      .catch(() => undefined); // then they are “somebody”
    return () => abort.abort();
  }, [here, told, log, node, field, theirs, me]);
  return here || told || t("clash.somebody");
}
