// Package crdt is a Yjs-compatible CRDT engine.
package crdt
