import { Suspense, useEffect, useRef } from "react";
import type { NodeId } from "../../../plan/schema";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useClashes, useClashesOf } from "./use-clashes";
import { lazyPart } from "../../../ui/lazy";

const Clashes = lazyPart(() => import("./clashes"));

/** Says at the top of the plan that values were set by two people at once, and leads to them. */
export function ClashSummary({ onGo }: { onGo: (id: NodeId) => void }) {
  const t = useText();
  const announce = useAnnounce();
  const all = useClashes();
  const told = useRef(0);
  useEffect(() => {
    if (all.length > told.current) announce(t("clash.summary", { count: all.length }), "batched");
    told.current = all.length;
  }, [all, announce, t]);
  if (all.length === 0) return null;
  const ofPlan = all.filter(({ node }) => node === null);
  const first = all.find(({ node }) => node !== null)?.node ?? null;
  return (
    <section className="clash-summary" aria-label={t("clash.label")}>
      {first !== null && (
        <p>
          {t("clash.summary", { count: all.length - ofPlan.length })}
          <Button look="quiet" small icon="arrowDown" onPress={() => onGo(first)}>
            {t("clash.go")}
          </Button>
        </p>
      )}
      {ofPlan.length > 0 && (
        <Suspense fallback={null}>
          <Clashes found={ofPlan} />
        </Suspense>
      )}
    </section>
  );
}

/** What of a step two people set at once, under its row. */
export function StepClashes({ id }: { id: NodeId }) {
  const found = useClashesOf(id);
  return (
    found.length > 0 && (
      <Suspense fallback={null}>
        <Clashes found={found} />
      </Suspense>
    )
  );
}
