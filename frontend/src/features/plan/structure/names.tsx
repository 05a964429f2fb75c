import { Suspense, useState } from "react";
import { setAlias, setNoun } from "../../../plan/edit";
import { isUsualNoun, LIMITS } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { PlainButton } from "../../../ui/button";
import { MenuButton, MenuItem, MenuSeparator } from "../../../ui/menu";
import { lazyPart } from "../../../ui/lazy";
import { useText, type MessageId } from "../../../ui/text";
import { useScreen } from "../screen";
import { PickedField } from "./picked-field";

const OwnNoun = lazyPart(() => import("./own-noun"));

const nouns: readonly MessageId[] = ["noun.success", "noun.execution", "noun.goLive", "noun.evaluation", "noun.onboarding"];

/** What both sides call the plan. */
export function Noun({ noun }: { noun: string }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const [writing, setWriting] = useState(false);
  const shown = isUsualNoun(noun) ? t("noun.default") : noun;
  if (!rights.frame) return <span className="bar-noun">{shown}</span>;
  return (
    <>
      <MenuButton
        aria-label={t("noun.label")}
        selectionMode="single"
        selectedKeys={[isUsualNoun(noun) ? "default" : noun]}
        onAction={(key) => {
          if (key === "own") setWriting(true);
          else setNoun(plan, key === "default" ? "" : String(key));
        }}
        button={
          <PlainButton className="bar-noun bar-noun-button" aria-label={t("noun.change", { noun: shown })}>
            {shown}
          </PlainButton>
        }
      >
        {[
          <MenuItem key="default" id="default">
            {t("noun.default")}
          </MenuItem>,
          ...nouns.map((each) => (
            <MenuItem key={each} id={t(each)}>
              {t(each)}
            </MenuItem>
          )),
        ]}
        <MenuSeparator />
        <MenuItem id="own">{t("noun.own")}</MenuItem>
      </MenuButton>
      {writing && (
        <Suspense fallback={null}>
          <OwnNoun shown={shown} onClose={() => setWriting(false)} />
        </Suspense>
      )}
    </>
  );
}

/** The name the other side knows a step by. */
export function Alias({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  if (!rights.write) return null; // shown in the row already
  return (
    <section>
      <h3 className="details-label" aria-hidden="true">
        {t("structure.alias")}
      </h3>
      <PickedField
        value={node.alias}
        label={t("structure.alias")}
        placeholder={t("structure.aliasPlaceholder")}
        fieldId={`alias:${node.id}`}
        maxLength={LIMITS.title}
        onCommit={(text) => setAlias(plan, node.id, text)}
      />
    </section>
  );
}
