// node run.mjs ENGINE WORKLOAD DIR → one line of JSON: milliseconds per phase, bytes, and a digest of the result.
// One workload per process, so that no engine inherits another's heap. Reading files and checks are not timed.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { engines } from './engines.mjs';

const [name, workload, dir] = process.argv.slice(2);
/** The memories of all WebAssembly modules, for what they take. */
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...args) {
  const instance = new Instance(...args);
  if (instance.exports.memory) memories.push(instance.exports.memory);
  return instance;
};
const make = await engines[name]();
const file = (f) => path.join(dir, f);
const json = (f) => JSON.parse(fs.readFileSync(file(f), 'utf8'));
/**
 * Median milliseconds of a phase, and what its last run made. The same rule as in bench/engine/main.go: repeated in this
 * process for 150 ms, 60 times at most, three times at least unless that takes longer than 600 ms. What `fresh` makes
 * for each run is not timed, nor is giving memory back.
 */
function measure(fn, fresh = () => undefined) {
  const all = [];
  let total = 0;
  for (let last; ; free(last)) {
    const given = fresh();
    const t0 = performance.now();
    last = fn(given);
    const ms = performance.now() - t0;
    all.push(ms);
    total += ms;
    if (all.length < 60 && (total < 150 || (all.length < 3 && total < 600))) continue;
    all.sort((a, b) => a - b);
    return [all[all.length >> 1], last];
  }
}
const free = (made) => [made].flat().forEach((d) => d?.free?.());
/** An edit between two encodings, so that nobody is asked for what it wrote a moment ago. */
const touch = (d, kind) => d.edit(() => (kind === 'text' ? d.text(0, 0, '.') : kind === 'array' ? d.array(0, 0, [1]) : d.set('touch', 1)));
/** The phases of a full state: reading it, reading it and showing what is in it, and writing it. */
function states(d, kind) {
  const state = d.save();
  const [load] = measure(() => make.load(state));
  const [loadRead] = measure(() => {
    const loaded = make.load(state);
    loaded.read(kind);
    return loaded;
  });
  const [encode] = measure(() => void d.save(), () => touch(d, kind));
  return { ms: { load, 'load+read': loadRead, encode }, bytes: state.length };
}
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
  const kind = script.container;
  let updates;
  const writer = () => {
    const d = make(1001);
    updates = record(d);
    return d;
  };
  const [local, a] = measure((d) => (play(d, kind, script.ops), d), writer);
  const [apply, b] = measure((d) => (updates.forEach((u) => d.apply(u)), d), () => make(1002));
  const result = a.read(kind);
  if (digest(b.read(kind)) !== digest(result)) throw new Error('replicas differ');
  const { ms, bytes } = states(a, kind);
  return { ms: { local, apply, ...ms }, bytes, update: updates.reduce((n, u) => n + u.length, 0) / updates.length, result: digest(result) };
}

function twoWriters(script) {
  let fromA;
  let fromB;
  let version;
  const two = () => {
    const a = make(1001);
    fromA = record(a);
    play(a, 'text', [[0, 0, script.base]]);
    const b = make(1002);
    fromA.forEach((u) => b.apply(u));
    fromA.length = 0;
    version = b.version?.();
    fromB = record(b);
    return [a, b];
  };
  const edit = ([a, b]) => {
    play(a, 'text', script.a);
    play(b, 'text', script.b);
    return [a, b];
  };
  const same = ([a, b]) => {
    if (a.read('text') !== b.read('text')) throw new Error('replicas differ');
  };
  const [local, [a, b]] = measure(edit, two);
  const ms = { local };
  // As one message each way, what two people coming back online send (where the engine can say what is new since).
  let merged = [a, b];
  if (a.since) {
    const saved = [a.save(), b.save()];
    [ms.exchange, merged] = measure(
      ([x, y]) => {
        const [toY, toX] = [x.since(version), y.since(version)];
        x.apply(toX);
        y.apply(toY);
        return [x, y];
      },
      () => saved.map((bytes) => make.load(bytes)),
    );
    same(merged);
  }
  // One by one. Engines that rewind for each concurrent message need minutes: they are measured by the exchange alone.
  if (!make.rewinds) {
    const deliver = ([x, y]) => {
      const [own, others] = [fromA.slice(), fromB.slice()];
      const t0 = performance.now();
      others.forEach((u) => x.apply(u));
      own.forEach((u) => y.apply(u));
      return performance.now() - t0;
    };
    // The edits that are delivered come from the same two documents, so each run begins with them, untimed.
    let t = deliver([a, b]);
    const all = [t];
    same([a, b]);
    for (let total = t; all.length < 60 && (total < 150 || (all.length < 3 && total < 600)); total += t) {
      const docs = edit(two());
      all.push((t = deliver(docs)));
      free(docs);
    }
    ms.apply = all.sort((x, y) => x - y)[all.length >> 1];
  }
  const length = merged[0].read('text').length;
  const full = states(merged[0], 'text');
  return { ms: { ...ms, ...full.ms }, bytes: full.bytes, length };
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
    free(d);
  }
  const [apply, reader] = measure((d) => (updates.forEach((u) => d.apply(u)), d), () => make(1001));
  const { ms, bytes } = states(reader, script.write === 'array' ? 'array' : 'map');
  return { ms: { apply, ...ms }, bytes };
}

/** B4's updates in the engine's own format: the recording itself for Yjs's, else recorded first, untimed. */
function b4Updates(limit) {
  if (make.format === 'v1') return updatesFile('b4.updates.bin').slice(0, limit);
  const d = make(3141592653);
  const updates = record(d);
  play(d, 'text', json('b4.ops.json').slice(0, limit));
  return updates;
}

/** B4's full state in the engine's own format, made once and kept beside the workloads. */
const b4File = () => file(make.format ? `b4.${make.format}.bin` : `b4.own.${name}.bin`);
function b4State() {
  if (!fs.existsSync(b4File())) {
    const d = make(3141592653);
    d.edit(() => json('b4.ops.json').forEach(([i, del, ins]) => d.text(i, del, ins)));
    fs.writeFileSync(b4File(), d.save());
  }
  return new Uint8Array(fs.readFileSync(b4File()));
}

/** What is held: the JavaScript heap, array buffers and WebAssembly memories, and all pages of the process. Several
 * collections, since what a finalizer frees goes in the next one. */
const memory = () => {
  for (let i = 0; i < 4; i++) global.gc?.();
  const m = process.memoryUsage();
  const wasm = memories.reduce((n, x) => n + x.buffer.byteLength, 0);
  return { heap: m.heapUsed + m.arrayBuffers + wasm, rss: m.rss };
};

const b4 = {
  'B4.local': () => {
    const ops = json('b4.ops.json');
    let bytes = 0;
    const [local, d] = measure(
      (d) => (play(d, 'text', ops), d),
      () => {
        const d = make(1001);
        bytes = 0;
        d.onUpdate((u) => (bytes += u.length));
        return d;
      },
    );
    return { ms: { local }, update: bytes / ops.length, result: digest(d.read('text')) };
  },
  'B4.apply': () => {
    const updates = b4Updates(Infinity);
    const [apply, d] = measure((d) => (updates.forEach((u) => d.apply(u)), d), () => make(1001));
    return { ms: { apply }, result: digest(d.read('text')) };
  },
  'B4.load': () => {
    const d = make.load(b4State());
    const result = digest(d.read('text'));
    return { ...states(d, 'text'), result };
  },
  'B4x100.load': () => {
    if (make.format !== 'v1' || !fs.existsSync(file('b4x100.v1.bin'))) return null;
    const state = new Uint8Array(fs.readFileSync(file('b4x100.v1.bin')));
    const [load, d] = measure(() => make.load(state));
    const [encode] = measure(() => void d.save(), () => touch(d, 'text'));
    return { ms: { load, encode }, bytes: state.length };
  },
  // Yjs's own merge is quadratic, so it is given a prefix; the engine under test reports both lengths.
  'merge.20k': () => {
    if (!make.merge) return null;
    const updates = b4Updates(20_500);
    const [merge, merged] = measure(() => make.merge(updates));
    return { ms: { merge }, bytes: merged.length };
  },
  'fold.260k': () => {
    const updates = b4Updates(Infinity);
    const d0 = make(1001);
    if (!d0.applyAll) return null;
    let state;
    const [fold] = measure(
      (d) => {
        d.applyAll(updates);
        state = d.save();
        return d;
      },
      () => make(1001),
    );
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
    const [diff, bytes] = measure(() => d.since(version), () => touch(d, 'text'));
    return { ms: { diff }, bytes: bytes.length };
  },
  'join.300': () => {
    const d = make.load(b4State());
    const [join] = measure(
      () => {
        for (let i = 0; i < 300; i++) d.save();
      },
      () => touch(d, 'text'),
    );
    return { ms: { join } };
  },
  // 1,000 edits each by a new replica's client, after 100,000 (or 1) earlier clients.
  'clients.100k': () => clients(100_000),
  'clients.1': () => clients(1),
  // The state is written by a process of its own, so that this one holds nothing but its bytes and the engine. Two
  // documents are loaded and read first; what sixteen more take, divided by sixteen, is what one does.
  memory: () => {
    if (!fs.existsSync(b4File())) execFileSync(process.execPath, [...process.execArgv, process.argv[1], name, 'memory.state', dir]);
    const state = b4State();
    const docs = [];
    const open = (n) => {
      for (let i = 0; i < n; i++) {
        docs.push(make.load(state));
        docs.at(-1).read('text');
      }
      return memory();
    };
    const before = open(2);
    const after = open(16);
    return {
      memory: { heap: (after.heap - before.heap) / 16, rss: (after.rss - before.rss) / 16 },
      length: docs[0].read('text').length,
      kept: docs.length + state.length,
    };
  },
  'memory.state': () => {
    b4State();
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
  const t0 = performance.now();
  updates.forEach((u) => d.apply(u));
  const t1 = performance.now();
  for (let i = 0; i < 1000; i++) d.edit(() => d.set('k', i));
  return { ms: { apply: t1 - t0, local: performance.now() - t1 } };
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
