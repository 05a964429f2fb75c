// One adapter per engine. A `make(name)` answers a document with the same few verbs; what an engine has no notion
// of is left out, and the workload is then reported as "–" for it.
//
//   doc.onUpdate(fn)      fn gets the bytes to send after each edit
//   doc.edit(fn)          runs fn as one transaction
//   doc.text(i, del, s)   doc.array(i, del, values)   doc.set(key, value)   edits of the roots "text", "array", "map"
//   doc.apply(bytes)      what a receiver does with onUpdate's bytes
//   doc.save() / make.load(bytes)   the full state, in the engine's best format for it
//   doc.read(kind)        text as string, array and map as JSON, to check the result
//   doc.free()            gives back what no collector knows of (WebAssembly)
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);

async function yjs(v2) {
  const Y = await import('yjs');
  const apply = v2 ? Y.applyUpdateV2 : Y.applyUpdate;
  const encode = v2 ? Y.encodeStateAsUpdateV2 : Y.encodeStateAsUpdate;
  const make = (client) => {
    const doc = new Y.Doc();
    if (client) doc.clientID = client;
    const text = doc.getText('text');
    const array = doc.getArray('array');
    const map = doc.getMap('map');
    return {
      doc,
      onUpdate: (fn) => doc.on(v2 ? 'updateV2' : 'update', fn),
      edit: (fn) => doc.transact(fn),
      text: (i, del, s) => (del ? text.delete(i, del) : text.insert(i, s)),
      array: (i, del, values) => (del ? array.delete(i, del) : array.insert(i, values)),
      set: (key, value) => map.set(key, value),
      apply: (bytes) => apply(doc, bytes),
      applyAll: (list) => doc.transact(() => list.forEach((u) => apply(doc, u))),
      save: () => encode(doc),
      since: (sv) => encode(doc, sv),
      version: () => Y.encodeStateVector(doc),
      read: (kind) => (kind === 'text' ? text.toString() : kind === 'array' ? array.toJSON() : map.toJSON()),
    };
  };
  make.load = (bytes) => {
    const d = make();
    d.apply(bytes);
    return d;
  };
  make.merge = v2 ? Y.mergeUpdatesV2 : Y.mergeUpdates;
  make.diff = v2 ? Y.diffUpdateV2 : Y.diffUpdate;
  make.format = v2 ? 'v2' : 'v1';
  return make;
}

async function ywasm() {
  const W = require('ywasm');
  const make = (client) => {
    const doc = new W.YDoc(client ? { clientID: client } : {});
    const text = doc.getText('text');
    const array = doc.getArray('array');
    const map = doc.getMap('map');
    let listener;
    let tx;
    const transact = (fn) => {
      tx = doc.beginTransaction();
      try {
        fn();
        if (listener) listener(tx.encodeUpdate());
      } finally {
        tx.commit();
        tx.free();
        tx = undefined;
      }
    };
    return {
      doc,
      onUpdate: (fn) => (listener = fn),
      edit: transact,
      text: (i, del, s) => (del ? text.delete(i, del, tx) : text.insert(i, s, undefined, tx)),
      array: (i, del, values) => (del ? array.delete(i, del, tx) : array.insert(i, values, tx)),
      set: (key, value) => map.set(key, value, tx),
      apply: (bytes) => W.applyUpdate(doc, bytes, undefined),
      save: () => W.encodeStateAsUpdate(doc),
      since: (sv) => W.encodeStateAsUpdate(doc, sv),
      version: () => W.encodeStateVector(doc),
      read: (kind) => (kind === 'text' ? text.toString() : kind === 'array' ? array.toJson() : map.toJson()),
      free: () => doc.free(),
    };
  };
  make.load = (bytes) => {
    const d = make();
    d.apply(bytes);
    return d;
  };
  make.format = 'v1';
  return make;
}

async function diamond() {
  const { Doc } = require('diamond-types-node');
  const wrap = (doc) => {
    let listener;
    return {
      doc,
      onUpdate: (fn) => (listener = fn),
      edit: (fn) => {
        const before = listener && doc.getLocalVersion();
        fn();
        if (listener) listener(doc.getPatchSince(before));
      },
      text: (i, del, s) => (del ? doc.del(i, del) : doc.ins(i, s)),
      apply: (bytes) => doc.mergeBytes(bytes),
      save: () => doc.toBytes(),
      since: (v) => doc.getPatchSince(v),
      version: () => doc.getLocalVersion(),
      read: () => doc.get(),
      free: () => doc.free(),
    };
  };
  const make = (client) => wrap(new Doc(`agent${client ?? 0}`));
  make.load = (bytes) => wrap(Doc.fromBytes(bytes, 'reader'));
  make.only = 'text';
  make.rewinds = true;
  return make;
}

async function loro() {
  const { LoroDoc } = require('loro-crdt');
  const make = (client) => {
    const doc = new LoroDoc();
    if (client) doc.setPeerId(BigInt(client));
    const text = doc.getText('text');
    const array = doc.getList('array');
    const map = doc.getMap('map');
    let listener;
    return {
      doc,
      onUpdate: (fn) => (listener = fn),
      edit: (fn) => {
        const before = listener && doc.version();
        fn();
        doc.commit();
        if (listener) listener(doc.export({ mode: 'update', from: before }));
      },
      text: (i, del, s) => (del ? text.delete(i, del) : text.insert(i, s)),
      array: (i, del, values) => (del ? array.delete(i, del) : values.forEach((v, k) => array.insert(i + k, v))),
      set: (key, value) => map.set(key, value),
      apply: (bytes) => doc.import(bytes),
      applyAll: (list) => doc.importBatch(list),
      save: () => doc.export({ mode: 'snapshot' }),
      since: (v) => doc.export({ mode: 'update', from: v }),
      version: () => doc.version(),
      read: (kind) => (kind === 'text' ? text.toString() : kind === 'array' ? array.toJSON() : map.toJSON()),
      free: () => doc.free(),
    };
  };
  make.load = (bytes) => {
    const d = make();
    d.apply(bytes);
    return d;
  };
  make.rewinds = true;
  return make;
}

async function automerge() {
  const A = await import('@automerge/automerge');
  // Every replica starts from the same first change, or the roots would not be the same objects.
  const first = A.from({ text: '', array: [], map: {} }, { actor: '00' });
  const seed = A.save(first);
  const wrap = (initial) => {
    let doc = initial;
    let listener;
    let open;
    return {
      get doc() {
        return doc;
      },
      onUpdate: (fn) => (listener = fn),
      edit: (fn) => {
        doc = A.change(doc, (d) => {
          open = d;
          fn();
        });
        if (listener) listener(A.getLastLocalChange(doc));
      },
      text: (i, del, s) => A.splice(open, ['text'], i, del, s),
      array: (i, del, values) => (del ? open.array.deleteAt(i, del) : open.array.insertAt(i, ...values)),
      set: (key, value) => (open.map[key] = value),
      apply: (bytes) => (doc = A.loadIncremental(doc, bytes)),
      since: (heads) => A.saveSince(doc, heads),
      version: () => A.getHeads(doc),
      applyAll: (list) => ([doc] = A.applyChanges(doc, list)),
      save: () => A.save(doc),
      read: (kind) => (kind === 'text' ? doc.text : JSON.parse(JSON.stringify(kind === 'array' ? doc.array : doc.map))),
      free: () => A.free(doc),
    };
  };
  const make = (client) => wrap(A.load(seed, { actor: (client ?? 1 + Math.floor(Math.random() * 2 ** 31)).toString(16).padStart(16, '0') }));
  make.load = (bytes) => wrap(A.load(bytes));
  make.rewinds = true;
  return make;
}

export const engines = {
  yjs: () => yjs(false),
  'yjs-v2': () => yjs(true),
  ywasm,
  'diamond-types': diamond,
  loro,
  automerge,
};
