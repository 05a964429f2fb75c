import { useState } from "react";
import { CheckboxButton, CheckboxField } from "react-aria-components";
import { addRoles } from "../../../plan/people";
import { LIMITS, SIDES, type Side } from "../../../plan/schema";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { unfilled, type UsualId } from "./coverage";

const titles: Record<UsualId, MessageId> = {
  champion: "people.usual.champion",
  economic: "people.usual.economic",
  finance: "people.usual.finance",
  security: "people.usual.security",
  legal: "people.usual.legal",
  procurement: "people.usual.procurement",
  technical: "people.usual.technical",
  users: "people.usual.users",
  account: "people.usual.account",
  engineer: "people.usual.engineer",
  success: "people.usual.success",
  sponsor: "people.usual.sponsor",
  sellerLegal: "people.usual.sellerLegal",
};

export const usualTitle = (id: UsualId): MessageId => titles[id];

/** Several seats at once: usual ones to tick, others in one's own words, one a line. */
export function AddRoles({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useText();
  return (
    <Dialog title={t("people.addTitle")} closeLabel={t("action.close")} isOpen={isOpen} onOpenChange={onOpenChange}>
      <AddForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function AddForm({ onDone }: { onDone: () => void }) {
  const t = useText();
  const { plan, store, rights } = useScreen();
  const announce = useAnnounce();
  const open = unfilled(useReadable(store.roles));
  const [chosen, setChosen] = useState<ReadonlySet<UsualId>>(new Set());
  const [words, setWords] = useState("");
  const [side, setSide] = useState<Side>("buyer");
  const own = words.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const sides = rights.frame ? SIDES : SIDES.filter((one) => one !== "seller");
  const count = chosen.size + own.length;
  const tooLong = own.some((line) => line.length > LIMITS.name);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (count === 0 || tooLong) return;
        addRoles(plan, [
          ...open.filter((usual) => chosen.has(usual.id)).map((usual) => ({ title: t(titles[usual.id]), side: usual.side, kind: usual.kind })),
          ...own.map((title) => ({ title, side })),
        ]);
        announce(t("people.added", { count }));
        onDone();
      }}
    >
      {sides.filter((each) => each !== "joint").map((each) => {
        const here = open.filter((usual) => usual.side === each);
        if (here.length === 0) return null;
        return (
          <fieldset key={each} className="people-usual">
            <legend className="field-label">{t(each === "buyer" ? "people.buyerSide" : "people.sellerSide")}</legend>
            {here.map((usual) => (
              <CheckboxField
                key={usual.id}
                isSelected={chosen.has(usual.id)}
                onChange={(on) => {
                  const next = new Set(chosen);
                  if (on) next.add(usual.id);
                  else next.delete(usual.id);
                  setChosen(next);
                }}
              >
                <CheckboxButton className="check">
                  {({ isSelected }) => (
                    <>
                      <span className="check-box">{isSelected && <Icon name="check" size={14} />}</span>
                      {t(titles[usual.id])}
                    </>
                  )}
                </CheckboxButton>
              </CheckboxField>
            ))}
          </fieldset>
        );
      })}
      <TextField
        label={t("people.own")}
        hint={t("people.ownHint")}
        rows={2}
        value={words}
        onChange={setWords}
        error={tooLong ? t("people.ownLong", { max: LIMITS.name }) : undefined}
      />
      {own.length > 0 && (
        <Select
          label={t("people.ownSide")}
          value={side}
          onChange={(id) => setSide(SIDES.find((one) => one === id) ?? "buyer")}
          choices={sides.map((id) => ({ id, label: t(sideMessage(id)), lead: <SideMark side={id} /> }))}
        />
      )}
      <div className="form-actions">
        <Button look="main" type="submit" isDisabled={count === 0}>
          {t("people.addCount", { count })}
        </Button>
      </div>
    </form>
  );
}
