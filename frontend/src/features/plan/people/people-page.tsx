import { useMemo, useState } from "react";
import { addRoles } from "../../../plan/people";
import type { Side } from "../../../plan/schema";
import type { RoleSnapshot } from "../../../plan/view";
import { Button } from "../../../ui/button";
import { useDays } from "../../../ui/dates";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";
import { SideMark } from "../status";
import { AddRoles, usualTitle } from "./add-roles";
import { cover, missing, needs, type Coverage } from "./coverage";
import { RoleRow } from "./role-row";
import { WorkingAgreement } from "./working";
import "../page-sheet.css";
import "./people.css";

/** Buyers first: it is their names that are missing. */
const ORDER = ["buyer", "seller", "joint"] as const satisfies readonly Side[];
const headings = { buyer: "people.buyerSide", seller: "people.sellerSide", joint: "people.bothSides" } as const;

const nothing: Coverage = { accountable: [], contributing: [] };

/** Who takes part: roles first, names later, all in one place; and how both sides work together. */
export default function PeoplePage() {
  const t = useText();
  const { store, rights } = useScreen();
  const roles = useReadable(store.roles);
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => stepIds(top), [top]));
  const coverage = useMemo(() => cover(nodes), [nodes]);
  const [adding, setAdding] = useState(false);
  const named = roles.filter((role) => role.name !== "" || role.person !== "").length;
  return (
    <div className="sheet page-sheet">
      <header className="page-head">
        <div>
          <h1 className="page-title">{t("view.people")}</h1>
          <p className="page-lead">{t("people.lead", { named, total: roles.length })}</p>
        </div>
        {rights.write && (
          <Button look="main" icon="plus" onPress={() => setAdding(true)}>
            {t("people.add")}
          </Button>
        )}
      </header>
      <Attention roles={roles} coverage={coverage} />
      {ORDER.map((side) => {
        const here = roles.filter((role) => role.side === side).sort((a, b) => byDate(a, b, coverage));
        if (here.length === 0) return null;
        return (
          <section key={side} className="people-side" aria-labelledby={`people-${side}`}>
            <h2 className="page-heading" id={`people-${side}`}>
              <SideMark side={side} /> {t(headings[side])}
            </h2>
            <div className="people-columns" aria-hidden="true">
              <span>{t("people.role")}</span>
              <span>{t("people.name")}</span>
              <span>{t("people.email")}</span>
              <span>{t("people.phone")}</span>
              <span>{t("people.involveBy")}</span>
            </div>
            <ul className="people-rows">
              {here.map((role) => (
                <RoleRow key={role.id} role={role} steps={coverage.get(role.id) ?? nothing} />
              ))}
            </ul>
          </section>
        );
      })}
      <WorkingAgreement />
      {rights.write && <AddRoles isOpen={adding} onOpenChange={setAdding} />}
    </div>
  );
}

/** By the first step they answer for or help with, as the plan runs; the rest by title. Names don't change it. */
function byDate(a: RoleSnapshot, b: RoleSnapshot, coverage: ReadonlyMap<string, Coverage>): number {
  const first = (role: RoleSnapshot): string => {
    const steps = coverage.get(role.id) ?? nothing;
    return [...steps.accountable, ...steps.contributing].flatMap((node) => node.due ?? []).sort()[0] ?? "9999";
  };
  const [x, y] = [first(a), first(b)];
  if (x !== y) return x < y ? -1 : 1;
  return a.title < b.title ? -1 : a.title > b.title ? 1 : a.id < b.id ? -1 : 1;
}

/** What will hold the plan up unless somebody is found. */
function Attention({ roles, coverage }: { roles: readonly RoleSnapshot[]; coverage: ReadonlyMap<RoleSnapshot["id"], Coverage> }) {
  const t = useText();
  const { plan, rights } = useScreen();
  const days = useDays();
  const needed = needs(roles, coverage, days.until);
  const absent = missing(roles);
  if (needed.length + absent.length === 0) return null;
  return (
    <section className="people-attention" aria-labelledby="people-attention">
      <h2 className="people-attention-title" id="people-attention">
        <Icon name="warning" size={18} /> {t("people.attention")}
      </h2>
      <ul>
        {needed.map(({ role, date, lacks }) => (
          <li key={role.id}>
            {t(lacks === "name" ? "people.needName" : "people.needContact", { role: role.title, name: role.name || role.title, date: days.format(date) })}
          </li>
        ))}
        {absent.map((usual) => (
          <li key={usual.id}>
            {t(`people.missing.${usual.id}` as "people.missing.legal")}
            {rights.write && (rights.frame || usual.side === "buyer") && (
              <Button
                look="quiet"
                small
                icon="plus"
                onPress={() => addRoles(plan, [{ title: t(usualTitle(usual.id)), side: usual.side, kind: usual.kind }])}
              >
                {t("people.addOne", { role: t(usualTitle(usual.id)) })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
