// node run.mjs ENGINE WORKLOAD DIR → one line of JSON: milliseconds per phase, bytes, and a digest of the result.
// One workload per process, so that no engine inherits another's heap. Reading files and checks are not timed.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { engines } from './engines.mjs';

const [name, workload, dir] = process.argv.slice(2);
const make = await engines[name]();
const file = (f) => path.join(dir, f);
const json = (f) => JSON.parse(fs.readFileSync(file(f), 'utf8'));
const time = (fn) => {
  const t0 = performance.now();
  const value = fn();
  return [performance.now() - t0, value];
};
/** Median of several runs of a quick thing; the first, cold run is among them. */
const often = (n, fn) => {
  const all = Array.from({ length: n }, () => time(fn)[0]).sort((a, b) => a - b);
  return all[n >> 1];
};
const digest = (v) => createHash('sha256').update(typeof v === 'string' ? v : JSON.stringify(v)).digest('hex').slice(0, 12);
const updatesFile = (f) => {
  const bytes = fs.readFileSync(file(f));
  const list = [];
  for (let i = 0; i < bytes.length; ) {
    const size = bytes.readUInt32LE(i);
    list.push(new Uint8Array(bytes.subarray(i + 4, i + 4 + size)));
    i += 4 + size;
  }
  return list;
};

function play(doc, container, ops) {
  for (const [i, del, ins] of ops) doc.edit(() => doc[container](i, del, ins));
}

function record(doc) {
  const updates = [];
  doc.onUpdate((u) => updates.push(u));
  return updates;
}

function singleWriter(script) {
  const a = make(1001);
  const b = make(1002);
  const updates = record(a);
  const [local] = time(() => play(a, script.container, script.ops));
  const [apply] = time(() => updates.forEach((u) => b.apply(u)));
  const result = a.read(script.container);
  if (digest(b.read(script.container)) !== digest(result)) throw new Error('replicas differ');
  const encode = often(5, () => a.save());
  const bytes = a.save();
  const load = often(5, () => make.load(bytes));
  return { ms: { local, apply, encode, load }, bytes: bytes.length, update: updates.reduce((n, u) => n + u.length, 0) / updates.length, result: digest(result) };
}

function twoWriters(script) {
  const a = make(1001);
  const fromA = record(a);
  play(a, 'text', [[0, 0, script.base]]);
  const b = make(1002);
  fromA.forEach((u) => b.apply(u));
  fromA.length = 0;
  const version = b.version?.();
  const fromB = record(b);
  const [local] = time(() => {
    play(a, 'text', script.a);
    play(b, 'text', script.b);
  });
  const ms = { local };
  let length;
  // As one message each way, what two people coming back online send (where the engine can say what is new since).
  if (a.since) {
    const [a2, b2] = [make.load(a.save()), make.load(b.save())];
    const [exchange] = time(() => {
      const [toB, toA] = [a2.since(version), b2.since(version)];
      a2.apply(toA);
      b2.apply(toB);
    });
    if (a2.read('text') !== b2.read('text')) throw new Error('replicas differ after the exchange');
    length = a2.read('text').length;
    ms.exchange = exchange;
  }
  // One by one. Engines that rewind for each concurrent message need minutes: they are measured by the exchange alone.
  if (!make.rewinds) {
    const [own, others] = [fromA.slice(), fromB.slice()];
    ms.apply = time(() => {
      others.forEach((u) => a.apply(u));
      own.forEach((u) => b.apply(u));
    })[0];
    if (a.read('text') !== b.read('text')) throw new Error('replicas differ');
    length = a.read('text').length;
  }
  const encode = often(5, () => a.save());
  const bytes = a.save();
  const load = often(5, () => make.load(bytes));
  return { ms: { ...ms, encode, load }, bytes: bytes.length, length };
}

function manyWriters(script) {
  const updates = [];
  for (let i = 0; i < script.clients; i++) {
    const d = make(2001 + i);
    d.onUpdate((u) => updates.push(u));
    d.edit(() => {
      if (script.write === 'number') d.set('v', i);
      else if (script.write === 'object') d.set('v', { name: String(i), address: 'here' });
      else if (script.write === 'string') d.set('v', String(i).repeat(i));
      else d.array(0, 0, [String(i).repeat(i)]);
    });
  }
  const reader = make(1001);
  const [apply] = time(() => updates.forEach((u) => reader.apply(u)));
  const encode = often(5, () => reader.save());
  const bytes = reader.save();
  const load = often(5, () => make.load(bytes));
  return { ms: { apply, encode, load }, bytes: bytes.length };
}

/** B4's updates in the engine's own format: the recording itself for Yjs's, else recorded first, untimed. */
function b4Updates(limit) {
  if (make.format === 'v1') return updatesFile('b4.updates.bin').slice(0, limit);
  const d = make(3141592653);
  const updates = record(d);
  play(d, 'text', json('b4.ops.json').slice(0, limit));
  return updates;
}

function b4State() {
  if (make.format) return new Uint8Array(fs.readFileSync(file(`b4.${make.format}.bin`)));
  const d = make(3141592653);
  d.edit(() => json('b4.ops.json').forEach(([i, del, ins]) => d.text(i, del, ins)));
  return d.save();
}

/** What is held: the JavaScript heap and what it keeps outside, and all pages of the process. Several collections, since
 * what a finalizer frees (wasm) goes in the next one. */
const memory = () => {
  for (let i = 0; i < 4; i++) global.gc?.();
  const m = process.memoryUsage();
  return { heap: m.heapUsed + m.external + m.arrayBuffers, rss: m.rss };
};

const b4 = {
  'B4.local': () => {
    const ops = json('b4.ops.json');
    const d = make(1001);
    let bytes = 0;
    d.onUpdate((u) => (bytes += u.length));
    const [local] = time(() => play(d, 'text', ops));
    return { ms: { local }, update: bytes / ops.length, result: digest(d.read('text')) };
  },
  'B4.apply': () => {
    const updates = b4Updates(Infinity);
    const d = make(1001);
    const [apply] = time(() => updates.forEach((u) => d.apply(u)));
    return { ms: { apply }, result: digest(d.read('text')) };
  },
  'B4.load': () => {
    const state = b4State();
    const load = often(7, () => make.load(state));
    const d = make.load(state);
    const encode = often(7, () => d.save());
    return { ms: { load, encode }, bytes: state.length, result: digest(d.read('text')) };
  },
  'B4x100.load': () => {
    if (make.format !== 'v1' || !fs.existsSync(file('b4x100.v1.bin'))) return null;
    const state = new Uint8Array(fs.readFileSync(file('b4x100.v1.bin')));
    const [load, d] = time(() => make.load(state));
    const [encode] = time(() => d.save());
    return { ms: { load, encode }, bytes: state.length };
  },
  // Yjs's own merge is quadratic, so it is given a prefix; the engine under test reports both lengths.
  'merge.20k': () => {
    if (!make.merge) return null;
    const updates = b4Updates(20_500);
    const [merge, merged] = time(() => make.merge(updates));
    return { ms: { merge }, bytes: merged.length };
  },
  'fold.260k': () => {
    const updates = b4Updates(Infinity);
    const d = make(1001);
    if (!d.applyAll) return null;
    const [fold, state] = time(() => {
      d.applyAll(updates);
      return d.save();
    });
    return { ms: { fold }, bytes: state.length };
  },
  diff: () => {
    const d0 = make(1001);
    if (!d0.since || !make.format) return null;
    const half = make(1002);
    const updates = b4Updates(Infinity);
    updates.slice(0, updates.length >> 1).forEach((u) => half.apply(u));
    const version = half.version();
    const d = make.load(b4State());
    const diff = often(7, () => d.since(version));
    return { ms: { diff }, bytes: d.since(version).length };
  },
  'join.300': () => {
    const d = make.load(b4State());
    const [join] = time(() => {
      for (let i = 0; i < 300; i++) d.save();
    });
    return { ms: { join } };
  },
  // 1,000 edits each by a new replica's client, after 100,000 (or 1) earlier clients.
  'clients.100k': () => clients(100_000),
  'clients.1': () => clients(1),
  // The state is written by a process of its own, so that this one holds nothing but its bytes and the engine, which has
  // loaded a small document before: only the large one counts.
  memory: () => {
    const source = file(make.format ? `b4.${make.format}.bin` : `b4.own.${name}.bin`);
    if (!fs.existsSync(source)) execFileSync(process.execPath, [...process.execArgv, process.argv[1], name, 'memory.state', dir]);
    const small = make(1);
    small.edit(() => small.text(0, 0, 'x'));
    const warm = make.load(small.save());
    const state = new Uint8Array(fs.readFileSync(source));
    const before = memory();
    const d = make.load(state);
    const after = memory();
    return {
      memory: { heap: after.heap - before.heap, rss: after.rss - before.rss },
      length: d.read('text').length,
      kept: state.length + warm.read('text').length,
    };
  },
  'memory.state': () => {
    fs.writeFileSync(file(`b4.own.${name}.bin`), b4State());
    return null;
  },
};

function clients(past) {
  if (make.format !== 'v1') return null;
  const state = file(`clients.${past}.v1.bin`);
  if (!fs.existsSync(state)) return null;
  const d = make.load(new Uint8Array(fs.readFileSync(state)));
  const author = make(77);
  const updates = record(author);
  for (let i = 0; i < 1000; i++) author.edit(() => author.text(0, 0, 'x'));
  const [apply] = time(() => updates.forEach((u) => d.apply(u)));
  const [local] = time(() => {
    for (let i = 0; i < 1000; i++) d.edit(() => d.set('k', i));
  });
  return { ms: { apply, local } };
}

let out;
if (b4[workload]) out = make.only === 'text' && workload.startsWith('clients') ? null : b4[workload]();
else {
  const script = json(`${workload}.json`);
  const needs = script.container ?? (script.base !== undefined ? 'text' : script.write === 'array' ? 'array' : 'map');
  if (make.only && make.only !== needs) out = null;
  else if (script.ops) out = singleWriter(script);
  else if (script.base !== undefined) out = twoWriters(script);
  else out = manyWriters(script);
}
console.log(JSON.stringify(out));
