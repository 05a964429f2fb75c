package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go/jetstream"
)

// Snapshot is a document's state after its first Ordinal entries: a cache, from
// which a room starts so that it reads only the entries behind it.
type Snapshot struct {
	Doc     string `cbor:"doc"`
	Seq     uint64 `cbor:"seq"`     // of the last entry included
	Ordinal uint64 `cbor:"ordinal"` // how many entries are included
	Epoch   uint64 `cbor:"epoch"`
	// Clients is which person each CRDT client id belongs to.
	Clients map[uint64]string `cbor:"clients,omitempty"`
	// Edge is Edge.Marshal of the Merkle tree over the entries included; it
	// lets Check notice a rewritten log.
	Edge       []byte `cbor:"edge,omitempty"`
	Format     string `cbor:"format"` // of State: "v1" or "v2"
	State      []byte `cbor:"state"`
	Checkpoint []byte `cbor:"checkpoint,omitempty"` // signed note over the tree
}

// Cursor is where to Follow on from s.
func (s Snapshot) Cursor() Cursor { return Cursor{Seq: s.Seq, Next: s.Ordinal} }

const (
	snapshotMagic    = "coplan snapshot 1\n"
	maxSnapshotBytes = 1 << 30 // unpacked
	maxSnapshots     = 32      // per document; then the one least missed goes
	recentSnapshots  = 4       // never thinned
)

var (
	snapEnc, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	snapDec, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxSnapshotBytes))
	snapCBOR   = mustMode(cbor.DecOptions{
		DupMapKey:   cbor.DupMapKeyEnforcedAPF,
		IndefLength: cbor.IndefLengthForbidden,
		MaxMapPairs: 1 << 24,
	}.DecMode())
)

// encode: magic, SHA-256 of the rest, zstd of the CBOR.
func (s Snapshot) encode() ([]byte, error) {
	b, err := entryEnc.Marshal(s)
	if err != nil {
		return nil, err
	}
	if len(b) > maxSnapshotBytes {
		return nil, fmt.Errorf("%d bytes; at most %d", len(b), maxSnapshotBytes)
	}
	packed := snapEnc.EncodeAll(b, nil)
	sum := sha256.Sum256(packed)
	return slices.Concat([]byte(snapshotMagic), sum[:], packed), nil
}

func decodeSnapshot(b []byte) (Snapshot, error) {
	var s Snapshot
	rest, ok := bytes.CutPrefix(b, []byte(snapshotMagic))
	if !ok || len(rest) < sha256.Size {
		return s, errors.New("it does not begin as one")
	}
	sum, packed := rest[:sha256.Size], rest[sha256.Size:]
	if have := sha256.Sum256(packed); !bytes.Equal(sum, have[:]) {
		return s, errors.New("its checksum is wrong")
	}
	plain, err := snapDec.DecodeAll(packed, nil)
	if err != nil {
		return s, fmt.Errorf("unpack: %w", err)
	}
	if err := snapCBOR.Unmarshal(plain, &s); err != nil {
		return s, fmt.Errorf("decode: %w", err)
	}
	return s, nil
}

// snapNote is one line of a document's list of snapshots, kept in the bucket
// JOURNAL because an object store can't list by document. A crash between
// object and list leaves an object nobody lists; the next PutSnapshot at that
// ordinal replaces it.
type snapNote struct {
	Seq     uint64 `cbor:"seq"`
	Ordinal uint64 `cbor:"ordinal"`
}

func (n snapNote) object(where place) string {
	return fmt.Sprintf("%s/%020d", where.tokens(), n.Ordinal)
}

func snapKey(where place) string { return "snap." + where.tokens() }

// snapNotes lists the document's snapshots, oldest first, and the revision to
// update from, 0 if there is no list.
func (j *Journal) snapNotes(ctx context.Context, where place) ([]snapNote, uint64, error) {
	b, rev, err := j.notes.Get(ctx, snapKey(where))
	if errors.Is(err, ErrNoKey) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	var notes []snapNote
	if err := snapCBOR.Unmarshal(b, &notes); err != nil {
		// Only a cache's table of contents: begin a new one.
		j.log.Error("journal: the list of snapshots is unreadable and is begun anew", "key", snapKey(where), "error", err)
		return nil, rev, nil
	}
	return notes, rev, nil
}

// PutSnapshot stores s, replacing one with the same Ordinal, and thins old
// ones: the newest four stay, of older ones up to 32 in all, evenly spread.
// It also notes how far the log reached, for the check at the next Open.
func (j *Journal) PutSnapshot(ctx context.Context, s Snapshot) error {
	where, err := placeOf(s.Doc)
	if err != nil {
		return err
	}
	if s.Seq == 0 || s.Ordinal == 0 {
		return fmt.Errorf("snapshot of %s: it includes no entry", s.Doc)
	}
	if _, err := UnmarshalEdge(s.Ordinal, s.Edge); len(s.Edge) > 0 && err != nil {
		return fmt.Errorf("snapshot of %s: %w", s.Doc, err)
	}
	if err := j.accepting(); err != nil {
		return fmt.Errorf("snapshot of %s: %w: %w", s.Doc, ErrUnavailable, err)
	}
	b, err := s.encode()
	if err != nil {
		return fmt.Errorf("snapshot of %s: %w", s.Doc, err)
	}
	note := snapNote{Seq: s.Seq, Ordinal: s.Ordinal}
	if _, err := j.snaps.PutBytes(ctx, note.object(where), b); err != nil {
		return fmt.Errorf("snapshot of %s: %w: %w", s.Doc, ErrUnavailable, err)
	}
	dropped, err := j.listSnapshot(ctx, where, note)
	if err != nil {
		return fmt.Errorf("snapshot of %s: %w", s.Doc, err)
	}
	for _, d := range dropped {
		if err := j.snaps.Delete(ctx, d.object(where)); err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
			j.log.Warn("journal: an old snapshot was not removed", "object", d.object(where), "error", err)
		}
	}
	if err := j.writeHigh(ctx, where.shard, s.Seq); err != nil {
		return fmt.Errorf("snapshot of %s: %w", s.Doc, err)
	}
	return nil
}

// listSnapshot adds note to the list and returns those that fall out of it.
func (j *Journal) listSnapshot(ctx context.Context, where place, note snapNote) ([]snapNote, error) {
	for {
		notes, rev, err := j.snapNotes(ctx, where)
		if err != nil {
			return nil, err
		}
		notes = slices.DeleteFunc(notes, func(n snapNote) bool { return n.Ordinal == note.Ordinal })
		i, _ := slices.BinarySearchFunc(notes, note, func(a, b snapNote) int { return int(int64(a.Ordinal - b.Ordinal)) })
		notes, dropped := thin(slices.Insert(notes, i, note))
		b, err := entryEnc.Marshal(notes)
		if err != nil {
			return nil, err
		}
		if rev == 0 {
			_, err = j.notes.Create(ctx, snapKey(where), b)
		} else {
			_, err = j.notes.Update(ctx, snapKey(where), b, rev)
		}
		if err == nil {
			return dropped, nil
		}
		if !errors.Is(err, ErrKeyChanged) {
			return nil, err
		}
	}
}

// thin drops notes until maxSnapshots are left: each time the old one whose
// neighbours are closest, so that a seek into history never reads far.
func thin(notes []snapNote) (kept, dropped []snapNote) {
	for len(notes) > maxSnapshots {
		best, span := 0, ^uint64(0)
		for i := range len(notes) - recentSnapshots {
			var before uint64
			if i > 0 {
				before = notes[i-1].Ordinal
			}
			if d := notes[i+1].Ordinal - before; d < span {
				best, span = i, d
			}
		}
		dropped = append(dropped, notes[best])
		notes = slices.Delete(notes, best, best+1)
	}
	return notes, dropped
}

// LatestSnapshot finds doc's newest sound snapshot with Seq ≤ maxSeq (0: any).
// A missing or corrupt one is logged as an error and the one before it taken;
// false means there is none, and the document must be read from its beginning.
func (j *Journal) LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (Snapshot, bool, error) {
	where, err := placeOf(doc)
	if err != nil {
		return Snapshot{}, false, err
	}
	notes, _, err := j.snapNotes(ctx, where)
	if err != nil {
		return Snapshot{}, false, fmt.Errorf("snapshot of %s: %w", doc, err)
	}
	for _, n := range slices.Backward(notes) {
		if maxSeq != 0 && n.Seq > maxSeq {
			continue
		}
		s, err := j.loadSnapshot(ctx, doc, where, n)
		if err == nil {
			return s, true, nil
		}
		if errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return Snapshot{}, false, fmt.Errorf("snapshot of %s: %w", doc, err)
		}
		j.log.Error("journal: snapshot is corrupt and is skipped; the state is rebuilt from an older one and the log",
			"doc", doc, "seq", n.Seq, "ordinal", n.Ordinal, "error", err)
	}
	return Snapshot{}, false, nil
}

func (j *Journal) loadSnapshot(ctx context.Context, doc string, where place, n snapNote) (Snapshot, error) {
	b, err := j.object(ctx, n.object(where))
	if err != nil {
		return Snapshot{}, err
	}
	s, err := decodeSnapshot(b)
	if err != nil {
		return Snapshot{}, err
	}
	if s.Doc != doc || s.Seq != n.Seq || s.Ordinal != n.Ordinal {
		return Snapshot{}, fmt.Errorf("it is of %s at sequence %d", s.Doc, s.Seq)
	}
	return s, nil
}

// object reads an object's parts straight from the bucket's stream. Unlike the
// client library's way this needs no consumer, and a part that can't be read is
// noticed at once.
func (j *Journal) object(ctx context.Context, name string) ([]byte, error) {
	info, err := j.snaps.GetInfo(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrObjectNotFound):
		return nil, errors.New("it is missing")
	case errors.Is(err, jetstream.ErrBadObjectMeta):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case info.Size > maxSnapshotBytes:
		return nil, fmt.Errorf("it claims %d bytes", info.Size)
	}
	var b []byte
	for next, parts := uint64(1), uint32(0); parts < info.Chunks; {
		var c chunk
		err := j.retryRead(ctx, func(ctx context.Context) (err error) {
			c, err = j.get(ctx, "OBJ_SNAPSHOTS", "$O.SNAPSHOTS.C."+info.NUID, next, min(int(info.Chunks-parts), readBatch), 8<<20)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(c.msgs) == 0 {
			return nil, fmt.Errorf("part %d of %d can't be read", parts+1, info.Chunks)
		}
		for _, m := range c.msgs {
			b = append(b, m.Data...)
		}
		next, parts = c.seqs[len(c.seqs)-1]+1, parts+uint32(len(c.msgs))
	}
	return b, nil
}
