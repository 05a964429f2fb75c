import { Suspense, useCallback } from "react";
import { flushSync } from "react-dom";
import { EditError, restoreNode } from "../../plan/edit";
import { isBlank } from "../../plan/outline";
import type { NodeId } from "../../plan/schema";
import type { PlanStore } from "../../plan/store";
import type { TreeNode } from "../../plan/tree";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { useDays } from "../../ui/dates";
import { Icon } from "../../ui/icons";
import { useProblem } from "../../ui/problem";
import { useText } from "../../ui/text";
import { useReadable } from "../../ui/use-readable";
import { lazyPart, useAtRest } from "../../ui/lazy";
import { useKeepFocus } from "./focus";
import { AwaitingYou } from "./gates/awaiting";
import { RaisedRules, RulesButton } from "./gates/rules";
import { PlanHeader } from "./header";
import { useNode } from "./hooks";
import { useScreen } from "./screen";
import { AddStage, Stage } from "./stage";
import { StepRow } from "./step-row";
import { ClashSummary } from "./structure/clash-summary";
import { ListTools } from "./structure/list-tools";
import { NextStep } from "./structure/next-step";
import { setFolded, type ListState, useEssentials, useIsSelecting, useList } from "./structure/state";
import { useSheetKeys } from "./structure/use-keys";
import "./structure/structure.css";
import { Summary } from "./summary";

const Suggestions = lazyPart(() => import("./lints/suggestions"));
const SelectionBar = lazyPart(() => import("./structure/selection-bar"));
const KeysHelp = lazyPart(() => import("./structure/help"));
const PasteDialog = lazyPart(() => import("./structure/paste-dialog"));

/** The plan itself, as one reads and writes it; without rights it is a page to read. */
export function PlanSheet({ replay = false }: { replay?: boolean }) {
  const t = useText();
  const { store, rights } = useScreen();
  const tree = useReadable(store.tree);
  const list = useList();
  const keys = useSheetKeys();
  const essentials = useEssentials();
  const selecting = useIsSelecting();
  const help = useReadable(list.help);
  const pasting = useReadable(list.paste);
  const atRest = useAtRest();
  useKeepFocus(tree);

  const goTo = useCallback((id: NodeId) => {
    reveal(store, list, id);
    const row = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    row?.scrollIntoView({ block: "center", behavior: "smooth" });
    // What one does with it; who only reads opens it.
    const act = row?.querySelector<HTMLElement>("button.step-status") ?? row?.querySelector<HTMLElement>("button");
    act?.focus({ preventScroll: true });
    row?.classList.add("is-pointed-at");
    setTimeout(() => row?.classList.remove("is-pointed-at"), 1600);
  }, [store, list]);

  const stages = tree.top.filter((node) => node.kind === "stage");
  const strays = tree.top.filter((node) => node.kind !== "stage");
  return (
    <div className={`sheet${essentials ? " is-essential" : ""}${selecting ? " is-selecting" : ""}`} data-drag-root {...keys}>
      <PlanHeader />
      {!replay && <ClashSummary onGo={goTo} />}
      {!replay && <NextStep onGo={goTo} />}
      {!replay && <AwaitingYou />}
      {!replay && <RaisedRules />}
      <Summary />
      {tree.top.length > 0 && !replay && <ListTools />}
      <div className="stages" data-list="">
        {stages.map((branch) => (
          <Stage key={branch.id} branch={branch} />
        ))}
      </div>
      {strays.length > 0 && <Strays nodes={strays} />}
      {rights.write && <AddStage />}
      {!replay && <RulesButton />}
      {rights.write && !replay && atRest && (
        <Suspense fallback={null}>
          <Suggestions />
        </Suspense>
      )}
      {rights.write && tree.bin.length > 0 && <Bin ids={tree.bin} />}
      <p id="move-help" hidden>
        {t("move.help")}
      </p>
      <p id="title-help" hidden>
        {t("keys.hint")}
      </p>
      <Suspense fallback={null}>
        {rights.write && selecting && <SelectionBar />}
        {help && <KeysHelp />}
        {rights.write && pasting !== null && <PasteDialog />}
      </Suspense>
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

/** Unfolds what a row stands under, so that one can go there. */
function reveal(store: PlanStore, list: ListState, id: NodeId): void {
  const above: NodeId[] = [];
  for (let at = store.node(id).get()?.parent ?? null; at !== null && !above.includes(at); at = store.node(at).get()?.parent ?? null) above.push(at);
  if (above.some((each) => list.look.get().folded.has(each))) flushSync(() => setFolded(list, above, false));
}

function Bin({ ids }: { ids: readonly NodeId[] }) {
  const t = useText();
  const { plan } = useScreen();
  // Steps that were started and never written are nothing to bring back.
  const kept = ids.filter((id) => !isBlank(plan, id));
  if (kept.length === 0) return null;
  return (
    <details className="bin">
      <summary>
        <Icon name="trash" size={17} />
        {t("bin.title", { count: kept.length })}
      </summary>
      <ul className="bin-list">
        {kept.map((id) => (
          <BinRow key={id} id={id} />
        ))}
      </ul>
    </details>
  );
}

function BinRow({ id }: { id: NodeId }) {
  const t = useText();
  const { plan, store } = useScreen();
  const announce = useAnnounce();
  const problem = useProblem();
  const days = useDays();
  const node = useNode(id);
  const parent = node?.parent ? store.node(node.parent).get() : undefined;
  if (!node) return null;
  const title = node.title || t(node.kind === "stage" ? "stage.untitled" : "step.untitled");
  return (
    <li className="bin-row">
      <span className="bin-name">
        {title}
        <span className="bin-from">
          {t(parent?.title ? "structure.binFrom" : "structure.binTop", {
            kind: t(`structure.kind.${node.kind}`),
            where: parent?.title ?? "",
            date: days.format((node.del ?? "").slice(0, 10)),
          })}
        </span>
      </span>
      <Button
        look="quiet"
        small
        icon="restore"
        aria-label={t("bin.restoreOne", { title })}
        onPress={() => {
          try {
            restoreNode(plan, id);
          } catch (error) {
            if (!(error instanceof EditError)) throw error;
            announce(problem(error));
            return;
          }
          announce(t("bin.restored", { title }));
        }}
      >
        {t("bin.restore")}
      </Button>
    </li>
  );
}
