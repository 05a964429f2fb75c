import { useEffect, useMemo, useState } from "react";
import { LIMITS } from "../../../plan/schema";
import type { Cell } from "../../../plan/readable";
import type { ReviewView } from "../../../plan/reviews";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton } from "../../../ui/button";
import { DatePicker } from "../../../ui/date-picker";
import { TextField } from "../../../ui/field";
import { useProblem } from "../../../ui/problem";
import { Select, type Choice } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { usePresent } from "../presence";
import { useScreen } from "../screen";
import { roleLabel } from "../step-fields";
import { afterClosing, emptyDecision, namesIn, written, type Draft, type DraftDecision } from "./draft";

/** What is decided on the call, who is on it, when the next one is; and closing it. */
export function Notes({ draft, reviews, next }: { draft: Cell<Draft>; reviews: readonly ReviewView[]; next: string }) {
  const t = useText();
  const problem = useProblem();
  const announce = useAnnounce();
  const { command, log } = useScreen();
  const value = useReadable(draft);
  const here = useHere();
  const people = value.people ?? here;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [fresh, setFresh] = useState<string | null>(null);
  const steps = useSteps();
  const roles = useRoles();

  // The answer to closing may get lost; what is in the plan is closed, and what was typed since stays.
  const recorded = reviews.find(({ id }) => id === value.id);
  useEffect(() => {
    if (recorded) draft.set(afterClosing(draft.get(), recorded.decisions));
  }, [recorded, draft]);

  const change = (key: string, part: Partial<DraftDecision>): void =>
    draft.set({ ...value, decisions: value.decisions.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  const add = (): void => {
    const one = emptyDecision();
    setFresh(one.key);
    draft.set({ ...value, decisions: [...value.decisions, one] });
  };
  const close = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const decisions = written(value).map(({ text, node, role }) => ({ text: text.trim(), ...(node && { node }), ...(role && { role }) }));
      // What has been seen of the plan once the edits made before this have arrived.
      await command("review.hold", () => ({ id: value.id, seq: log?.position.get() ?? 0, next, people: namesIn(people), decisions }));
      announce(t("review.closed"));
    } catch (cause) {
      setError(problem(cause));
    }
    setBusy(false);
  };

  return (
    <section className="review-part" aria-labelledby="review-decisions">
      <h2 className="page-heading" id="review-decisions">
        {t("review.decisions")}
      </h2>
      <p className="review-none">{t("review.kept")}</p>
      <ol className="review-decisions">
        {value.decisions.map((one, at) => (
          <li key={one.key} className="review-decision">
            <TextField
              label={t("review.decision", { number: at + 1 })}
              hideLabel
              placeholder={t("review.decisionAsk")}
              rows={2}
              maxLength={LIMITS.decision}
              value={one.text}
              onChange={(text) => change(one.key, { text })}
              autoFocus={fresh === one.key}
            />
            <IconButton
              small
              icon="close"
              label={t("review.removeDecision", { number: at + 1 })}
              onPress={() => draft.set({ ...value, decisions: value.decisions.filter(({ key }) => key !== one.key) })}
            />
            <div className="review-about">
              <Select label={t("review.aboutOf", { number: at + 1 })} hideLabel placeholder={t("review.about")} value={known(steps, one.node)} choices={steps} onChange={(id) => change(one.key, { node: id === NONE ? "" : id })} />
              <Select label={t("review.whoOf", { number: at + 1 })} hideLabel placeholder={t("review.who")} value={known(roles, one.role)} choices={roles} onChange={(id) => change(one.key, { role: id === NONE ? "" : id })} />
            </div>
          </li>
        ))}
      </ol>
      {value.decisions.length < LIMITS.decisions && (
        <Button look="quiet" small icon="plus" className="review-add" onPress={add}>
          {t("review.addDecision")}
        </Button>
      )}
      <div className="review-closing">
        <TextField label={t("review.people")} hint={t("review.peopleHint")} value={people} onChange={(text) => draft.set({ ...value, people: text })} />
        <DatePicker
          label={t("review.nextDate")}
          value={next}
          onChange={(date) => draft.set({ ...value, next: date })}
          openLabel={t("date.open")}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
        />
      </div>
      {error !== undefined && (
        <p className="review-error" role="alert">
          {error}
        </p>
      )}
      <Button look="main" isPending={busy} onPress={() => void close()}>
        {t(busy ? "review.closing" : "review.close")}
      </Button>
    </section>
  );
}

const NONE = "-";

/** What was chosen, while it is still there; nothing chosen shows what could be. */
const known = (choices: readonly Choice[], id: string): string | null => (id !== "" && choices.some((one) => one.id === id) ? id : null);

function useSteps(): readonly Choice[] {
  const t = useText();
  const { store } = useScreen();
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => stepIds(top), [top]));
  return useMemo(
    () => [{ id: NONE, label: t("review.noStep") }, ...nodes.flatMap((node) => (node ? [{ id: node.id, label: node.title || t("step.untitled") }] : []))],
    [nodes, t],
  );
}

function useRoles(): readonly Choice[] {
  const t = useText();
  const roles = useReadable(useScreen().store.roles);
  return useMemo(() => [{ id: NONE, label: t("review.nobody") }, ...roles.map((role) => ({ id: role.id, label: roleLabel(role) }))], [roles, t]);
}

/** Names of those who have the plan open, oneself first. */
function useHere(): string {
  const { person } = useScreen();
  const present = usePresent();
  const names = [person?.name ?? "", ...present.filter(({ id }) => id !== person?.id).map(({ name }) => name)];
  return [...new Set(names)].filter((name) => name !== "").join(", ");
}
