package server_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"coplan/crdt"
	"coplan/server"
	"coplan/server/plan"
)

// healthy waits until /healthz answers with the status.
func (p *program) healthy(status int) answer {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		a := p.do("GET", "/healthz", "", nil)
		if a.status == status {
			return a
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("healthz: status %d, want %d: %s", a.status, status, a.raw)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// outage is what everyone sees while nothing can be stored: what is in memory
// is read, nobody is told that an edit is saved, nobody sees an unsaved edit,
// and once storage is back everything that waited is stored.
func outage(t *testing.T, p *program, made newPlan, fail, heal func()) {
	t.Helper()
	doc := "plan/" + made.id
	seller, buyer := connect(t, p.url, doc, made.tokens["seller"]), connect(t, p.url, doc, made.tokens["buyer"])
	rename := func(title string) uint64 {
		return seller.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, title) })
	}
	title := func(c *client) string { return plan.Read(c.doc).Title }
	rename("Before")
	seller.saved()
	buyer.wait("the title from before", func() bool { return title(buyer) == "Before" })

	fail()
	a := p.healthy(http.StatusServiceUnavailable)
	if a.body["reason"] == "" || a.body["status"] != "degraded" {
		t.Errorf("healthz: %s", a.raw)
	}
	seller.wait("the notice about storage", func() bool {
		for _, n := range seller.notices {
			if n["kind"] == "storage" && n["state"] == "degraded" && n["text"] != "" {
				return true
			}
		}
		return false
	})
	n := rename("During")
	if a := p.do("POST", "/api/plans", p.admin, map[string]any{"title": "x", "template": "blank"}); a.status != http.StatusServiceUnavailable || !strings.Contains(a.sentence(), "Storage is not available") {
		t.Errorf("a new plan: status %d: %s", a.status, a.raw)
	}
	comment := map[string]any{"name": "comment.add", "args": map[string]any{"anchor": map[string]any{"kind": "node", "node": firstStep(t, seller.doc)}, "body": "hi"}}
	if a := p.do("POST", "/api/plans/"+made.id+"/commands", made.tokens["seller"], comment); a.status != http.StatusServiceUnavailable || a.sentence() == "" {
		t.Errorf("a comment: status %d: %s", a.status, a.raw)
	}
	time.Sleep(300 * time.Millisecond)
	seller.mu.Lock()
	acked := seller.acked
	seller.mu.Unlock()
	if acked >= n {
		t.Error("an edit was acknowledged while nothing could be stored")
	}
	buyer.mu.Lock()
	early := title(buyer)
	buyer.mu.Unlock()
	if early != "Before" {
		t.Errorf("the buyer sees %q, which is not stored", early)
	}

	heal()
	p.healthy(http.StatusOK)
	seller.saved()
	buyer.wait("the edit made during the outage", func() bool { return title(buyer) == "During" })
	if got := p.read(made)["title"]; got != "During" {
		t.Errorf("afterwards the title is %v", got)
	}
}

func startNATS(t *testing.T, dir string, port int) *natsserver.Server {
	t.Helper()
	srv, err := natsserver.NewServer(&natsserver.Options{
		ServerName: "outside", Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
		MaxPayload: 8<<20 + 64<<10,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the outside NATS server did not start")
	}
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	return srv
}

func TestOutsideNATSGoesAndComesBack(t *testing.T) {
	dir := t.TempDir()
	nats := startNATS(t, dir, natsserver.RANDOM_PORT)
	port := nats.Addr().(*net.TCPAddr).Port
	p := start(t, func(c *server.Config) { c.NATSURL = nats.ClientURL() })
	made := p.create("quick-start")
	outage(t, p, made,
		func() { nats.Shutdown(); nats.WaitForShutdown() },
		func() { startNATS(t, dir, port) })

	// Another server over the same NATS, with a data directory of its own,
	// serves the same plan, live.
	other := start(t, func(c *server.Config) { c.NATSURL = fmt.Sprintf("nats://127.0.0.1:%d", port) })
	here := connect(t, p.url, "plan/"+made.id, made.tokens["seller"])
	there := connect(t, other.url, "plan/"+made.id, made.tokens["champion"])
	there.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "From the other node") })
	there.saved()
	here.wait("the other node's edit", func() bool { return plan.Read(here.doc).Title == "From the other node" })

	// A link withdrawn at one node ends its sockets at the other.
	links := p.must(200, "GET", "/api/plans/"+made.id+"/links", made.tokens["owner"], nil)["links"].([]any)
	for _, l := range links {
		if link := l.(map[string]any); link["role"] == "champion" {
			p.must(200, "DELETE", "/api/plans/"+made.id+"/links/"+link["id"].(string), made.tokens["owner"], nil)
		}
	}
	if code := there.ended(); code != 4401 {
		t.Errorf("closed with %d, want 4401", code)
	}
	other.stop()
	p.stop() // before the NATS it needs for its goodbyes
}

// Started with less free space than it is to keep, the program serves what
// there is and takes nothing new.
func TestReserveIsKept(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	view := p.read(made)
	p.restart(func(c *server.Config) { c.ReserveBytes = 1 << 60 })
	p.healthy(http.StatusServiceUnavailable)
	if got := p.read(made); !reflect.DeepEqual(got, view) {
		t.Errorf("the plan reads %v", got)
	}
	if a := p.do("POST", "/api/plans", p.admin, map[string]any{"title": "x", "template": "blank"}); a.status != http.StatusServiceUnavailable {
		t.Errorf("a new plan: status %d: %s", a.status, a.raw)
	}
	p.restart(func(c *server.Config) { c.ReserveBytes = 0 })
	p.healthy(http.StatusOK)
	p.create("blank")
}

// Snapshots are a cache: damaged or gone, the plan comes from its log.
func TestDamagedSnapshotsAreRebuilt(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"flipped bits": flipSnapshots,
		"gone": func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, func(c *server.Config) { c.SnapshotEvery = 5 })
			made := p.create("enterprise-evaluation")
			c := connect(t, p.url, "plan/"+made.id, made.tokens["seller"])
			for i := range 30 {
				c.edit(func(d *crdt.Doc, tx *crdt.Tx) {
					d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, fmt.Sprintf("Title %d", i))
				})
				c.saved()
			}
			view := p.read(made)
			p.stop()

			dirs, err := filepath.Glob(filepath.Join(p.cfg.Data, "jetstream", "*", "streams", "OBJ_SNAPSHOTS"))
			if err != nil || len(dirs) != 1 {
				t.Fatalf("snapshots are in %q, %v", dirs, err)
			}
			spoil(t, dirs[0])

			p.run()
			if got := p.read(made); !reflect.DeepEqual(got, view) {
				t.Errorf("with its snapshots %s the plan reads\n%v\nit was\n%v", name, got, view)
			}
			if name == "flipped bits" && !strings.Contains(p.logs.String(), "snapshot is corrupt and is skipped") {
				t.Error("the log does not say that a snapshot was skipped")
			}
			again := connect(t, p.url, "plan/"+made.id, made.tokens["champion"])
			again.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "Onwards") })
			again.saved()
		})
	}
}

// flipSnapshots flips bits inside every snapshot; what lies around them in the
// files is the engine's.
func flipSnapshots(t *testing.T, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "msgs", "*.blk"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		magic := []byte("coplan snapshot 1\n")
		for rest := data; ; found++ {
			i := bytes.Index(rest, magic)
			if i < 0 {
				break
			}
			rest = rest[i+len(magic):]
			for k := 20; k < 60 && k < len(rest); k += 9 {
				rest[k] ^= 0x20
			}
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 {
		t.Fatalf("no snapshot in %q", files)
	}
}
