import { Button as AriaButton } from "react-aria-components";
import { setPlanStatus } from "../../plan/edit";
import { PLAN_STATUSES, type PlanStatus } from "../../plan/schema";
import { Icon } from "../../ui/icons";
import { MenuButton, MenuItem } from "../../ui/menu";
import { useText, type MessageId } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { useScreen } from "./screen";

const names: Readonly<Record<PlanStatus, MessageId>> = {
  draft: "planStatus.draft",
  live: "planStatus.live",
  paused: "planStatus.paused",
  won: "planStatus.won",
  lost: "planStatus.lost",
};

/** Whether the plan is still a draft, under way, or over: what its light and its reminders go by. */
export function PlanStatusMenu() {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const { status } = useReadable(store.meta);
  const name = t(names[status]);
  if (!rights.frame) return status === "live" ? null : <span className="chip">{name}</span>;
  return (
    <MenuButton
      aria-label={t("planStatus.label")}
      selectionMode="single"
      selectedKeys={[status]}
      onAction={(key) => {
        const to = PLAN_STATUSES.find((one) => one === key);
        if (to) setPlanStatus(plan, to);
      }}
      button={
        <AriaButton className="button button-quiet button-small" aria-label={t("planStatus.change", { status: name })}>
          {name}
          <Icon name="chevronDown" size={14} />
        </AriaButton>
      }
    >
      {PLAN_STATUSES.map((one) => (
        <MenuItem key={one} id={one}>
          {t(names[one])}
        </MenuItem>
      ))}
    </MenuButton>
  );
}
