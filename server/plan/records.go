package plan

import (
	"encoding/json"
	"time"

	"coplan/crdt"
)

// MaxRecordBytes bounds what only commands write: comments, sign-offs and other
// records. It is beside MaxContentBytes, so that whoever may comment but not edit
// can't fill a plan for those who may.
const MaxRecordBytes = 4 << 20

var recordRoots = []string{RootThreads, RootSignoffs, RootSlips, RootReviews, RootBaseline, RootProposals}

// recordBytes is about how much of the document's content are records. It walks
// over all of them.
func recordBytes(d *crdt.Doc) int {
	n := 0
	for _, root := range recordRoots {
		n += weigh(d.Map(root))
	}
	return n
}

// weigh is about what a value takes in an update.
func weigh(v any) int {
	n := 2
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += weigh(item)
		}
	case map[string]any:
		for key, item := range v {
			n += len(key) + weigh(item)
		}
	case crdt.Map:
		v.Range(func(_ string, item any) bool { n += weigh(item); return true })
	}
	return n
}

// recording makes a command refuse when there is no room for its record.
func recording(run Command) Command {
	return func(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
		if d.ContentBytes()+len(args) > MaxRecordBytes && recordBytes(d)+len(args) > MaxRecordBytes {
			return nil, refuse(CodeFull, "", "The plan holds %d MiB of comments and records, which is all there is room for. Delete comments first.", MaxRecordBytes>>20)
		}
		return run(d, tx, by, now, args)
	}
}
