import { useEffect, useRef } from "react";
import type { CreatedPlan } from "../../sync/api";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { roleMessage } from "../../ui/roles";
import { useText, type MessageId } from "../../ui/text";

const order = ["buyer", "champion", "seller", "viewer", "auditor"] as const;

const uses: Record<(typeof order)[number], MessageId> = {
  buyer: "created.buyer",
  champion: "created.champion",
  seller: "created.seller",
  viewer: "created.viewer",
  auditor: "created.auditor",
};

/** A new plan's links, one per role, shown this once. */
export function Created({ plan, title, onOpen }: { plan: CreatedPlan; title: string; onOpen: (link: string) => void }) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const own = plan.links["owner"] ?? plan.links["seller"];
  return (
    <>
      <h1 className="created-title" ref={heading} tabIndex={-1}>
        {t("created.title", { title })}
      </h1>
      <p className="created-lead">{t("created.lead")}</p>
      <ul className="links">
        {order.map((role) => {
          const link = plan.links[role];
          return (
            link && (
              <li key={role} className="link-row">
                <div>
                  <p className="link-role">{t(roleMessage(role))}</p>
                  <p className="link-use">{t(uses[role])}</p>
                </div>
                <CopyButton text={link} label={t("created.copy", { role: t(roleMessage(role)) })} />
              </li>
            )
          );
        })}
      </ul>
      <div className="form-actions">
        {own && (
          <Button look="main" onPress={() => onOpen(own)}>
            {t("created.open")}
          </Button>
        )}
        <p className="field-hint">{t("created.later")}</p>
      </div>
    </>
  );
}
