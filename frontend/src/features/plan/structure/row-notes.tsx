import { setBlockedReason } from "../../../plan/edit";
import { LIMITS, type NodeId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useDue } from "../dates/due-field";
import { useHold } from "../gates/hold";
import { useScreen } from "../screen";
import { PickedField } from "./picked-field";
import { setFolded, useIsRefused, useList } from "./state";

/** What stands under a step's title: its other name, what holds it up, what is folded away. Nothing in most rows. */
export function RowNotes({ node, under, folded }: { node: NodeSnapshot; under: number; folded: boolean }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const list = useList();
  const open = node.status !== "done" && node.status !== "skipped";
  const title = node.title || t("step.untitled");
  const alias = node.alias !== "" && node.alias !== node.title;
  const undated = useDue(node).due === null && node.kind === "milestone" && open && node.title !== "";
  return (
    <>
      {under > 0 && (
        <button
          type="button"
          className="row-fold"
          aria-expanded={!folded}
          aria-label={t(folded ? "structure.unfoldUnder" : "structure.foldUnder", { title, count: under })}
          onClick={() => setFolded(list, [node.id], !folded)}
        >
          <Icon name={folded ? "chevronRight" : "chevronDown"} size={14} />
          {t("structure.under", { count: under })}
        </button>
      )}
      <Refused id={node.id} />
      {alias && <span className="row-note">{t("structure.was", { alias: node.alias })}</span>}
      {node.likelyBlocker && open && node.status !== "blocked" && (
        <span className="row-note row-risk">
          <Icon name="warning" size={14} />
          {t("step.likelyBlocker")}
        </span>
      )}
      {undated && rights.write && <span className="row-note row-asks">{t("structure.needsDate")}</span>}
      {node.status === "blocked" &&
        (rights.write ? (
          <PickedField
            value={node.blockedReason}
            label={t("structure.blockedOf", { title })}
            placeholder={t("structure.blockedAsk")}
            fieldId={`blocked:${node.id}`}
            className="row-blocked"
            maxLength={LIMITS.blockedReason}
            onCommit={(text) => setBlockedReason(plan, node.id, text)}
          />
        ) : (
          node.blockedReason !== "" && <span className="row-note row-blocked">{node.blockedReason}</span>
        ))}
    </>
  );
}

function Refused({ id }: { id: NodeId }) {
  return useIsRefused(id) ? <Held id={id} /> : null;
}

/** Why the step can't be done, to the eyes of who just tried; it was read out already. */
function Held({ id }: { id: NodeId }) {
  const hold = useHold(id);
  if (!hold) return null;
  return (
    <span className="row-note row-held">
      <Icon name="lock" size={14} />
      {hold.words}
    </span>
  );
}
