import { memo, type KeyboardEvent } from "react";
import { addStage, addStep } from "../../plan/edit";
import { LIMITS, titleTextOf, type NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { STAGE_FULL } from "../../plan/size";
import type { NodeSnapshot } from "../../plan/view";
import { useAnnounce } from "../../ui/announcer";
import { Button, IconButton } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { MenuButton, MenuItem, MenuSeparator } from "../../ui/menu";
import { useText } from "../../ui/text";
import { focusField } from "./focus";
import { StageLock } from "./gates/lock";
import { useNode, useNodes } from "./hooks";
import { useDrag, useNudge } from "./move";
import { FieldPresence } from "./presence";
import { useScreen } from "./screen";
import { StepRow } from "./step-row";
import { StepClashes } from "./structure/clash-summary";
import { rowOf, selectAllIn } from "./structure/rows";
import { setFolded, useIsFolded, useList } from "./structure/state";
import { useListActions } from "./structure/use-actions";
import { typeInto } from "./text/rename";
import { SharedField } from "./text/shared-field";
import { useMemo } from "react";

/** A stage: its name, how far it is, and its steps. */
export const Stage = memo(function Stage({ branch }: { branch: TreeNode }) {
  const t = useText();
  const node = useNode(branch.id);
  const { plan, rights } = useScreen();
  const announce = useAnnounce();
  const nudge = useNudge();
  const list = useList();
  const folded = useIsFolded(branch.id);
  if (!node) return null;
  const title = node.title || t("stage.untitled");

  const add = () => {
    const id = addStep(plan, "milestone", "", { parent: branch.id, before: null });
    announce(t("step.added"));
    focusField(`title:${id}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!rights.write || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    nudge(branch.id, title, event.key === "ArrowUp" ? "up" : "down");
  };

  return (
    <section className={`stage${folded ? " is-folded-stage" : ""}`} data-node={branch.id} data-field={`row:${branch.id}`} tabIndex={-1} aria-label={title}>
      <div className="stage-head" onKeyDown={onKeyDown}>
        {rights.write && <StageGrip id={branch.id} title={title} />}
        <IconButton
          small
          icon={folded ? "chevronRight" : "chevronDown"}
          className="stage-fold"
          label={t(folded ? "structure.unfold" : "structure.fold", { title })}
          aria-expanded={!folded}
          onPress={() => setFolded(list, [branch.id], !folded)}
        />
        <StageTitle node={node} />
        {rights.write && <StageMenu id={branch.id} title={title} onAdd={add} />}
        <StageCount branch={branch} />
      </div>
      <StepClashes id={branch.id} />
      <StageLock stage={branch.id} />
      {!folded && (
        <ol className="steps" data-list={branch.id}>
          {branch.children.map((child) => (
            <StepRow key={child.id} branch={child} />
          ))}
        </ol>
      )}
      {branch.children.length === 0 && !folded && !rights.write && <p className="stage-empty">{t("stage.empty")}</p>}
      {rights.write && !folded && (
        <Button look="quiet" small icon="plus" className="add-step" onPress={add}>
          {t("step.add")}
        </Button>
      )}
    </section>
  );
});

function StageGrip({ id, title }: { id: NodeId; title: string }) {
  const t = useText();
  const drag = useDrag(id, title);
  const nudge = useNudge();
  return (
    <button
      type="button"
      className="step-grip stage-grip"
      aria-label={t("stage.move", { title })}
      aria-describedby="move-help"
      data-field={`grip:${id}`}
      onPointerDown={drag}
      onKeyDown={(event) => {
        if (event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
        event.preventDefault();
        nudge(id, title, event.key === "ArrowUp" ? "up" : "down");
      }}
    >
      <Icon name="grip" size={18} />
    </button>
  );
}

function StageTitle({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const text = titleTextOf(plan, node.id);
  const field = `title:${node.id}`;
  if (!rights.write || !text) return <h2 className="stage-title">{node.title || t("stage.untitled")}</h2>;
  return (
    <>
      <h2 className="visually-hidden">{node.title || t("stage.untitled")}</h2>
      <SharedField
        text={text}
        label={t("stage.title")}
        className="stage-title"
        placeholder={t("stage.untitled")}
        maxLength={LIMITS.title}
        fieldId={field}
        onSplice={(target, splice) => typeInto(target, splice, field)}
        describedBy="title-help"
      />
      <FieldPresence field={field} />
    </>
  );
}

function StageCount({ branch }: { branch: TreeNode }) {
  const t = useText();
  const ids = useMemo(() => branch.children.map((child) => child.id), [branch.children]);
  const steps = useNodes(ids).filter((step) => step !== undefined && step.status !== "skipped");
  if (steps.length === 0) return null;
  const done = steps.filter((step) => step?.status === "done").length;
  const full = steps.length > STAGE_FULL;
  return (
    <span className={`stage-count${full ? " is-full" : ""}`} title={full ? t("size.stageFull", { most: STAGE_FULL }) : undefined}>
      <span className="stage-meter" aria-hidden="true">
        <span style={{ inlineSize: `${(100 * done) / steps.length}%` }} />
      </span>
      {t("stage.count", { done, total: steps.length })}
      {full && <span className="visually-hidden">. {t("size.stageFull", { most: STAGE_FULL })}</span>}
    </span>
  );
}

function StageMenu({ id, title, onAdd }: { id: NodeId; title: string; onAdd: () => void }) {
  const t = useText();
  const nudge = useNudge();
  const list = useList();
  const actions = useListActions();
  return (
    <MenuButton
      aria-label={t("stage.more", { title })}
      placement="bottom end"
      onAction={(key) => {
        if (key === "add") onAdd();
        else if (key === "up" || key === "down") nudge(id, title, key);
        else if (key === "select") selectAllIn(list, rowOf(id));
        else if (key === "copy") actions.duplicate([id]);
        else if (key === "paste") list.paste.set(id);
        else if (key === "delete") actions.remove([id]);
      }}
      button={<IconButton small icon="more" label={t("stage.more", { title })} className="step-more" />}
    >
      {() => (
        <>
          <MenuItem id="add" icon="plus">
            {t("step.add")}
          </MenuItem>
          <MenuItem id="paste" icon="listBullet">
            {t("structure.pasteMenu")}
          </MenuItem>
          <MenuItem id="select" icon="check">
            {t("structure.selectAll")}
          </MenuItem>
          <MenuItem id="copy" icon="copy">
            {t("structure.duplicate")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem id="up" icon="arrowUp" keys="Alt ↑">
            {t("move.up")}
          </MenuItem>
          <MenuItem id="down" icon="arrowDown" keys="Alt ↓">
            {t("move.down")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem id="delete" icon="trash" danger>
            {t("stage.delete")}
          </MenuItem>
        </>
      )}
    </MenuButton>
  );
}

/** Starts a stage at the end and puts the caret into its name. */
export function AddStage() {
  const t = useText();
  const { plan } = useScreen();
  return (
    <Button
      look="edge"
      icon="plus"
      className="add-stage"
      onPress={() => {
        const id = addStage(plan, "");
        focusField(`title:${id}`);
      }}
    >
      {t("stage.add")}
    </Button>
  );
}
