package server_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server"
	"coplan/server/plan"
)

func TestAPlanFromCreationToHistory(t *testing.T) {
	p := start(t, nil)
	if info, err := os.Stat(filepath.Join(p.cfg.Data, "admin.token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("admin token file: %v, %v", info, err)
	}
	made := p.create("enterprise-evaluation")
	if roles := slices.Sorted(keysOf(made.tokens)); !slices.Equal(roles, []string{"auditor", "buyer", "champion", "owner", "seller", "viewer"}) {
		t.Errorf("links for %v", roles)
	}

	view := p.read(made)
	if view["id"] != made.id || view["title"] != "Acme rollout" || view["seq"].(float64) < 1 {
		t.Errorf("plan: id %v, title %v, seq %v", view["id"], view["title"], view["seq"])
	}
	total := view["progress"].(map[string]any)["total"]
	if total != float64(10) {
		t.Errorf("the enterprise evaluation has %v steps, want 10", total)
	}
	first := view["seq"].(float64)

	// A link is looked at without a trace, then taken up with a name.
	for range 3 {
		if res := p.do("GET", "/j/"+made.tokens["buyer"], "", nil); res.status == http.StatusInternalServerError {
			t.Fatalf("opening the link: status %d", res.status)
		}
	}
	self := p.must(200, "GET", "/api/links/self", made.tokens["buyer"], nil)
	if self["joined"] != false || self["name"] != "" || self["plan"] != made.id || self["title"] != "Acme rollout" || self["role"] != "buyer" || self["side"] != "buyer" {
		t.Errorf("self before joining: %v", self)
	}
	joined := p.must(200, "POST", "/api/links/self/join", made.tokens["buyer"], map[string]any{"name": "Dana"})
	if joined["joined"] != true || joined["name"] != "Dana" || joined["person"] != self["person"] {
		t.Errorf("self after joining: %v", joined)
	}

	dana := connect(t, p.url, "plan/"+made.id, made.tokens["buyer"])
	var step string
	dana.edit(func(d *crdt.Doc, tx *crdt.Tx) {
		step = firstStep(t, d)
		m, _ := d.Map(plan.RootNodes).Map(step)
		m.Set(tx, plan.NodeStatus, "done")
	})
	dana.saved()

	view = p.read(made)
	if got := view["progress"].(map[string]any)["done"]; got != float64(1) {
		t.Errorf("steps done: %v, want 1", got)
	}
	seq := view["seq"].(float64)
	if seq <= first || dana.ackSeq != uint64(seq) {
		t.Errorf("the plan is as of %v, was %v before; the ack said %v", seq, first, dana.ackSeq)
	}

	history := p.must(200, "GET", "/api/plans/"+made.id+"/history?updates=1", made.tokens["auditor"], nil)
	entries := history["entries"].([]any)
	if len(entries) != 2 {
		t.Fatalf("%d entries, want 2: %v", len(entries), entries)
	}
	create, edit := entries[0].(map[string]any), entries[1].(map[string]any)
	if create["kind"] != "system" || create["what"] != "create" || create["ordinal"] != float64(0) {
		t.Errorf("first entry: %v", create)
	}
	actor := edit["actor"].(map[string]any)
	if actor["name"] != "Dana" || actor["role"] != "buyer" || actor["side"] != "buyer" || actor["id"] != self["person"] {
		t.Errorf("actor: %v", actor)
	}
	if s := edit["sentence"].(string); !strings.HasPrefix(s, "Dana (buyer) ") || !strings.Contains(s, "done") {
		t.Errorf("sentence %q", s)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", edit["at"].(string)); err != nil {
		t.Errorf("time: %v", err)
	}
	if edit["update"] == "" || edit["node"] != step || edit["field"] != plan.NodeStatus {
		t.Errorf("entry: %v", edit)
	}
	later := p.must(200, "GET", fmt.Sprintf("/api/plans/%s/history?from=%d", made.id, int(seq)), made.tokens["auditor"], nil)
	if got := later["entries"].([]any); len(got) != 1 || got[0].(map[string]any)["seq"] != seq {
		t.Errorf("history from %v: %v", seq, got)
	}
	page := p.must(200, "GET", "/api/plans/"+made.id+"/history?limit=1", made.tokens["auditor"], nil)
	if page["next"] != seq || len(page["entries"].([]any)) != 1 {
		t.Errorf("a page of one: next %v, %d entries", page["next"], len(page["entries"].([]any)))
	}

	before := p.must(200, "GET", fmt.Sprintf("/api/plans/%s/at/%d", made.id, int(first)), made.tokens["auditor"], nil)
	if got := before["progress"].(map[string]any)["done"]; got != float64(0) {
		t.Errorf("at the first entry %v steps were done", got)
	}
	now := p.must(200, "GET", fmt.Sprintf("/api/plans/%s/at/%d", made.id, int(seq)), made.tokens["auditor"], nil)
	if !reflect.DeepEqual(now, view) {
		t.Errorf("replayed to the end the plan differs from the live one:\n%v\n%v", now, view)
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func firstStep(t testing.TB, d *crdt.Doc) string {
	view := plan.Read(d)
	if len(view.Stages) == 0 || len(view.Stages[0].Steps) == 0 {
		t.Fatal("the plan has no steps")
	}
	return view.Stages[0].Steps[0].ID
}

func TestTwoPeopleConverge(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	doc := "plan/" + made.id
	seller := connect(t, p.url, doc, made.tokens["seller"])
	buyer := connect(t, p.url, doc, made.tokens["buyer"])
	stock := connectAs(t, p.url, doc, made.tokens["champion"], true)
	step := firstStep(t, seller.doc)

	// Same paragraph, same title, same value, at the same time.
	for i := range 40 {
		for who, c := range map[string]*client{"S": seller, "B": buyer, "C": stock} {
			c.edit(func(d *crdt.Doc, tx *crdt.Tx) {
				node, _ := d.Map(plan.RootNodes).Map(step)
				title, _ := node.Text(plan.NodeTitle)
				title.Insert(tx, (i*7)%(title.Len()+1), who, nil)
				node.Set(tx, plan.NodeDue, fmt.Sprintf("2027-03-%02d", 1+(i+len(who))%28))
				d.Map(plan.RootAnchor).Set(tx, plan.AnchorCostPerWeek, 100*i+len(who))
			})
		}
	}
	seller.saved()
	buyer.saved()
	title := func(c *client) string {
		node, _ := c.doc.Map(plan.RootNodes).Map(step)
		text, _ := node.Text(plan.NodeTitle)
		return text.String()
	}
	for name, c := range map[string]*client{"seller": seller, "buyer": buyer, "stock client": stock} {
		c.wait(name+" to have every letter", func() bool {
			s := title(c)
			return strings.Count(s, "S") >= 40 && strings.Count(s, "B") >= 40 && strings.Count(s, "C") >= 40
		})
	}
	want := seller.plan()
	for name, c := range map[string]*client{"buyer": buyer, "stock client": stock} {
		if got := c.plan(); got != want {
			t.Errorf("%s has\n%s\nthe seller has\n%s", name, got, want)
		}
	}
	var local map[string]any
	if err := json.Unmarshal([]byte(want), &local); err != nil {
		t.Fatal(err)
	}
	remote := p.read(made)
	delete(remote, "id")
	delete(remote, "seq")
	if !reflect.DeepEqual(local, remote) {
		t.Errorf("the server's plan differs from the seller's:\n%v\n%v", remote, local)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	p := start(t, func(c *server.Config) { c.SnapshotEvery = 5 })
	made := p.create("quick-start")
	p.must(200, "POST", "/api/links/self/join", made.tokens["buyer"], map[string]any{"name": "Dana"})
	c := connect(t, p.url, "plan/"+made.id, made.tokens["buyer"])
	for i := range 23 {
		c.edit(func(d *crdt.Doc, tx *crdt.Tx) {
			node, _ := d.Map(plan.RootNodes).Map(firstStep(t, d))
			title, _ := node.Text(plan.NodeTitle)
			title.Insert(tx, title.Len(), fmt.Sprintf(" %d", i), nil)
		})
	}
	c.saved()
	view, history := p.read(made), p.do("GET", "/api/plans/"+made.id+"/history", made.tokens["owner"], nil).raw
	admin := p.admin

	p.restart(nil)
	if code := c.ended(); code != 1001 {
		t.Errorf("the client was told %d, want 1001: going away", code)
	}
	if p.admin != admin {
		t.Error("the admin token changed")
	}
	if got := p.read(made); !reflect.DeepEqual(got, view) {
		t.Errorf("after a restart the plan is\n%v\nwas\n%v", got, view)
	}
	if got := p.do("GET", "/api/plans/"+made.id+"/history", made.tokens["owner"], nil).raw; got != history {
		t.Errorf("after a restart the history is\n%s\nwas\n%s", got, history)
	}
	if self := p.must(200, "GET", "/api/links/self", made.tokens["buyer"], nil); self["name"] != "Dana" || self["joined"] != true {
		t.Errorf("the link forgot who joined: %v", self)
	}
	again := connect(t, p.url, "plan/"+made.id, made.tokens["seller"])
	if again.plan() != c.plan() {
		t.Error("a newcomer sees another document than was left")
	}
}

func TestChampionCommentsWithoutEditRights(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	link := p.must(201, "POST", "/api/plans/"+made.id+"/links", made.tokens["seller"], map[string]any{"role": "champion", "name": "Marcus", "edit": false})
	token := strings.TrimPrefix(link["url"].(string), p.url+"/j/")
	self := p.must(200, "GET", "/api/links/self", token, nil)
	if can := self["can"].(map[string]any); can["write"] != false || can["comment"] != true {
		t.Errorf("a champion without edit rights can %v", can)
	}

	doc := "plan/" + made.id
	champion, seller := connect(t, p.url, doc, token), connect(t, p.url, doc, made.tokens["seller"])
	step := firstStep(t, champion.doc)
	anchor := map[string]any{"kind": "node", "node": step}
	result := champion.command("comment.add", map[string]any{"anchor": anchor, "body": "Who owns this?"})
	if result["ok"] != true || result["seq"] == nil {
		t.Fatalf("result %v", result)
	}
	thread := result["result"].(map[string]any)["thread"].(string)
	for name, c := range map[string]*client{"the champion": champion, "the seller": seller} {
		c.wait("the thread at "+name, func() bool { return len(plan.Read(c.doc).Threads) == 1 })
	}
	reply := p.must(200, "POST", "/api/plans/"+made.id+"/commands", made.tokens["buyer"],
		map[string]any{"name": "comment.reply", "args": map[string]any{"thread": thread, "body": "I do."}})
	if reply["ok"] != true {
		t.Errorf("reply over HTTP: %v", reply)
	}
	seller.wait("the reply", func() bool {
		threads := plan.Read(seller.doc).Threads
		return len(threads) == 1 && len(threads[0].Msgs) == 2 && threads[0].By.Name == "Marcus" && threads[0].Msgs[1].By.Role == "buyer"
	})

	for name, c := range map[string]struct {
		token, command string
		args           any
		status         int
		code           string
	}{
		"a viewer":            {made.tokens["viewer"], "comment.reply", map[string]any{"thread": thread, "body": "hi"}, 403, "forbidden"},
		"an auditor":          {made.tokens["auditor"], "comment.reply", map[string]any{"thread": thread, "body": "hi"}, 403, "forbidden"},
		"the operator":        {p.admin, "comment.reply", map[string]any{"thread": thread, "body": "hi"}, 403, "forbidden"},
		"no such command":     {token, "plan.burn", map[string]any{}, 400, "unknown-command"},
		"no such thread":      {token, "comment.reply", map[string]any{"thread": "t0", "body": "hi"}, 404, "not-found"},
		"an empty comment":    {token, "comment.reply", map[string]any{"thread": thread, "body": " "}, 400, "invalid"},
		"arguments of a list": {token, "comment.reply", []int{1}, 400, "invalid"},
	} {
		a := p.do("POST", "/api/plans/"+made.id+"/commands", c.token, map[string]any{"name": c.command, "args": c.args})
		e, _ := a.body["error"].(map[string]any)
		if a.status != c.status || e["code"] != c.code || a.sentence() == "" {
			t.Errorf("%s: status %d, %v; want %d %s", name, a.status, e, c.status, c.code)
		}
	}
	entry := p.must(200, "GET", "/api/plans/"+made.id+"/history", made.tokens["auditor"], nil)["entries"].([]any)[1].(map[string]any)
	if entry["kind"] != "command" || entry["what"] != "comment.add" || entry["actor"].(map[string]any)["name"] != "Marcus" {
		t.Errorf("in the history: %v", entry)
	}
}

func TestFreeDocuments(t *testing.T) {
	p := start(t, nil)
	made := p.create("blank")
	key := p.must(201, "POST", "/api/tokens", p.admin, map[string]any{"label": "load tool", "scopes": []string{"docs:write", "docs:read"}})
	reader := p.must(201, "POST", "/api/tokens", p.admin, map[string]any{"label": "reader", "scopes": []string{"docs:read"}})
	for _, name := range []string{"notes", "a/b c/ü", "plan/x", "100%"} {
		doc := "doc/" + name
		one := connectAs(t, p.url, doc, p.admin, true)
		two := connect(t, p.url, doc, key["token"].(string))
		one.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Text("t").Insert(tx, 0, "hello", nil) })
		two.wait("the stock client's text", func() bool { return two.doc.Text("t").String() == "hello" })
		two.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Text("t").Insert(tx, 5, " there", nil) })
		two.saved()
		one.wait("the answer", func() bool { return one.doc.Text("t").String() == "hello there" })

		path := "/api/docs/" + strings.ReplaceAll(strings.ReplaceAll(escapePath(name), "/", "%2F"), "+", "%2B")
		got := p.must(200, "GET", path, key["token"].(string), nil)
		if got["doc"] != doc || got["content"].(map[string]any)["t"] != "hello there" {
			t.Errorf("%s: %v", doc, got)
		}
		entries := p.must(200, "GET", path+"/history", reader["token"].(string), nil)["entries"].([]any)
		if len(entries) != 2 {
			t.Fatalf("%s has %d entries, want 2", doc, len(entries))
		}
		first := entries[0].(map[string]any)["seq"].(float64)
		at := p.must(200, "GET", fmt.Sprintf("%s/at/%d", path, int(first)), reader["token"].(string), nil)
		if at["content"].(map[string]any)["t"] != "hello" {
			t.Errorf("%s at its first entry: %v", doc, at)
		}
	}

	// What JSON has no words for doesn't keep the rest from being read.
	odd := connect(t, p.url, "doc/odd", p.admin)
	odd.edit(func(d *crdt.Doc, tx *crdt.Tx) {
		d.Map("m").Set(tx, "nan", math.NaN())
		d.Map("m").Set(tx, "in", []any{math.Inf(1), map[string]any{"x": math.NaN()}, 1, []byte{1}})
		d.Map("m").Set(tx, "undefined", crdt.Undefined)
	})
	odd.saved()
	seq := p.must(200, "GET", "/api/docs/odd", p.admin, nil)["seq"].(float64)
	for _, path := range []string{"/api/docs/odd", fmt.Sprintf("/api/docs/odd/at/%.0f", seq)} {
		got := p.must(200, "GET", path, p.admin, nil)["content"].(map[string]any)["m"]
		if text := fmt.Sprint(got); text != "map[in:[<nil> map[x:<nil>] 1 AQ==] nan:<nil> undefined:<nil>]" {
			t.Errorf("%s: %s", path, text)
		}
	}

	// A reader's edits go nowhere.
	only := connectAs(t, p.url, "doc/notes", reader["token"].(string), true)
	only.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Text("t").Insert(tx, 0, "spoilt ", nil) })
	only.wait("the refusal", func() bool { return only.denied != "" })
	if got := p.must(200, "GET", "/api/docs/notes", p.admin, nil); got["content"].(map[string]any)["t"] != "hello there" {
		t.Errorf("after a reader's edit: %v", got)
	}
	// A plan's link is no key to them.
	if _, status, err := dialErr(t.Context(), p.url, "doc/notes", made.tokens["owner"], true); err == nil || status != http.StatusForbidden {
		t.Errorf("a plan's link at a free document: status %d, %v", status, err)
	}
}
