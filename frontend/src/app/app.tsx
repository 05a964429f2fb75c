import { lazy, Suspense, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import { IntlProvider } from "react-intl";
import { Join } from "../features/join/join";
import { createApi } from "../sync/api";
import { Announcer } from "../ui/announcer";
import { useText, type MessageId } from "../ui/text";
import { useReadable } from "../ui/use-readable";
import { readKey, saveKey } from "./keys";
import { speech } from "./language";
import { navigate, parseRoute, Router, usePath } from "./router";
import { ThemeMenu } from "./theme";

const loadPlan = () => import("./plan-route");
const Landing = lazy(() => import("../features/landing/landing"));
const PlanRoute = lazy(loadPlan);
const HistoryRoute = lazy(() => import("./history-route"));

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
  const route = useMemo(() => parseRoute(path), [path]);
  const token = route.kind === "join" ? route.token : undefined;
  const api = useMemo(() => createApi(token === undefined ? {} : { token }), [token]);
  const planId = route.kind === "plan" || route.kind === "history" ? route.id : null;
  const planKey = useMemo(() => (planId === null ? null : readKey(planId)), [planId]);

  switch (route.kind) {
    case "landing":
      return <Landing api={api} theme={<ThemeMenu />} onOpen={(link) => navigate(new URL(link, location.href).pathname)} />;
    case "join":
      void loadPlan(); // where the button leads
      return (
        <Join
          api={api}
          theme={<ThemeMenu />}
          onJoined={(self) => {
            saveKey({ ...self, token: route.token });
            // The token leaves the address bar and the browser's history.
            navigate(`/p/${encodeURIComponent(self.plan)}`, true);
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
