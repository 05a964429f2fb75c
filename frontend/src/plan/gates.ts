/** Edits of gates. As in edit.ts: one function, one transaction, one undo entry. Decisions are commands; see sync. */
import * as Y from "yjs";
import { EditError, need, pick, write } from "./edit";
import { isMap, plainObject } from "./fields";
import { emptyGate } from "./gate";
import { newId } from "./id";
import { ordBetween } from "./ord";
import { CRITERION, GATE, LIMITS, NODE, nodeMap, type NodeId, type Plan, type RoleId } from "./schema";
import { markAdded } from "./undo";

export type CriterionList = "entry" | "exit";

/** Gives a step a gate. What its last gate held, if it had one, is there again. */
export function addGate(plan: Plan, id: NodeId): void {
  const map = need(plan, id);
  if (map.get(NODE.kind) === "stage") throw new EditError("kind", "A stage has no gate of its own; give one to a step.");
  const gate = map.get(NODE.gate);
  if (isMap(gate) && gate.get(GATE.on) === true) return;
  write(plan, () => {
    let target = gate;
    if (!isMap(target)) {
      // A step of an older plan.
      target = emptyGate();
      map.set(NODE.gate, target);
    }
    if (isMap(target)) target.set(GATE.on, true);
  });
}

/** Takes the gate off. Its criteria stay for the case that it comes back, its sign-offs stay for good. */
export function removeGate(plan: Plan, id: NodeId): void {
  pick(plan, needGate(plan, id), GATE.on, null);
}

function needGate(plan: Plan, id: NodeId): Y.Map<unknown> {
  const gate = need(plan, id).get(NODE.gate);
  if (!isMap(gate) || gate.get(GATE.on) !== true) throw new EditError("gone", "That step has no gate any more.");
  return gate;
}

function criteria(plan: Plan, id: NodeId, list: CriterionList): Y.Map<unknown> {
  const map = needGate(plan, id).get(GATE[list]);
  if (!isMap(map)) throw new EditError("gone", "The criteria of that gate can't be read.");
  return map;
}

function needCriterion(plan: Plan, id: NodeId, list: CriterionList, criterion: string): Y.Map<unknown> {
  const map = criteria(plan, id, list).get(criterion);
  if (!isMap(map)) throw new EditError("gone", "That criterion is no longer there.");
  return map;
}

/** Adds a criterion at the end of a list, to be typed into, and returns its id. */
export function addCriterion(plan: Plan, id: NodeId, list: CriterionList, text = ""): string {
  const map = criteria(plan, id, list);
  const live = [...map.values()].filter((one) => isMap(one) && !one.has(CRITERION.del));
  if (live.length >= LIMITS.criteria) {
    throw new EditError("full", `A gate holds ${LIMITS.criteria} criteria of a kind at most.`);
  }
  const ords = [...map.values()].map((one) => (isMap(one) ? one.get(CRITERION.ord) : "")).filter((ord) => typeof ord === "string");
  const last = ords.reduce((a, b) => (a > b ? a : b), "");
  const criterion = newId();
  write(plan, (transaction) => {
    const fresh = new Y.Map<unknown>();
    map.set(criterion, fresh);
    fresh.set(CRITERION.ord, ordBetween(last === "" ? null : last, null) ?? last);
    fresh.set(CRITERION.text, new Y.Text(text));
    markAdded(transaction, fresh, new Date().toISOString());
  });
  return criterion;
}

/** Removes a criterion softly, so that what a colleague types into it meanwhile can be brought back. */
export function removeCriterion(plan: Plan, id: NodeId, list: CriterionList, criterion: string): void {
  pick(plan, needCriterion(plan, id, list, criterion), CRITERION.del, new Date().toISOString());
}

/**
 * Ticks a criterion in the person's own name, or takes a tick off. Another's tick is taken off without an undo entry:
 * bringing it back would be ticking in that person's name, which the server refuses.
 */
export function checkCriterion(
  plan: Plan,
  id: NodeId,
  list: CriterionList,
  criterion: string,
  person: { readonly id: string; readonly name: string },
  on: boolean,
): void {
  const map = needCriterion(plan, id, list, criterion);
  const tick = map.get(CRITERION.checked);
  if (on === (tick !== undefined)) return;
  if (on) write(plan, () => map.set(CRITERION.checked, { by: person.id, name: person.name, at: new Date().toISOString() }));
  else if (plainObject(tick)?.["by"] === person.id) pick(plan, map, CRITERION.checked, null);
  else plan.doc.transact(() => map.delete(CRITERION.checked), NOT_MINE);
}

/** Undo listens to other origins. */
const NOT_MINE = Symbol("another's tick");

/** How many resources have to be linked to the step. */
export function setEvidence(plan: Plan, id: NodeId, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > LIMITS.evidence) {
    throw new EditError("number", `A gate can ask for 0 to ${LIMITS.evidence} resources.`);
  }
  pick(plan, needGate(plan, id), GATE.evidence, count === 0 ? null : count);
}

/** Whose sign-off the gate needs. */
export function setReviewer(plan: Plan, id: NodeId, role: RoleId | null): void {
  pick(plan, needGate(plan, id), GATE.reviewer, role);
}

/** Which stage waits for the gate. It can't be the one the step stands in, which could then never be finished. */
export function setLocks(plan: Plan, id: NodeId, stage: NodeId | null): void {
  const gate = needGate(plan, id);
  if (stage !== null && stage === stageOf(plan, id)) {
    throw new EditError("stage", "A gate can't lock the stage it stands in: its own step could never be done.");
  }
  pick(plan, gate, GATE.locks, stage);
}

/** The stage a step stands in; null when it lost it. */
export function stageOf(plan: Plan, id: NodeId): NodeId | null {
  const met = new Set<NodeId>();
  for (let at: NodeId | null = id; at !== null && !met.has(at); ) {
    met.add(at);
    const map: Y.Map<unknown> | undefined = nodeMap(plan, at);
    if (map?.get(NODE.kind) === "stage") return at;
    const parent = map?.get(NODE.parent);
    at = typeof parent === "string" && parent !== "" ? (parent as NodeId) : null;
  }
  return null;
}
