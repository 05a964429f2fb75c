package crdt

// ToJSON returns the document as plain values, by root: a Map as map[string]any,
// an Array as []any, a Text as string, XML as its string. The kind of a root
// that only updates have mentioned is guessed from its content.
func (d *Doc) ToJSON() map[string]any {
	out := make(map[string]any, len(d.roots))
	for k, t := range d.roots {
		out[d.keys[k]] = d.plain(d.handle(t), 0)
	}
	return out
}

// ToJSON returns the map as plain values, shared types converted.
func (m Map) ToJSON() map[string]any { return m.json(0) }

// ToJSON returns the array as plain values, shared types converted.
func (a Array) ToJSON() []any { return a.json(0) }

// ToJSON is String: a text is a string in JSON.
func (t Text) ToJSON() string { return t.String() }

// ToJSON is String: XML is a string in JSON, as in Yjs.
func (f XMLFragment) ToJSON() string { return f.String() }

// ToJSON is String: XML is a string in JSON, as in Yjs.
func (e XMLElement) ToJSON() string { return e.String() }

// ToJSON is String: XML is a string in JSON, as in Yjs.
func (t XMLText) ToJSON() string { return t.String() }

func (m Map) json(depth int) map[string]any {
	out := map[string]any{}
	m.entries(func(k string, it *item) bool {
		out[k] = m.d.plain(m.d.value(it), depth+1)
		return true
	})
	return out
}

func (a Array) json(depth int) []any {
	out := make([]any, 0, a.length())
	a.eachValue(func(v any) bool { out = append(out, a.d.plain(v, depth+1)); return true })
	return out
}

// plain converts a value if it is a shared type. Types nested deeper than
// conversionDepth become nil.
func (d *Doc) plain(v any, depth int) any {
	if depth > conversionDepth {
		return nil
	}
	switch v := v.(type) {
	case Map:
		return v.json(depth)
	case Array:
		return v.json(depth)
	case Text:
		return v.String()
	case XMLText:
		return v.String()
	case XMLElement:
		return v.String()
	case XMLFragment:
		return v.String()
	}
	return v
}
