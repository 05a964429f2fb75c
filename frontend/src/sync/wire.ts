/** Frames of the protocol `coplan.1`: y-protocols' own, and ours on top. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { flag, json, list, number, or, record, text, anything, type Parser } from "./parse";
import type { Can, Person } from "./person";

export const SUBPROTOCOL = "coplan.1";

export const FRAME = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  hello: 16,
  ack: 17,
  reset: 18,
  command: 19,
  result: 20,
  notice: 21,
  edit: 22,
  entry: 23,
} as const;

const SYNC = { step1: 0, step2: 1, update: 2 } as const;

/** The server's first frame. */
export interface Hello {
  readonly session: string;
  readonly person: Person;
  readonly doc: string;
  readonly can: Can;
  readonly schema: number;
  readonly epoch: number;
  /** Journal position of the state the server is about to send. */
  readonly seq: number;
  /** The server's clock, ISO time. */
  readonly now: string;
}

export interface Reset {
  readonly epoch: number;
  readonly code: string;
  readonly reason: string;
  /** Numbers of the refused edit frames; empty means all that are unacknowledged. */
  readonly frames: readonly number[];
}

export interface Notice {
  readonly kind: string;
  readonly state: string;
  readonly text: string;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly seq: number;
  readonly result: unknown;
  readonly code: string;
  readonly error: string;
}

/** Anything the server sends. Frames this client doesn't know are `unknown` and are skipped. */
export type Incoming =
  | { readonly type: "step1"; readonly stateVector: Uint8Array }
  | { readonly type: "update"; readonly update: Uint8Array; readonly complete: boolean }
  | { readonly type: "awareness"; readonly update: Uint8Array }
  | { readonly type: "queryAwareness" }
  | { readonly type: "denied"; readonly reason: string }
  | { readonly type: "hello"; readonly hello: Hello }
  | { readonly type: "ack"; readonly n: number; readonly seq: number }
  | { readonly type: "reset"; readonly reset: Reset }
  | { readonly type: "result"; readonly id: number; readonly result: CommandResult }
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "entry"; readonly seq: number; readonly person: string; readonly update: Uint8Array }
  | { readonly type: "unknown"; readonly frame: number };

const person: Parser<Person> = record({
  id: text,
  name: or(text, ""),
  role: or(text, ""),
  side: or(text, ""),
  color: or(text, ""),
});

const can: Parser<Can> = record({ write: or(flag, false), comment: or(flag, false), history: or(flag, false) });

const hello: Parser<Hello> = record({
  session: or(text, ""),
  person,
  doc: text,
  can,
  schema: or(number, 0),
  epoch: or(number, 0),
  seq: or(number, 0),
  now: or(text, ""),
});

const reset: Parser<Reset> = record({
  epoch: or(number, 0),
  code: or(text, ""),
  reason: or(text, "The server refused the change."),
  frames: or(list(number), []),
});

const notice: Parser<Notice> = record({ kind: text, state: or(text, ""), text: or(text, "") });

const commandResult: Parser<CommandResult> = record({
  ok: flag,
  seq: or(number, 0),
  result: anything,
  code: or(text, ""),
  error: or(text, ""),
});

/** Reads one frame. Throws when it ends early or its JSON isn't as agreed. The bytes are borrowed. */
export function decodeFrame(bytes: Uint8Array): Incoming {
  const decoder = decoding.createDecoder(bytes);
  const frame = decoding.readVarUint(decoder);
  switch (frame) {
    case FRAME.sync: {
      const kind = decoding.readVarUint(decoder);
      const payload = decoding.readVarUint8Array(decoder);
      if (kind === SYNC.step1) return { type: "step1", stateVector: payload };
      if (kind === SYNC.step2 || kind === SYNC.update) return { type: "update", update: payload, complete: kind === SYNC.step2 };
      throw new Error(`unknown sync message ${kind}`);
    }
    case FRAME.awareness:
      return { type: "awareness", update: decoding.readVarUint8Array(decoder) };
    case FRAME.auth:
      decoding.readVarUint(decoder);
      return { type: "denied", reason: decoding.readVarString(decoder) };
    case FRAME.queryAwareness:
      return { type: "queryAwareness" };
    case FRAME.hello:
      return { type: "hello", hello: json(decoding.readVarString(decoder), hello, "hello") };
    case FRAME.ack:
      return { type: "ack", n: decoding.readVarUint(decoder), seq: decoding.readVarUint(decoder) };
    case FRAME.reset:
      return { type: "reset", reset: json(decoding.readVarString(decoder), reset, "reset") };
    case FRAME.result:
      return {
        type: "result",
        id: decoding.readVarUint(decoder),
        result: json(decoding.readVarString(decoder), commandResult, "result"),
      };
    case FRAME.notice:
      return { type: "notice", notice: json(decoding.readVarString(decoder), notice, "notice") };
    case FRAME.entry:
      return {
        type: "entry",
        seq: decoding.readVarUint(decoder),
        person: decoding.readVarString(decoder),
        update: decoding.readVarUint8Array(decoder),
      };
    default:
      return { type: "unknown", frame };
  }
}

function frame(type: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

export function encodeHello(client: number, schema: number, epoch: number): Uint8Array {
  return frame(FRAME.hello, (e) => encoding.writeVarString(e, JSON.stringify({ client, schema, epoch })));
}

export function encodeStep1(stateVector: Uint8Array): Uint8Array {
  return frame(FRAME.sync, (e) => {
    encoding.writeVarUint(e, SYNC.step1);
    encoding.writeVarUint8Array(e, stateVector);
  });
}

/** The n-th edit on this connection, counted from 1. */
export function encodeEdit(n: number, update: Uint8Array): Uint8Array {
  return frame(FRAME.edit, (e) => {
    encoding.writeVarUint(e, n);
    encoding.writeVarUint8Array(e, update);
  });
}

export function encodeAwareness(update: Uint8Array): Uint8Array {
  return frame(FRAME.awareness, (e) => encoding.writeVarUint8Array(e, update));
}

export function encodeQueryAwareness(): Uint8Array {
  return frame(FRAME.queryAwareness, () => undefined);
}

export function encodeCommand(id: number, name: string, args: unknown): Uint8Array {
  return frame(FRAME.command, (e) => {
    encoding.writeVarUint(e, id);
    encoding.writeVarString(e, name);
    encoding.writeVarString(e, JSON.stringify(args));
  });
}
