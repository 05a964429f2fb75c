package journal_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"coplan/server/journal"
)

// The bytes are the storage format and the leaves of the Merkle tree: a change
// here breaks every existing log.
func TestEntryBytes(t *testing.T) {
	e := journal.Entry{
		Doc: "plan/p7f3/seller", At: 1790000000123456,
		Actor:   journal.Actor{ID: "p1", Name: "Dana", Role: "seller", Side: "seller", Via: "link"},
		Session: "s9", Kind: journal.KindCommand, What: "comment.add",
		Update: []byte{0, 0}, Cause: []byte(`{"text":"hi"}`), Client: 1 << 33,
	}
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	const want = "aa" + // a map, its keys sorted as encoded, short ones first
		"6176" + "01" + // v
		"626174" + "1b00065bfeda27c240" + // at
		"63646f63" + "70706c616e2f703766332f73656c6c6572" + // doc
		"646b696e64" + "67636f6d6d616e64" + // kind
		"6477686174" + "6b636f6d6d656e742e616464" + // what
		"656163746f72" + "a5" + "626964627031" + "63766961646c696e6b" + "646e616d656444616e61" +
		"64726f6c656673656c6c6572" + "64736964656673656c6c6572" + // actor
		"656361757365" + "4d7b2274657874223a226869227d" + // cause
		"66636c69656e74" + "1b0000000200000000" + // client
		"66757064617465" + "420000" + // update
		"6773657373696f6e" + "627339" // session
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("encoded as\n%s, want\n%s", got, want)
	}
	back, err := journal.DecodeEntry(b)
	e.V = journal.EntryVersion
	if err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("came back as %+v, %v", back, err)
	}
}

func TestDecodeEntryRejects(t *testing.T) {
	good, err := journal.Entry{Doc: "doc/a", Kind: journal.KindUpdate}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"text":            []byte("hello"),
		"cut short":       good[:len(good)-1],
		"something after": append(bytes.Clone(good), 0),
		"key twice":       append([]byte{good[0] + 1}, append(bytes.Clone(good[1:]), 0x61, 'v', 1)...),
		"endless map":     {0xbf, 0xff},
		"huge map":        {0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"huge text":       {0xa1, 0x63, 'd', 'o', 'c', 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"deep":            bytes.Repeat([]byte{0x81}, 1000),
		"other kind":      bytes.Replace(good, []byte("update"), []byte("upDate"), 1),
		"other version":   bytes.Replace(good, []byte{0x61, 'v', 1}, []byte{0x61, 'v', 2}, 1),
		"no document":     bytes.Replace(good, []byte("doc/a"), []byte("doc\na"), 1),
	} {
		if e, err := journal.DecodeEntry(b); err == nil {
			t.Errorf("%s: decoded to %+v", name, e)
		}
	}
}

// What decodes, encodes to something that decodes to the same.
func FuzzDecodeEntry(f *testing.F) {
	for _, e := range []journal.Entry{
		{Doc: "doc/a", Kind: journal.KindUpdate},
		{Doc: "plan/x/buyer", Kind: journal.KindSystem, At: -1, Client: 7, Update: []byte("u"), Cause: []byte("{}"), What: "w", Session: "s"},
	} {
		b, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := journal.DecodeEntry(b)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil {
			t.Fatalf("decoded, but doesn't encode: %v", err)
		}
		back, err := journal.DecodeEntry(again)
		if err != nil {
			t.Fatal(err)
		}
		third, err := back.Encode()
		if err != nil || !bytes.Equal(third, again) {
			t.Fatalf("%x encodes to %x, then to %x: %v", b, again, third, err)
		}
	})
}

// Every document has subjects of its own, from which its name can be told.
func FuzzDocNames(f *testing.F) {
	for _, n := range []string{"plan/a", "plan/a/seller", "plan/a/", "doc/ä b.*>", "=", "==", "=2F", "plan//x"} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if journal.CheckDocName(name) != nil {
			return
		}
		_, subject := journal.Subject(name)
		if len(strings.Split(subject, ".")) != 4 || strings.ContainsAny(subject, " *>\t\r\n") {
			t.Fatalf("%q has subject %q", name, subject)
		}
		if back, err := journal.DocOf(subject); err != nil || back != name {
			t.Fatalf("%q has subject %q, which is %q, %v", name, subject, back, err)
		}
	})
}

// The edge gives RFC 6962 roots at every size, and resumes from its bytes.
func TestEdge(t *testing.T) {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(idx []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(idx))
		for i, n := range idx {
			out[i] = stored[n]
		}
		return out, nil
	})
	rng := rand.New(rand.NewPCG(1, 2))
	var e journal.Edge
	for n := range int64(300) {
		want, err := tlog.TreeHash(n, read)
		if err != nil {
			t.Fatal(err)
		}
		if root := e.Root(); root != want || e.Size() != uint64(n) {
			t.Fatalf("root of %d entries is %x, want %x", n, root, want)
		}
		back, err := journal.UnmarshalEdge(uint64(n), e.Marshal())
		if err != nil || !back.Equal(e) {
			t.Fatalf("edge of %d entries came back different: %v", n, err)
		}
		e = back
		leaf := fmt.Appendf(nil, "%d", rng.Uint64())
		h, err := tlog.StoredHashes(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, h...)
		before := e.Root()
		next := e.Append(leaf)
		if e.Root() != before {
			t.Fatalf("appending entry %d changed the old edge", n)
		}
		e = next
	}
	for _, b := range [][]byte{nil, make([]byte, 31), make([]byte, 33), make([]byte, 96)} {
		if _, err := journal.UnmarshalEdge(5, b); err == nil {
			t.Errorf("an edge of 5 entries was read from %d bytes", len(b))
		}
	}
}
