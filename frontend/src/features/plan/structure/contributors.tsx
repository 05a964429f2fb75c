import { setContributor } from "../../../plan/edit";
import { roleId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { IconButton, PlainButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { MenuButton, MenuItem } from "../../../ui/menu";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark } from "../status";
import { accountableOf, contributorsOf, roleLabel } from "../step-fields";

/** Who works on a step beside the one who answers for it. */
export function Contributors({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, store } = useScreen();
  const roles = useReadable(store.roles);
  const involved = contributorsOf(node, roles);
  const rest = roles.filter((role) => !involved.includes(role) && role !== accountableOf(node, roles));
  return (
    <div className="field involved-field" role="group" aria-label={t("owner.involved")}>
      <span className="field-label">{t("owner.involved")}</span>
      {involved.length > 0 && (
        <ul className="involved">
          {involved.map((role) => (
            <li key={role.id} className="involved-role">
              <SideMark side={role.side} />
              <span className="involved-name">{roleLabel(role)}</span>
              <IconButton small icon="close" label={t("owner.notInvolved", { role: role.title })} onPress={() => setContributor(plan, node.id, role.id, false)} />
            </li>
          ))}
        </ul>
      )}
      {rest.length > 0 && (
        <MenuButton
          aria-label={t("owner.involve")}
          onAction={(key) => setContributor(plan, node.id, roleId(String(key)), true)}
          button={
            <PlainButton className="button button-quiet button-small involve">
              <Icon name="plus" size={16} />
              {t("owner.involve")}
            </PlainButton>
          }
        >
          {() =>
            rest.map((role) => (
              <MenuItem key={role.id} id={role.id} lead={<SideMark side={role.side} />}>
                {roleLabel(role)}
              </MenuItem>
            ))
          }
        </MenuButton>
      )}
    </div>
  );
}
