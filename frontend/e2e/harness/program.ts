/** The real binary, on a free port, with a data directory of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { View } from "../../src/plan/project";
import { createApi, type Api, type CreatedPlan } from "../../src/sync/api";

const binary = process.env["COPLAN_BIN"] ?? join(import.meta.dirname, "../../../bin/coplan");

export interface Start {
  readonly demo?: boolean;
  /** Keeps the data of an earlier run. */
  readonly data?: string;
  readonly port?: number;
  /** Further flags of `coplan serve`. */
  readonly flags?: readonly string[];
}

export class Program {
  readonly origin: string;
  readonly data: string;
  readonly #process: ChildProcess;
  readonly #output: string[];

  private constructor(process: ChildProcess, origin: string, data: string, output: string[]) {
    this.#process = process;
    this.origin = origin;
    this.data = data;
    this.#output = output;
  }

  static async start({ demo = false, data, port = 0, flags = [] }: Start = {}): Promise<Program> {
    if (!existsSync(binary)) throw new Error(`${binary} isn't there: run make build first, or set COPLAN_BIN`);
    const folder = data ?? mkdtempSync(join(tmpdir(), "coplan-e2e-"));
    const args = ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder, "--durability", "os", ...(demo ? ["--demo"] : []), ...flags];
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const origin = await new Promise<string>((resolve, reject) => {
      const patience = setTimeout(() => reject(new Error(`coplan said nothing for a minute:\n${output.join("")}`)), 60_000);
      const read = (chunk: Buffer): void => {
        output.push(chunk.toString());
        const found = /Coplan is at\s+(http:\/\/\S+)/.exec(output.join(""));
        if (!found?.[1]) return;
        clearTimeout(patience);
        resolve(found[1]);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("exit", (code) => reject(new Error(`coplan ended with ${code ?? "a signal"}:\n${output.join("")}`)));
    });
    return new Program(child, origin, folder, output);
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  get output(): string {
    return this.#output.join("");
  }

  /** The operator's own token. */
  get admin(): string {
    return readFileSync(join(this.data, "admin.token"), "utf8").trim();
  }

  api(token = this.admin): Api {
    return createApi({ base: this.origin, token });
  }

  createPlan(title: string, template = "quick-start"): Promise<CreatedPlan> {
    return this.api().createPlan({ title, template, anchor: { kind: "go-live", date: "2027-06-30" } });
  }

  /** Each step's due date by its title, as the server has them. */
  async dues(plan: string): Promise<Record<string, string>> {
    const { stages } = (await this.api().plan(plan)) as View;
    return Object.fromEntries(stages.flatMap(({ steps }) => steps.map(({ title, due }) => [title, due])));
  }

  /** Ends the program: SIGTERM lets it finish, SIGKILL doesn't. Data stays. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The token in a personal link. */
export function tokenOf(link: string): string {
  return new URL(link).pathname.split("/").at(-1) ?? "";
}

/** The link for a role; fails when the plan has none. */
export function linkOf(plan: CreatedPlan, role: string): string {
  const link = plan.links[role];
  if (link === undefined) throw new Error(`no ${role} link among ${Object.keys(plan.links).join(", ")}`);
  return link;
}
