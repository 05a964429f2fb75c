import { setAccountable, setSide, setStatus } from "../../../plan/edit";
import { moveToStage, together } from "../../../plan/outline";
import { SIDES, type NodeId, type RoleId, type Side, type StepStatus } from "../../../plan/schema";
import { useAnnounce } from "../../../ui/announcer";
import { IconButton, PlainButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { MenuButton, MenuHeader, MenuItem, MenuSection } from "../../../ui/menu";
import { modKey } from "../../../ui/platform";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useNodes } from "../hooks";
import { useHoldReader } from "../gates/hold";
import { useScreen } from "../screen";
import { SideMark, sideMessage, StatusGlyph, statuses, statusMessage } from "../status";
import { roleLabel } from "../step-fields";
import { focusRow } from "./rows";
import { NOTHING, useList } from "./state";
import { useListActions } from "./use-actions";
import { useMemo, type ReactNode } from "react";

/** What one can do with all selected steps, each as one change. */
export default function SelectionBar() {
  const t = useText();
  const { store, plan } = useScreen();
  const state = useList();
  const actions = useListActions();
  const announce = useAnnounce();
  const { ids } = useReadable(state.selection);
  const tree = useReadable(store.tree);
  const roles = useReadable(store.roles);
  const stageIds = useMemo(() => tree.top.filter((top) => top.kind === "stage").map((top) => top.id), [tree]);
  const stages = useNodes(stageIds);
  const chosen = [...ids].filter((id) => store.node(id).get()?.del === null);
  const count = chosen.length;
  const hold = useHoldReader();
  useReadable(store.locks);
  const held = chosen.map(hold).filter((one) => one !== null);

  const each = (change: (id: NodeId) => void) => {
    together(plan, () => chosen.forEach(change));
    announce(t("structure.changed", { count }));
  };
  const leave = () => {
    const first = chosen[0];
    state.selection.set(NOTHING);
    if (first !== undefined) focusRow(first);
  };

  return (
    <div
      className="selection-bar"
      role="toolbar"
      aria-label={t("structure.bar")}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        leave();
      }}
    >
      <span className="selection-count">{t("structure.selected", { count })}</span>
      <BarMenu
        label={t("structure.setStatus")}
        disabled={held.flatMap(({ from }) => from)}
        onAction={(key) => each((id) => setStatus(plan, id, key as StepStatus))}
      >
        <MenuSection aria-label={t("structure.setStatus")}>
          {held[0] && (
            <MenuHeader className="menu-note">
              {t("lock.selected", { count: held.length, of: count })} {held[0].words}
            </MenuHeader>
          )}
          {statuses.map((status) => (
            <MenuItem key={status} id={status} lead={<StatusGlyph status={status} size={20} />}>
              {t(statusMessage(status))}
            </MenuItem>
          ))}
        </MenuSection>
      </BarMenu>
      <BarMenu label={t("side.label")} onAction={(key) => each((id) => setSide(plan, id, key as Side))}>
        {SIDES.map((side) => (
          <MenuItem key={side} id={side} lead={<SideMark side={side} />}>
            {t(sideMessage(side))}
          </MenuItem>
        ))}
      </BarMenu>
      <BarMenu label={t("owner.label")} onAction={(key) => each((id) => setAccountable(plan, id, key === "none" ? null : (key as RoleId)))}>
        {[
          ...roles.map((role) => (
            <MenuItem key={role.id} id={role.id} lead={<SideMark side={role.side} />}>
              {roleLabel(role)}
            </MenuItem>
          )),
          <MenuItem key="none" id="none" icon="close">
            {t("owner.clear")}
          </MenuItem>,
        ]}
      </BarMenu>
      <BarMenu
        label={t("move.to")}
        onAction={(key) => {
          moveToStage(plan, chosen, key as NodeId);
          announce(t("structure.moved", { count }));
        }}
      >
        {stages.flatMap((stage) =>
          stage ? [
            <MenuItem key={stage.id} id={stage.id} icon="arrowRight">
              {stage.title || t("stage.untitled")}
            </MenuItem>,
          ] : [],
        )}
      </BarMenu>
      <IconButton icon="copy" label={t("structure.duplicate")} keys={modKey("D")} onPress={() => actions.duplicate(chosen)} />
      <IconButton icon="trash" label={t("step.delete")} onPress={() => actions.remove(chosen)} />
      <IconButton icon="close" label={t("structure.selectNone")} keys="Esc" onPress={leave} />
    </div>
  );
}

function BarMenu({
  label,
  disabled = [],
  onAction,
  children,
}: {
  label: string;
  disabled?: readonly string[];
  onAction: (key: string) => void;
  children: ReactNode;
}) {
  return (
    <MenuButton
      aria-label={label}
      placement="top start"
      disabledKeys={disabled}
      onAction={(key) => onAction(String(key))}
      button={
        <PlainButton className="button button-quiet button-small">
          {label}
          <Icon name="chevronDown" size={16} />
        </PlainButton>
      }
    >
      {children}
    </MenuButton>
  );
}
