import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { addRole, setAccountable } from "../../plan/edit";
import { SIDES, type RoleId, type Side } from "../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../plan/view";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { MenuButton, MenuHeader, MenuItem, MenuSection, MenuSeparator } from "../../ui/menu";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { useScreen } from "./screen";
import { useInheritedOwner } from "./structure/inherited";
import { SideMark, sideMessage } from "./status";

export function accountableOf(node: NodeSnapshot, roles: readonly RoleSnapshot[]): RoleSnapshot | undefined {
  const id = node.owners.find((owner) => owner.kind === "accountable")?.role;
  return roles.find((role) => role.id === id);
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
  const face = (
    <>
      <SideMark side={node.side} />
      <span className={own ? "owner-name" : "owner-none"}>{words || side}</span>
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
          <AriaButton
            className={`fact fact-owner${owner ? "" : " fact-empty"}`}
            aria-label={t("owner.is", { side, owner: owner ? roleLabel(owner) : t("owner.none") })}
          >
            {face}
          </AriaButton>
        }
      >
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
      </MenuButton>
      <NewRole node={node} isOpen={adding} onOpenChange={setAdding} />
    </>
  );
}

function NewRole({
  node,
  isOpen,
  onOpenChange,
}: {
  node: NodeSnapshot;
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useText();
  const { plan, rights } = useScreen();
  const sides: readonly Side[] = rights.frame ? SIDES : SIDES.filter((id) => id !== "seller");
  const [title, setTitle] = useState("");
  const [side, setSide] = useState<Side>(sides.includes(node.side) ? node.side : "buyer");
  return (
    <Dialog title={t("owner.newTitle")} closeLabel={t("action.close")} isOpen={isOpen} onOpenChange={onOpenChange}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() === "") return;
          setAccountable(plan, node.id, addRole(plan, title, side));
          setTitle("");
          onOpenChange(false);
        }}
      >
        <TextField
          label={t("owner.newName")}
          hint={t("owner.newHint")}
          value={title}
          onChange={setTitle}
          maxLength={120}
          autoFocus
        />
        <Select
          label={t("side.label")}
          value={side}
          onChange={(id) => setSide(id as Side)}
          choices={sides.map((id) => ({ id, label: t(sideMessage(id)), lead: <SideMark side={id} /> }))}
        />
        <div className="form-actions">
          <Button look="main" type="submit" isDisabled={title.trim() === ""}>
            {t("owner.newSave")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
