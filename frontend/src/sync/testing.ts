/**
 * For tests: a peer that speaks `coplan.1` over real WebSockets and can be told to misbehave. It keeps
 * documents with real Yjs. The real server is met in frontend/e2e.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket, WebSocketServer } from "ws";
import * as Y from "yjs";
import type { Socket } from "./socket";
import { FRAME } from "./wire";

export interface Connection {
  readonly socket: WebSocket;
  readonly person: string;
  readonly edits: { readonly n: number; readonly update: Uint8Array }[];
  hello: { client: number; schema: number; epoch: number } | null;
}

export class TestServer {
  doc = new Y.Doc();
  epoch = 1;
  seq = 0;
  can = { write: true, comment: true, history: true };
  /** When false, edits are kept and answered by nobody until `release`. */
  answering = true;
  /** Reason to refuse every edit; null accepts. */
  refusal: string | null = null;
  /** When true, what the server says it holds can't be read. */
  spoiled = false;
  command: (name: string, args: unknown) => { ok: boolean; result?: unknown; code?: string; error?: string } | null = () => ({ ok: true });
  readonly connections = new Set<Connection>();
  /** Every update accepted, in order. */
  readonly log: Uint8Array[] = [];
  readonly awareness: number[] = [];
  opened = 0;
  /** Stays the same after `stop`. */
  port = 0;
  readonly #http: Server;
  readonly #wss: WebSocketServer;
  #held: (() => void)[] = [];

  private constructor(http: Server) {
    this.#http = http;
    this.#wss = new WebSocketServer({ server: http, handleProtocols: (offered) => (offered.has("coplan.1") ? "coplan.1" : false) });
    this.#wss.on("connection", (socket, request) => {
      this.#serve(socket, new URL(request.url ?? "/", "http://localhost").searchParams.get("token") ?? "");
    });
  }

  static async start(port = 0): Promise<TestServer> {
    const http = createServer((_, response) => response.writeHead(404).end());
    const server = new TestServer(http);
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
    server.port = (http.address() as AddressInfo).port;
    return server;
  }

  url(token: string): string {
    return `ws://127.0.0.1:${this.port}/ws/plan/p1?token=${token}`;
  }

  /** Cuts every connection with a close code; 1006 breaks them without a word. */
  cut(code: number, reason = ""): void {
    for (const { socket } of this.connections) {
      if (code === 1006) socket.terminate();
      else socket.close(code, reason);
    }
  }

  async stop(): Promise<void> {
    this.cut(1006);
    this.#wss.close();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Answers everything held back while `answering` was false. */
  release(): void {
    this.answering = true;
    const held = this.#held;
    this.#held = [];
    for (const answer of held) answer();
  }

  /** Something the server writes itself; told to everyone. */
  write(person: string, fn: (doc: Y.Doc) => void): void {
    const before = Y.encodeStateVector(this.doc);
    fn(this.doc);
    this.#accept(Y.encodeStateAsUpdate(this.doc, before), person, null);
  }

  send(connection: Connection, type: number, fill: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    fill(encoder);
    connection.socket.send(encoding.toUint8Array(encoder));
  }

  sendJson(connection: Connection, type: number, value: unknown): void {
    this.send(connection, type, (e) => encoding.writeVarString(e, JSON.stringify(value)));
  }

  broadcastJson(type: number, value: unknown): void {
    for (const connection of this.connections) this.sendJson(connection, type, value);
  }

  #serve(socket: WebSocket, person: string): void {
    const connection: Connection = { socket, person, edits: [], hello: null };
    this.connections.add(connection);
    this.opened++;
    socket.binaryType = "arraybuffer";
    socket.on("close", () => this.connections.delete(connection));
    socket.on("message", (data) => this.#take(connection, new Uint8Array(data as ArrayBuffer)));
    this.sendJson(connection, FRAME.hello, {
      v: 1,
      session: `s${this.opened}`,
      person: { id: person, name: person, role: "buyer", side: "buyer", color: "#00658f" },
      doc: "plan/p1",
      can: this.can,
      schema: 1,
      epoch: this.epoch,
      seq: this.seq,
      now: new Date().toISOString(),
    });
    this.askForState(connection);
  }

  askForState(connection: Connection): void {
    this.send(connection, FRAME.sync, (e) => {
      encoding.writeVarUint(e, 0);
      encoding.writeVarUint8Array(e, Y.encodeStateVector(this.doc));
    });
  }

  #take(connection: Connection, bytes: Uint8Array): void {
    const d = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(d)) {
      case FRAME.hello:
        connection.hello = JSON.parse(decoding.readVarString(d)) as Connection["hello"];
        break;
      case FRAME.sync: {
        decoding.readVarUint(d);
        const stateVector = decoding.readVarUint8Array(d);
        this.send(connection, FRAME.sync, (e) => {
          encoding.writeVarUint(e, 1);
          encoding.writeVarUint8Array(e, this.spoiled ? new Uint8Array([9, 9, 9]) : Y.encodeStateAsUpdate(this.doc, stateVector));
        });
        break;
      }
      case FRAME.edit: {
        const n = decoding.readVarUint(d);
        const update = decoding.readVarUint8Array(d).slice();
        connection.edits.push({ n, update });
        const answer = (): void => this.#answer(connection, n, update);
        if (this.answering) answer();
        else this.#held.push(answer);
        break;
      }
      case FRAME.command: {
        const id = decoding.readVarUint(d);
        const name = decoding.readVarString(d);
        const answer = this.command(name, JSON.parse(decoding.readVarString(d)));
        if (answer) {
          this.send(connection, FRAME.result, (e) => {
            encoding.writeVarUint(e, id);
            encoding.writeVarString(e, JSON.stringify(answer));
          });
        }
        break;
      }
      case FRAME.awareness: {
        this.awareness.push(Date.now());
        const payload = decoding.readVarUint8Array(d).slice();
        for (const other of this.connections) {
          if (other !== connection) this.send(other, FRAME.awareness, (e) => encoding.writeVarUint8Array(e, payload));
        }
        break;
      }
    }
  }

  #answer(connection: Connection, n: number, update: Uint8Array): void {
    if (connection.socket.readyState !== WebSocket.OPEN) return;
    if (this.refusal !== null) {
      this.sendJson(connection, FRAME.reset, { epoch: this.epoch, code: "forbidden", reason: this.refusal, frames: [n] });
      return;
    }
    const seq = this.#accept(update, connection.person, connection);
    this.send(connection, FRAME.ack, (e) => {
      encoding.writeVarUint(e, n);
      encoding.writeVarUint(e, seq);
    });
  }

  #accept(update: Uint8Array, person: string, from: Connection | null): number {
    Y.applyUpdate(this.doc, update);
    this.log.push(update);
    this.seq++;
    for (const other of this.connections) {
      if (other === from) continue;
      this.send(other, FRAME.entry, (e) => {
        encoding.writeVarUint(e, this.seq);
        encoding.writeVarString(e, person);
        encoding.writeVarUint8Array(e, update);
      });
    }
    return this.seq;
  }
}

export function openNodeSocket(url: string, protocol: string): Socket {
  return new WebSocket(url, [protocol]) as unknown as Socket;
}

/** Waits until `check` holds; fails with its last error, or says that it never did. */
export async function until(check: () => unknown, what = "the condition", patience = 5_000): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    if (await check()) return;
    if (Date.now() > end) throw new Error(`${what} didn't come true within ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
