// Writes every workload as a file into a folder, so that each engine, in whatever language, reads the same bytes:
//   node prepare.mjs OUT N [TRACES]
// single/pair/crowd scripts as JSON; B4 as edits (b4.ops.json), as Yjs updates (b4.updates.bin: uint32 LE length +
// bytes each) and as full states (b4.v1.bin, b4.v2.bin).
import fs from 'node:fs';
import path from 'node:path';
import * as Y from 'yjs';
import { single, pairs, crowds, generatedTrace } from './workloads.mjs';

const [out, nText, traces] = process.argv.slice(2);
const n = Number(nText);
fs.mkdirSync(out, { recursive: true });
const write = (name, data) => fs.writeFileSync(path.join(out, name), data);
for (const set of [single(n), pairs(n), crowds(n)]) {
  for (const [name, script] of Object.entries(set)) write(`${name}.json`, JSON.stringify({ name, ...script }));
}

const recorded = traces && path.join(traces, 'b4-updates.bin');
if (recorded && fs.existsSync(recorded)) {
  // The edits of the recording are read off its updates by the engine, which is quick at it (engine make).
  const bytes = fs.readFileSync(recorded);
  const doc = new Y.Doc();
  for (let i = 0; i < bytes.length; ) {
    const size = bytes.readUInt32LE(i);
    Y.applyUpdate(doc, bytes.subarray(i + 4, i + 4 + size));
    i += 4 + size;
  }
  fs.copyFileSync(recorded, path.join(out, 'b4.updates.bin'));
  finish(doc, 'recorded (automerge-perf)');
} else {
  const ops = generatedTrace(260_000);
  const doc = new Y.Doc();
  doc.clientID = 3141592653;
  const text = doc.getText('text');
  const file = fs.openSync(path.join(out, 'b4.updates.bin'), 'w');
  doc.on('update', (update) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(update.length);
    fs.writeSync(file, head);
    fs.writeSync(file, update);
  });
  for (const [at, del, ins] of ops) {
    if (del) text.delete(at, del);
    else text.insert(at, ins);
  }
  fs.closeSync(file);
  write('b4.ops.json', JSON.stringify(ops));
  finish(doc, 'generated (no recording at hand)');
}

function finish(doc, source) {
  write('b4.v1.bin', Y.encodeStateAsUpdate(doc));
  write('b4.v2.bin', Y.encodeStateAsUpdateV2(doc));
  write('b4.txt', doc.getText('text').toString());
  write('about.json', JSON.stringify({ n, trace: source }));
}
