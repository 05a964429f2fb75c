package crdt_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"coplan/crdt"
)

// roots are the root types of every oracle session; the name says the type.
var roots = []string{"text", "map", "array", "xml"}

func rootOf(d *crdt.Doc, name string) crdt.Type {
	switch strings.TrimRight(name, "0123456789") {
	case "text":
		return d.Text(name)
	case "map":
		return d.Map(name)
	case "array":
		return d.Array(name)
	case "xml":
		return d.XMLFragment(name)
	}
	panic("no root " + name)
}

// dumpDoc writes everything a document shows, character by character as dump in
// testdata/oracle.mjs does.
func dumpDoc(d *crdt.Doc, roots []string) string {
	var parts []string
	for _, name := range roots {
		parts = append(parts, name+"="+dump(rootOf(d, name)))
	}
	return strings.Join(parts, "\n")
}

func dump(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return quoteJS(v)
	case crdt.BigInt:
		return strconv.FormatInt(int64(v), 10) + "n"
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53-1 {
			return strconv.FormatInt(int64(v), 10)
		}
		if math.IsNaN(v) {
			return "f7ff8000000000000"
		}
		return fmt.Sprintf("f%016x", math.Float64bits(v))
	case []byte:
		return "b" + hex.EncodeToString(v)
	case []any:
		return dumpList(v)
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, quoteJS(k)+":"+dump(v[k]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case crdt.Subdoc:
		return "doc(" + v.GUID + ")"
	case crdt.XMLText:
		return fmt.Sprintf("XmlText%d(%s)%s", v.Len(), dumpDelta(v.ToDelta()), quoteJS(v.String()))
	case crdt.Text:
		return fmt.Sprintf("Text%d(%s)%s", v.Len(), dumpDelta(v.ToDelta()), quoteJS(v.String()))
	case crdt.Map:
		content := make(map[string]any)
		v.Range(func(key string, value any) bool { content[key] = value; return true })
		hook := ""
		if name := v.HookName(); name != "" {
			hook = "(" + name + ")"
		}
		return fmt.Sprintf("Map%s%d%s", hook, v.Len(), dump(content))
	case crdt.Array:
		var content []any
		v.Range(func(_ int, value any) bool { content = append(content, value); return true })
		return fmt.Sprintf("Array%d%s", v.Len(), dump(content))
	case crdt.XMLElement:
		return fmt.Sprintf("Element%d %s%s%s", v.Len(), v.Name(), dump(v.Attributes()), dumpList(v.Children()))
	case crdt.XMLFragment:
		return fmt.Sprintf("Fragment%d%s%s", v.Len(), dumpList(v.Children()), quoteJS(v.String()))
	}
	if v == crdt.Undefined {
		return "undefined"
	}
	return fmt.Sprintf("%T", v)
}

func dumpList[T any](list []T) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, dump(v))
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func dumpDelta(delta []crdt.DeltaOp) string {
	var parts []string
	for _, op := range delta {
		var s string
		switch {
		case op.Insert != nil:
			s = "+" + dump(op.Insert)
		case op.Delete > 0:
			s = "-" + strconv.Itoa(op.Delete)
		default:
			s = "=" + strconv.Itoa(op.Retain)
		}
		if len(op.Attributes) > 0 {
			s += dump(op.Attributes)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// quoteJS quotes as JSON.stringify does.
func quoteJS(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		switch r {
		case '"', '\\':
			b = append(b, '\\', byte(r))
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if r < 0x20 {
				b = fmt.Appendf(b, `\u%04x`, r)
			} else {
				b = append(b, string(r)...)
			}
		}
	}
	return string(append(b, '"'))
}

// dumpEvents writes the events of a transaction, a line each, as dumpEvents in
// testdata/oracle.mjs does.
func dumpEvents(events []crdt.Event) []string {
	var lines []string
	for _, e := range events {
		keys := make(map[string]any)
		for k, c := range e.Keys {
			switch c.Old.(type) {
			case crdt.Type:
				keys[k] = []any{c.Action}
			case nil:
				keys[k] = []any{c.Action, c.Old}
				if c.Action == "add" {
					keys[k] = []any{c.Action, crdt.Undefined}
				}
			default:
				keys[k] = []any{c.Action, c.Old}
			}
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s", e.Path[0], dump(e.Path[1:]), dumpDelta(e.Delta), dump(keys)))
	}
	slices.Sort(lines)
	return lines
}
