import type { GateSnapshot } from "../../../plan/gate-state";
import { removeGate, setEvidence, setLocks, setReviewer, stageOf } from "../../../plan/gates";
import type { NodeId, RoleId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { IconButton } from "../../../ui/button";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useMemo } from "react";
import { useNodes } from "../hooks";
import { useScreen } from "../screen";
import { SideMark } from "../status";
import { roleLabel } from "../step-fields";
import { Criteria } from "./criteria";
import { Changes, Decisions } from "./decisions";
import { GateGlyph } from "./mark";
import { Sign } from "./sign";
import { stateMessage } from "./words";

const NONE = "none";

/** What it takes to pass a step: criteria, evidence, reviewer, and the sign-off itself. */
export default function GateSection({ node, gate }: { node: NodeSnapshot; gate: GateSnapshot }) {
  const t = useText();
  const { plan, rights } = useScreen();
  return (
    <section className="gate" aria-label={t("gate.of", { title: node.title || t("step.untitled") })}>
      <header className="gate-head">
        <h3 className="gate-title">{t("gate.title")}</h3>
        <span className={`gate-chip gate-is-${gate.state}`}>
          <GateGlyph state={gate.state} size={16} />
          {t(stateMessage(gate.state))}
        </span>
        {rights.write && (
          <IconButton small icon="trash" className="gate-remove" label={t("gate.remove")} onPress={() => removeGate(plan, node.id)} />
        )}
      </header>
      <Criteria node={node.id} list="entry" criteria={gate.entry} />
      <Criteria node={node.id} list="exit" criteria={gate.exit} />
      {rights.write ? <Terms node={node} gate={gate} /> : <TermsRead gate={gate} />}
      {gate.state === "changed" && <Changes changes={gate.changes} />}
      <Sign node={node} gate={gate} />
      <Decisions gate={gate} />
    </section>
  );
}

/** Reviewer, evidence and the stage behind the gate. */
function Terms({ node, gate }: { node: NodeSnapshot; gate: GateSnapshot }) {
  const t = useText();
  const { plan, store } = useScreen();
  const roles = useReadable(store.roles);
  const own = stageOf(plan, node.id);
  const stages = useStages().filter((stage) => stage.id !== own);
  const counts = [...new Set([0, 1, 2, 3, 4, 5, gate.evidence])].sort((a, b) => a - b);
  return (
    <div className="gate-terms">
      <div className="gate-term-wide">
        <Select
          label={t("gate.reviewer")}
          value={roles.some((role) => role.id === gate.reviewer) ? gate.reviewer : NONE}
          onChange={(id) => setReviewer(plan, node.id, id === NONE ? null : (id as RoleId))}
          choices={[
            { id: NONE, label: t("gate.reviewerNone") },
            ...roles.map((role) => ({ id: role.id, label: roleLabel(role), lead: <SideMark side={role.side} /> })),
          ]}
        />
      </div>
      <Select
        label={t("gate.evidence")}
        value={String(gate.evidence)}
        onChange={(count) => setEvidence(plan, node.id, Number(count))}
        choices={counts.map((count) => ({ id: String(count), label: t("gate.evidenceCount", { count }) }))}
      />
      <Select
        label={t("gate.locks")}
        value={stages.some((stage) => stage.id === gate.locks) ? gate.locks : NONE}
        onChange={(id) => setLocks(plan, node.id, id === NONE ? null : (id as NodeId))}
        choices={[
          { id: NONE, label: t("gate.locksNone") },
          ...stages.map((stage) => ({ id: stage.id, label: stage.title || t("stage.untitled") })),
        ]}
      />
    </div>
  );
}

function TermsRead({ gate }: { gate: GateSnapshot }) {
  const t = useText();
  const { store } = useScreen();
  const role = useReadable(store.roles).find((one) => one.id === gate.reviewer);
  const stage = useStages().find((one) => one.id === gate.locks);
  return (
    <ul className="gate-facts">
      <li>{role ? t("gate.reviewerIs", { role: roleLabel(role) }) : t("gate.missing.reviewer")}</li>
      {gate.evidence > 0 && <li>{t("gate.evidenceIs", { need: gate.evidence, have: gate.linked })}</li>}
      {stage && <li>{t("gate.locksIs", { stage: stage.title || t("stage.untitled") })}</li>}
    </ul>
  );
}

function useStages(): readonly NodeSnapshot[] {
  const { store } = useScreen();
  const tree = useReadable(store.tree);
  const ids = useMemo(() => tree.top.filter((top) => top.kind === "stage").map((top) => top.id), [tree]);
  return useNodes(ids).filter((stage) => stage !== undefined);
}
