import { useEffect, useState, type ReactNode } from "react";
import { setAccountable } from "../../../plan/edit";
import { setReviewer } from "../../../plan/gates";
import { checkPlan, LINT_PROFILES, lintProfile, readLintInput, type Lint, type LintCode } from "../../../plan/lint";
import { addAtEnd, addBuyerRole, addStageOf, type NewStep } from "../../../plan/lint/remedy";
import { setRoleField } from "../../../plan/people";
import { remedies } from "../../../plan/size";
import { nodeId, roleId, type Plan } from "../../../plan/schema";
import { dismissLints, readDismissed, restoreLints, setProfile } from "../../../plan/why";
import { useAnnounce } from "../../../ui/announcer";
import { Button } from "../../../ui/button";
import { useDays, useToday } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { Select } from "../../../ui/select";
import { useText, type MessageId, type Translate } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useProposeChange } from "../dates/propose";
import { useLive } from "../live";
import { useScreen } from "../screen";
import { StepLink } from "../step-link";
import { CellField } from "../cell-field";
import { pointAt } from "../point-at";
import { Remedies } from "../structure/list-tools";
import { useEssentials, useList } from "../structure/state";
import { viewHref, type ViewId } from "../views";
import "./lints.css";

interface Group {
  readonly code: LintCode;
  readonly lints: readonly Lint[];
}

/** What a careful colleague would mention: calm, each with its reason and what one click would do. */
export default function Suggestions() {
  const t = useText();
  const today = useToday();
  const { plan, rights } = useScreen();
  const lastEdit = useLastEdit(today);
  const { lints, dismissed, profile } = useLive(
    [plan.nodes, plan.roles, plan.anchor, plan.calendar, plan.meta, plan.dismissed],
    () => {
      const input = readLintInput(plan, { today, lastEdit });
      return { lints: checkPlan(input), dismissed: readDismissed(plan), profile: lintProfile(input.profile).id };
    },
    1000,
  );
  const [open, setOpen] = useState(false);
  const [seeing, setSeeing] = useState(false);
  const live = lints.filter((lint) => !dismissed.includes(lint.key));
  const put = lints.filter((lint) => dismissed.includes(lint.key));
  const groups = grouped(live);
  if (lints.length === 0) return null;
  return (
    <details className="lints" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chevronRight" size={16} />
        {t("lint.heading", { count: groups.length })}
      </summary>
      {open && (
        <>
          <p className="lints-lead">{t("lint.lead")}</p>
          <ul className="lints-list">
            {groups.map((group) => (
              <Item key={group.code} group={group} />
            ))}
          </ul>
          {live.length === 0 && <p className="lints-lead">{t("lint.none")}</p>}
          <div className="lints-foot">
            {rights.frame && <Select
              label={t("lint.profile")}
              value={profile}
              onChange={(id) => setProfile(plan, id)}
              choices={LINT_PROFILES.map(({ id }) => ({ id, label: t(`lint.profile.${id}` as MessageId) }))}
            />}
            {put.length > 0 && (
              <Button look="quiet" small onPress={() => setSeeing(!seeing)} aria-expanded={seeing}>
                {t("lint.dismissed", { count: put.length })}
              </Button>
            )}
          </div>
          {seeing && (
            <ul className="lints-list is-quiet">
              {grouped(put).map((group) => (
                <Item key={group.code} group={group} put />
              ))}
            </ul>
          )}
        </>
      )}
    </details>
  );
}

/** The day of the latest edit; empty while it isn't known. What is done on this screen makes it today. */
function useLastEdit(today: string): string {
  const { log, plan } = useScreen();
  const [day, setDay] = useState("");
  useEffect(() => {
    if (!log) return;
    let gone = false;
    // Without an answer nobody is told that the plan is stale, which is no loss.
    log.lastEdit(today).then((found) => !gone && setDay(found), () => undefined);
    return () => {
      gone = true;
    };
  }, [log, today]);
  useEffect(() => {
    const onUpdate = (_: Uint8Array, origin: unknown, __: unknown, { local }: { local: boolean }) => {
      if (local && origin !== null) setDay(today);
    };
    plan.doc.on("update", onUpdate);
    return () => plan.doc.off("update", onUpdate);
  }, [plan, today]);
  return day;
}

function grouped(lints: readonly Lint[]): Group[] {
  const codes = [...new Set(lints.map((lint) => lint.code))];
  return codes.map((code) => ({ code, lints: lints.filter((lint) => lint.code === code) }));
}

function Item({ group: { code, lints }, put = false }: { group: Group; put?: boolean }) {
  const t = useText();
  const { plan } = useScreen();
  const announce = useAnnounce();
  const [first] = lints;
  if (!first) return null;
  const keys = lints.map((lint) => lint.key);
  const each = code === "role-missing" || first.node !== "" || first.role !== "" || lints.length > 1;
  const title = t(`lint.${code}`, { n: lints.length, count: first.count, limit: first.limit, what: wordsOf(t, first) });
  return (
    <li className="lint" data-lint={code}>
      <div className="lint-words">
        <p className="lint-title">{title}</p>
        <p className="lint-why">{t(`lint.${code}.why`)}</p>
        {code === "too-large" && !put && <Shorten />}
        {each && (
          <ul className="lint-places">
            {lints.map((lint) => (
              <Place key={lint.key} lint={lint} put={put} />
            ))}
          </ul>
        )}
      </div>
      <span className="lint-actions">
        {!put && <Remedy lint={first} />}
        <Button
          look="quiet"
          small
          aria-label={t(put ? "lint.restoreOne" : "lint.dismissOne", { title })}
          onPress={() => {
            // With those shown come those that have been settled meanwhile: they may return one day.
            if (put) restoreLints(plan, readDismissed(plan).filter((key) => key === code || key.startsWith(`${code}:`)));
            else dismissLints(plan, keys);
            announce(t(put ? "lint.restored" : "lint.wasDismissed"));
          }}
        >
          {t(put ? "lint.restore" : "lint.dismiss")}
        </Button>
      </span>
    </li>
  );
}

/** The ways to make the plan shorter that lose nothing. */
function Shorten() {
  const { plan, store } = useScreen();
  return <Remedies found={remedies(plan, useReadable(store.tree)).slice(0, 3)} />;
}

/** The step or role a suggestion is about, with what can be done right there. */
function Place({ lint, put }: { lint: Lint; put: boolean }) {
  const t = useText();
  const days = useDays();
  const propose = useProposeChange();
  const { plan, planId, store, rights } = useScreen();
  const roles = useReadable(store.roles);
  const node = useReadable(store.node(nodeId(lint.node)));
  const role = roles.find((one) => one.id === roleId(lint.role));
  const title = lint.node === "" ? (role?.title ?? wordsOf(t, lint)) : node?.title || t("step.untitled");
  const values = { title, count: lint.count, min: lint.min, max: lint.max, value: lint.value, date: lint.date && days.format(lint.date) };
  return (
    <li className="lint-place">
      <span>
        {lint.node !== "" ? (
          <StepLink id={nodeId(lint.node)}>{title}</StepLink>
        ) : lint.role !== "" ? (
          <a href={viewHref(planId, "people")} onClick={() => pointAt(`[data-goto="role:${CSS.escape(lint.role)}"]`, CONTACT[lint.what])}>
            {title}
          </a>
        ) : (
          title
        )}
        {lint.code === "unrealistic" && <small> {t("lint.days", values)}</small>}
        {lint.code === "no-contact" && <small> {t(lint.what === "name" ? "lint.needsName" : "lint.needsAddress", values)}</small>}
      </span>
      {!put && lint.remedy === "set-owner" && (
        <Select
          label={t("lint.ownerOf", { title })}
          hideLabel
          value={null}
          placeholder={t("lint.setOwner")}
          onChange={(id) => setAccountable(plan, nodeId(lint.node), roleId(id))}
          choices={roles.map((one) => ({ id: one.id, label: one.title }))}
        />
      )}
      {!put && lint.remedy === "set-reviewer" && (
        <Select
          label={t("lint.reviewerOf", { title })}
          hideLabel
          value={null}
          placeholder={t("lint.setReviewer")}
          onChange={(id) => setReviewer(plan, nodeId(lint.node), roleId(id))}
          choices={roles.map((one) => ({ id: one.id, label: one.title }))}
        />
      )}
      {!put && lint.remedy === "fill-contact" && role && (rights.frame || role.side !== "seller") && (
        <CellField
          className="lint-contact"
          label={t(lint.what === "name" ? "people.nameOf" : "people.emailOf", { role: title })}
          value=""
          placeholder={t(lint.what === "name" ? "people.name" : "people.email")}
          type={lint.what === "name" ? "text" : "email"}
          error={t("people.emailBad")}
          onCommit={(text) => setRoleField(plan, role.id, lint.what === "name" ? "name" : "email", text)}
        />
      )}
      {!put && lint.remedy === "set-date" && lint.date !== "" && (
        <Button look="edge" small onPress={() => propose({ kind: "due", node: lint.node, date: lint.date })}>
          {t("lint.setDate", values)}
        </Button>
      )}
      {!put && lint.remedy === "use-typical" && (
        <Button look="edge" small onPress={() => propose({ kind: "days", node: lint.node, days: lint.value })}>
          {t("lint.useTypical", values)}
        </Button>
      )}
      {!put && lint.code === "role-missing" && (
        <Button look="edge" small onPress={() => addRole(plan, t, lint)}>
          {t("lint.addRole", { what: wordsOf(t, lint) })}
        </Button>
      )}
    </li>
  );
}

/** Where the missing part of a contact is written on the page of the people. */
const CONTACT: Readonly<Record<string, readonly string[]>> = { name: [".people-name input"], address: [".people-email input"] };

const ROLE_WORDS: Readonly<Record<string, MessageId>> = {
  champion: "lint.role.champion",
  "economic buyer": "lint.role.economic",
  legal: "lint.role.legal",
  security: "lint.role.security",
};

function wordsOf(t: Translate, lint: Lint): string {
  if (lint.code === "role-missing") return t(ROLE_WORDS[lint.what] ?? "lint.role.champion");
  return lint.what === "seller" || lint.what === "buyer" ? t(`lint.side.${lint.what}`) : lint.what;
}

function addRole(plan: Plan, t: Translate, lint: Lint): void {
  addBuyerRole(plan, wordsOf(t, lint), lint.what, lint.node === "" ? null : nodeId(lint.node));
}

/** Where a look at the plan as a whole is one click away. */
const LOOKS: Partial<Record<LintCode, { readonly view: ViewId; readonly label: MessageId }>> = {
  stale: { view: "review", label: "lint.do.review" },
  "span-long": { view: "timeline", label: "lint.do.timeline" },
  "one-sided": { view: "people", label: "lint.do.people" },
  "one-sided-owners": { view: "people", label: "lint.do.people" },
};

/** The one-click remedies that concern the whole plan. */
function Remedy({ lint }: { lint: Lint }): ReactNode {
  const t = useText();
  const { plan, planId } = useScreen();
  const list = useList();
  const essentials = useEssentials();
  const announce = useAnnounce();
  const value: NewStep = { title: t("lint.new.firstValue"), side: "joint", days: 20 };
  const act = (): void => {
    if (lint.remedy === "add-implementation") {
      const steps: NewStep[] = [
        { title: t("lint.new.kickOff"), side: "seller", days: 7 },
        { title: t("lint.new.training"), side: "joint", days: 10 },
        value,
      ];
      addStageOf(plan, t("lint.new.implementation"), steps, "end");
    } else if (lint.remedy === "add-procurement") {
      const steps: NewStep[] = [
        { title: t("lint.new.security"), side: "buyer", days: 15, blocker: true },
        { title: t("lint.new.legal"), side: "buyer", days: 15, blocker: true },
        { title: t("lint.new.signature"), side: "buyer", days: 3 },
      ];
      addStageOf(plan, t("lint.new.procurement"), steps, "before-last");
    } else if (lint.remedy === "add-first-value") addAtEnd(plan, value);
    announce(t("lint.applied"));
  };
  const look = LOOKS[lint.code];
  if (look) {
    return (
      <a className="button button-edge button-small" href={viewHref(planId, look.view)}>
        {t(look.label)}
      </a>
    );
  }
  if ((lint.code === "too-large" || lint.code === "skim-long") && !essentials) {
    return (
      <Button
        look="edge"
        small
        onPress={() => {
          list.look.set({ ...list.look.get(), essentials: true });
          announce(t("structure.essentialsOn"));
        }}
      >
        {t("lint.do.essentials")}
      </Button>
    );
  }
  if (lint.remedy !== "add-implementation" && lint.remedy !== "add-procurement" && lint.remedy !== "add-first-value") return null;
  return (
    <Button look="edge" small onPress={act}>
      {t(`lint.do.${lint.remedy}`)}
    </Button>
  );
}
