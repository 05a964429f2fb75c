import { useMemo, useState } from "react";
import { EditError } from "../../../plan/edit";
import { DEFAULT_RULE_DAYS, LIMITS, type NodeId, type RoleId, type RuleKind } from "../../../plan/schema";
import type { RuleView } from "../../../plan/rule";
import { addRule, removeRule, ruleText, setRuleDays, setRuleRole, setRuleUntil } from "../../../plan/rules";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton } from "../../../ui/button";
import { DatePicker } from "../../../ui/date-picker";
import { useDays } from "../../../ui/dates";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Select } from "../../../ui/select";
import { useProblem } from "../../../ui/problem";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";
import { SideMark } from "../status";
import { roleLabel } from "../step-fields";
import { typeInto } from "../text/rename";
import { SharedField } from "../text/shared-field";
import { useRules, type StandingRule } from "./rule-status";

const states: Record<StandingRule["status"]["state"], MessageId> = {
  quiet: "rule.state.quiet",
  raised: "rule.state.raised",
  acknowledged: "rule.state.acknowledged",
};

/** The plan's rules about delays, with where each stands, and a form for another one. */
export default function RulesDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { rights } = useScreen();
  const rules = useRules();
  const [adding, setAdding] = useState(false);
  return (
    <Dialog title={t("rule.title")} closeLabel={t("action.close")} isOpen wide onOpenChange={(open) => !open && onClose()}>
      <div className="rules">
        <p className="rules-lead">{t("rule.lead")}</p>
        {rules.length > 0 && (
          <ul className="rules-list">
            {rules.map((one) => (
              <RuleRow key={one.rule.id} {...one} />
            ))}
          </ul>
        )}
        {rights.frame &&
          (adding || rules.length === 0 ? (
            <NewRule onAdded={() => setAdding(false)} />
          ) : (
            <Button look="quiet" small icon="plus" className="rule-another" onPress={() => setAdding(true)}>
              {t("rule.another")}
            </Button>
          ))}
      </div>
    </Dialog>
  );
}

function RuleRow({ rule, status }: StandingRule) {
  const t = useText();
  const { plan, store, rights, person } = useScreen();
  const days = useDays();
  const role = useReadable(store.roles).find((one) => one.id === rule.role);
  const steps = useSteps();
  const [editing, setEditing] = useState(false);
  const announce = useAnnounce();
  // A champion leaves alone what the selling side is told about.
  const mayChange = rights.frame && !(person?.role === "champion" && role?.side === "seller");
  const step = steps.find((one) => one.id === rule.node)?.title || t("step.untitled");
  const who = role ? roleLabel(role) : t("rule.nobody");
  const words =
    rule.kind === "extension"
      ? t("rule.saysExtension", { step, date: rule.until === "" ? "" : days.format(rule.until), role: who })
      : t(rule.node === "" ? "rule.saysDelay" : "rule.saysDelayOf", { step, days: rule.days, role: who });
  return (
    <li className="rule">
      <div>
        <p>{words}</p>
        {rule.text !== "" && <p className="raised-words">{rule.text}</p>}
        <p className={`rule-state rule-is-${status.state}`}>
          {t(states[status.state], { name: rule.answer?.by.name ?? "", date: rule.answer ? days.format(rule.answer.at.slice(0, 10)) : "" })}
        </p>
      </div>
      {mayChange && (
        <div className="rule-tools">
          <IconButton small icon="edit" label={t("rule.change", { rule: words })} aria-expanded={editing} onPress={() => setEditing(!editing)} />
          <IconButton
            small
            icon="trash"
            label={t("rule.remove", { rule: words })}
            onPress={() => {
              removeRule(plan, rule.id);
              announce(t("rule.removed"));
            }}
          />
        </div>
      )}
      {mayChange && editing && <RuleTerms rule={rule} />}
    </li>
  );
}

/** What can be changed of a rule once it stands; each change is made at once. */
function RuleTerms({ rule }: { rule: RuleView }) {
  const t = useText();
  const { plan, store } = useScreen();
  const roles = useReadable(store.roles);
  const [days, setDays] = useState(String(rule.days));
  const text = ruleText(plan, rule.id);
  const field = `rule:${rule.id}`;
  const wrong = !isDays(days);
  return (
    <div className="rule-terms">
      <Select
        label={t(rule.kind === "delay" ? "rule.roleDelay" : "rule.roleExtension")}
        value={roles.some((one) => one.id === rule.role) ? rule.role : null}
        placeholder={t("rule.roleChoose")}
        onChange={(id) => setRuleRole(plan, rule.id, id as RoleId)}
        choices={roles.map((one) => ({ id: one.id, label: roleLabel(one), lead: <SideMark side={one.side} /> }))}
      />
      {rule.kind === "delay" ? (
        <TextField
          label={t("rule.days")}
          value={days}
          onChange={(next) => {
            setDays(next);
            if (isDays(next)) setRuleDays(plan, rule.id, Number(next));
          }}
          inputMode="numeric"
          maxLength={3}
          error={wrong ? t("rule.daysMissing") : undefined}
        />
      ) : (
        <DatePicker
          label={t("rule.until")}
          value={rule.until === "" ? null : rule.until}
          onChange={(date) => date !== null && setRuleUntil(plan, rule.id, date)}
          openLabel={t("date.open")}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
        />
      )}
      {text && (
        <div className="rule-words">
          <p className="field-label">{t("rule.text")}</p>
          <SharedField
            text={text}
            label={t("rule.text")}
            placeholder={t("rule.textPlaceholder")}
            maxLength={LIMITS.rule}
            fieldId={field}
            onSplice={(target, splice) => typeInto(target, splice, field)}
          />
        </div>
      )}
    </div>
  );
}

const isDays = (text: string): boolean => /^\d{1,3}$/.test(text.trim()) && Number(text) <= 365;

const ANY = "any";

function NewRule({ onAdded }: { onAdded: () => void }) {
  const t = useText();
  const problem = useProblem();
  const { plan, store } = useScreen();
  const announce = useAnnounce();
  const roles = useReadable(store.roles);
  const steps = useSteps();
  const [kind, setKind] = useState<RuleKind>("delay");
  const [role, setRole] = useState<RoleId | null>(null);
  const [node, setNode] = useState<NodeId | null>(null);
  const [days, setDays] = useState(String(DEFAULT_RULE_DAYS));
  const [until, setUntil] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const chosen = steps.find((step) => step.id === node);

  const add = () => {
    if (role === null) {
      setError(t("rule.roleMissing"));
      return;
    }
    if (kind === "extension" && (node === null || (until ?? chosen?.due ?? null) === null)) {
      setError(t("rule.stepMissing"));
      return;
    }
    if (kind === "delay" && !isDays(days)) {
      setError(t("rule.daysMissing"));
      return;
    }
    try {
      addRule(plan, { kind, role, node, days: Number(days), until: until ?? chosen?.due ?? null, text });
      announce(t("rule.added"));
      onAdded();
    } catch (cause) {
      if (!(cause instanceof EditError)) throw cause;
      setError(problem(cause));
    }
  };
  return (
    <form
      className="form rules-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <h3 className="details-label">{t("rule.new")}</h3>
      <Select
        label={t("rule.kind")}
        value={kind}
        onChange={(id) => setKind(id as RuleKind)}
        choices={[
          { id: "delay", label: t("rule.kindDelay") },
          { id: "extension", label: t("rule.kindExtension") },
        ]}
      />
      <Select
        label={t("rule.step")}
        value={node ?? (kind === "delay" ? ANY : null)}
        placeholder={t("rule.stepChoose")}
        onChange={(id) => setNode(id === ANY ? null : (id as NodeId))}
        choices={[
          ...(kind === "delay" ? [{ id: ANY, label: t("rule.anyStep") }] : []),
          ...steps.map((step) => ({ id: step.id, label: step.title || t("step.untitled") })),
        ]}
      />
      {kind === "delay" ? (
        <TextField label={t("rule.days")} value={days} onChange={setDays} inputMode="numeric" maxLength={3} />
      ) : (
        <DatePicker
          label={t("rule.until")}
          value={until ?? chosen?.due ?? null}
          onChange={setUntil}
          openLabel={t("date.open")}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
          clearLabel={t("due.clear")}
        />
      )}
      <Select
        label={t(kind === "delay" ? "rule.roleDelay" : "rule.roleExtension")}
        value={role}
        placeholder={t("rule.roleChoose")}
        onChange={(id) => setRole(id as RoleId)}
        choices={roles.map((one) => ({ id: one.id, label: roleLabel(one), lead: <SideMark side={one.side} /> }))}
      />
      <TextField label={t("rule.text")} value={text} onChange={setText} maxLength={LIMITS.rule} placeholder={t("rule.textPlaceholder")} />
      {error !== undefined && (
        <p className="gate-error" role="alert">
          {error}
        </p>
      )}
      <div className="form-actions">
        <Button look="main" type="submit">
          {t("rule.add")}
        </Button>
      </div>
    </form>
  );
}

function useSteps() {
  const { store } = useScreen();
  const tree = useReadable(store.tree);
  const ids = useMemo(() => stepIds(tree.top), [tree]);
  return useNodes(ids).filter((step) => step !== undefined);
}
