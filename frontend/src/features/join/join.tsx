import { useEffect, useState, type SubmitEvent, type ReactNode } from "react";
import { ApiError, type Api, type Self } from "../../sync/api";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Logo } from "../../ui/icons";
import { useProblem } from "../../ui/problem";
import { useText, type MessageId } from "../../ui/text";

type State =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly self: Self }
  | { readonly kind: "failed"; readonly error: ApiError };

const roleTexts: Record<string, MessageId> = {
  owner: "join.owner",
  seller: "join.seller",
  buyer: "join.buyer",
  champion: "join.champion",
  commenter: "join.commenter",
  viewer: "join.viewer",
  auditor: "join.auditor",
};

/**
 * What a personal link opens. Looking at it changes nothing, since mail scanners look at links too; the
 * button uses it.
 */
export function Join({ api, onJoined, theme }: { api: Api; onJoined: (self: Self) => void; theme: ReactNode }) {
  const t = useText();
  const problemOf = useProblem();
  const [state, setState] = useState<State>({ kind: "loading" });
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let gone = false;
    api.self().then(
      (self) => {
        if (gone) return;
        setState({ kind: "ready", self });
        setName(self.name);
        document.title = self.title ? `${self.title} · Coplan` : "Coplan";
      },
      (cause: unknown) => {
        if (!gone) setState({ kind: "failed", error: asApiError(cause) });
      },
    );
    return () => {
      gone = true;
    };
  }, [api]);

  const submit = async (event: SubmitEvent, self: Self) => {
    event.preventDefault();
    const given = name.trim();
    if (given === "") {
      setMissing(true);
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      if (!self.joined || given !== self.name) await api.join(given);
      onJoined({ ...self, name: given, joined: true });
    } catch (cause) {
      setProblem(problemOf(cause));
      setBusy(false);
    }
  };

  return (
    <div className="join">
      <header className="landing-bar">
        <a className="landing-brand" href="/">
          <Logo />
          Coplan
        </a>
        {theme}
      </header>
      <main className="join-card">
        {state.kind === "loading" && (
          <>
            <span className="visually-hidden">{t("waiting.loading")}</span>
            <span className="skeleton skeleton-title" />
            <span className="skeleton skeleton-line" />
          </>
        )}
        {state.kind === "failed" && (
          <>
            <h1 className="join-title">{t(state.error.status === 0 ? "join.unreachable" : "join.invalid")}</h1>
            <p className="join-role">{problemOf(state.error)}</p>
            {state.error.status === 0 && (
              <Button look="edge" onPress={() => location.reload()}>
                {t("action.retry")}
              </Button>
            )}
          </>
        )}
        {state.kind === "ready" && (
          <>
            <p className="join-kind">{t("join.kind")}</p>
            <h1 className="join-title">{state.self.title}</h1>
            <p className="join-role">{t(roleText(state.self))}</p>
            <form className="form" onSubmit={(event) => void submit(event, state.self)} noValidate>
              <TextField
                label={t("join.name")}
                hint={t("join.nameHint")}
                value={name}
                onChange={setName}
                maxLength={80}
                autoComplete="name"
                error={missing && name.trim() === "" ? t("join.nameMissing") : problem}
                autoFocus={!state.self.name}
              />
              <Button look="main" type="submit" isDisabled={busy} className="join-go">
                {t(state.self.joined ? "join.continue" : "join.go")}
              </Button>
            </form>
            <p className="join-small">{t("join.small")}</p>
          </>
        )}
      </main>
    </div>
  );
}

function roleText(self: Self): MessageId {
  // A champion's link can come without the right to edit.
  if (self.role === "champion" && !self.can.write) return "join.championReads";
  return roleTexts[self.role] ?? "join.viewer";
}

function asApiError(cause: unknown): ApiError {
  return cause instanceof ApiError ? cause : new ApiError(0, "error", cause instanceof Error ? cause.message : String(cause));
}
