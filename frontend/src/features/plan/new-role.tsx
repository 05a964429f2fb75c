import { useState } from "react";
import { addRole, setAccountable } from "../../plan/edit";
import { SIDES, type Side } from "../../plan/schema";
import type { NodeSnapshot } from "../../plan/view";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { useScreen } from "./screen";
import { SideMark, sideMessage } from "./status";

/** A role that the plan lacks, made and put in charge of the step. */
export default function NewRole({ node, onClose }: { node: NodeSnapshot; onClose: () => void }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const sides: readonly Side[] = rights.frame ? SIDES : SIDES.filter((id) => id !== "seller");
  const [title, setTitle] = useState("");
  const [side, setSide] = useState<Side>(sides.includes(node.side) ? node.side : "buyer");
  return (
    <Dialog title={t("owner.newTitle")} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() === "") return;
          setAccountable(plan, node.id, addRole(plan, title, side));
          onClose();
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
