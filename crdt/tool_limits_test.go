package crdt_test

import (
	"errors"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// Tools without a document take in format v2 what they take in v1, and less only
// for those who say so.
func TestToolsHaveTheSameLimitsInBothFormats(t *testing.T) {
	long := new(wire).at(9, 0).item(deletedContent, place{root: "text"}, lib0.AppendUvarint(nil, 1<<30+1)).bytes()
	merged, err := crdt.MergeUpdates(long)
	if err != nil {
		t.Fatal(err)
	}
	v2, err := crdt.ConvertUpdateV1ToV2(merged)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crdt.MergeUpdatesV2(v2, v2); err != nil {
		t.Error(err)
	}
	if _, err := crdt.DiffUpdateV2(v2, []byte{0}); err != nil {
		t.Error(err)
	}
	within := crdt.Limits{MaxRunLength: 1 << 20}
	if _, err := within.ConvertUpdateV1ToV2(merged); !errors.Is(err, crdt.ErrLimit) {
		t.Errorf("to v2 within limits: %v", err)
	}
	if _, err := within.ConvertUpdateV2ToV1(v2); !errors.Is(err, crdt.ErrLimit) {
		t.Errorf("to v1 within limits: %v", err)
	}
}
