package crdt_test

import (
	"bytes"
	"errors"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

func TestSyncMessagesReadBack(t *testing.T) {
	payload := bytes.Repeat([]byte("ab"), 100)
	for kind, frame := range map[int][]byte{
		crdt.SyncStep1:  crdt.AppendSyncStep1(nil, payload),
		crdt.SyncStep2:  crdt.AppendSyncStep2(nil, payload),
		crdt.SyncUpdate: crdt.AppendSyncUpdate(nil, payload),
	} {
		got, back, err := crdt.DecodeSync(frame)
		if err != nil || got != kind || !bytes.Equal(back, payload) {
			t.Errorf("kind %d: read kind %d, %d bytes, %v", kind, got, len(back), err)
		}
		for n := range frame {
			if _, _, err := crdt.DecodeSync(frame[:n]); !errors.Is(err, lib0.ErrTruncated) || !errors.Is(err, crdt.ErrTruncated) {
				t.Errorf("kind %d cut at %d of %d: %v", kind, n, len(frame), err)
			}
		}
		if _, _, err := crdt.DecodeSync(append(frame, 0)); !errors.Is(err, lib0.ErrTrailing) || !errors.Is(err, crdt.ErrMalformed) {
			t.Errorf("kind %d with a byte too many: %v", kind, err)
		}
	}
	if _, _, err := crdt.DecodeSync([]byte{3, 0}); !errors.Is(err, crdt.ErrMalformed) {
		t.Errorf("type 3: %v", err)
	}
	if _, _, err := crdt.DecodeSync(bytes.Repeat([]byte{0xff}, 20)); !errors.Is(err, crdt.ErrMalformed) {
		t.Errorf("a type without end: %v", err)
	}
}

func FuzzDecodeSync(f *testing.F) {
	f.Add([]byte{0, 1, 0})
	f.Add([]byte{2, 2, 0, 0})
	f.Fuzz(func(t *testing.T, frame []byte) {
		kind, payload, err := crdt.DecodeSync(frame)
		if err != nil {
			return
		}
		again := crdt.AppendSyncUpdate(nil, payload)
		again[0] = byte(kind)
		if k, p, err := crdt.DecodeSync(again); err != nil || k != kind || !bytes.Equal(p, payload) {
			t.Fatalf("%x read as %d %x, which reads back as %d %x %v", frame, kind, payload, k, p, err)
		}
	})
}
