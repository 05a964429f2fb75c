import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components";
import type { Api, CreatedPlan, PlanLanguage, TemplateInfo } from "../../sync/api";
import { ApiError, PLAN_LANGUAGES } from "../../sync/api";
import { useAnnounce } from "../../ui/announcer";
import { Button, IconButton } from "../../ui/button";
import { DatePicker } from "../../ui/date-picker";
import { TextField } from "../../ui/field";
import { Icon, Logo } from "../../ui/icons";
import { useProblem } from "../../ui/problem";
import { Select } from "../../ui/select";
import { useText } from "../../ui/text";
import { Created } from "./created";
import { Sample } from "./sample";

export interface LandingProps {
  api: Api;
  /** Of the interface; a plan is written in it unless its creator chooses otherwise. */
  language: PlanLanguage;
  /** Leads to a personal link on this page's own server. */
  onOpen: (link: string) => void;
  theme: React.ReactNode;
  /** Where this device's own plans are listed; null while it has none. */
  plansHref: string | null;
}

/** The front door: what this is, a plan to start, and the demo where there is one. */
export default function Landing({ api, language, onOpen, theme, plansHref }: LandingProps) {
  const t = useText();
  const [demo, setDemo] = useState<Readonly<Record<string, string>> | null>(null);
  const [created, setCreated] = useState<{ plan: CreatedPlan; title: string } | null>(null);
  useEffect(() => {
    document.title = "Coplan";
    let gone = false;
    api.demo().then(
      (links) => {
        if (!gone) setDemo(links);
      },
      () => undefined, // no demo is no news
    );
    return () => {
      gone = true;
    };
  }, [api]);

  return (
    <div className="landing">
      <header className="landing-bar">
        <a className="landing-brand" href="/">
          <Logo />
          Coplan
        </a>
        <span className="landing-tools">
          {plansHref !== null && (
            <a className="button button-quiet" href={plansHref}>
              {t("portfolio.yours")}
            </a>
          )}
          {theme}
        </span>
      </header>
      {created ? (
        <main className="landing-created">
          <Created plan={created.plan} title={created.title} onOpen={onOpen} />
        </main>
      ) : (
        <main>
          <section className="hero">
            <div className="hero-words">
              <h1 className="hero-title">{t("landing.title")}</h1>
              <p className="hero-lead">{t("landing.lead")}</p>
              <div className="hero-actions">
                <a className="button button-main" href="#start">
                  {t("landing.start")}
                </a>
                {demo && <DemoLinks links={demo} onOpen={onOpen} />}
              </div>
            </div>
            <Sample />
          </section>
          <CreateForm api={api} language={language} onCreated={(plan, title) => setCreated({ plan, title })} />
        </main>
      )}
    </div>
  );
}

function DemoLinks({ links, onOpen }: { links: Readonly<Record<string, string>>; onOpen: (link: string) => void }) {
  const t = useText();
  const seller = links["seller"] ?? Object.values(links)[0];
  const buyer = links["buyer"];
  if (!seller) return null;
  return (
    <span className="demo">
      <Button look="edge" onPress={() => onOpen(seller)}>
        {t("landing.demo")}
      </Button>
      {buyer && (
        <span className="demo-other">
          <FormattedMessage
            id="landing.demoOther"
            values={{
              a: (chunks) => (
                <a href={buyer} target="_blank" rel="noopener">
                  {chunks}
                </a>
              ),
            }}
          />
        </span>
      )}
    </span>
  );
}

interface CreateProps {
  api: Api;
  language: PlanLanguage;
  onCreated: (plan: CreatedPlan, title: string) => void;
}

function CreateForm({ api, language, onCreated }: CreateProps) {
  const t = useText();
  const problem = useProblem();
  const [templates, setTemplates] = useState<readonly TemplateInfo[] | null>(null);
  const [template, setTemplate] = useState("");
  const [written, setWritten] = useState<PlanLanguage | null>(null);
  const [title, setTitle] = useState("");
  const [date, setDate] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const announce = useAnnounce();
  const { formatDisplayName } = useIntl();
  const titleInput = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let gone = false;
    api.templates(language).then(
      (list) => {
        if (gone) return;
        setTemplates(list);
        setTemplate((now) => now || (list[0]?.id ?? ""));
      },
      (cause: unknown) => {
        if (!gone) setError(asApiError(cause));
      },
    );
    return () => {
      gone = true;
    };
  }, [api, language]);

  const spoken = written ?? language;
  const chosen = templates?.find(({ id }) => id === template);

  const remove = async (each: TemplateInfo) => {
    try {
      await api.removeTemplate(each.id);
      announce(t("template.removed", { title: each.title }));
      setTemplates((now) => now?.filter((other) => other !== each) ?? null);
      setTemplate((now) => (now === each.id ? (templates?.[0]?.id ?? "") : now));
    } catch (cause) {
      setError(asApiError(cause));
    }
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = title.trim();
    if (name === "") {
      setMissing(true);
      titleInput.current?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const plan = await api.createPlan({
        title: name,
        template,
        language: spoken,
        ...(date ? { anchor: { kind: "go-live", date } } : {}),
      });
      onCreated(plan, name);
    } catch (cause) {
      setError(asApiError(cause));
      setBusy(false);
    }
  };

  return (
    <section className="start" id="start" aria-labelledby="start-title">
      <h2 className="start-title" id="start-title">
        {t("create.title")}
      </h2>
      <form className="start-form" noValidate onSubmit={(event) => void submit(event)}>
        <div className="start-fields">
          <TextField
            label={t("create.name")}
            placeholder={t("create.namePlaceholder")}
            value={title}
            maxLength={300}
            inputRef={titleInput}
            error={missing && title.trim() === "" ? t("create.nameMissing") : error?.where === "title" ? problem(error) : undefined}
            onChange={setTitle}
          />
          <div>
            <DatePicker
              label={t("create.date")}
              value={date}
              onChange={setDate}
              openLabel={t("date.open")}
              previousLabel={t("date.previous")}
              nextLabel={t("date.next")}
              clearLabel={t("due.clear")}
            />
            <p className="field-hint start-hint">{t("create.dateHint")}</p>
          </div>
        </div>
        <RadioGroup className="templates" value={template} onChange={setTemplate} aria-label={t("create.template")}>
          <span className="field-label">{t("create.template")}</span>
          <div className="template-cards">
            {templates?.map((each) => (
              <RadioField key={each.id} value={each.id} className="template-field">
                <RadioButton className="template">
                <span className="template-title">{each.title}</span>
                <span className="template-text">{each.description || (each.saved && t("template.by", { name: each.by }))}</span>
                <span className="template-size">
                  {each.steps > 0
                    ? t("create.size", { stages: each.stages, steps: each.steps, weeks: Math.max(1, Math.round(each.days / 5)) })
                    : t("create.sizeBlank")}
                </span>
                <span className="template-tick" aria-hidden="true">
                  <Icon name="check" size={16} />
                </span>
                </RadioButton>
                {each.mine && (
                  <IconButton
                    small
                    icon="trash"
                    className="template-remove"
                    label={t("template.remove", { title: each.title })}
                    onPress={() => void remove(each)}
                  />
                )}
              </RadioField>
            )) ?? (error ? null : <span className="skeleton skeleton-block" />)}
          </div>
        </RadioGroup>
        {chosen?.saved === false && (
          <div className="start-language">
            <Select
              label={t("create.language")}
              value={spoken}
              choices={PLAN_LANGUAGES.map((id) => ({ id, label: formatDisplayName(id, { type: "language" }) ?? id }))}
              onChange={(id) => setWritten(PLAN_LANGUAGES.find((one) => one === id) ?? null)}
            />
          </div>
        )}
        {error && error.where !== "title" && (
          <p className="form-error" role="alert">
            {error.status === 401 || error.status === 403 ? t("create.closed") : problem(error)}
          </p>
        )}
        <div className="form-actions">
          <Button look="main" type="submit" isDisabled={busy || template === ""}>
            {t(busy ? "create.busy" : "create.go")}
          </Button>
        </div>
      </form>
    </section>
  );
}

function asApiError(cause: unknown): ApiError {
  return cause instanceof ApiError ? cause : new ApiError(0, "error", cause instanceof Error ? cause.message : String(cause));
}
