import { lazy, Suspense, useMemo, type ComponentType, type LazyExoticComponent } from "react";
import { I18nProvider } from "react-aria-components";
import { IntlProvider } from "react-intl";
import { Join } from "../features/join/join";
import { ApiError, createApi, type Api } from "../sync/api";
import { Announcer } from "../ui/announcer";
import { Hints } from "../ui/hints";
import { useText, type MessageId } from "../ui/text";
import { useReadable } from "../ui/use-readable";
import { allKeys, readKey, saveKey } from "./keys";
import { speech, wholeLanguage } from "./language";
import { navigate, parseRoute, Router, usePath } from "./router";
import { ThemeMenu } from "./theme";

const loadPlan = () => import("./plan-route");
const Landing = page(() => import("../features/landing/landing"));
const PlanRoute = lazy(loadPlan);
const PlansRoute = page(() => import("./plans-route"));
const HistoryRoute = page(() => import("./history-route"));

/** A page that says more than a plan does at first. */
function page<P extends object>(load: () => Promise<{ readonly default: ComponentType<P> }>): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => {
    const [loaded] = await Promise.all([load(), wholeLanguage()]);
    return loaded;
  });
}

/** Has the code of a plan's page fetched beside the catalogue, when that is what the address asks for. */
export function startRoute(): void {
  if (parseRoute(location.pathname).kind === "plan") void loadPlan();
}

export function App() {
  const { locale, messages } = useReadable(speech);
  return (
    <IntlProvider locale={locale} defaultLocale="en" messages={messages} onError={reportIntl}>
      <I18nProvider locale={locale}>
        <Router>
          <Announcer>
            <Suspense fallback={null}>
              <Screens />
            </Suspense>
            <Hints />
          </Announcer>
        </Router>
      </I18nProvider>
    </IntlProvider>
  );
}

/** A locale without a catalogue of its own is no error: its sentences are English. */
function reportIntl(error: { code: string }): void {
  if (error.code !== "MISSING_DATA") console.error(error);
}

function Screens() {
  const path = usePath();
  const { language } = useReadable(speech);
  const route = useMemo(() => parseRoute(path), [path]);
  const token = route.kind === "join" ? route.token : undefined;
  const api = useMemo(() => createApi(token === undefined ? {} : { token }), [token]);
  const starting = useMemo(() => (route.kind === "landing" ? creatingApi() : null), [route.kind]);
  const planId = route.kind === "plan" || route.kind === "history" ? route.id : null;
  const planKey = useMemo(() => (planId === null ? null : readKey(planId)), [planId]);

  switch (route.kind) {
    case "landing":
      return (
        <Landing
          api={starting ?? api}
          language={language}
          theme={<ThemeMenu />}
          plansHref={allKeys().length > 0 ? "/plans" : null}
          onOpen={(link) => navigate(new URL(link, location.href).pathname)}
        />
      );
    case "plans":
      return <PlansRoute />;
    case "join":
      void loadPlan(); // where the button leads
      return (
        <Join
          api={api}
          theme={<ThemeMenu />}
          onJoined={(self) => {
            saveKey({ ...self, token: route.token });
            // The token leaves the address bar and the browser's history.
            const memo = new URLSearchParams(location.search).get("view") === "memo";
            navigate(`/p/${encodeURIComponent(self.plan)}${memo ? "/memo" : ""}`, true);
          }}
        />
      );
    case "plan":
      return planKey ? <PlanRoute planKey={planKey} view={route.view} /> : <Stop title="plan.noLink" text="plan.noLinkText" />;
    case "history":
      return planKey ? (
        <HistoryRoute planKey={planKey} />
      ) : (
        <Stop title="plan.noLink" text="plan.noLinkText" />
      );
    case "missing":
      return <Stop title="missing.title" text="missing.text" />;
  }
}

/** Creates plans as the seller this device knows; where that link no longer works, as anyone here may. */
function creatingApi(): Api {
  const anyone = createApi();
  const key = allKeys().find(({ role }) => role === "owner" || role === "seller");
  if (!key) return anyone;
  const seller = createApi({ token: key.token });
  const either = async <T,>(ask: (api: Api) => Promise<T>): Promise<T> => {
    try {
      return await ask(seller);
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 401) return ask(anyone);
      throw cause;
    }
  };
  return {
    ...anyone,
    templates: (language) => either((api) => api.templates(language)),
    createPlan: (plan) => either((api) => api.createPlan(plan)),
    removeTemplate: (id) => either((api) => api.removeTemplate(id)),
  };
}

/** A page with nothing to do but go back. */
function Stop({ title, text }: { title: MessageId; text: MessageId }) {
  const t = useText();
  return (
    <div className="join">
      <main className="join-card">
        <h1 className="join-title">{t(title)}</h1>
        <p className="join-role">{t(text)}</p>
        <p>
          <a href="/">{t("home")}</a>
        </p>
      </main>
    </div>
  );
}
