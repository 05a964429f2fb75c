package plan

import (
	"cmp"
	"slices"
	"strings"

	"coplan/crdt"
)

func (r *reader) working(d *crdt.Doc) Working {
	f := r.fields(d.Map(RootWorking), RootWorking)
	return Working{Channel: f.text(WorkingChannel), Cadence: f.text(WorkingCadence), Response: f.text(WorkingResponse)}
}

func (r *reader) resources(d *crdt.Doc) []Resource {
	out := []Resource{}
	r.eachMap(d.Map(RootResources), RootResources, func(id string, f fields) {
		if f.text(ResourceDel) != "" {
			return
		}
		out = append(out, Resource{
			ID:     id,
			Title:  f.text(ResourceTitle),
			URL:    f.webURL(ResourceURL),
			Blob:   f.digest(ResourceBlob),
			File:   f.text(ResourceFile),
			Size:   f.integer(ResourceSize),
			Mime:   f.text(ResourceMime),
			Type:   f.text(ResourceType),
			Pinned: f.boolean(ResourcePinned),
			Side:   f.enum(ResourceSide, nodeSides, ""),
			Ord:    f.text(ResourceOrd),
		})
	})
	slices.SortFunc(out, func(a, b Resource) int {
		return cmp.Or(compareUTF16(a.Ord, b.Ord), compareUTF16(a.ID, b.ID))
	})
	return out
}

// webURL reads an address of the web; any other scheme could run something
// where it is clicked, and reads as absent.
func (f fields) webURL(key string) string {
	s := f.text(key)
	if s != "" && !IsWebURL(s) {
		f.odd(key)
		return ""
	}
	return s
}

// IsWebURL reports whether s is an http or https address without blanks, short
// enough to keep.
func IsWebURL(s string) bool {
	if lenUTF16(s) > MaxURL || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' }) {
		return false
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || rest == "" || rest[0] == '/' {
		return false
	}
	switch scheme {
	case "http", "https", "HTTP", "HTTPS", "Http", "Https":
		return true
	}
	return false
}

// digest reads a SHA-256 in lower-case hex.
func (f fields) digest(key string) string {
	s := f.text(key)
	if s != "" && !IsDigest(s) {
		f.odd(key)
		return ""
	}
	return s
}

// IsDigest reports whether s is a SHA-256 in lower-case hex.
func IsDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// links lists the resources of a node.
func (f fields) links() []string {
	out := []string{}
	f.entries(NodeLinks, func(id string, v any) {
		if v != true {
			f.odd(NodeLinks + "/" + id)
			return
		}
		out = append(out, id)
	})
	slices.SortFunc(out, compareUTF16)
	return out
}

// ReadResourceFile returns the name of a resource's file, "" when it has none.
func ReadResourceFile(d *crdt.Doc, id string) string {
	m, _ := d.Map(RootResources).Map(id)
	return (&reader{}).fields(m, "").text(ResourceFile)
}

// ReadResourceTitle returns what a resource is called, "" when there is none:
// its title, else its file's name, else its address.
func ReadResourceTitle(d *crdt.Doc, id string) string {
	m, _ := d.Map(RootResources).Map(id)
	f := (&reader{}).fields(m, "")
	return cmp.Or(f.text(ResourceTitle), f.text(ResourceFile), f.text(ResourceURL))
}

// ResourceState is what a resource is at the moment, for a sentence about it.
type ResourceState struct {
	Link, File bool
}

// ReadResourceState reads whether a resource is a link, a file or neither.
func ReadResourceState(d *crdt.Doc, id string) ResourceState {
	m, _ := d.Map(RootResources).Map(id)
	f := (&reader{}).fields(m, "")
	return ResourceState{Link: f.text(ResourceURL) != "", File: f.text(ResourceBlob) != ""}
}
