import { addStep, moveNode, setMilestone, type Spot } from "../../plan/edit";
import type { NodeId, StepKind } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { useAnnounce } from "../../ui/announcer";
import { IconButton } from "../../ui/button";
import { MenuButton, MenuItem, MenuSection, MenuHeader, MenuSeparator } from "../../ui/menu";
import { modKey } from "../../ui/platform";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { focusField } from "./focus";
import { useNodes } from "./hooks";
import { useNudge, whereIs } from "./move";
import { setOpen, useOpenSteps } from "./open-steps";
import { useScreen } from "./screen";
import { toggleSelected } from "./structure/rows";
import { useList } from "./structure/state";
import { useListActions } from "./structure/use-actions";
import { useMemo } from "react";

/** What may stand under a step of each kind. */
const below: Partial<Record<string, StepKind>> = { milestone: "task", task: "subtask" };

/** All a step can undergo, for keyboards and fingers as well. */
export function StepMenu({ node, title }: { node: NodeSnapshot; title: string }) {
  const t = useText();
  const screen = useScreen();
  const { plan, rights, comments } = screen;
  const announce = useAnnounce();
  const nudge = useNudge();
  const cell = useOpenSteps();
  const list = useList();
  const actions = useListActions();
  const child = below[node.kind];

  /** Directly in a stage, where a step can be a milestone and goes no further out. */
  const direct = node.parent !== null && screen.store.node(node.parent).get()?.kind === "stage";

  const act = (key: string) => {
    switch (key) {
      case "up":
      case "down":
        nudge(node.id, title, key);
        return;
      case "details":
        setOpen(cell, node.id, true);
        return;
      case "comment":
        comments.set({ open: true, active: null, draft: { kind: "node", node: node.id } });
        return;
      case "child": {
        if (!child) return;
        const id = addStep(plan, child, "", { parent: node.id, before: null });
        announce(t("step.added"));
        focusField(`title:${id}`);
        return;
      }
      case "delete":
        actions.remove([node.id]);
        return;
      case "in":
      case "out":
        actions.shift(node.id, key);
        return;
      case "copy":
        actions.duplicate([node.id]);
        return;
      case "select":
        toggleSelected(list, node.id);
        return;
      case "milestone":
        setMilestone(plan, node.id, node.kind !== "milestone");
        return;
      default:
        if (key.startsWith("to:")) {
          const spot: Spot = { parent: key.slice(3) as NodeId, before: null };
          moveNode(plan, node.id, spot);
          announce(whereIs(plan, node.id, title, t));
        }
    }
  };

  return (
    <MenuButton
      aria-label={t("step.more", { title })}
      placement="bottom end"
      onAction={(key) => act(String(key))}
      button={<IconButton small icon="more" label={t("step.more", { title })} className="step-more" />}
    >
      {() => (
        <>
          <MenuItem id="details" icon="chevronDown">
            {t("step.details")}
          </MenuItem>
          {rights.comment && (
            <MenuItem id="comment" icon="comment">
              {t("comments.add")}
            </MenuItem>
          )}
          {child && (
            <MenuItem id="child" icon="plus">
              {t(child === "task" ? "step.addTask" : "step.addSubtask")}
            </MenuItem>
          )}
          <MenuItem id="copy" icon="copy" keys={modKey("D")}>
            {t("structure.duplicate")}
          </MenuItem>
          <MenuItem id="select" icon="check">
            {t("structure.selectIt")}
          </MenuItem>
          {direct && (
            <MenuItem id="milestone" icon="flag">
              {t(node.kind === "milestone" ? "structure.plainStep" : "structure.makeMilestone")}
            </MenuItem>
          )}
          <MenuSeparator />
          <MenuItem id="in" icon="arrowRight" keys="Tab">
            {t("structure.indent")}
          </MenuItem>
          {!direct && (
            <MenuItem id="out" icon="arrowLeft" keys="⇧ Tab">
              {t("structure.outdent")}
            </MenuItem>
          )}
          <MenuItem id="up" icon="arrowUp" keys="Alt ↑">
            {t("move.up")}
          </MenuItem>
          <MenuItem id="down" icon="arrowDown" keys="Alt ↓">
            {t("move.down")}
          </MenuItem>
          {(node.kind === "milestone" || node.kind === "task") && <StageItems parent={node.parent} />}
          <MenuSeparator />
          <MenuItem id="delete" icon="trash" danger>
            {t("step.delete")}
          </MenuItem>
        </>
      )}
    </MenuButton>
  );
}

function StageItems({ parent }: { parent: NodeId | null }) {
  const t = useText();
  const tree = useReadable(useScreen().store.tree);
  const stageIds = useMemo(() => tree.top.filter((top) => top.kind === "stage").map((top) => top.id), [tree]);
  const stages = useNodes(stageIds);
  const others = stages.filter((stage) => stage !== undefined && stage.id !== parent);
  if (others.length === 0) return null;
  return (
    <MenuSection aria-label={t("move.to")}>
      <MenuHeader>{t("move.to")}</MenuHeader>
      {others.map(
        (stage) =>
          stage && (
            <MenuItem key={stage.id} id={`to:${stage.id}`} icon="arrowRight">
              {stage.title || t("stage.untitled")}
            </MenuItem>
          ),
      )}
    </MenuSection>
  );
}
