/** The HTTP API, typed. Answers are parsed; a failure is an ApiError with a sentence for the person. */
import { flag, list, number, or, record, table, text, anything, ParseError, type Parser } from "./parse";
import type { Say } from "../plan/changes";
import type { Can } from "./person";

/**
 * A request failed. `status` is the HTTP status, or 0 when no answer came (`code` is then "unreachable").
 * `where` names the field at fault, where there is one.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly where = "",
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface TemplateInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly stages: number;
  readonly steps: number;
  readonly days: number;
  /** Somebody here made it of a plan. */
  readonly saved: boolean;
  /** Who saved it; empty for built-in ones. */
  readonly by: string;
  /** This caller may remove it. */
  readonly mine: boolean;
}

/** What built-in templates are written in. */
export const PLAN_LANGUAGES = ["en", "de"] as const;
export type PlanLanguage = (typeof PLAN_LANGUAGES)[number];

/** A plan starts from a template or as a copy of a plan the caller may read. */
export interface NewPlan {
  readonly title: string;
  readonly template?: string;
  readonly copyOf?: string;
  /** Of a built-in template's words. */
  readonly language?: PlanLanguage;
  readonly anchor?: { readonly kind: string; readonly date: string; readonly provisional?: boolean };
  readonly noun?: string;
}

/** A created plan, with one personal link per role. */
export interface CreatedPlan {
  readonly id: string;
  readonly links: Readonly<Record<string, string>>;
}

export interface HealthReason {
  readonly code: string;
  readonly title: string;
  readonly days: number;
  readonly count: number;
}

export interface NextStep {
  readonly node: string;
  readonly title: string;
  /** A calendar date, or empty. */
  readonly due: string;
  readonly side: string;
}

/** A plan in a list: what it is and how it is doing. */
export interface PlanRow {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly created: string;
  readonly archived: boolean;
  readonly light: "green" | "yellow" | "red" | "";
  /** Worst first. */
  readonly reasons: readonly HealthReason[];
  readonly done: number;
  readonly total: number;
  readonly overdue: number;
  readonly goLive: { readonly date: string; readonly forecast: string; readonly late: number };
  readonly slipped: number;
  readonly next: NextStep | null;
  readonly gate: NextStep | null;
  readonly sellerEdits: number;
  readonly buyerEdits: number;
  /** ISO times, empty for never. */
  readonly sellerAt: string;
  readonly buyerAt: string;
  /** A sentence, when the plan could not be read; empty otherwise. */
  readonly problem: string;
}

/** What a personal link stands for. Asking changes nothing. */
export interface Self {
  readonly plan: string;
  readonly title: string;
  readonly role: string;
  readonly side: string;
  readonly name: string;
  readonly joined: boolean;
  /** The id of the person the link belongs to. */
  readonly person: string;
  readonly can: Can;
}

export interface LinkInfo {
  readonly id: string;
  readonly person: string;
  readonly role: string;
  readonly side: string;
  readonly name: string;
  /** For a champion: may edit, not only comment. */
  readonly edit: boolean;
  readonly joined: boolean;
  readonly revoked: boolean;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
}

/** One thing an entry changed. */
export interface HistoryChange {
  /** A step's id; empty when it is not about a step. */
  readonly node: string;
  readonly nodeTitle: string;
  /** The key that changed, or the root it lies in. */
  readonly field: string;
  /** Whose it is, where the field alone doesn't say: the id of a role or a resource. */
  readonly part: string;
  /** add, update, delete, or edit of a text. */
  readonly action: string;
  /** Values before and after, where they are plain. */
  readonly old: unknown;
  readonly new: unknown;
  /** The sentence without the person, and in English; `*…*` marks emphasis. */
  readonly say: Say;
  readonly text: string;
  /** What the person changed, where this date is one that the schedule made of it. */
  readonly follows: { readonly node: string; readonly nodeTitle: string; readonly field: string } | null;
}

export interface HistoryEntry {
  readonly seq: number;
  /** 0-based, without gaps. */
  readonly ordinal: number;
  /** ISO time. */
  readonly at: string;
  readonly actor: Actor;
  readonly kind: string;
  readonly what: string;
  /** What happened, in one sentence; `*…*` marks emphasis. */
  readonly sentence: string;
  /** The same without the person, for any language. */
  readonly say: Say;
  readonly sentences: readonly string[];
  readonly changes: readonly HistoryChange[];
  readonly node: string;
  readonly field: string;
  /** Yjs update, when asked for; empty otherwise. */
  readonly update: Uint8Array;
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** Where the next page starts; null at the end. */
  readonly next: number | null;
}

export interface HistoryQuery {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly updates?: boolean;
  /** Only changes of these steps; the empty id is the plan itself. */
  readonly nodes?: readonly string[];
  /** Only changes of these fields. */
  readonly fields?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Api {
  readonly templates: (language: PlanLanguage) => Promise<readonly TemplateInfo[]>;
  readonly createPlan: (plan: NewPlan) => Promise<CreatedPlan>;
  readonly saveTemplate: (template: { plan: string; title: string; description: string }) => Promise<TemplateInfo>;
  readonly removeTemplate: (id: string) => Promise<void>;
  /** All plans of the server; needs a token that may read them. `today` is the reader's date. */
  readonly portfolio: (today: string) => Promise<readonly PlanRow[]>;
  /** How one plan is doing, for whoever may read it. */
  readonly health: (plan: string, today: string) => Promise<PlanRow>;
  readonly archive: (plan: string, archived: boolean) => Promise<void>;
  /** The plan's projection as the server sees it, with `seq`. */
  readonly plan: (id: string) => Promise<unknown>;
  readonly planAt: (id: string, seq: number) => Promise<unknown>;
  readonly history: (id: string, query?: HistoryQuery) => Promise<HistoryPage>;
  readonly self: () => Promise<Self>;
  /** Uses the link: marks it joined and sets the person's name. */
  readonly join: (name: string) => Promise<void>;
  readonly links: (plan: string) => Promise<readonly LinkInfo[]>;
  readonly createLink: (plan: string, link: NewLink) => Promise<string>;
  readonly revokeLink: (plan: string, link: string) => Promise<void>;
  /** Links into the demo plan by role; null when the server runs without one. */
  readonly demo: () => Promise<Readonly<Record<string, string>> | null>;
  /** Runs a command over HTTP. With a live session use its `command` instead. */
  readonly command: (plan: string, name: string, args: unknown) => Promise<unknown>;
}

export interface NewLink {
  readonly role: string;
  readonly side?: string;
  readonly name?: string;
  readonly edit?: boolean;
  readonly expires?: string;
}

export interface ApiOptions {
  /** The server's base URL without a trailing slash; the page's own origin when absent. */
  readonly base?: string;
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

const template: Parser<TemplateInfo> = record({
  id: text,
  title: text,
  description: or(text, ""),
  stages: or(number, 0),
  steps: or(number, 0),
  days: or(number, 0),
  saved: or(flag, false),
  by: or(text, ""),
  mine: or(flag, false),
});

const nextStep: Parser<NextStep> = record({ node: text, title: or(text, ""), due: or(text, ""), side: or(text, "") });

const light: Parser<PlanRow["light"]> = (value, where) => {
  const word = text(value, where);
  return word === "green" || word === "yellow" || word === "red" ? word : "";
};

const planRow: Parser<PlanRow> = record({
  id: text,
  title: text,
  status: or(text, ""),
  created: or(text, ""),
  archived: or(flag, false),
  light,
  reasons: or(list(record({ code: text, title: or(text, ""), days: or(number, 0), count: or(number, 0) })), []),
  done: or(number, 0),
  total: or(number, 0),
  overdue: or(number, 0),
  goLive: record({ date: or(text, ""), forecast: or(text, ""), late: or(number, 0) }),
  slipped: or(number, 0),
  next: or(nextStep, null),
  gate: or(nextStep, null),
  sellerEdits: or(number, 0),
  buyerEdits: or(number, 0),
  sellerAt: or(text, ""),
  buyerAt: or(text, ""),
  problem: or(text, ""),
});

const can: Parser<Can> = record({ write: or(flag, false), comment: or(flag, false), history: or(flag, false) });

/** The person's id stands as `person`, either as text or as an object with `id`. */
const personId: Parser<string> = (value, where) =>
  typeof value === "object" && value !== null ? record({ id: text })(value, where).id : text(value, where);

const self: Parser<Self> = record({
  plan: text,
  title: or(text, ""),
  role: text,
  side: or(text, ""),
  name: or(text, ""),
  joined: or(flag, false),
  person: personId,
  can: or(can, { write: false, comment: false, history: false }),
});

const link: Parser<LinkInfo> = record({
  id: text,
  person: or(personId, ""),
  role: text,
  side: or(text, ""),
  name: or(text, ""),
  edit: or(flag, false),
  joined: or(flag, false),
  revoked: or(flag, false),
});

const actor: Parser<Actor> = record({ id: or(text, ""), name: or(text, ""), role: or(text, ""), side: or(text, "") });

const bytes: Parser<Uint8Array> = (value, where) => {
  const source = text(value, where);
  try {
    return Uint8Array.from(atob(source), (char) => char.charCodeAt(0));
  } catch {
    throw new ParseError(where, "base64", value);
  }
};

const say: Parser<Say> = record({ id: text, values: or(table(anything), {}) });
/** From a server that only has sentences. */
const nothingSaid: Say = { id: "", values: {} };

const historyChange: Parser<HistoryChange> = record({
  node: or(text, ""),
  nodeTitle: or(text, ""),
  field: or(text, ""),
  part: or(text, ""),
  action: or(text, ""),
  old: anything,
  new: anything,
  text: or(text, ""),
  follows: or(record({ node: or(text, ""), nodeTitle: or(text, ""), field: or(text, "") }), null),
  say: or(say, nothingSaid),
});

const historyEntry: Parser<HistoryEntry> = record({
  seq: number,
  ordinal: number,
  at: text,
  actor,
  kind: text,
  what: or(text, ""),
  sentence: or(text, ""),
  say: or(say, nothingSaid),
  sentences: or(list(text), []),
  changes: or(list(historyChange), []),
  node: or(text, ""),
  field: or(text, ""),
  update: or(bytes, new Uint8Array(0)),
});

const historyPage: Parser<HistoryPage> = record({ entries: or(list(historyEntry), []), next: or(number, null) });

const failure = record({ error: record({ code: or(text, "error"), message: text, where: or(text, "") }) });

export function createApi(options: ApiOptions = {}): Api {
  const base = options.base ?? "";
  const request = async <T>(method: string, path: string, parser: Parser<T>, body?: unknown, signal?: AbortSignal): Promise<T> => {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (options.token !== undefined) headers["Authorization"] = `Bearer ${options.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await (options.fetch ?? globalThis.fetch)(base + path, {
        method,
        headers,
        cache: "no-store",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, "unreachable", "The server can't be reached. Check the connection and try again.");
    }
    const answer = await readJson(response);
    if (!response.ok) throw errorOf(response.status, answer);
    try {
      return parser(answer, "");
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      throw new ApiError(response.status, "unexpected", `The server's answer to ${method} ${path.split("?")[0] ?? path} wasn't understood: ${cause.message}.`);
    }
  };
  const nothing: Parser<void> = () => undefined;
  const planPath = (id: string): string => `/api/plans/${encodeURIComponent(id)}`;

  return {
    templates: (language) => request("GET", `/api/templates?language=${language}`, list(template)),
    createPlan: (plan) => request("POST", "/api/plans", record({ id: text, links: table(text) }), plan),
    saveTemplate: (body) => request("POST", "/api/templates", template, body),
    removeTemplate: (id) => request("DELETE", `/api/templates/${encodeURIComponent(id)}`, nothing),
    portfolio: async (today) => (await request("GET", `/api/portfolio?today=${today}`, record({ plans: list(planRow) }))).plans,
    health: (id, today) => request("GET", `${planPath(id)}/health?today=${today}`, planRow),
    archive: (id, archived) => request("PATCH", planPath(id), nothing, { archived }),
    plan: (id) => request("GET", planPath(id), anything),
    planAt: (id, seq) => request("GET", `${planPath(id)}/at/${seq}`, anything),
    history: (id, query = {}) => {
      const params = new URLSearchParams();
      if (query.from !== undefined) params.set("from", String(query.from));
      if (query.to !== undefined) params.set("to", String(query.to));
      if (query.limit !== undefined) params.set("limit", String(query.limit));
      if (query.updates === true) params.set("updates", "1");
      if (query.nodes) params.set("nodes", query.nodes.join(","));
      if (query.fields) params.set("fields", query.fields.join(","));
      const suffix = params.size === 0 ? "" : `?${params.toString()}`;
      return request("GET", `${planPath(id)}/history${suffix}`, historyPage, undefined, query.signal);
    },
    self: () => request("GET", "/api/links/self", self),
    join: (name) => request("POST", "/api/links/self/join", nothing, { name }),
    links: (plan) =>
      request("GET", `${planPath(plan)}/links`, (value, where) =>
        Array.isArray(value) ? list(link)(value, where) : record({ links: list(link) })(value, where).links,
      ),
    createLink: async (plan, body) => (await request("POST", `${planPath(plan)}/links`, record({ url: text }), body)).url,
    revokeLink: (plan, id) => request("DELETE", `${planPath(plan)}/links/${encodeURIComponent(id)}`, nothing),
    demo: async () => {
      try {
        return (await request("GET", "/api/demo", record({ links: table(text) }))).links;
      } catch (cause) {
        if (cause instanceof ApiError && cause.status === 404) return null;
        throw cause;
      }
    },
    command: (plan, name, args) =>
      request("POST", `${planPath(plan)}/commands`, record({ result: anything }), { name, args }).then((answer) => answer.result),
  };
}

async function readJson(response: Response): Promise<unknown> {
  const source = await response.text();
  if (source === "") return undefined;
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

function errorOf(status: number, answer: unknown): ApiError {
  try {
    const { error } = failure(answer, "");
    return new ApiError(status, error.code, error.message, error.where);
  } catch {
    return new ApiError(status, "error", `The server answered with status ${status}.`);
  }
}
