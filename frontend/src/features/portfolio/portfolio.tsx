import { useCallback, useEffect, useState, type ReactNode, type SubmitEvent } from "react";
import { useIntl } from "react-intl";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { Api } from "../../sync/api";
import { useAnnounce } from "../../ui/announcer";
import { Button, IconButton } from "../../ui/button";
import { formatAgo, useDays, useNow, useToday } from "../../ui/dates";
import { TextField } from "../../ui/field";
import { Icon, Logo } from "../../ui/icons";
import { MenuButton, MenuItem } from "../../ui/menu";
import { useProblem } from "../../ui/problem";
import { useText, type MessageId } from "../../ui/text";
import { Momentum } from "./light";
import { arrange, inFilter, ownRows, type Column, type Filter, type Order, type OwnPlan, type Row } from "./rows";
import "./portfolio.css";

export interface PortfolioProps {
  /** The plans this device has links for. */
  own: readonly OwnPlan[];
  /** The access token for all plans, while this tab has one. */
  token: string | null;
  onToken: (token: string | null) => void;
  apiFor: (token: string) => Api;
  /** Leads to a personal link on this page's own server. */
  onOpen: (link: string) => void;
  /** Asks for what is needed to make a plan or a template of one, and makes it. */
  onCopy: (copy: { what: "duplicate" | "template"; plan: { id: string; title: string }; api: Api }) => void;
  theme: ReactNode;
}

type Loaded = { readonly rows: readonly Row[]; readonly failed: string | null };

/** Every plan at a glance: how far, how healthy, what next. */
export default function Portfolio({ own, token, onToken, apiFor, onOpen, onCopy, theme }: PortfolioProps) {
  const t = useText();
  const problem = useProblem();
  const today = useToday();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    document.title = `${t("portfolio.title")} · Coplan`;
  }, [t]);

  useEffect(() => {
    let gone = false;
    const done = (next: Loaded) => {
      if (!gone) setLoaded(next);
    };
    const load = async () => {
      const mine = await ownRows(own, today, problem);
      if (token === null) {
        done({ rows: mine, failed: null });
        return;
      }
      try {
        const all = await apiFor(token).portfolio(today);
        done({ rows: all.map((row) => ({ ...row, own: own.find((each) => each.id === row.id) ?? null })), failed: null });
      } catch (cause) {
        done({ rows: mine, failed: problem(cause) });
      }
    };
    void load();
    return () => {
      gone = true;
    };
  }, [own, token, apiFor, today, problem, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  // Whoever comes back to this tab wants to see how things are now.
  useEffect(() => {
    const onShow = () => {
      if (document.visibilityState === "visible") reload();
    };
    document.addEventListener("visibilitychange", onShow);
    return () => document.removeEventListener("visibilitychange", onShow);
  }, [reload]);
  return (
    <div className="plans">
      <header className="plans-bar">
        <a className="landing-brand" href="/" aria-label={t("home")}>
          <Logo />
          Coplan
        </a>
        <span className="bar-space" />
        {theme}
        <a className="button button-main" href="/#start">
          {t("portfolio.new")}
        </a>
      </header>
      <main className="plans-main">
        <h1 className="plans-title">{t(token === null ? "portfolio.yours" : "portfolio.title")}</h1>
        <p className="plans-lead">{t("portfolio.lead")}</p>
        {loaded ? (
          <Plans rows={loaded.rows} onOpen={onOpen} onCopy={onCopy} onChanged={reload} workspace={token === null ? null : apiFor(token)} />
        ) : (
          <p className="plans-lead" role="status">
            {t("portfolio.loading")}
          </p>
        )}
        <Scope token={token} failed={loaded?.failed ?? null} onToken={onToken} />
      </main>
    </div>
  );
}

const filters: readonly [Filter, MessageId][] = [
  ["current", "portfolio.filterCurrent"],
  ["attention", "portfolio.filterAttention"],
  ["archived", "portfolio.filterArchived"],
];

const columns: readonly [Column, MessageId][] = [
  ["plan", "portfolio.plan"],
  ["health", "portfolio.health"],
  ["progress", "portfolio.progress"],
  ["goLive", "portfolio.goLive"],
  ["slipped", "portfolio.slip"],
  ["gate", "portfolio.nextGate"],
  ["edits", "portfolio.edits"],
];

function Plans({ rows, ...line }: Omit<LineProps, "row"> & { rows: readonly Row[] }) {
  const t = useText();
  const [filter, setFilter] = useState<Filter>("current");
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState<Order>({ column: "health", down: false });
  if (rows.length === 0) return <p className="plans-empty">{t("portfolio.none")}</p>;
  const shown = arrange(rows, filter, search, order);
  return (
    <>
      <div className="plans-tools">
        <TextField label={t("portfolio.search")} hideLabel placeholder={t("portfolio.search")} value={search} onChange={setSearch} type="search" className="plans-search" />
        <ToggleButtonGroup
          className="plans-filters"
          aria-label={t("portfolio.filter")}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[filter]}
          onSelectionChange={(keys) => {
            for (const key of keys) setFilter(key as Filter);
          }}
        >
          {filters.map(([id, label]) => (
            <ToggleButton key={id} id={id} className="plans-filter">
              {t(label, { count: rows.filter((row) => inFilter(row, id)).length })}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      {shown.length === 0 ? (
        <p className="plans-empty">{t("portfolio.noneFound")}</p>
      ) : (
        <table className="plans-table">
          <thead>
            <tr>
              {columns.map(([id, label]) => (
                <Heading key={id} id={id} label={t(label)} order={order} onOrder={setOrder} />
              ))}
              <th>
                <span className="visually-hidden">{t("more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <PlanLine key={row.id} row={row} {...line} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Heading({ id, label, order, onOrder }: { id: Column; label: string; order: Order; onOrder: (order: Order) => void }) {
  const t = useText();
  const sorted = order.column === id;
  const say = sorted ? t(order.down ? "portfolio.sortDown" : "portfolio.sortUp", { column: label }) : label;
  return (
    <th scope="col" aria-sort={sorted ? (order.down ? "descending" : "ascending") : "none"}>
      <button type="button" className="plans-sort" aria-label={say} onClick={() => onOrder({ column: id, down: sorted && !order.down })}>
        {label}
        {sorted && <Icon name={order.down ? "arrowDown" : "arrowUp"} size={13} />}
      </button>
    </th>
  );
}

interface LineProps extends Pick<PortfolioProps, "onOpen" | "onCopy"> {
  row: Row;
  onChanged: () => void;
  workspace: Api | null;
}

function PlanLine({ row, onOpen, onCopy, onChanged, workspace }: LineProps) {
  const t = useText();
  const days = useDays();
  return (
    <tr className="plans-row" data-plan={row.id}>
      <th scope="row" className="plans-name">
        <PlanName row={row} onOpen={onOpen} workspace={workspace} />
        {row.problem && <span className="plans-problem">{row.problem || t("portfolio.unreadable")}</span>}
      </th>
      <td data-label={t("portfolio.health")}>{!row.problem && <Momentum row={row} />}</td>
      <td data-label={t("portfolio.progress")}>{!row.problem && <Progress row={row} />}</td>
      <td data-label={t("portfolio.goLive")}>
        {row.goLive.date && <span className="plans-date">{days.format(row.goLive.date)}</span>}
        {row.goLive.late > 0 && <span className="plans-late">{t("portfolio.forecast", { date: days.format(row.goLive.forecast) })}</span>}
      </td>
      <td data-label={t("portfolio.slip")}>
        {!row.problem && (
          <span className={row.slipped > 0 ? "plans-late" : "plans-soft"}>
            {row.slipped === 0 ? t("portfolio.onDate") : t(row.slipped > 0 ? "portfolio.slipped" : "portfolio.won", { days: Math.abs(row.slipped) })}
          </span>
        )}
      </td>
      <td className="plans-next" data-label={t("portfolio.nextGate")}>
        {!row.problem && <NextGate row={row} />}
      </td>
      <td data-label={t("portfolio.edits")}>{!row.problem && <Edits row={row} />}</td>
      <td className="plans-more">{row.own && <RowMenu row={row} own={row.own} onCopy={onCopy} onChanged={onChanged} />}</td>
    </tr>
  );
}

function PlanName({ row, onOpen, workspace }: { row: Row; onOpen: (link: string) => void; workspace: Api | null }) {
  const problem = useProblem();
  const [failed, setFailed] = useState<string | null>(null);
  if (row.own) {
    return (
      <a className="plans-link" href={`/p/${encodeURIComponent(row.id)}`}>
        {row.title}
      </a>
    );
  }
  // No link of one's own yet: whoever holds the token makes themselves one.
  const join = () => {
    workspace?.createLink(row.id, { role: "seller" }).then(onOpen, (cause: unknown) => setFailed(problem(cause)));
  };
  return (
    <>
      <button type="button" className="plans-link" onClick={join}>
        {row.title}
      </button>
      {failed !== null && (
        <span className="plans-problem" role="alert">
          {failed}
        </span>
      )}
    </>
  );
}

function Progress({ row }: { row: Row }) {
  const t = useText();
  if (row.total === 0) return <span className="plans-soft">{t("portfolio.noSteps")}</span>;
  return (
    <span className="plans-progress">
      <span className="plans-track" aria-hidden="true">
        <span className="plans-done" style={{ inlineSize: `${(100 * row.done) / row.total}%` }} />
      </span>
      {t("portfolio.steps", { done: row.done, total: row.total })}
    </span>
  );
}

/** The gate that comes first; without one, the step that does, and both say which they are. */
function NextGate({ row: { gate, next } }: { row: Row }) {
  const t = useText();
  const days = useDays();
  const one = gate ?? next;
  return (
    <>
      {!gate && <span className="plans-soft">{t(next ? "portfolio.noGate" : "portfolio.noGateNoStep")}</span>}
      {one && <span>{one.title || t("step.untitled")}</span>}
      {one?.due && <span className="plans-soft">{t("portfolio.due", { date: days.format(one.due) })}</span>}
    </>
  );
}

/** When each side worked on it last: a plan only one side touches is in trouble. */
function Edits({ row }: { row: Row }) {
  const t = useText();
  const intl = useIntl();
  const now = useNow();
  const when = (at: string) => (at ? formatAgo(intl, at, now) : t("portfolio.never"));
  const total = row.sellerEdits + row.buyerEdits;
  return (
    <span className="plans-edits" title={total > 0 ? t("portfolio.mutual", { buyer: row.buyerEdits, total }) : undefined}>
      <span>{t("portfolio.buyer", { when: when(row.buyerAt) })}</span>
      <span className="plans-soft">{t("portfolio.seller", { when: when(row.sellerAt) })}</span>
    </span>
  );
}

function RowMenu({ row, own, onCopy, onChanged }: Pick<LineProps, "row" | "onCopy" | "onChanged"> & { own: OwnPlan }) {
  const t = useText();
  const announce = useAnnounce();
  const problem = useProblem();
  const [failed, setFailed] = useState<string | null>(null);
  const selling = own.role === "owner" || own.role === "seller";
  if (!selling) return null;
  const archive = async () => {
    setFailed(null);
    await own.api.archive(row.id, !row.archived);
    announce(t(row.archived ? "portfolio.restored" : "portfolio.archived", { title: row.title }));
    onChanged();
  };
  return (
    <>
      <MenuButton
        aria-label={t("portfolio.more", { title: row.title })}
        placement="bottom end"
        onAction={(key) => {
          if (key === "duplicate" || key === "template") onCopy({ what: key, plan: row, api: own.api });
          if (key === "archive") archive().catch((cause: unknown) => setFailed(problem(cause)));
        }}
        button={<IconButton small icon="more" label={t("portfolio.more", { title: row.title })} />}
      >
        <MenuItem id="duplicate" icon="plus">
          {t("copies.duplicate")}
        </MenuItem>
        <MenuItem id="template" icon="flag">
          {t("copies.template")}
        </MenuItem>
        <MenuItem id="archive" icon={row.archived ? "restore" : "trash"}>
          {t(row.archived ? "portfolio.restore" : "portfolio.archive")}
        </MenuItem>
      </MenuButton>
      {failed !== null && (
        <span className="plans-problem" role="alert">
          {failed}
        </span>
      )}
    </>
  );
}

/** Whose plans these are: this device's, or with a token the whole server's. */
function Scope({ token, failed, onToken }: { token: string | null; failed: string | null; onToken: (token: string | null) => void }) {
  const t = useText();
  const [text, setText] = useState("");
  if (token !== null) {
    return (
      <div className="plans-scope">
        {failed !== null && (
          <p className="form-error" role="alert">
            {failed}
          </p>
        )}
        <Button look="quiet" small onPress={() => onToken(null)}>
          {t("portfolio.tokenForget")}
        </Button>
      </div>
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() !== "") onToken(text.trim());
  };
  return (
    <details className="plans-scope">
      <summary>{t("portfolio.all")}</summary>
      <form className="plans-token" onSubmit={submit}>
        <TextField label={t("portfolio.token")} hint={t("portfolio.allHint")} value={text} onChange={setText} type="password" autoComplete="off" />
        <Button type="submit">{t("portfolio.tokenGo")}</Button>
      </form>
    </details>
  );
}
