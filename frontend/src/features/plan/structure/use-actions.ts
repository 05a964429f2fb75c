import { useMemo } from "react";
import { flushSync } from "react-dom";
import { EditError, removeNode, setStatus } from "../../../plan/edit";
import { addBelow, duplicate, indent, isBlank, outdent, removeNodes, turnIntoStage } from "../../../plan/outline";
import { parseOutline, pasteOutline } from "../../../plan/paste";
import { NODE, nodeMap, titleTextOf, type NodeId } from "../../../plan/schema";
import { kindInPlace, placeOf } from "../../../plan/tree";
import { useAnnounce } from "../../../ui/announcer";
import { useToday } from "../../../ui/dates";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useProposeChange } from "../dates/propose";
import { useHoldReader } from "../gates/hold";
import { whereIs } from "../move";
import { useScreen } from "../screen";
import { focusRow, focusTitle, neighbour, rowOf } from "./rows";
import { NOTHING, refuse, setFolded, useList } from "./state";

/** What one does to the list by keys, menus and buttons; each says what happened and keeps the focus. */
export interface ListActions {
  readonly addBelow: (id: NodeId) => void;
  /** Levels in or out; where a caret was in a title it stays. */
  readonly shift: (id: NodeId, way: "in" | "out") => void;
  /** What Enter does in an empty step: one level out, and from the outermost on a new stage. */
  readonly leaveLevel: (id: NodeId) => void;
  /** Takes an empty step or stage away and goes to the one above. False when it isn't empty. */
  readonly removeBlank: (id: NodeId) => boolean;
  readonly remove: (ids: readonly NodeId[]) => void;
  readonly duplicate: (ids: readonly NodeId[]) => void;
  readonly toggleDone: (id: NodeId) => void;
  /** Puts a list below the row; false when it is a single line, which is just words. */
  readonly paste: (id: NodeId, text: string, evenOne?: boolean) => boolean;
}

export function useListActions(): ListActions {
  const { plan, rights } = useScreen();
  const state = useList();
  const announce = useAnnounce();
  const t = useText();
  const problem = useProblem();
  const propose = useProposeChange();
  const today = useToday();
  const hold = useHoldReader();
  return useMemo(() => {
    const titleOf = (id: NodeId): string => titleTextOf(plan, id)?.toJSON() || t("step.untitled");
    /** Draws at once, so that the next key already finds its place. Says why when it can't be done. */
    const now = <T,>(edit: () => T): T | undefined => {
      if (!rights.write) return undefined;
      try {
        return flushSync(edit);
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        announce(problem(error));
        return undefined;
      }
    };
    const targets = (id: NodeId): readonly NodeId[] => {
      const { ids } = state.selection.get();
      return ids.has(id) ? [...ids] : [id];
    };
    const openUp = (id: NodeId): void => {
      const map = nodeMap(plan, id);
      const parent = map && placeOf(id, map).parent;
      if (parent) setFolded(state, [parent], false);
    };

    const actions: ListActions = {
      addBelow: (id) => {
        const added = now(() => addBelow(plan, id, state.look.get().folded.has(id)));
        if (added === undefined) return;
        announce(t("step.added"));
        focusTitle(added);
      },
      shift: (id, way) => {
        const field = document.activeElement;
        const caret = field instanceof HTMLTextAreaElement && field.dataset["field"] === `title:${id}` ? field.selectionStart : null;
        const ids = targets(id);
        if (way === "out" && ids.length === 1 && isBlank(plan, id)) {
          actions.leaveLevel(id);
          return;
        }
        const stop = now(() => {
          const reason = (way === "in" ? indent : outdent)(plan, ids);
          if (reason === undefined && way === "in") openUp(id);
          return reason ?? "moved";
        });
        if (caret !== null) focusTitle(id, caret);
        else focusRow(id);
        if (stop === undefined) return;
        if (stop !== "moved") announce(t(`structure.stop.${stop}`));
        else announce(ids.length > 1 ? t("structure.moved", { count: ids.length }) : whereIs(plan, id, titleOf(id), t));
      },
      leaveLevel: (id) => {
        const level = now(() => outdent(plan, [id]) ?? "moved");
        if (level === "moved") {
          focusTitle(id);
          announce(whereIs(plan, id, titleOf(id), t));
          return;
        }
        const stage = now(() => turnIntoStage(plan, id));
        if (stage === undefined) return;
        announce(t("stage.added"));
        focusTitle(stage);
      },
      removeBlank: (id) => {
        if (!isBlank(plan, id)) return false;
        const above = neighbour(id, -1) ?? neighbour(id, 1);
        now(() => removeNode(plan, id));
        announce(t("structure.emptyRemoved"));
        if (above !== null && !focusTitle(above)) focusRow(above);
        return true;
      },
      remove: (ids) => {
        const rows = ids.map(rowOf).filter((row) => row !== null);
        const last = ids.at(-1);
        let next = last === undefined ? null : neighbour(last, 1);
        while (next !== null && rows.some((row) => next !== null && row.contains(rowOf(next)))) next = neighbour(next, 1);
        next ??= ids[0] === undefined ? null : neighbour(ids[0], -1);
        const title = last === undefined ? "" : titleOf(last);
        const count = now(() => removeNodes(plan, ids));
        if (count === undefined) return;
        state.selection.set(NOTHING);
        announce(count === 1 ? t("step.deleted", { title }) : t("structure.deleted", { count }));
        if (next !== null) focusRow(next);
        else document.querySelector<HTMLElement>(".add-stage")?.focus();
      },
      duplicate: (ids) => {
        const copies = now(() => duplicate(plan, ids));
        const first = copies?.[0];
        if (copies === undefined || first === undefined) return;
        if (ids.length > 1) state.selection.set({ ids: new Set(copies), from: first });
        announce(copies.length === 1 ? t("structure.copied", { title: titleOf(first) }) : t("structure.copiedMany", { count: copies.length }));
        if (!focusTitle(first)) focusRow(first);
      },
      toggleDone: (id) => {
        if (!rights.write || kindInPlace(plan, id) === "stage") return;
        const done = nodeMap(plan, id)?.get(NODE.status) === "done";
        const status = done ? "in-progress" : "done";
        const held = hold(id);
        if (held) {
          announce(held.words);
          refuse(state, id);
          return;
        }
        if (kindInPlace(plan, id) === "subtask") setStatus(plan, id, status);
        else propose({ kind: "status", node: id, status, date: done ? "" : today });
        announce(t(done ? "structure.reopened" : "structure.done", { title: titleOf(id) }));
      },
      paste: (id, text, evenOne = false) => {
        const outline = parseOutline(text);
        const lines = text.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== "").length;
        if (outline.length === 0 || (lines < 2 && !evenOne)) return false;
        const pasted = now(() => pasteOutline(plan, id, outline));
        if (!pasted) return true;
        announce(t(pasted.stages > 0 ? "structure.pastedStages" : "structure.pasted", { steps: pasted.steps, stages: pasted.stages }));
        const last = pasted.ids.at(-1);
        if (last !== undefined) focusTitle(last);
        return true;
      },
    };
    return actions;
  }, [plan, rights.write, state, announce, t, problem, propose, today, hold]);
}
