package server_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ours is the import table: what each package may import of this module, and
// why. A package without a row fails, and so does an import without a reason.
// Tests may import more of ours; Go itself forbids circles.
var ours = map[string]map[string]string{
	"crdt/...": {
		"crdt":      "one engine, in layers of its own",
		"crdt/lib0": "the number and string encodings of Yjs",
	},
	"crdt/internal/...": {
		"crdt":      "what the model is compared with",
		"crdt/lib0": "the number and string encodings of Yjs",
	},
	"server/journal": {}, // bytes in order: it knows no document and no person
	"server/blob":    {}, // files and limits: where they are stored is passed in
	"server/plan": {
		"crdt":      "a plan is read from and written into a document",
		"crdt/lib0": "relative positions in their binary form",
	},
	"server/plan/schedule": {}, // dates in, dates out: it knows no document, so the front end can hold the same rules
	"server/plan/health": {
		"server/plan/schedule": "what is late, and by how much",
	},
	"server/plan/lint": {
		"server/plan/schedule": "usual durations, and dates that are not typed",
	},
	"server/access": {
		"server/plan": "names of the paths that rights are about",
	},
	"server/replay": {
		"crdt":           "entries are applied to a document",
		"server/journal": "entries are read from the log",
		"server/plan":    "what a touched path means, in words",
	},
	"server/demo": {
		"crdt":           "the demo's edits are real ones",
		"server/journal": "written as entries of their time",
		"server/plan":    "by the schema",
	},
	"server/room": {
		"crdt":           "a room owns a document",
		"crdt/lib0":      "presence travels between nodes in lib0's encoding",
		"server/access":  "what a grant means",
		"server/journal": "every change goes through the log",
		"server/plan":    "what a document's paths mean",
	},
	"server/socket": {
		"crdt":          "frames carry the sync and awareness messages of y-protocols",
		"crdt/lib0":     "frames are in lib0's encoding",
		"server/access": "what a grant means",
		"server/room":   "a socket is a session's two ends",
	},
	"server/web": {
		"crdt":               "a view of a room hands out the document",
		"server/access":      "tokens, links, rights",
		"server/blob":        "uploads and downloads, and why a file is refused",
		"server/journal":     "errors of the log and an entry's kinds",
		"server/plan":        "projection and templates",
		"server/plan/health": "how the plans in a list are doing",
		"server/replay":      "history",
		"server/room":        "views and commands",
		"server/socket":      "the route for sockets, nothing of its inside",
	},
	"server": {
		"crdt":           "commands are handed a document",
		"frontend":       "the built front end",
		"server/access":  "composed here",
		"server/blob":    "composed here",
		"server/demo":    "composed here",
		"server/journal": "composed here",
		"server/plan":    "composed here",
		"server/replay":  "composed here",
		"server/room":    "composed here",
		"server/socket":  "composed here",
		"server/web":     "composed here",
	},
	"frontend": {},
	"cmd/coplan": {
		"server":         "the program as a value",
		"server/access":  "the admin token's file",
		"server/journal": "names of the durabilities",
	},
	"bench/...": {
		"crdt":          "what is measured",
		"crdt/lib0":     "frames of the clients that measure",
		"server":        "what is measured",
		"server/access": "links for the clients that measure",
	},
}

// library is third-party code, the packages it may show in, and why.
type library struct {
	prefix string
	in     []string
	tests  []string // packages whose tests may use it too
	why    string
}

var libraries = []library{
	{"github.com/labstack/", []string{"server/web"}, nil, "HTTP routing stays at the edge, so that the framework can be replaced there"},
	{"github.com/prometheus/", []string{"server/web"}, nil, "metrics are read over HTTP; other packages offer plain numbers"},
	{"nhooyr.io/websocket", []string{"server/socket"}, []string{"server", "cmd/coplan", "bench"}, "moving to its successor must be one import line; clients in whole-program tests need one too"},
	{"github.com/coder/websocket", []string{"server/socket"}, []string{"server", "cmd/coplan", "bench"}, "as its predecessor"},
	{"github.com/nats-io/", []string{"server/journal"}, []string{"server", "cmd/coplan"}, "the log hides what it is made of; whole-program tests start an outside server"},
	{"github.com/fxamacker/cbor/", []string{"server/journal"}, nil, "the envelope's encoding is the log's own matter"},
	{"github.com/klauspost/compress/", []string{"server/journal"}, nil, "snapshots are compressed where they are stored"},
	{"golang.org/x/time/rate", []string{"server/socket"}, nil, "how fast one client may send is decided where its messages are read"},
	{"golang.org/x/mod/sumdb/", []string{"server/journal"}, nil, "the tree over the log belongs to the log"},
	{"golang.org/x/sys/", []string{"server/journal"}, nil, "locks and free space of the data directory"},
	{"github.com/spf13/", []string{"cmd/coplan"}, nil, "only the command reads flags"},
}

func TestImportTable(t *testing.T) {
	root := ".."
	seen := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			name := d.Name()
			if rel != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		seen++
		checkImports(t, p, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d Go files were looked at: the walk misses the repository", seen)
	}
}

func checkImports(t *testing.T, file, rel string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", rel, err)
		return
	}
	pkg, test := path.Dir(rel), strings.HasSuffix(rel, "_test.go")
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			continue
		}
		if why := refuseImport(pkg, imp, test); why != "" {
			t.Errorf("%s imports %s: %s", rel, imp, why)
		}
	}
}

// refuseImport says why a package may not import something, or "".
func refuseImport(pkg, imp string, test bool) string {
	if imp == "C" {
		return "the program is one static binary: no cgo"
	}
	if rest, ok := strings.CutPrefix(imp, "coplan/"); ok {
		return refuseOurs(pkg, rest, test)
	}
	if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
		return "" // standard library
	}
	if strings.HasPrefix(pkg, "crdt") {
		return "the engine needs the standard library only, so that anyone can embed it"
	}
	for _, lib := range libraries {
		if !strings.HasPrefix(imp, lib.prefix) {
			continue
		}
		if under(lib.in, pkg) || test && under(lib.tests, pkg) {
			return ""
		}
		return fmt.Sprintf("it stays in %s: %s", strings.Join(lib.in, ", "), lib.why)
	}
	return "this library is not in the table; add it with the one package it stays in, and why"
}

func refuseOurs(pkg, imp string, test bool) string {
	row, ok := rowOf(pkg)
	if !ok {
		return "package " + pkg + " has no row in the import table; add one and say why it exists in server/DESIGN.md"
	}
	if test || row[imp] != "" || strings.HasPrefix(imp, pkg+"/") {
		return ""
	}
	var may []string
	for p := range row {
		may = append(may, p)
	}
	slices.Sort(may)
	return fmt.Sprintf("%s may import of ours only [%s]; imports point from the edge to the core", pkg, strings.Join(may, " "))
}

// rowOf finds a package's row: its own, or the nearest one above that ends in
// "/...", which speaks for the packages below it too.
func rowOf(pkg string) (map[string]string, bool) {
	if row, ok := ours[pkg]; ok {
		return row, true
	}
	for p := pkg; p != "."; p = path.Dir(p) {
		if row, ok := ours[p+"/..."]; ok {
			return row, true
		}
	}
	// A package's test helpers (journal/journaltest) follow its rules and may
	// import it.
	parent := path.Dir(pkg)
	row, ok := ours[parent]
	if !ok || parent == "server" || parent == "." {
		return nil, false
	}
	helper := map[string]string{parent: "it helps testing it"}
	for p, why := range row {
		helper[p] = why
	}
	return helper, true
}

func under(pkgs []string, pkg string) bool {
	for _, p := range pkgs {
		if pkg == p || strings.HasPrefix(pkg, p+"/") && p != "server" {
			return true
		}
	}
	return false
}

// The table itself refuses what it is there to refuse.
func TestImportTableRefuses(t *testing.T) {
	for _, c := range []struct {
		pkg, imp string
		test     bool
		refused  bool
	}{
		{"server/journal", "coplan/crdt", false, true},
		{"server/plan", "coplan/server/room", false, true},
		{"server/room", "coplan/server/socket", false, true},
		{"server/room", "coplan/server/journal", false, false},
		{"server/access", "coplan/server/journal", false, true},
		{"server/access", "coplan/server/journal", true, false},
		{"crdt", "github.com/fxamacker/cbor/v2", false, true},
		{"crdt/lib0", "golang.org/x/text", false, true},
		{"server/room", "github.com/nats-io/nats.go", false, true},
		{"server/journal", "github.com/nats-io/nats.go", false, false},
		{"server/journal/journaltest", "github.com/nats-io/nats.go", false, false},
		{"server/web", "nhooyr.io/websocket", false, true},
		{"server", "nhooyr.io/websocket", false, true},
		{"server", "nhooyr.io/websocket", true, false},
		{"server/web", "nhooyr.io/websocket", true, true},
		{"cmd/coplan", "github.com/spf13/cobra", false, false},
		{"server", "github.com/spf13/cobra", false, true},
		{"server/plan", "github.com/new/thing", false, true},
		{"server/newpackage", "coplan/crdt", false, true},
		{"server/room", "net/http", false, false},
	} {
		if why := refuseImport(c.pkg, c.imp, c.test); (why != "") != c.refused {
			t.Errorf("%s imports %s (test %v): answer %q, want refused %v", c.pkg, c.imp, c.test, why, c.refused)
		}
	}
}
