import { lazy, Suspense, useCallback } from "react";
import { restoreNode } from "../../plan/edit";
import type { NodeId } from "../../plan/schema";
import type { TreeNode } from "../../plan/tree";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { useKeepFocus } from "./focus";
import { RaisedRules, RulesButton } from "./gates/rules";
import { NextStep, PlanHeader } from "./header";
import { useNode } from "./hooks";
import { useScreen } from "./screen";
import { AddStage, Stage } from "./stage";
import { StepRow } from "./step-row";
import { Summary } from "./summary";

const Suggestions = lazy(() => import("./lints/suggestions"));

/** The plan itself, as one reads and writes it; without rights it is a page to read. */
export function PlanSheet({ replay = false }: { replay?: boolean }) {
  const t = useText();
  const { store, rights } = useScreen();
  const tree = useReadable(store.tree);
  useKeepFocus(tree);

  const goTo = useCallback((id: NodeId) => {
    const row = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    row?.scrollIntoView({ block: "center", behavior: "smooth" });
    row?.querySelector<HTMLElement>("[data-field^='title:'], .step-status, button")?.focus({ preventScroll: true });
    row?.classList.add("is-pointed-at");
    setTimeout(() => row?.classList.remove("is-pointed-at"), 1600);
  }, []);

  const stages = tree.top.filter((node) => node.kind === "stage");
  const strays = tree.top.filter((node) => node.kind !== "stage");
  return (
    <div className="sheet" data-drag-root>
      <PlanHeader />
      {!replay && <NextStep onGo={goTo} />}
      {!replay && <RaisedRules />}
      <Summary />
      <div className="stages" data-list="">
        {stages.map((branch) => (
          <Stage key={branch.id} branch={branch} />
        ))}
      </div>
      {strays.length > 0 && <Strays nodes={strays} />}
      {rights.write && <AddStage />}
      {!replay && <RulesButton />}
      {rights.write && !replay && (
        <Suspense fallback={null}>
          <Suggestions />
        </Suspense>
      )}
      {rights.write && tree.bin.length > 0 && <Bin ids={tree.bin} />}
      <p id="move-help" hidden>
        {t("move.help")}
      </p>
    </div>
  );
}

/** Steps that lost their stage, or whose kind this version doesn't know: kept in sight. */
function Strays({ nodes }: { nodes: readonly TreeNode[] }) {
  const t = useText();
  return (
    <section className="stage" aria-label={t("strays.title")}>
      <div className="stage-head">
        <h2 className="stage-title">{t("strays.title")}</h2>
      </div>
      <p className="stage-empty">{t("strays.hint")}</p>
      <ol className="steps">
        {nodes.map((branch) => (
          <StepRow key={branch.id} branch={branch} />
        ))}
      </ol>
    </section>
  );
}

function Bin({ ids }: { ids: readonly NodeId[] }) {
  const t = useText();
  return (
    <details className="bin">
      <summary>
        <Icon name="trash" size={17} />
        {t("bin.title", { count: ids.length })}
      </summary>
      <ul className="bin-list">
        {ids.map((id) => (
          <BinRow key={id} id={id} />
        ))}
      </ul>
    </details>
  );
}

function BinRow({ id }: { id: NodeId }) {
  const t = useText();
  const { plan } = useScreen();
  const announce = useAnnounce();
  const node = useNode(id);
  if (!node) return null;
  const title = node.title || t(node.kind === "stage" ? "stage.untitled" : "step.untitled");
  return (
    <li className="bin-row">
      <span className="bin-name">{title}</span>
      <Button
        look="quiet"
        small
        icon="restore"
        aria-label={t("bin.restoreOne", { title })}
        onPress={() => {
          restoreNode(plan, id);
          announce(t("bin.restored", { title }));
        }}
      >
        {t("bin.restore")}
      </Button>
    </li>
  );
}
