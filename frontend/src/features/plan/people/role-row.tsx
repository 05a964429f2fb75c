import { useMemo } from "react";
import { removeRole, setInvolveBy, setRoleField, setRolePerson, setRoleSide } from "../../../plan/people";
import { SIDES, type Side } from "../../../plan/schema";
import type { NodeSnapshot, RoleSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { IconButton, PlainButton } from "../../../ui/button";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { MenuButton, MenuHeader, MenuItem, MenuSection, MenuSeparator } from "../../../ui/menu";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { CellField } from "../cell-field";
import { usePresent } from "../presence";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { StepLink } from "../step-link";
import type { Coverage } from "./coverage";

/** One seat at the table: what it is, who has it, how to reach them, and what they do in the plan. */
export function RoleRow({ role, steps }: { role: RoleSnapshot; steps: Coverage }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const title = role.title;
  if (!rights.write || (!rights.frame && role.side === "seller")) return <StillRow role={role} steps={steps} />;
  return (
    <li className="people-row" aria-label={title} data-goto={`role:${role.id}`}>
      <CellField
        className="people-role"
        label={t("people.roleOf", { role: title })}
        value={title}
        column="role"
        onCommit={(text) => setRoleField(plan, role.id, "title", text)}
      />
      <CellField
        className="people-name"
        label={t("people.nameOf", { role: title })}
        value={role.name}
        placeholder={t("people.nameNone")}
        column="name"
        onCommit={(text) => setRoleField(plan, role.id, "name", text)}
      />
      <CellField
        className="people-email"
        label={t("people.emailOf", { role: title })}
        value={role.email}
        placeholder={t("people.email")}
        type="email"
        column="email"
        error={t("people.emailBad")}
        onCommit={(text) => setRoleField(plan, role.id, "email", text)}
      />
      <CellField
        className="people-phone"
        label={t("people.phoneOf", { role: title })}
        value={role.phone}
        placeholder={t("people.phone")}
        type="tel"
        column="phone"
        onCommit={(text) => setRoleField(plan, role.id, "phone", text)}
      />
      <InvolveBy role={role} />
      <RowMenu role={role} />
      <p className="people-more">
        <PersonPicker role={role} />
        <Steps steps={steps} />
      </p>
    </li>
  );
}

function InvolveBy({ role }: { role: RoleSnapshot }) {
  const t = useText();
  const { plan } = useScreen();
  const days = useDays();
  const date = role.involveBy ? days.format(role.involveBy) : null;
  const late = role.involveBy !== null && role.name === "" && days.until(role.involveBy) < 0;
  return (
    <DateMenu
      label={t("people.involveByOf", { role: role.title })}
      value={role.involveBy}
      onChange={(next) => setInvolveBy(plan, role.id, next)}
      className={`fact people-date${date ? "" : " fact-empty"}${late ? " is-late" : ""}`}
      buttonLabel={t(date ? "people.involveByIs" : "people.involveBySet", { role: role.title, date: date ?? "" })}
      previousLabel={t("date.previous")}
      nextLabel={t("date.next")}
      clearLabel={t("people.involveByClear")}
    >
      <Icon name="calendar" size={16} />
      {date ?? t("people.involveByNone")}
    </DateMenu>
  );
}

function RowMenu({ role }: { role: RoleSnapshot }) {
  const t = useText();
  const { plan } = useScreen();
  const announce = useAnnounce();
  return (
    <MenuButton
      aria-label={t("people.menu", { role: role.title })}
      placement="bottom end"
      onAction={(key) => {
        if (key === "remove") {
          removeRole(plan, role.id);
          announce(t("people.removed", { role: role.title }));
        } else setRoleSide(plan, role.id, key as Side);
      }}
      button={<IconButton icon="more" small label={t("people.menu", { role: role.title })} className="people-menu" />}
    >
      <MenuSection aria-label={t("side.label")}>
        <MenuHeader>{t("people.side")}</MenuHeader>
        {SIDES.map((side) => (
          <MenuItem key={side} id={side} lead={<SideMark side={side} />}>
            {t(sideMessage(side))}
          </MenuItem>
        ))}
      </MenuSection>
      <MenuSeparator />
      <MenuItem id="remove" icon="trash" danger>
        {t("people.remove")}
      </MenuItem>
    </MenuButton>
  );
}

/** Everybody known to be in the plan: who is here, oneself, and who commented. */
function usePeople(): readonly { readonly id: string; readonly name: string }[] {
  const { person, store } = useScreen();
  const present = usePresent();
  const threads = useReadable(store.threads);
  return useMemo(() => {
    const known = new Map<string, string>();
    const meet = (id: string, name: string) => {
      if (id !== "" && name !== "" && !known.has(id)) known.set(id, name);
    };
    if (person) meet(person.id, person.name);
    for (const one of present) meet(one.id, one.name);
    for (const thread of threads) for (const { by } of thread.messages) meet(by.id, by.name);
    return [...known].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
  }, [person, present, threads]);
}

function PersonPicker({ role }: { role: RoleSnapshot }) {
  const t = useText();
  const { plan } = useScreen();
  const people = usePeople();
  const known = people.find((one) => one.id === role.person);
  const words = role.person === "" ? t("people.personNone") : t("people.personIs", { name: known?.name ?? role.name });
  return (
    <MenuButton
      aria-label={t("people.personOf", { role: role.title })}
      selectionMode="single"
      selectedKeys={[role.person || "none"]}
      onAction={(key) => setRolePerson(plan, role.id, people.find((one) => one.id === key) ?? null)}
      button={
        <PlainButton className="people-person" aria-label={`${t("people.personOf", { role: role.title })} ${words}`}>
          <span className={`people-dot${role.person ? " is-here" : ""}`} aria-hidden="true" />
          {words}
        </PlainButton>
      }
    >
      {people.map((one) => (
        <MenuItem key={one.id} id={one.id}>
          {one.name}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem id="none">{t("people.personNobody")}</MenuItem>
    </MenuButton>
  );
}

/** Which steps the role answers for, and which it helps with. */
function Steps({ steps }: { steps: Coverage }) {
  const t = useText();
  if (steps.accountable.length + steps.contributing.length === 0) return <span>{t("people.noSteps")}</span>;
  return (
    <>
      {steps.accountable.length > 0 && (
        <span>
          {t("people.accountable")} <StepList steps={steps.accountable} />
        </span>
      )}
      {steps.contributing.length > 0 && (
        <span>
          {t("people.contributing")} <StepList steps={steps.contributing} />
        </span>
      )}
    </>
  );
}

function StepList({ steps }: { steps: readonly NodeSnapshot[] }) {
  const t = useText();
  return (
    <>
      {steps.map((node, at) => (
        <span key={node.id}>
          {at > 0 && ", "}
          <StepLink id={node.id}>{node.title || t("step.untitled")}</StepLink>
        </span>
      ))}
    </>
  );
}

/** The same to read. */
function StillRow({ role, steps }: { role: RoleSnapshot; steps: Coverage }) {
  const t = useText();
  const days = useDays();
  return (
    <li className="people-row people-row-still" data-goto={`role:${role.id}`}>
      <span className="people-role">{role.title}</span>
      <span className="people-name">{role.name || <span className="people-none">{t("people.nameNone")}</span>}</span>
      <span className="people-email">{role.email && <a href={`mailto:${encodeURIComponent(role.email).replace("%40", "@")}`}>{role.email}</a>}</span>
      <span className="people-phone">{role.phone}</span>
      <span className="people-date">{role.involveBy && days.format(role.involveBy)}</span>
      <p className="people-more">
        <Steps steps={steps} />
      </p>
    </li>
  );
}
