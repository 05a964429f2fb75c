// The oracle: real Yjs behind a pipe. The Go tests start one such process and
// ask it, request by request, to do to a Y.Doc what they do to a crdt.Doc.
//
// A request is a 32-bit little-endian length and that many bytes: a command
// name and its arguments, as lib0 "any" values in one array. The answer has the
// same framing: one byte (0 done, 1 failed) and an any value, or the error text.
// Everything is synchronous, so nothing happens between two requests.
import fs from 'node:fs'

// Yjs and y-protocols read the time once they load; tests own it. A process
// that prints would break the framing, and Yjs does print.
let now = 1e12
Date.now = () => now
console.log = console.warn = console.error = console.info = () => {}

const Y = await import('yjs')
const encoding = await import('lib0/encoding')
const decoding = await import('lib0/decoding')
const awarenessProtocol = await import('y-protocols/awareness')
const syncProtocol = await import('y-protocols/sync')

const REMOTE = { remote: true }

/** @type {Map<number, {doc: Y.Doc, client: number, emitted: Uint8Array[], emittedV2: Uint8Array[], transactions: number, events: string[]}>} */
const docs = new Map()
const awarenesses = new Map()
const managers = new Map()

const create = (id, client, gc) => {
  const doc = new Y.Doc({ guid: 'd' + id, gc })
  doc.clientID = client
  const entry = { doc, client, emitted: [], emittedV2: [], transactions: 0, events: [] }
  doc.on('update', (update, origin) => { if (origin !== REMOTE) entry.emitted.push(update) })
  doc.on('updateV2', (update, origin) => { if (origin !== REMOTE) entry.emittedV2.push(update) })
  docs.set(id, entry)
  return entry
}

const begin = id => {
  const entry = docs.get(id)
  entry.transactions = 0
  entry.events = []
  return entry
}

const take = entry => {
  const updates = entry.emitted
  entry.emitted = []
  entry.lastV2 = entry.emittedV2
  entry.emittedV2 = []
  // A document that meets its own client id in a remote update takes another.
  entry.doc.clientID = entry.client
  return updates
}

const rootTypes = { text: Y.Text, map: Y.Map, array: Y.Array, xml: Y.XmlFragment }
const rootOf = (doc, name) => doc.get(name, rootTypes[name.replace(/\d+$/, '')])

const resolve = (doc, path) => {
  let type = rootOf(doc, path[0])
  for (const step of path.slice(1)) {
    if (typeof step === 'string') type = type instanceof Y.Map ? type.get(step) : type.getAttribute(step)
    else if (type instanceof Y.Text) type = embedded(type, step)
    else type = type.get(step)
  }
  return type
}

// The type embedded at a text index.
const embedded = (text, index) => {
  for (const op of text.toDelta()) {
    const n = typeof op.insert === 'string' ? op.insert.length : 1
    if (index < n) return op.insert
    index -= n
  }
}

const build = v => {
  if (v === null || typeof v !== 'object' || v.$new === undefined) return v
  switch (v.$new) {
    case 'text': return new Y.Text(v.s)
    case 'map': return new Y.Map()
    case 'array': return new Y.Array()
    case 'xml': return new Y.XmlFragment()
    case 'element': return new Y.XmlElement(v.s)
    case 'xmltext': return new Y.XmlText(v.s)
    case 'hook': return new Y.XmlHook(v.s)
    case 'doc': return new Y.Doc({ guid: v.s })
    default: throw new Error('no such type ' + v.$new)
  }
}

const applyOp = (doc, op) => {
  const type = resolve(doc, op.path)
  // Yjs remembers recent positions, and where among deleted items an insert
  // lands depends on what it remembers. Without memory it takes the leftmost place.
  if (type._searchMarker) type._searchMarker.length = 0
  const attrs = op.attrs && { ...op.attrs }
  switch (op.kind) {
    case 'insert': return type.insert(op.i, op.s, attrs)
    case 'embed': return type.insertEmbed(op.i, build(op.v), attrs)
    case 'delete': return type.delete(op.i, op.n)
    case 'format': return type.format(op.i, op.n, attrs)
    case 'delta': return type.applyDelta(op.v.map(d => ({ ...d, attributes: d.attributes && { ...d.attributes } })))
    case 'insertValues': return type.insert(op.i, op.v.map(build))
    case 'insertAfter': return type.insertAfter(op.i < 0 ? null : type.get(op.i), op.v.map(build))
    case 'clear': return type.clear()
    case 'push': return type.push(op.v.map(build))
    case 'set': return type.set(op.s, build(op.v))
    case 'unset': return type.delete(op.s)
    case 'setAttr': return type.setAttribute(op.s, build(op.v))
    case 'unsetAttr': return type.removeAttribute(op.s)
    default: throw new Error('no such edit ' + op.kind)
  }
}

// dump writes a value so that two engines agree on every character of it.
const dump = v => {
  if (v === undefined) return 'undefined'
  if (v === null || typeof v === 'boolean' || typeof v === 'string') return JSON.stringify(v)
  if (typeof v === 'bigint') return v + 'n'
  if (typeof v === 'number') {
    if (Number.isInteger(v) && Math.abs(v) <= Number.MAX_SAFE_INTEGER) return String(v + 0)
    const b = Buffer.alloc(8)
    b.writeDoubleBE(v)
    return 'f' + b.toString('hex')
  }
  if (v instanceof Uint8Array) return 'b' + Buffer.from(v).toString('hex')
  if (Array.isArray(v)) return '[' + v.map(dump).join(',') + ']'
  if (v instanceof Y.Doc) return 'doc(' + v.guid + ')'
  if (v instanceof Y.AbstractType) return dumpType(v)
  return '{' + Object.keys(v).sort().map(k => JSON.stringify(k) + ':' + dump(v[k])).join(',') + '}'
}

const dumpDelta = delta => delta.map(op => {
  let s = op.insert !== undefined ? '+' + dump(op.insert) : op.delete !== undefined ? '-' + op.delete : '=' + op.retain
  if (op.attributes !== undefined && Object.keys(op.attributes).length > 0) s += dump(op.attributes)
  return s
}).join(' ')

// What is no shared type has no business in XML; as a string it shows all the same.
const childTypes = t => t.toArray().filter(c => c instanceof Y.AbstractType)

const dumpType = t => {
  if (t instanceof Y.XmlText) return 'XmlText' + t.length + '(' + dumpDelta(t.toDelta()) + ')' + JSON.stringify(t.toString())
  if (t instanceof Y.Text) return 'Text' + t.length + '(' + dumpDelta(t.toDelta()) + ')' + JSON.stringify(t.toString())
  if (t instanceof Y.Map) return 'Map' + (t instanceof Y.XmlHook ? '(' + t.hookName + ')' : '') + t.size + dump(Object.fromEntries(t.entries()))
  if (t instanceof Y.Array) return 'Array' + t.length + dump(t.toArray())
  if (t instanceof Y.XmlElement) return 'Element' + t.length + ' ' + t.nodeName + dump(t.getAttributes()) + dump(childTypes(t))
  if (t instanceof Y.XmlFragment) return 'Fragment' + t.length + dump(childTypes(t)) + JSON.stringify(t.toString())
  return 'Type(' + t.constructor.name + ')'
}

// An event that says nothing happened, which Yjs emits when something came and
// went within a transaction, is left out.
const dumpEvents = (name, events) => events.flatMap(e => {
  const keys = {}
  e.changes.keys.forEach(({ action, oldValue }, key) => {
    keys[key] = oldValue instanceof Y.AbstractType ? [action] : [action, oldValue]
  })
  const delta = e.target instanceof Y.Map ? [] : e.changes.delta
  if (delta.length === 0 && Object.keys(keys).length === 0) return []
  return [name + ' ' + dump(e.path) + ' ' + dumpDelta(delta) + ' ' + dump(keys)]
})

const mutate = (entry, fn) => {
  const before = entry.doc.clientID
  entry.doc.clientID = entry.client
  try { fn() } finally { entry.doc.clientID = before }
}

const dsOf = update => {
  const encoder = new Y.UpdateEncoderV1()
  const { ds } = Y.decodeUpdate(update)
  return Y.encodeSnapshot(Y.createSnapshot(Y.mergeDeleteSets([ds]), new Map()), encoder)
}

const commands = {
  reset () {
    awarenesses.forEach(a => { a.destroy(); a.doc.destroy() })
    managers.forEach(m => m.destroy())
    docs.clear(); awarenesses.clear(); managers.clear()
  },
  time (t) { now = t },
  // A root that updates fill before it has a type forgets, in Yjs, that it is
  // formatted; whoever edits asks for its roots first, as editors do.
  create (id, client, gc, roots) {
    const { doc } = create(id, client, gc)
    roots.forEach(name => rootOf(doc, name))
  },
  // Puts a type that was filled before it is in a document into the root map.
  prelim (id, kind, s, delta, attrs) {
    const entry = begin(id)
    const type = build({ $new: kind, s })
    if (delta) type.applyDelta(delta)
    Object.keys(attrs).sort().forEach(k => type.setAttribute(k, attrs[k]))
    mutate(entry, () => rootOf(entry.doc, 'map').set('k', type))
    return take(entry)
  },
  edit (id, ops, origin) {
    const entry = begin(id)
    mutate(entry, () => entry.doc.transact(() => ops.forEach(op => applyOp(entry.doc, op)), origin ?? null))
    return take(entry)
  },
  apply (id, update) {
    const entry = begin(id)
    Y.applyUpdate(entry.doc, update, REMOTE)
    return take(entry)
  },
  applyV2 (id, update) {
    const entry = begin(id)
    Y.applyUpdateV2(entry.doc, update, REMOTE)
    return take(entry)
  },
  // What the updateV2 event told of the last edit.
  emittedV2: id => docs.get(id).lastV2,
  // Tells only whether Yjs takes it; the document may be broken afterwards.
  accepts (id, update) {
    try { Y.applyUpdate(docs.get(id).doc, update, REMOTE); return true } catch { return false }
  },
  state: (id, sv) => Y.encodeStateAsUpdate(docs.get(id).doc, sv),
  stateV2: (id, sv) => Y.encodeStateAsUpdateV2(docs.get(id).doc, sv),
  vector: id => Y.encodeStateVector(docs.get(id).doc),
  pending: id => { const s = docs.get(id).doc.store; return s.pendingStructs !== null || s.pendingDs !== null },
  missing: id => [...(docs.get(id).doc.store.pendingStructs?.missing ?? [])].sort((a, b) => a[0] - b[0]),
  dump: (id, roots) => roots.map(name => name + '=' + dumpType(rootOf(docs.get(id).doc, name))).join('\n'),
  json: (id, roots) => { const { doc } = docs.get(id); roots.forEach(name => rootOf(doc, name)); return dump(doc.toJSON()) },
  dsOf,
  merge: updates => Y.mergeUpdates(updates),
  mergeV2: updates => Y.mergeUpdatesV2(updates),
  diff: (update, sv) => Y.diffUpdate(update, sv),
  diffV2: (update, sv) => Y.diffUpdateV2(update, sv),
  vectorOfV2: update => Y.encodeStateVectorFromUpdateV2(update),
  vectorOf: update => Y.encodeStateVectorFromUpdate(update),
  toV2: update => Y.convertUpdateFormatV1ToV2(update),
  toV1: update => Y.convertUpdateFormatV2ToV1(update),

  snapshot: id => Y.encodeSnapshot(Y.snapshot(docs.get(id).doc)),
  snapshotV2: id => Y.encodeSnapshotV2(Y.snapshot(docs.get(id).doc)),
  restore (from, to, snapshot, roots) {
    const entry = create(to, 1, true)
    Y.createDocFromSnapshot(docs.get(from).doc, Y.decodeSnapshot(snapshot), entry.doc)
    return roots.map(name => name + '=' + dumpType(rootOf(entry.doc, name))).join('\n')
  },
  deltaAt (id, root, snapshot, prev, byUser) {
    const text = rootOf(docs.get(id).doc, root)
    const mark = byUser ? (type, by) => ({ user: by.client, type }) : undefined
    return dumpDelta(text.toDelta(Y.decodeSnapshot(snapshot), prev && Y.decodeSnapshot(prev), mark))
  },
  // Yjs judges a run by its first clock here. Asking for a text at the snapshot
  // first, in the same transaction, splits the runs that it cuts.
  valuesAt (id, path, snapshot) {
    const { doc } = docs.get(id)
    const s = Y.decodeSnapshot(snapshot)
    const type = resolve(doc, path)
    let shown
    doc.transact(() => {
      rootOf(doc, 'text').toDelta(s)
      shown = [dump(Y.typeMapGetAllSnapshot(type, s)), dump(Y.typeListToArraySnapshot(type, s))]
    })
    return shown
  },
  snapshotContains: (snapshot, update) => Y.snapshotContainsUpdate(Y.decodeSnapshot(snapshot), update),

  position (id, path, index, assoc) {
    const p = Y.createRelativePositionFromTypeIndex(resolve(docs.get(id).doc, path), index, assoc)
    return [Y.encodeRelativePosition(p), JSON.stringify(Y.relativePositionToJSON(p))]
  },
  index (id, position, followUndone) {
    const { doc } = docs.get(id)
    const a = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(position), doc, followUndone)
    return a === null ? null : [a.index, a.assoc]
  },

  observe (id, roots) {
    const entry = docs.get(id)
    let current = []
    roots.forEach(name => rootOf(entry.doc, name).observeDeep(events => { current.push(...dumpEvents(name, events)) }))
    entry.doc.on('afterTransaction', () => {
      if (entry.transactions++ === 0) entry.events = current.sort()
      current = []
    })
  },
  // What observers heard of the last edit or update, clean-up left out.
  events: id => docs.get(id).events,

  undoManager (id, roots, origins, timeout, overwrite, keepTypes) {
    const { doc } = docs.get(id)
    const scope = roots.length === 0 ? doc : roots.map(name => rootOf(doc, name))
    // With a whole document as its scope, Yjs takes a transaction without changes
    // for a step, and even for a reason to forget what could be redone.
    const captureTransaction = tr => tr.deleteSet.clients.size > 0 ||
      [...tr.afterState].some(([client, clock]) => tr.beforeState.get(client) !== clock)
    const m = new Y.UndoManager(scope, { captureTransaction, trackedOrigins: new Set(origins), captureTimeout: timeout, ignoreRemoteMapChanges: overwrite, deleteFilter: item => !keepTypes || !(item.content instanceof Y.ContentType) })
    managers.set(id, m)
  },
  undo (id, what) {
    const entry = docs.get(id)
    const m = managers.get(id)
    let popped = null
    mutate(entry, () => {
      if (what === 'undo') popped = m.undo() !== null
      else if (what === 'redo') popped = m.redo() !== null
      else if (what === 'stop') m.stopCapturing()
      else if (what === 'clear') m.clear()
      else throw new Error('no such undo command ' + what)
    })
    return [popped, take(entry)]
  },
  track (id, origin, on) {
    const m = managers.get(id)
    if (on) m.addTrackedOrigin(origin)
    else m.removeTrackedOrigin(origin)
  },
  addToScope (id, root) { managers.get(id).addToScope(rootOf(docs.get(id).doc, root)) },
  stacks: id => { const m = managers.get(id); return [m.undoStack.length, m.redoStack.length] },

  awareness (id, client) {
    const doc = new Y.Doc({ guid: 'a' + id })
    doc.clientID = client
    const a = new awarenessProtocol.Awareness(doc)
    clearInterval(a._checkInterval)
    a.events = []
    a.on('update', e => { a.events.push(e) })
    awarenesses.set(id, a)
  },
  awarenessLocal (id, json) { awarenesses.get(id).setLocalState(JSON.parse(json)); awarenesses.get(id).events = [] },
  awarenessApply (id, update) {
    const a = awarenesses.get(id)
    a.events = []
    awarenessProtocol.applyAwarenessUpdate(a, update, REMOTE)
    const e = a.events[0] || { added: [], updated: [], removed: [] }
    return [e.added, e.updated, e.removed]
  },
  awarenessRemove (id, clients) { awarenessProtocol.removeAwarenessStates(awarenesses.get(id), clients, REMOTE) },
  awarenessEncode (id, clients) {
    const a = awarenesses.get(id)
    return awarenessProtocol.encodeAwarenessUpdate(a, clients.filter(c => a.meta.has(c)))
  },
  awarenessPresent: id => [...awarenesses.get(id).states.keys()].sort((a, b) => a - b),

  // What y-protocols makes of a message: its kind, the answer, and what Yjs authored.
  sync (id, frame) {
    const entry = begin(id)
    const encoder = encoding.createEncoder()
    const kind = syncProtocol.readSyncMessage(decoding.createDecoder(frame), encoder, entry.doc, REMOTE)
    return [kind, encoding.toUint8Array(encoder), take(entry)]
  },
  syncStep1 (id) {
    const encoder = encoding.createEncoder()
    syncProtocol.writeSyncStep1(encoder, docs.get(id).doc)
    return encoding.toUint8Array(encoder)
  }
}

let buffer = Buffer.alloc(1 << 16)
let filled = 0
const fill = n => {
  if (buffer.length < n) {
    const larger = Buffer.alloc(n * 2)
    buffer.copy(larger, 0, 0, filled)
    buffer = larger
  }
  while (filled < n) {
    const got = fs.readSync(0, buffer, filled, buffer.length - filled, null)
    if (got === 0) process.exit(0)
    filled += got
  }
}
const writeAll = bytes => { for (let at = 0; at < bytes.length;) at += fs.writeSync(1, bytes, at) }

while (true) {
  fill(4)
  const length = buffer.readUInt32LE(0)
  fill(4 + length)
  const [name, ...args] = decoding.readAny(decoding.createDecoder(new Uint8Array(buffer.subarray(4, 4 + length))))
  buffer.copy(buffer, 0, 4 + length, filled)
  filled -= 4 + length
  const answer = encoding.createEncoder()
  try {
    const result = commands[name](...args)
    encoding.writeUint8(answer, 0)
    encoding.writeAny(answer, result)
  } catch (error) {
    encoding.writeUint8(answer, 1)
    encoding.writeAny(answer, name + ': ' + (error.stack || error))
  }
  const bytes = encoding.toUint8Array(answer)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(bytes.length)
  writeAll(Buffer.concat([head, bytes]))
}
