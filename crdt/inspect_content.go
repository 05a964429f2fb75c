package crdt

import "fmt"

// ContentKind says what a struct of an update holds.
type ContentKind uint8

const (
	ContentNone     ContentKind = iota // nothing that is visible: deleted already, or a touch that deletes
	ContentString                      // characters of a text
	ContentValues                      // plain values
	ContentEmbed                       // a value embedded in a text
	ContentFormat                      // the value of a formatting mark
	ContentBinary                      // bytes
	ContentDocument                    // a document inside the document
	ContentArray                       // from here on: a shared type
	ContentMap
	ContentText
	ContentXMLElement
	ContentXMLFragment
	ContentXMLText
)

var contentNames = [...]string{"nothing", "characters", "values", "an embed", "a format", "bytes", "a document",
	"an array", "a map", "a text", "an XML element", "an XML fragment", "an XML text"}

// String is a few words: "a map", "characters".
func (k ContentKind) String() string {
	if int(k) < len(contentNames) {
		return contentNames[k]
	}
	return fmt.Sprintf("ContentKind(%d)", uint8(k))
}

// IsType reports whether it is a shared type.
func (k ContentKind) IsType() bool { return k >= ContentArray }

// Content is what a touch would put at its place. It borrows from the update and
// is read only when asked for: listing touches costs nothing for it.
type Content struct {
	Kind ContentKind
	raw  []byte
	name []byte
	json bool
	n    uint64
}

// Name is the node name of an XML element; else "".
func (c Content) Name() string { return string(c.name) }

// Size is the bytes that the content takes in the update. Shared types have none:
// what is in them are touches of their own.
func (c Content) Size() int { return len(c.raw) }

// Value is what a reader would get: the last of ContentValues, the value of an
// embed or of a formatting mark, as Map.Get returns it. It is nil for all else.
func (c Content) Value() any {
	cur := cursor{b: c.raw, trusted: true}
	switch c.Kind {
	case ContentValues:
		var last any
		for range c.n {
			if c.json {
				last = parseJSON(cur.bytes(""))
			} else {
				last = cur.readAny()
			}
		}
		return last
	case ContentEmbed:
		return parseJSON(c.raw)
	case ContentFormat:
		cur.bytes("") // the key
		return parseJSON(cur.bytes(""))
	}
	return nil
}

// contentOf is what a checked struct holds.
func contentOf(s *rawStruct) Content {
	c := Content{raw: s.content(), n: s.length}
	switch s.kind() {
	case kindString:
		c.Kind = ContentString
	case kindAny:
		c.Kind = ContentValues
	case kindJSON:
		c.Kind, c.json = ContentValues, true
	case kindEmbed:
		c.Kind = ContentEmbed
	case kindFormat:
		c.Kind = ContentFormat
	case kindBinary:
		c.Kind = ContentBinary
	case kindDoc:
		c.Kind = ContentDocument
	case kindType:
		c.raw = nil
		switch s.typeKind {
		case typeArray:
			c.Kind = ContentArray
		case typeMap, typeHook:
			c.Kind = ContentMap
		case typeText:
			c.Kind = ContentText
		case typeElement:
			c.Kind, c.name = ContentXMLElement, s.typeName()
		case typeFragment:
			c.Kind = ContentXMLFragment
		case typeXMLText:
			c.Kind = ContentXMLText
		}
	}
	return c
}

// ContentBytes is about how much the document holds that is not deleted: bytes of
// texts, values and names, without the structure around them. It costs nothing.
// Deleted content counts for as long as it is kept (see Options.KeepDeleted).
func (d *Doc) ContentBytes() int { return len(d.bytes) - d.waste }
