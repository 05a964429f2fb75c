import { useMemo, useState } from "react";
import { splitStage, tuckUnder } from "../../../plan/outline";
import { titleTextOf, type NodeId } from "../../../plan/schema";
import { readSize, remedies, SKIM_TARGET, type Remedy, type SizeVerdict } from "../../../plan/size";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton, IconToggle } from "../../../ui/button";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";
import { setFolded, useEssentials, useList } from "./state";

const verdicts: Record<SizeVerdict, MessageId> = {
  empty: "size.empty",
  thin: "size.thin",
  good: "size.good",
  sweet: "size.sweet",
  long: "size.long",
  over: "size.over",
};

/** How big the plan is and how one looks at it: a quiet line above the list. */
export function ListTools() {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const state = useList();
  const tree = useReadable(store.tree);
  const ids = useMemo(() => [...tree.top.map((node) => node.id), ...stepIds(tree.top)], [tree]);
  const nodes = useNodes(ids);
  // The nodes tell when a title or a status changes; the size is read off the document.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const size = useMemo(() => readSize(plan, tree), [plan, tree, nodes]);
  const { folded } = useReadable(state.look);
  const essentials = useEssentials();
  const [helping, setHelping] = useState(false);
  const stages = tree.top.filter((node) => node.kind === "stage").map((node) => node.id);
  const parents = useMemo(() => withChildren(tree.top), [tree]);
  const allFolded = stages.length > 0 && stages.every((id) => folded.has(id));
  const tooLong = size.verdict === "long" || size.verdict === "over";
  return (
    <div className="list-tools">
      <h2 className="visually-hidden">{t("structure.steps")}</h2>
      <p className={`size size-${size.verdict}`}>
        <Gauge steps={size.steps} />
        <span>{t(verdicts[size.verdict], { steps: size.steps })}</span>
        {size.steps > 0 && (
          <span className="size-skim" title={t("size.skimHint", { target: SKIM_TARGET })}>
            {t("size.skim", { seconds: size.skim })}
          </span>
        )}
        {rights.write && tooLong && (
          <Button look="quiet" small aria-expanded={helping} onPress={() => setHelping(!helping)}>
            {t("size.help")}
          </Button>
        )}
      </p>
      <span className="list-tools-acts">
        <IconToggle
          small
          icon="essentials"
          label={t("structure.essentials")}
          isSelected={essentials}
          onChange={(on) => state.look.set({ ...state.look.get(), essentials: on })}
        />
        <IconButton
          small
          icon={allFolded ? "unfold" : "fold"}
          label={t(allFolded ? "structure.unfoldAll" : "structure.foldAll")}
          onPress={() => setFolded(state, allFolded ? [...stages, ...parents] : stages, !allFolded)}
        />
        <IconButton small icon="print" label={t("structure.print")} onPress={() => window.print()} />
        {rights.write && <IconButton small icon="keyboard" label={t("keys.title")} keys="?" className="list-tools-keys" onPress={() => state.help.set(true)} />}
      </span>
      {essentials && <p className="list-tools-note">{t("structure.essentialsOn")}</p>}
      {helping && tooLong && rights.write && <Remedies found={remedies(plan, tree).slice(0, 3)} />}
    </div>
  );
}

function withChildren(nodes: ReturnType<ReturnType<typeof useScreen>["store"]["tree"]["get"]>["top"]): NodeId[] {
  return nodes.flatMap((node) => (node.children.length > 0 ? [node.id, ...withChildren(node.children)] : []));
}

/** A scale from 0 to 36 steps with the good part marked and a hand where the plan stands. */
function Gauge({ steps }: { steps: number }) {
  const x = (at: number) => (Math.min(at, 36) / 36) * 64;
  return (
    <svg className="gauge" width="64" height="12" viewBox="0 0 64 12" aria-hidden="true">
      <rect className="gauge-track" x="0" y="4.5" width="64" height="3" rx="1.5" />
      <rect className="gauge-good" x={x(6)} y="4.5" width={x(20) - x(6)} height="3" />
      <rect className="gauge-sweet" x={x(11)} y="3.5" width={x(15) - x(11)} height="5" rx="1" />
      <circle className="gauge-hand" cx={Math.max(4, Math.min(60, x(steps)))} cy="6" r="4" />
    </svg>
  );
}

/** Ways to shorten the plan, each with what it does. */
export function Remedies({ found }: { found: readonly Remedy[] }) {
  const t = useText();
  const { plan } = useScreen();
  const announce = useAnnounce();
  const name = (id: NodeId) => titleTextOf(plan, id)?.toJSON() || t("step.untitled");
  if (found.length === 0) return <p className="list-tools-note">{t("size.noRemedy")}</p>;
  return (
    <ul className="remedies" aria-label={t("size.help")}>
      {found.map((remedy) => (
        <li key={`${remedy.kind}:${remedy.stage}`} className="remedy">
          <span>
            {remedy.kind === "tuck"
              ? t("size.tuck", { count: remedy.steps.length, first: name(remedy.steps[0] ?? remedy.into), into: name(remedy.into), stage: name(remedy.stage) })
              : t("size.split", { stage: name(remedy.stage), from: name(remedy.from) })}
          </span>
          <Button
            small
            onPress={() => {
              if (remedy.kind === "tuck") tuckUnder(plan, remedy.into, remedy.steps);
              else splitStage(plan, remedy.stage, remedy.from, t("size.part", { stage: name(remedy.stage) }));
              announce(t(remedy.kind === "tuck" ? "size.tucked" : "size.splitDone"));
            }}
          >
            {t(remedy.kind === "tuck" ? "size.doTuck" : "size.doSplit")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
