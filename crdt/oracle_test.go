package crdt_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// oracle is a Node process holding Y.Docs; see testdata/oracle.mjs for what it
// can be asked. One serves many sessions, one at a time.
type oracle struct {
	in  *bufio.Writer
	out *bufio.Reader

	calls int
}

var (
	oracleOnce  sync.Once
	oracleProc  *oracle
	oracleError error
	oracleMu    sync.Mutex // held by the test that talks to oracleProc
)

// useOracle hands the shared process to t, emptied, until t ends. Without Node
// or the npm packages the test fails: a run that proves nothing must not pass.
func useOracle(t testing.TB) *oracle {
	t.Helper()
	oracleOnce.Do(func() { oracleProc, oracleError = startOracle() })
	if oracleError != nil {
		t.Fatalf("the oracle needs Node 20 and the npm packages of the repository (run `npm ci` in its root): %v", oracleError)
	}
	oracleMu.Lock()
	t.Cleanup(oracleMu.Unlock)
	oracleProc.call(t, "reset")
	return oracleProc
}

func startOracle() (*oracle, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	for _, pkg := range []string{"yjs", "y-protocols", "lib0"} {
		if _, err := os.Stat(filepath.Join("..", "node_modules", pkg, "package.json")); err != nil {
			return nil, fmt.Errorf("package %s is not installed: %w", pkg, err)
		}
	}
	// The process ends by itself when this one does and its input closes.
	cmd := exec.Command(node, filepath.Join("testdata", "oracle.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &oracle{in: bufio.NewWriter(in), out: bufio.NewReader(out)}, nil
}

// call runs one command and returns its result; a command that throws ends the test.
func (o *oracle) call(t testing.TB, name string, args ...any) any {
	t.Helper()
	v, err := o.try(t, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// try runs one command; the error is what it throws.
func (o *oracle) try(t testing.TB, name string, args ...any) (any, error) {
	t.Helper()
	o.calls++
	request := appendAny(nil, append([]any{name}, args...))
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(request)))
	o.in.Write(head[:])
	o.in.Write(request)
	if err := o.in.Flush(); err != nil {
		t.Fatalf("oracle: %s: %v", name, err)
	}
	if _, err := io.ReadFull(o.out, head[:]); err != nil {
		t.Fatalf("oracle: no answer to %s: %v", name, err)
	}
	answer := make([]byte, binary.LittleEndian.Uint32(head[:]))
	if _, err := io.ReadFull(o.out, answer); err != nil {
		t.Fatalf("oracle: no answer to %s: %v", name, err)
	}
	v, err := readAny(lib0.NewReader(answer[1:]))
	if err != nil {
		t.Fatalf("oracle: answer to %s: %v", name, err)
	}
	if answer[0] != 0 {
		return nil, fmt.Errorf("oracle: %v", v)
	}
	return v, nil
}

func (o *oracle) bytes(t testing.TB, name string, args ...any) []byte {
	t.Helper()
	b, ok := o.call(t, name, args...).([]byte)
	if !ok {
		t.Fatalf("oracle: %s answered with something else than bytes", name)
	}
	return b
}

func (o *oracle) text(t testing.TB, name string, args ...any) string {
	t.Helper()
	s, ok := o.call(t, name, args...).(string)
	if !ok {
		t.Fatalf("oracle: %s answered with something else than a string", name)
	}
	return s
}

// updates runs a command that answers with a list of byte strings.
func (o *oracle) updates(t testing.TB, name string, args ...any) [][]byte {
	t.Helper()
	return byteList(o.call(t, name, args...))
}

func byteList(v any) (list [][]byte) {
	for _, b := range v.([]any) {
		list = append(list, b.([]byte))
	}
	return list
}

// appendAny writes a value as lib0's writeAny does, object keys in order. It is
// separate from the engine's own writer so that the two do not share a mistake.
func appendAny(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 126)
	case bool:
		if v {
			return append(b, 120)
		}
		return append(b, 121)
	case int:
		return appendAny(b, int64(v))
	case uint64:
		return appendAny(b, int64(v))
	case int64:
		if v >= -math.MaxInt32 && v <= math.MaxInt32 {
			return lib0.AppendVarint(append(b, 125), v)
		}
		return appendAny(b, float64(v))
	case float64:
		switch {
		case v == 0 && math.Signbit(v):
			return append(b, 125, 0x40)
		case math.IsNaN(v): // that of JavaScript
			return append(b, 123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0)
		case v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32:
			return appendAny(b, int64(v))
		case float64(float32(v)) == v:
			return binary.BigEndian.AppendUint32(append(b, 124), math.Float32bits(float32(v)))
		}
		return binary.BigEndian.AppendUint64(append(b, 123), math.Float64bits(v))
	case crdt.BigInt:
		return binary.BigEndian.AppendUint64(append(b, 122), uint64(v))
	case string:
		return lib0.AppendVarString(append(b, 119), v)
	case []byte:
		return lib0.AppendVarBytes(append(b, 116), v)
	case [][]byte:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []uint64:
		return appendList(b, v)
	case []edit:
		return appendList(b, v)
	case []any:
		return appendList(b, v)
	case map[string]any:
		b = lib0.AppendUvarint(append(b, 118), uint64(len(v)))
		keys := slices.Sorted(maps.Keys(v))
		for n := range uint64(100) { // as JavaScript has it: indexes first; the tests have low ones
			if k := strconv.FormatUint(n, 10); v[k] != nil {
				b = appendAny(lib0.AppendVarString(b, k), v[k])
				keys = slices.DeleteFunc(keys, func(key string) bool { return key == k })
			}
		}
		for _, k := range keys {
			b = appendAny(lib0.AppendVarString(b, k), v[k])
		}
		return b
	case edit:
		return appendAny(b, v.wire())
	case fresh:
		return appendAny(b, map[string]any{"$new": v.kind, "s": v.s})
	}
	if v == crdt.Undefined {
		return append(b, 127)
	}
	panic(fmt.Sprintf("cannot send a %T to the oracle", v))
}

func appendList[T any](b []byte, list []T) []byte {
	b = lib0.AppendUvarint(append(b, 117), uint64(len(list)))
	for _, v := range list {
		b = appendAny(b, v)
	}
	return b
}

// readAny reads an answer: numbers as float64, or int64 where they are integers.
func readAny(r *lib0.Reader) (any, error) {
	tag, err := r.Byte()
	if err != nil {
		return nil, err
	}
	switch tag {
	case 127:
		return crdt.Undefined, nil
	case 126:
		return nil, nil
	case 125:
		return r.Varint()
	case 124:
		b, err := r.Bytes(4)
		if err != nil {
			return nil, err
		}
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b))), nil
	case 123:
		b, err := r.Bytes(8)
		if err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case 121:
		return false, nil
	case 120:
		return true, nil
	case 119:
		return r.VarString()
	case 117:
		n, err := r.Uvarint()
		list := []any{}
		for ; n > 0 && err == nil; n-- {
			var v any
			v, err = readAny(r)
			list = append(list, v)
		}
		return list, err
	case 116:
		return r.VarBytes()
	}
	return nil, fmt.Errorf("answer holds a value of type %d", tag)
}
