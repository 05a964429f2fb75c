import { useState } from "react";
import { parseOutline, type PastedStep } from "../../../plan/paste";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useList } from "./state";
import { useListActions } from "./use-actions";

const count = (steps: readonly PastedStep[]): number => steps.reduce((sum, step) => sum + 1 + count(step.steps), 0);

/** A place to paste or write a whole list, for those without a keyboard too. */
export default function PasteDialog() {
  const t = useText();
  const { paste } = useList();
  const stage = useReadable(paste);
  const actions = useListActions();
  const [text, setText] = useState("");
  const outline = parseOutline(text);
  const steps = outline.reduce((sum, one) => sum + count(one.steps), 0);
  const stages = outline.filter((one) => one.title !== null).length;
  return (
    <Dialog title={t("structure.pasteTitle")} closeLabel={t("action.close")} isOpen={stage !== null} onOpenChange={(open) => !open && paste.set(null)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (stage === null || outline.length === 0) return;
          paste.set(null);
          setText("");
          // Once the dialog has given the focus back.
          setTimeout(() => actions.paste(stage, text, true));
        }}
      >
        <label className="field">
          <span className="field-label">{t("structure.pasteLabel")}</span>
          <textarea className="field-input paste-area" rows={9} value={text} onChange={(event) => setText(event.target.value)} placeholder={t("structure.pasteSample")} />
          <span className="field-hint">{t("structure.pasteHint")}</span>
        </label>
        <div className="form-actions">
          <Button look="main" type="submit" isDisabled={steps + stages === 0}>
            {steps + stages === 0 ? t("structure.pasteAdd") : t("structure.pasteAddCount", { steps, stages })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
