import { Suspense, useState } from "react";
import { setAccountable } from "../../plan/edit";
import { SIDES, type RoleId } from "../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../plan/view";
import { PlainButton } from "../../ui/button";
import { MenuButton, MenuHeader, MenuItem, MenuSection, MenuSeparator } from "../../ui/menu";
import { lazyPart } from "../../ui/lazy";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { useScreen } from "./screen";
import { useInheritedOwner } from "./structure/inherited";
import { SideMark, sideMessage } from "./status";

const NewRole = lazyPart(() => import("./new-role"));

export function accountableOf(node: NodeSnapshot, roles: readonly RoleSnapshot[]): RoleSnapshot | undefined {
  const id = node.owners.find((owner) => owner.kind === "accountable")?.role;
  return roles.find((role) => role.id === id);
}

/** Those who work on it beside the accountable. */
export function contributorsOf(node: NodeSnapshot, roles: readonly RoleSnapshot[]): RoleSnapshot[] {
  return roles.filter((role) => node.owners.some((owner) => owner.role === role.id && owner.kind === "contributor"));
}

export const roleLabel = (role: RoleSnapshot): string => (role.name ? `${role.name}, ${role.title}` : role.title);

/** Which side a step is on and which role answers for it. */
export function OwnerField({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const roles = useReadable(store.roles);
  const [adding, setAdding] = useState(false);
  const own = accountableOf(node, roles);
  const inherited = useInheritedOwner(node, own !== undefined);
  const owner = own ?? inherited;
  const side = t(sideMessage(node.side));
  const words = owner ? owner.name || owner.title : node.kind === "subtask" ? "" : t("owner.none");
  const involved = contributorsOf(node, roles).map(roleLabel).join("; ");
  const face = (
    <>
      <SideMark side={node.side} />
      <span className={own ? "owner-name" : "owner-none"}>{words || side}</span>
      {involved !== "" && (
        // The number is drawn by the style sheet: read out are their names.
        <span className="owner-more" title={t("owner.withOthers", { involved })} data-count={`+${contributorsOf(node, roles).length}`}>
          {!rights.write && <span className="visually-hidden">. {t("owner.withOthers", { involved })}</span>}
        </span>
      )}
    </>
  );
  if (!rights.write) {
    return (
      <span className={`fact fact-owner${owner ? "" : " fact-empty"}`} title={side}>
        <span className="visually-hidden">{side}: </span>
        {face}
      </span>
    );
  }
  return (
    <>
      <MenuButton
        aria-label={t("owner.label")}
        placement="bottom end"
        selectionMode="single"
        selectedKeys={[owner?.id ?? "none"]}
        onAction={(key) => {
          if (key === "new") setAdding(true);
          else setAccountable(plan, node.id, key === "none" ? null : (key as RoleId));
        }}
        button={
          <PlainButton
            className={`fact fact-owner${owner ? "" : " fact-empty"}`}
            aria-label={t(involved === "" ? "owner.is" : "owner.isWith", { side, owner: owner ? roleLabel(owner) : t("owner.none"), involved })}
          >
            {face}
          </PlainButton>
        }
      >
        {() => (
          <>
            {SIDES.map((each) => {
              const here = roles.filter((role) => role.side === each);
              return (
                here.length > 0 && (
                  <MenuSection key={each} aria-label={t(sideMessage(each))}>
                    <MenuHeader>{t(sideMessage(each))}</MenuHeader>
                    {here.map((role) => (
                      <MenuItem key={role.id} id={role.id} lead={<SideMark side={role.side} />}>
                        {roleLabel(role)}
                      </MenuItem>
                    ))}
                  </MenuSection>
                )
              );
            })}
            <MenuSeparator />
            <MenuItem id="none" icon="close">
              {t("owner.clear")}
            </MenuItem>
            <MenuItem id="new" icon="plus">
              {t("owner.new")}
            </MenuItem>
          </>
        )}
      </MenuButton>
      {adding && (
        <Suspense fallback={null}>
          <NewRole node={node} onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </>
  );
}
