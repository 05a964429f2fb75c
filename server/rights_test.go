package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

func TestWrongAndMissingTokens(t *testing.T) {
	p := start(t, nil)
	made, other := p.create("blank"), p.create("blank")
	for _, c := range []struct {
		name, path, token string
		status            int
	}{
		{"no token", "/api/plans/" + made.id, "", 401},
		{"unknown token", "/api/plans/" + made.id, "cp_AAAAAAAAAAAAAAAAAAAAAAAA", 401},
		{"cut token", "/api/plans/" + made.id, made.tokens["buyer"][:20], 401},
		{"another plan's link", "/api/plans/" + made.id, other.tokens["owner"], 403},
		{"no such plan", "/api/plans/nope", made.tokens["owner"], 404},
		{"viewer reads", "/api/plans/" + made.id, made.tokens["viewer"], 200},
		{"viewer reads history", "/api/plans/" + made.id + "/history", made.tokens["viewer"], 403},
		{"viewer replays", "/api/plans/" + made.id + "/at/1", made.tokens["viewer"], 403},
		{"auditor replays", "/api/plans/" + made.id + "/at/1", made.tokens["auditor"], 200},
		{"auditor replays what is not yet", "/api/plans/" + made.id + "/at/2", made.tokens["auditor"], 404},
		{"auditor replays the end of time", "/api/plans/" + made.id + "/at/18446744073709551615", made.tokens["auditor"], 404},
		{"auditor reads history", "/api/plans/" + made.id + "/history", made.tokens["auditor"], 200},
		{"buyer lists links", "/api/plans/" + made.id + "/links", made.tokens["buyer"], 403},
		{"champion lists links", "/api/plans/" + made.id + "/links", made.tokens["champion"], 200},
		{"link lists plans", "/api/plans", made.tokens["owner"], 403},
		{"operator lists plans", "/api/plans", p.admin, 200},
		{"operator reads", "/api/plans/" + made.id + "/history", p.admin, 200},
	} {
		a := p.do("GET", c.path, c.token, nil)
		if a.status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, a.status, c.status, a.raw)
		}
		if a.status >= 400 && !strings.HasSuffix(a.sentence(), ".") {
			t.Errorf("%s: no sentence in %s", c.name, a.raw)
		}
	}
	for _, c := range []struct {
		name, doc, token string
		status           int
	}{
		{"no token", "plan/" + made.id, "", 401},
		{"unknown token", "plan/" + made.id, "cp_AAAAAAAAAAAAAAAAAAAAAAAA", 401},
		{"another plan's link", "plan/" + made.id, other.tokens["seller"], 403},
		{"no such plan", "plan/nope", made.tokens["seller"], 404},
		{"the other side's notes", "plan/" + made.id + "/seller", made.tokens["buyer"], 403},
		{"no kind of document", "pad/x", p.admin, 404},
		{"no name", "doc/", p.admin, 404},
	} {
		if _, status, err := dialErr(t.Context(), p.url, c.doc, c.token, false); err == nil || status != c.status {
			t.Errorf("socket, %s: status %d, %v; want %d", c.name, status, err, c.status)
		}
	}
}

// Whatever a viewer's or auditor's client sends, the plan stays as it is.
func TestOnlookersCannotWrite(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	doc := "plan/" + made.id
	witness := connect(t, p.url, doc, made.tokens["seller"])
	before := p.read(made)
	spoil := func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "Spoilt") }
	for _, role := range []string{"viewer", "auditor"} {
		own := connect(t, p.url, doc, made.tokens[role])
		if can := own.hello["can"].(map[string]any); can["write"] != false {
			t.Errorf("%s was told it can %v", role, can)
		}
		own.edit(spoil)
		own.wait("the reset of the "+role, func() bool { return len(own.resets) > 0 })
		if r := own.resets[0]; r["code"] != "forbidden" || r["reason"] == "" {
			t.Errorf("%s: reset %v", role, r)
		}
		if own.acked != 0 {
			t.Errorf("%s: an edit was acknowledged", role)
		}
		stock := connectAs(t, p.url, doc, made.tokens[role], true)
		stock.edit(spoil)
		stock.wait("the stock "+role+" to be told", func() bool { return stock.denied != "" })
		// Also as the answer to the server's own question for what it lacks.
		stock.mu.Lock()
		update, err := stock.doc.EncodeStateAsUpdate(nil)
		stock.sendLocked(update, true)
		stock.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	witness.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaNoun, "go-live plan") })
	witness.saved()
	after := p.read(made)
	if after["title"] != before["title"] || after["noun"] != "go-live plan" {
		t.Errorf("title %q, noun %q", after["title"], after["noun"])
	}
	if entries := p.must(200, "GET", "/api/plans/"+made.id+"/history", p.admin, nil)["entries"].([]any); len(entries) != 2 {
		t.Errorf("%d entries, want the creation and the seller's", len(entries))
	}
}

func TestLinksAreInvitedAndWithdrawn(t *testing.T) {
	p := start(t, nil)
	made := p.create("blank")
	links := "/api/plans/" + made.id + "/links"
	for _, c := range []struct {
		who    string
		body   map[string]any
		status int
		where  string
	}{
		{"owner", map[string]any{"role": "owner"}, 201, ""},
		{"seller", map[string]any{"role": "owner"}, 403, "role"},
		{"seller", map[string]any{"role": "buyer", "name": "Dana", "email": "dana@example.com"}, 201, ""},
		{"champion", map[string]any{"role": "buyer"}, 201, ""},
		{"champion", map[string]any{"role": "seller"}, 403, "role"},
		{"champion", map[string]any{"role": "commenter", "side": "seller"}, 403, "side"},
		{"buyer", map[string]any{"role": "viewer"}, 403, ""},
		{"seller", map[string]any{"role": "king"}, 400, "role"},
		{"seller", map[string]any{"role": "viewer", "expires": "yesterday"}, 400, "expires"},
		{"seller", map[string]any{"role": "viewer", "expires": "2020-01-01T00:00:00Z"}, 400, "expires"},
	} {
		a := p.do("POST", links, made.tokens[c.who], c.body)
		if a.status != c.status || a.where() != c.where {
			t.Errorf("%s invites %v: status %d at %q, want %d at %q: %s", c.who, c.body, a.status, a.where(), c.status, c.where, a.raw)
		}
	}
	list := p.must(200, "GET", links, made.tokens["seller"], nil)
	all := list["links"].([]any)
	if len(all) != 9 {
		t.Errorf("%d links, want 9", len(all))
	}
	var buyer, seller, owner string
	for _, l := range all {
		link := l.(map[string]any)
		if _, has := link["url"]; has {
			t.Errorf("a listed link has a URL: %v", link)
		}
		switch {
		case link["role"] == "buyer" && link["name"] == "":
			buyer = link["id"].(string)
		case link["role"] == "seller":
			seller = link["id"].(string)
			if link["self"] != true {
				t.Errorf("the seller's own link is not marked: %v", link)
			}
		case link["role"] == "owner":
			owner = link["id"].(string)
		}
	}
	if a := p.do("DELETE", links+"/"+seller, made.tokens["seller"], nil); a.status != http.StatusConflict {
		t.Errorf("withdrawing one's own link: status %d", a.status)
	}
	if a := p.do("DELETE", links+"/"+owner, made.tokens["seller"], nil); a.status != http.StatusForbidden {
		t.Errorf("a seller withdraws the owner's: status %d", a.status)
	}
	if a := p.do("DELETE", links+"/"+buyer, made.tokens["viewer"], nil); a.status != http.StatusForbidden {
		t.Errorf("a viewer withdraws: status %d", a.status)
	}
	if a := p.do("DELETE", links+"/"+strings.Repeat("a", 52), made.tokens["owner"], nil); a.status != http.StatusNotFound {
		t.Errorf("no such link: status %d", a.status)
	}
	other := p.create("blank")
	if a := p.do("DELETE", "/api/plans/"+other.id+"/links/"+buyer, other.tokens["owner"], nil); a.status != http.StatusNotFound {
		t.Errorf("a link of another plan: status %d", a.status)
	}
}

func TestWithdrawnLinkClosesItsSockets(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	doc := "plan/" + made.id
	links := "/api/plans/" + made.id + "/links"
	invite := func(body map[string]any) (id, token string) {
		link := p.must(201, "POST", links, made.tokens["owner"], body)
		return link["id"].(string), strings.TrimPrefix(link["url"].(string), p.url+"/j/")
	}
	id, token := invite(map[string]any{"role": "buyer"})
	one, stock := connect(t, p.url, doc, token), connectAs(t, p.url, doc, token, true)
	bystander := connect(t, p.url, doc, made.tokens["champion"])

	p.must(200, "DELETE", links+"/"+id, made.tokens["owner"], nil)
	if code := one.ended(); code != 4401 {
		t.Errorf("closed with %d, want 4401", code)
	}
	if code := stock.ended(); code != 4401 {
		t.Errorf("stock client closed with %d, want 4401", code)
	}
	if _, status, err := dialErr(t.Context(), p.url, doc, token, false); err == nil || status != http.StatusUnauthorized {
		t.Errorf("connecting again: status %d, %v", status, err)
	}
	if a := p.do("GET", "/api/plans/"+made.id, token, nil); a.status != 401 || !strings.Contains(a.sentence(), "withdrawn") {
		t.Errorf("reading: status %d, %q", a.status, a.sentence())
	}
	bystander.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "Still here") })
	bystander.saved()

	_, brief := invite(map[string]any{"role": "buyer", "expires": time.Now().Add(2 * time.Second).Format(time.RFC3339Nano)})
	guest := connect(t, p.url, doc, brief)
	if code := guest.ended(); code != 4401 {
		t.Errorf("on expiry closed with %d, want 4401", code)
	}
	if a := p.do("GET", "/api/links/self", brief, nil); a.status != 401 || !strings.Contains(a.sentence(), "expired") {
		t.Errorf("after expiry: status %d, %q", a.status, a.sentence())
	}
}

// What people who may edit must not write is refused with a sentence and leaves
// nothing; what they write beside it is kept.
func TestEditsAreJudged(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	doc := "plan/" + made.id
	buyer, witness := connect(t, p.url, doc, made.tokens["buyer"]), connect(t, p.url, doc, made.tokens["seller"])
	step := firstStep(t, buyer.doc)
	due := func(c *client) string {
		node, _ := c.doc.Map(plan.RootNodes).Map(step)
		v, _ := node.Get(plan.NodeDue)
		s, _ := v.(string)
		return s
	}
	setDue := func(date string) func(d *crdt.Doc, tx *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			node, _ := d.Map(plan.RootNodes).Map(step)
			node.Set(tx, plan.NodeDue, date)
		}
	}
	buyer.edit(setDue("2027-05-05"))
	buyer.saved()
	buyer.edit(func(d *crdt.Doc, tx *crdt.Tx) {
		forged := d.Map(plan.RootSignoffs).SetMap(tx, "forged")
		forged.Set(tx, plan.SignedDecision, plan.DecisionPassed)
	})
	buyer.wait("the reset", func() bool { return len(buyer.resets) > 0 })
	if r := buyer.resets[0]; r["code"] != "forbidden" || r["reason"] != "Sign-offs can't be edited: the server writes it." {
		t.Errorf("reset %v", r)
	}

	// A stock client can't be told which edit it was: its connection ends.
	stock := connectAs(t, p.url, doc, made.tokens["buyer"], true)
	stock.edit(setDue("someday"))
	if code := stock.ended(); code != 4403 {
		t.Errorf("the stock client was closed with %d, want 4403", code)
	}
	again := connect(t, p.url, doc, made.tokens["buyer"])
	again.edit(setDue("2027-06-06"))
	again.saved()
	witness.wait("the edit that was allowed", func() bool { return due(witness) == "2027-06-06" })
	if n := witness.doc.Map(plan.RootSignoffs).Len(); n != 0 {
		t.Errorf("%d forged sign-offs", n)
	}
}

// An order key may grow for a while; then the server makes it short again.
func TestOrderIsRepaired(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	doc := "plan/" + made.id
	buyer, witness := connect(t, p.url, doc, made.tokens["buyer"]), connect(t, p.url, doc, made.tokens["seller"])
	step := firstStep(t, buyer.doc)
	ord := func(c *client) string {
		node, _ := c.doc.Map(plan.RootNodes).Map(step)
		v, _ := node.Get(plan.NodeOrd)
		s, _ := v.(string)
		return s
	}
	long := strings.Repeat("z", plan.MaxOrdKept) + "1"
	buyer.edit(func(d *crdt.Doc, tx *crdt.Tx) {
		node, _ := d.Map(plan.RootNodes).Map(step)
		node.Set(tx, plan.NodeOrd, long)
	})
	buyer.saved()
	for _, c := range []*client{buyer, witness} {
		c.wait("short keys", func() bool { return ord(c) != long && ord(c) != "" && !plan.NeedsRepair(c.doc) })
	}
	entries := p.must(200, "GET", "/api/plans/"+made.id+"/history", made.tokens["seller"], nil)["entries"].([]any)
	last := entries[len(entries)-1].(map[string]any)
	if last["kind"] != "system" || last["what"] != plan.WhatRepair || last["sentence"] != "Coplan tidied how the order is stored; nothing moved" {
		t.Errorf("the history's last entry: %v", last)
	}
}
