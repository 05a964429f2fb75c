import { memo, type KeyboardEvent, type ReactNode } from "react";
import { setStatus } from "../../plan/edit";
import { LIMITS, titleTextOf, type NodeId, type StepStatus } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import type { NodeSnapshot } from "../../plan/view";
import { IconButton, PlainButton } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { MenuButton, MenuHeader, MenuItem, MenuSection } from "../../ui/menu";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { DueField } from "./dates/due-field";
import { useProposeChange, useSchedule } from "./dates/propose";
import { focusField } from "./focus";
import { useHold } from "./gates/hold";
import { GateMark } from "./gates/mark";
import { useNode } from "./hooks";
import { useDrag, useNudge } from "./move";
import { setOpen, useIsOpen, useOpenSteps } from "./open-steps";
import { useScreen } from "./screen";
import { statuses, statusMessage, StatusGlyph } from "./status";
import { OwnerField } from "./step-fields";
import { StepDetails } from "./step-details";
import { StepMenu } from "./step-menu";
import { StepClashes } from "./structure/clash-summary";
import { RowNotes } from "./structure/row-notes";
import { SelectBox } from "./structure/select-box";
import { useIsFolded, useIsSelected } from "./structure/state";
import { typeInto } from "./text/rename";
import { SharedField } from "./text/shared-field";
import { FieldPresence } from "./presence";

/** One step and what stands under it. */
export const StepRow = memo(function StepRow({ branch }: { branch: TreeNode }) {
  const node = useNode(branch.id);
  const open = useIsOpen(branch.id);
  const folded = useIsFolded(branch.id);
  const selected = useIsSelected(branch.id);
  const { rights } = useScreen();
  const t = useText();
  const nudge = useNudge();
  if (!node) return null;
  const title = node.title || t("step.untitled");

  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    event.stopPropagation();
    nudge(branch.id, title, event.key === "ArrowUp" ? "up" : "down");
  };

  return (
    <li
      className={`step step-is-${node.status}${open ? " step-open" : ""}${selected ? " is-selected" : ""}`}
      data-node={branch.id}
      data-field={`row:${branch.id}`}
      data-kind={branch.kind}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="step-row">
        {rights.write && <SelectBox id={branch.id} title={title} />}
        <Grip id={branch.id} title={title} />
        <StatusField node={node} title={title} />
        <span className="step-words">
          <StepTitle node={node} />
          <RowNotes node={node} under={branch.children.length} folded={folded} />
        </span>
        <span className="step-facts">
          <OwnerField node={node} />
          <DueField node={node} />
        </span>
        <StepTools node={node} title={title} open={open} />
      </div>
      <StepClashes id={branch.id} />
      {open && <StepDetails node={node} />}
      {branch.children.length > 0 && !folded && (
        <ol className="steps steps-nested" data-list={branch.id}>
          {branch.children.map((child) => (
            <StepRow key={child.id} branch={child} />
          ))}
        </ol>
      )}
    </li>
  );
});

function Grip({ id, title }: { id: NodeId; title: string }) {
  const t = useText();
  const { rights } = useScreen();
  const drag = useDrag(id, title);
  const nudge = useNudge();
  if (!rights.write) return <span className="step-grip-space" />;
  return (
    <button
      type="button"
      className="step-grip"
      aria-label={t("step.move", { title })}
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

export function StatusField({ node, title }: { node: NodeSnapshot; title: string }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const propose = useProposeChange();
  const { today } = useSchedule();
  const hold = useHold(node.id);
  const words = t(statusMessage(node.status));
  if (!rights.write) {
    return (
      <span className="step-status" role="img" aria-label={words} title={words}>
        <StatusGlyph status={node.status} />
      </span>
    );
  }
  return (
    <MenuButton
      aria-label={t("step.statusOf", { title })}
      selectionMode="single"
      selectedKeys={[node.status]}
      disabledKeys={hold?.from ?? []}
      onAction={(key) => {
        const status = key as StepStatus;
        if (node.kind === "subtask") setStatus(plan, node.id, status);
        else propose({ kind: "status", node: node.id, status, date: status === "done" ? today : "" });
        // A blocked step says what it waits for: ask while one knows.
        if (key === "blocked") focusField(`blocked:${node.id}`);
      }}
      button={
        <PlainButton className="step-status" aria-label={t("step.statusIs", { title, status: words })}>
          <StatusGlyph status={node.status} />
        </PlainButton>
      }
    >
      {() => (
        <MenuSection aria-label={hold?.words ?? t("step.statusOf", { title })}>
          {hold && <MenuHeader className="menu-note">{hold.words}</MenuHeader>}
          {statuses.map((status) => (
            <MenuItem key={status} id={status} lead={<StatusGlyph status={status} size={20} />}>
              {t(statusMessage(status))}
            </MenuItem>
          ))}
        </MenuSection>
      )}
    </MenuButton>
  );
}

function StepTitle({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const text = titleTextOf(plan, node.id);
  const field = `title:${node.id}`;
  if (!rights.write || !text) {
    return <span className={`step-title step-${node.kind}`}>{node.title || t("step.untitled")}</span>;
  }
  return (
    <span className="step-title-cell">
      <SharedField
        text={text}
        label={t("step.title")}
        className={`step-title step-${node.kind}`}
        placeholder={t("step.untitled")}
        maxLength={LIMITS.title}
        fieldId={field}
        onSplice={(target, splice) => typeInto(target, splice, field)}
        describedBy="title-help"
      />
      <FieldPresence field={field} />
    </span>
  );
}

function StepTools({ node, title, open }: { node: NodeSnapshot; title: string; open: boolean }) {
  const t = useText();
  const screen = useScreen();
  const cell = useOpenSteps();
  const threads = useReadable(screen.store.threadsOn(node.id)).filter((thread) => !thread.resolved);
  const first = threads[0];
  const startOrOpen = () =>
    screen.comments.set({
      open: true,
      active: first?.id ?? null,
      draft: first ? null : { kind: "node", node: node.id },
    });
  let comments: ReactNode = null;
  if (first) {
    comments = (
      <IconButton
        small
        icon="comment"
        className="has-comments"
        label={t("comments.onStep", { title, count: threads.length })}
        onPress={startOrOpen}
        count={threads.length}
      />
    );
  } else if (screen.rights.comment) {
    comments = (
      <IconButton small icon="comment" className="step-quiet" label={t("comments.addToStep", { title })} onPress={startOrOpen} />
    );
  }
  return (
    <span className="step-tools">
      <GateMark id={node.id} title={title} />
      {comments}
      {screen.rights.write && <StepMenu node={node} title={title} />}
      <IconButton
        small
        icon={open ? "chevronDown" : "chevronRight"}
        label={t(open ? "step.closeDetails" : "step.openDetails", { title })}
        aria-expanded={open}
        onPress={() => setOpen(cell, node.id, !open)}
      />
    </span>
  );
}
