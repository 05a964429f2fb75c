package web

import (
	"math"

	"coplan/crdt"
)

// Content is a document's content by root, as JSON can hold it: null stands for
// numbers that are none, as with JSON.stringify, and for undefined.
func Content(d *crdt.Doc) map[string]any {
	content := d.ToJSON()
	finite(content)
	return content
}

// finite replaces numbers inside a plain value and returns what stands for it.
func finite(v any) any {
	switch v := v.(type) {
	default:
		if v == crdt.Undefined {
			return nil
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = finite(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = finite(v[key])
		}
	}
	return v
}
