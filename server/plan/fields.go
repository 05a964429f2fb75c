package plan

import (
	"math"
	"strings"

	"coplan/crdt"
)

// reader collects what Read has to warn about.
type reader struct {
	warnings []Warning
}

func (r *reader) warn(code, path, text string) {
	r.warnings = append(r.warnings, Warning{code, path, text})
}

// fields reads the entries of one Y.Map, or of one plain object inside it, by
// the type they should have. Absent entries read as zero; entries of another
// type read as zero too and leave a warning.
type fields struct {
	r      *reader
	path   string
	m      crdt.Map       // zero when values are read
	values map[string]any // a plain object; nil when it was absent
}

func (r *reader) fields(m crdt.Map, path string) fields {
	return fields{r: r, path: path, m: m}
}

// eachMap calls fn for every entry of m that is a Y.Map, in no special order,
// and warns about the others.
func (r *reader) eachMap(m crdt.Map, path string, fn func(id string, f fields)) {
	m.Range(func(id string, v any) bool {
		if child, ok := v.(crdt.Map); ok {
			fn(id, r.fields(child, path+"/"+id))
		} else {
			r.fields(m, path).odd(id)
		}
		return true
	})
}

// get returns an entry; null and undefined count as absent, and so does
// everything in a map that is not there.
func (f fields) get(key string) (any, bool) {
	var v any
	if f.m.IsZero() {
		v = f.values[key]
	} else {
		v, _ = f.m.Get(key)
	}
	return v, v != nil && v != crdt.Undefined
}

func (f fields) odd(key string) {
	path := f.path + "/" + key
	f.r.warn(WarnOddValue, path, path+" holds a value that does not belong there; it is ignored.")
}

// text reads a string; a text type reads as its words.
func (f fields) text(key string) string {
	v, ok := f.get(key)
	if !ok {
		return ""
	}
	s, ok := textOf(v)
	if !ok {
		f.odd(key)
	}
	return s
}

// rich reads rich text; a string or plain text reads as one paragraph.
func (f fields) rich(key string) []Rich {
	v, ok := f.get(key)
	if !ok {
		return []Rich{}
	}
	if x, ok := v.(crdt.XMLFragment); ok {
		return ReadRich(x)
	}
	s, ok := textOf(v)
	if !ok {
		f.odd(key)
		return []Rich{}
	}
	return []Rich{Paragraph(s)}
}

func (f fields) enum(key string, allowed []string, absent string) string {
	v, ok := f.get(key)
	if !ok {
		return absent
	}
	if s, ok := v.(string); ok && oneOf(s, allowed) {
		return s
	}
	f.odd(key)
	return absent
}

func (f fields) date(key string) string {
	v, ok := f.get(key)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if ok && (s == "" || ValidDate(s)) {
		return s
	}
	f.odd(key)
	return ""
}

func (f fields) boolean(key string) bool {
	v, ok := f.get(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		f.odd(key)
	}
	return b
}

func (f fields) integer(key string) *int {
	v, ok := f.get(key)
	if !ok {
		return nil
	}
	n, ok := integerOf(v)
	if !ok {
		f.odd(key)
		return nil
	}
	return &n
}

func (f fields) integerOr(key string, absent int) int {
	if n := f.integer(key); n != nil {
		return *n
	}
	return absent
}

func (f fields) number(key string) *float64 {
	v, ok := f.get(key)
	if !ok {
		return nil
	}
	switch v := v.(type) {
	case int64:
		n := float64(v)
		return &n
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return &v
		}
	}
	f.odd(key)
	return nil
}

// strings reads a plain list of strings; other members are left out.
func (f fields) strings(key string) []string {
	out := []string{}
	v, ok := f.get(key)
	if !ok {
		return out
	}
	list, ok := v.([]any)
	if !ok {
		f.odd(key)
	}
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// object reads a plain object; a missing or odd one has no values.
func (f fields) object(key string) fields {
	o := fields{r: f.r, path: f.path + "/" + key}
	v, ok := f.get(key)
	if !ok {
		return o
	}
	if o.values, ok = v.(map[string]any); !ok {
		f.odd(key)
	}
	return o
}

// entries calls fn for each entry of the Y.Map under key, nulls left out.
func (f fields) entries(key string, fn func(id string, v any)) {
	v, ok := f.get(key)
	if !ok {
		return
	}
	m, ok := v.(crdt.Map)
	if !ok {
		f.odd(key)
		return
	}
	m.Range(func(id string, v any) bool {
		if v != nil && v != crdt.Undefined {
			fn(id, v)
		}
		return true
	})
}

// textOf returns the words of a string or text type.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case crdt.Text:
		return v.String(), true
	case crdt.XMLText:
		return deltaText(v.ToDelta()), true
	case crdt.XMLFragment:
		return RichText(ReadRich(v)), true
	}
	return "", false
}

// deltaText is the words of a delta without formats and embeds.
func deltaText(delta []crdt.DeltaOp) string {
	var b strings.Builder
	for _, op := range delta {
		if t, ok := op.Insert.(string); ok {
			b.WriteString(t)
		}
	}
	return b.String()
}

// integerOf returns v as a whole number, however it was encoded.
func integerOf(v any) (int, bool) {
	const limit = 1 << 53
	switch v := v.(type) {
	case int64:
		return int(v), v > -limit && v < limit
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) < limit
	}
	return 0, false
}
