import { useId, useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, NumberField, Popover } from "react-aria-components";
import { nodeId } from "../../../plan/schema";
import { schedulePlan, type Dependency, type ScheduleInput, type ScheduleNode } from "../../../plan/schedule";
import type { NodeSnapshot } from "../../../plan/view";
import { IconButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { StepLink } from "../step-link";
import { useProposeChange, useSchedule } from "./propose";

const relations: readonly [string, MessageId][] = [
  ["FS", "dates.after.FS"],
  ["SS", "dates.after.SS"],
  ["FF", "dates.after.FF"],
  ["SF", "dates.after.SF"],
];

/** What a step waits for and what waits for it. Each change is shown first where it moves other steps. */
export function Dependencies({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const live = useSchedule();
  const propose = useProposeChange();
  const [refused, setRefused] = useState<string | null>(null);
  useReadable(live.now); // titles are read afresh with each change of the schedule
  const input = live.input();
  const self = input.nodes.find((one) => one.id === node.id);
  if (!self || self.kind === "subtask" || self.kind === "stage") return null;
  const titleOf = (id: string) => input.nodes.find((one) => one.id === id)?.title || t("step.untitled");
  const followers = input.nodes.filter((one) => one.after.some((link) => link.node === node.id));
  const choices = candidates(input, self);

  const change = (after: readonly Dependency[]) => {
    const other = newCircle(input, node.id, after);
    setRefused(other === null ? null : t("dates.after.circle", { title: titleOf(node.id), other: titleOf(other) }));
    if (other === null) propose({ kind: "after", node: node.id, after });
  };
  const replace = (link: Dependency, next: Dependency) => change(self.after.map((one) => (one === link ? next : one)));

  return (
    <div className="depends" role="group" aria-label={t("dates.after.title")}>
      <h3 className="field-label">{t("dates.after.title")}</h3>
      {self.after.length === 0 && <p className="depends-none">{t("dates.after.order")}</p>}
      <ul className="depends-list">
        {self.after.map((link) => (
          <li key={link.node} className="depends-row">
            <span className="depends-name">{titleOf(link.node)}</span>
            <Select
              label={t("dates.after.how", { title: titleOf(link.node) })}
              hideLabel
              value={link.type}
              onChange={(type) => replace(link, { ...link, type })}
              choices={relations.map(([id, label]) => ({ id, label: t(label) }))}
            />
            <NumberField
              className="field depends-lag"
              value={link.lag}
              minValue={-250}
              maxValue={250}
              step={1}
              onChange={(lag) => {
                if (!Number.isNaN(lag) && lag !== link.lag) replace(link, { ...link, lag });
              }}
            >
              <Label className="visually-hidden">{t("dates.after.lag", { title: titleOf(link.node) })}</Label>
              <Input className="field-input" />
            </NumberField>
            <span className="depends-unit" aria-hidden="true">
              {t("dates.after.days")}
            </span>
            <IconButton
              small
              icon="close"
              label={t("dates.after.remove", { title: titleOf(link.node) })}
              onPress={() => change(self.after.filter((one) => one !== link))}
            />
          </li>
        ))}
      </ul>
      <Add choices={choices} onAdd={(id) => change([...self.after, { node: id, type: "FS", lag: 0 }])} />
      {refused !== null && (
        <p className="form-error" role="alert">
          {refused}
        </p>
      )}
      {followers.length > 0 && (
        <p className="depends-then">
          {t("dates.after.then")}{" "}
          {followers.map((one, i) => (
            <span key={one.id}>
              {i > 0 && ", "}
              <StepLink id={nodeId(one.id)}>{one.title || t("step.untitled")}</StepLink>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** Finds a step by its title. */
function Add({ choices, onAdd }: { choices: readonly ScheduleNode[]; onAdd: (id: string) => void }) {
  const t = useText();
  const id = useId();
  const [text, setText] = useState("");
  const words = text.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const shown = choices.filter((one) => words.every((word) => one.title.toLocaleLowerCase().includes(word))).slice(0, 12);
  return (
    <ComboBox
      key={choices.length}
      className="field depends-add"
      inputValue={text}
      onInputChange={setText}
      items={shown}
      menuTrigger="focus"
      allowsEmptyCollection={false}
      onChange={(key) => {
        if (typeof key !== "string") return;
        setText("");
        onAdd(key);
      }}
    >
      <Label className="visually-hidden" htmlFor={id}>
        {t("dates.after.add")}
      </Label>
      <span className="depends-input">
        <Icon name="plus" size={16} />
        <Input id={id} className="field-input" placeholder={t("dates.after.add")} />
      </span>
      <Popover className="popover select-popover" offset={4}>
        <ListBox<ScheduleNode> className="menu">
          {(one) => (
            <ListBoxItem id={one.id} textValue={one.title || t("step.untitled")} className="menu-item">
              {one.title || t("step.untitled")}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** Every step but this one, what stands above or below it, and what it waits for already. */
function candidates(input: ScheduleInput, self: ScheduleNode): readonly ScheduleNode[] {
  const byId = new Map(input.nodes.map((one) => [one.id, one]));
  const within = (id: string, top: string): boolean => {
    for (let at = byId.get(id), n = 0; at && n < 10; at = byId.get(at.parent), n++) if (at.id === top) return true;
    return false;
  };
  const waited = new Set(self.after.map((link) => link.node));
  return input.nodes.filter(
    (one) => one.kind !== "stage" && one.kind !== "subtask" && !waited.has(one.id) && !within(one.id, self.id) && !within(self.id, one.id),
  );
}

/** The step with which these dependencies would close a circle that isn't there yet; null if they don't. */
export function newCircle(input: ScheduleInput, node: string, after: readonly Dependency[]): string | null {
  const circles = (one: ScheduleInput) => schedulePlan(one).problems.filter((problem) => problem.code === "cycle");
  const before = new Set(circles(input).map((problem) => `${problem.node} ${problem.other}`));
  const next = { ...input, nodes: input.nodes.map((one) => (one.id === node ? { ...one, after } : one)) };
  const found = circles(next).find((problem) => !before.has(`${problem.node} ${problem.other}`));
  if (!found) return null;
  return found.node === node ? found.other : found.node;
}
