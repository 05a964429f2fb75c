import { useState } from "react";
import { setNoun } from "../../../plan/edit";
import { LIMITS } from "../../../plan/schema";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";

/** A name for the plan that isn't among those offered. */
export default function OwnNoun({ shown, onClose }: { shown: string; onClose: () => void }) {
  const t = useText();
  const { plan } = useScreen();
  const [own, setOwn] = useState(shown);
  return (
    <Dialog title={t("noun.label")} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setNoun(plan, own);
          onClose();
        }}
      >
        <TextField label={t("noun.field")} hint={t("noun.hint")} value={own} onChange={setOwn} maxLength={LIMITS.noun} autoFocus />
        <div className="form-actions">
          <Button look="main" type="submit">
            {t("noun.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
