package plan

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"coplan/crdt"
)

// CommandFileAdd puts an uploaded file among the resources. The server runs it
// once the content is stored.
const CommandFileAdd = "file.add"

// FileAddArgs name the file and where it goes: into the resource of that id, a
// new one if there is none, and onto a step if one is given.
type FileAddArgs struct {
	Resource string `json:"resource"`
	Blob     string `json:"blob"` // SHA-256 of the content, in hex
	File     string `json:"file"`
	Mime     string `json:"mime"`
	Size     int64  `json:"size"`
	Title    string `json:"title,omitempty"` // of a new resource; the file's name when empty
	Type     string `json:"type,omitempty"`
	Side     string `json:"side,omitempty"`
	Node     string `json:"node,omitempty"`
}

func (a FileAddArgs) validate() error {
	switch {
	case !ValidID(a.Resource):
		return refuse(CodeInvalid, "resource", "The id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(a.Resource))
	case !IsDigest(a.Blob):
		return refuse(CodeInvalid, "blob", "A file is named by the SHA-256 of its content.")
	case strings.TrimSpace(a.File) == "" || lenUTF16(a.File) > MaxTitle:
		return refuse(CodeInvalid, "file", "A file's name has 1 to %d characters.", MaxTitle)
	case lenUTF16(a.Title) > MaxTitle:
		return refuse(CodeInvalid, "title", "The title is longer than %d characters.", MaxTitle)
	case lenUTF16(a.Type) > MaxNoun:
		return refuse(CodeInvalid, "type", "What the file is for is longer than %d characters.", MaxNoun)
	case lenUTF16(a.Mime) > MaxName:
		return refuse(CodeInvalid, "mime", "The file's type is longer than %d characters.", MaxName)
	case a.Size < 0 || a.Size > math.MaxInt32:
		return refuse(CodeInvalid, "size", "A file can't have that size.")
	case a.Side != "" && !oneOf(a.Side, nodeSides):
		return refuse(CodeInvalid, "side", "“%s” is not a side; use %s.", clip(a.Side), orList(nodeSides))
	}
	return nil
}

// FileAdd is CommandFileAdd.
func FileAdd(d *crdt.Doc, tx *crdt.Tx, _ Person, _ time.Time, raw json.RawMessage) (any, error) {
	var a FileAddArgs
	if err := decodeArgs(raw, &a); err != nil {
		return nil, err
	}
	if err := a.validate(); err != nil {
		return nil, err
	}
	var links crdt.Map
	if a.Node != "" {
		node, ok := d.Map(RootNodes).Map(a.Node)
		if !ok {
			return nil, refuse(CodeNotFound, "node", "The step to attach it to is no longer in the plan.")
		}
		if links, ok = node.Map(NodeLinks); !ok {
			links = node.SetMap(tx, NodeLinks)
		}
	}
	resources := d.Map(RootResources)
	m, ok := resources.Map(a.Resource)
	if !ok {
		if resources.Len() >= MaxResources {
			return nil, refuse(CodeFull, "", "A plan holds %d resources at most, removed ones included.", MaxResources)
		}
		ord, err := Between(lastOrd(resources), "")
		if err != nil {
			ord, _ = Between("", "") // an odd key is at the end: ids decide
		}
		m = resources.SetMap(tx, a.Resource)
		m.Set(tx, ResourceOrd, ord)
	}
	title := strings.TrimSpace(a.Title)
	if have, _ := textAt(m, ResourceTitle); have == "" {
		if title == "" {
			title = a.File
		}
		m.Set(tx, ResourceTitle, title)
	}
	for _, kv := range [][2]string{{ResourceType, a.Type}, {ResourceSide, a.Side}} {
		if _, set := m.Get(kv[0]); kv[1] != "" && !set {
			m.Set(tx, kv[0], kv[1])
		}
	}
	m.Set(tx, ResourceBlob, a.Blob)
	m.Set(tx, ResourceFile, a.File)
	m.Set(tx, ResourceSize, a.Size)
	m.Set(tx, ResourceMime, a.Mime)
	for _, key := range []string{ResourceURL, ResourceDel} {
		if _, set := m.Get(key); set {
			m.Delete(tx, key)
		}
	}
	if !links.IsZero() {
		links.Set(tx, a.Resource, true)
	}
	return map[string]any{"resource": a.Resource}, nil
}

func textAt(m crdt.Map, key string) (string, bool) {
	v, _ := m.Get(key)
	return textOf(v)
}

// lastOrd is the greatest usable key among the resources, "" if there is none.
func lastOrd(resources crdt.Map) string {
	last := ""
	resources.Range(func(_ string, v any) bool {
		if m, ok := v.(crdt.Map); ok {
			if ord, ok := textAt(m, ResourceOrd); ok && compareUTF16(ord, last) > 0 {
				last = ord
			}
		}
		return true
	})
	return last
}
