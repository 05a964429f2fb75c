package lib0_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"coplan/crdt/lib0"
)

func ExampleReader() {
	frame := lib0.AppendVarString(lib0.AppendUvarint(nil, 300), "été")
	r := lib0.NewReader(frame)
	n, _ := r.Uvarint()
	s, _ := r.VarString()
	fmt.Println(n, s, r.Len())

	_, err := lib0.NewReader([]byte{200, 1, 'x'}).VarBytes()
	fmt.Println(err)
	// Output:
	// 300 été 0
	// bytes at offset 0: unexpected end of data
}

// The bytes were written by lib0 0.2.120.
func TestNumbersAsLib0WritesThem(t *testing.T) {
	for v, want := range map[uint64]string{
		0: "00", 127: "7f", 128: "8001", 16383: "ff7f", 16384: "808001",
		1<<32 - 1: "ffffffff0f", lib0.MaxSafeInteger: "ffffffffffffff0f",
	} {
		got := lib0.AppendUvarint(nil, v)
		if hex.EncodeToString(got) != want {
			t.Errorf("AppendUvarint(%d) = %x, want %s", v, got, want)
		}
		if n := lib0.UvarintLen(v); n != len(got) {
			t.Errorf("UvarintLen(%d) = %d, want %d", v, n, len(got))
		}
		if back, err := lib0.NewReader(got).Uvarint(); err != nil || back != v {
			t.Errorf("Uvarint(%x) = %d, %v", got, back, err)
		}
	}
	for v, want := range map[int64]string{
		0: "00", 1: "01", -1: "41", 63: "3f", -63: "7f", 64: "8001", -64: "c001",
		8191: "bf7f", 8192: "808001", -(1 << 31): "c080808010", math.MaxInt32: "bfffffff0f",
	} {
		got := lib0.AppendVarint(nil, v)
		if hex.EncodeToString(got) != want {
			t.Errorf("AppendVarint(%d) = %x, want %s", v, got, want)
		}
		if back, err := lib0.NewReader(got).Varint(); err != nil || back != v {
			t.Errorf("Varint(%x) = %d, %v", got, back, err)
		}
	}
}

func TestNegativeZeroIsKept(t *testing.T) {
	b := lib0.AppendSignMagnitude(nil, 0, true)
	if m, neg, err := lib0.NewReader(b).SignMagnitude(); m != 0 || !neg || err != nil {
		t.Fatalf("SignMagnitude(%x) = %d, %v, %v", b, m, neg, err)
	}
}

func TestAppendVarStringReplacesWhatIsNotUTF8(t *testing.T) {
	b := lib0.AppendVarString(nil, "a\xed\xa0\x80b")
	if s, err := lib0.NewReader(b).VarString(); err != nil || s != "a\uFFFDb" {
		t.Fatalf("got %q, %v", s, err)
	}
}

func TestRefusals(t *testing.T) {
	uvarint := func(r *lib0.Reader) error { _, err := r.Uvarint(); return err }
	varint := func(r *lib0.Reader) error { _, err := r.Varint(); return err }
	varBytes := func(r *lib0.Reader) error { _, err := r.VarBytes(); return err }
	varString := func(r *lib0.Reader) error { _, err := r.VarString(); return err }
	for _, c := range []struct {
		name string
		data string // hex, after one byte that is read first
		read func(*lib0.Reader) error
		want error
	}{
		{"nothing left", "", uvarint, lib0.ErrTruncated},
		{"continuation bit on the last byte", "ff", uvarint, lib0.ErrTruncated},
		{"2^53", "8080808080808010", uvarint, lib0.ErrRange},
		{"2^64", "80808080808080808002", uvarint, lib0.ErrRange},
		{"padding without end", "808080808080808080808080808000", uvarint, lib0.ErrRange},
		{"signed: nothing left", "", varint, lib0.ErrTruncated},
		{"signed: cut", "c0", varint, lib0.ErrTruncated},
		{"signed: too large", "bfffffffffffffff7f", varint, lib0.ErrRange},
		{"length beyond the end", "0361", varBytes, lib0.ErrTruncated},
		{"length beyond the limit", "09616161616161616161", varBytes, lib0.ErrTooLong},
		{"length of 2^50", "8080808080808002", varBytes, lib0.ErrTooLong},
		{"lone surrogate", "03eda080", varString, lib0.ErrUTF8},
		{"half a rune", "02c3", varString, lib0.ErrTruncated},
		{"overlong slash", "02c0af", varString, lib0.ErrUTF8},
	} {
		data, err := hex.DecodeString("00" + c.data)
		if err != nil {
			t.Fatal(err)
		}
		r := lib0.NewReader(data)
		r.MaxLen = 8
		r.Byte()
		for range 2 { // the second attempt meets the same wall
			err = c.read(r)
			var at *lib0.Error
			if !errors.Is(err, c.want) || !errors.As(err, &at) || at.Offset != 1 || r.Offset() != 1 {
				t.Errorf("%s: %v at %d, want %v at offset 1", c.name, err, r.Offset(), c.want)
			}
		}
	}
}

func TestDone(t *testing.T) {
	r := lib0.NewReader([]byte{1, 2})
	r.Byte()
	if err := r.Done(); !errors.Is(err, lib0.ErrTrailing) {
		t.Fatalf("one byte left: %v", err)
	}
	r.Byte()
	if err := r.Done(); err != nil {
		t.Fatal(err)
	}
}

// What is appended in any order reads back, and every cut of it fails.
func TestRoundTripAndCuts(t *testing.T) {
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, 0))
	var data []byte
	var reads []func(*lib0.Reader) bool
	for range 200 {
		switch rng.IntN(4) {
		case 0:
			v := rng.Uint64N(lib0.MaxSafeInteger+1) >> rng.IntN(53)
			data = lib0.AppendUvarint(data, v)
			reads = append(reads, func(r *lib0.Reader) bool { got, err := r.Uvarint(); return err == nil && got == v })
		case 1:
			v := int64(rng.Uint64N(lib0.MaxSafeInteger+1)>>rng.IntN(53)) * int64(1-2*rng.IntN(2))
			data = lib0.AppendVarint(data, v)
			reads = append(reads, func(r *lib0.Reader) bool { got, err := r.Varint(); return err == nil && got == v })
		case 2:
			v := bytes.Repeat([]byte{byte(rng.Uint32())}, rng.IntN(300))
			data = lib0.AppendVarBytes(data, v)
			reads = append(reads, func(r *lib0.Reader) bool { got, err := r.VarBytes(); return err == nil && bytes.Equal(got, v) })
		case 3:
			v := string([]rune{rune(rng.IntN(0xd800)), rune(0x10000 + rng.IntN(0x100000))}[:rng.IntN(3)])
			data = lib0.AppendVarString(data, v)
			reads = append(reads, func(r *lib0.Reader) bool { got, err := r.VarString(); return err == nil && got == v })
		}
	}
	all := func(r *lib0.Reader) bool {
		for _, read := range reads {
			if !read(r) {
				return false
			}
		}
		return true
	}
	if r := lib0.NewReader(data); !all(r) || r.Done() != nil {
		t.Fatalf("seed %d: did not read back, stopped at %d of %d", seed, r.Offset(), len(data))
	}
	for n := range data {
		if all(lib0.NewReader(data[:n])) {
			t.Fatalf("seed %d: read everything from the first %d of %d bytes", seed, n, len(data))
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{0x80, 0x01, 0x03, 'a', 'b', 'c', 0x41})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := lib0.NewReader(data)
		for i := 0; r.Len() > 0; i++ {
			before := r.Offset()
			var err error
			switch i % 4 {
			case 0:
				_, err = r.Uvarint()
			case 1:
				_, err = r.Varint()
			case 2:
				_, err = r.VarBytes()
			case 3:
				_, err = r.VarString()
			}
			if err != nil {
				if r.Offset() != before {
					t.Fatalf("moved from %d to %d by a failed read: %v", before, r.Offset(), err)
				}
				return
			}
			if r.Offset() <= before {
				t.Fatalf("no progress at %d", before)
			}
		}
	})
}
