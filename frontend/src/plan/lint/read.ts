/** What the rules need to know of a document. As in `server/plan/lint_read.go`. */
import { Fields } from "../fields";
import { gateFields } from "../gate";
import { readOwners, readRoleViews } from "../project";
import { GATE, META, PLAN_STATUSES, ROOT, nodeId, nodeMap, type Plan } from "../schema";
import { readScheduleInput } from "../schedule/read";
import type { LintInput, LintNode } from "./types";

/** Reads a plan for the rules; never throws. Leaves rich text alone. */
export function readLintInput(plan: Plan, now: { readonly today: string; readonly lastEdit: string }): LintInput {
  const schedule = readScheduleInput(plan, now.today);
  const meta = new Fields([], plan.meta, ROOT.meta);
  return {
    plan: schedule,
    profile: meta.text(META.profile),
    status: meta.oneOf(META.status, PLAN_STATUSES, "draft"),
    roles: readRoleViews(plan).map(({ id, title, side, kind, name, person, email, phone, involveBy }) => ({
      id,
      title,
      side,
      kind,
      name: name || person,
      email,
      phone,
      involveBy,
    })),
    nodes: schedule.nodes.map(({ id }) => readLintNode(plan, id)),
    lastEdit: now.lastEdit,
  };
}

function readLintNode(plan: Plan, id: string): LintNode {
  const f = new Fields([], nodeMap(plan, nodeId(id)) ?? null, "");
  const contributors = readOwners(f).filter(({ kind }) => kind === "contributor");
  const gate = gateFields(f);
  return {
    id,
    contributors: contributors.map(({ role }) => role),
    gated: gate !== null,
    reviewer: gate?.text(GATE.reviewer) ?? "",
  };
}
