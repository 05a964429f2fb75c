// Package journal is the operation log: everything that happened to a document
// is an ordered list of entries, and the live document, its history, other
// nodes and a restarted server are all read from it.
//
// It stands on NATS JetStream, embedded in the process or as an external
// cluster, and NATS lives nowhere else. It knows no CRDT: updates are opaque.
//
// Appending: an Append that returned nil is durable (Config.Sync says how
// durable). Nobody, not even the appender, sees an entry before that: live
// entries come from JetStream's re-publishing, which happens after storing.
//
// Reading: Follow gives a document's entries from a Cursor on, exactly once
// and in order, whatever the network drops, because each live entry names the
// one before it and gaps are read from the log.
//
// Storage format: streams PLANS_00 to PLANS_15, subject
// plan.<shard>.<group>.<rest> per document (name.go), the message body is the
// envelope (entry.go), Nats-Msg-Id the duplicate key. Buckets: WORKSPACE
// (KV, the workspace's records), JOURNAL (KV, the journal's own notes),
// SNAPSHOTS (object store). Snapshots are a cache: nothing is lost with them.
package journal
