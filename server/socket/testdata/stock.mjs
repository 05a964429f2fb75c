// A stock y-websocket client, driven by a Go test: commands come as JSON lines
// on stdin, what happens goes as JSON lines to stdout. Nothing in here knows the
// server.
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const doc = new Y.Doc();
const text = doc.getText("body");
let provider;

const commands = {
  open({ url, room, token, wait }) {
    provider = new WebsocketProvider(url, room, doc, {
      params: { token }, WebSocketPolyfill: WebSocket, disableBc: true, connect: !wait,
    });
    provider.on("status", ({ status }) => say({ event: "status", status }));
    provider.on("sync", (synced) => say({ event: "sync", synced }));
    provider.on("connection-close", (e) => say({ event: "closed", code: e?.code ?? 0, reason: e?.reason ?? "" }));
    provider.on("closed", (e) => say({ event: "gave-up", code: e.code }));
    provider.awareness.on("change", () => say({ event: "present", states: Object.fromEntries(provider.awareness.getStates()) }));
    text.observe(() => say({ event: "text", text: text.toString() }));
    say({ event: "ready", client: doc.clientID });
  },
  connect: () => provider.connect(),
  disconnect: () => provider.disconnect(),
  insert: ({ at, text: s }) => text.insert(at < 0 ? text.length : at, s),
  show: ({ state }) => provider.awareness.setLocalState(state),
  json: () => say({ event: "json", json: { text: text.toString(), fields: doc.getMap("fields").toJSON() } }),
  set: ({ key, value }) => doc.getMap("fields").set(key, value),
};

console.warn = (...args) => say({ event: "warning", text: args.join(" ") });

createInterface({ input: process.stdin }).on("line", (line) => {
  const { op, ...args } = JSON.parse(line);
  commands[op](args);
}).on("close", () => process.exit(0));
