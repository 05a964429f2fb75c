package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"coplan/server/web"
)

// made is a plan created over HTTP: its id and the tokens of its links.
type made struct {
	ID     string
	Tokens map[string]string
}

func (s *site) create(body string, token string) made {
	s.t.Helper()
	res := s.do("POST", "/api/plans", body, "Authorization", "Bearer "+token, "Content-Type", "application/json")
	var out struct {
		ID    string
		Links map[string]string
	}
	raw := content(s.t, res)
	if err := json.Unmarshal([]byte(raw), &out); err != nil || res.StatusCode != http.StatusCreated {
		s.t.Fatalf("create: status %d: %s", res.StatusCode, raw)
	}
	m := made{out.ID, map[string]string{}}
	for role, link := range out.Links {
		m.Tokens[role] = link[strings.LastIndexByte(link, '/')+1:]
	}
	return m
}

// get answers into out, a pointer, and fails the test unless the status is 200.
func (s *site) get(target, token string, out any) {
	s.t.Helper()
	res := s.do("GET", target, "", "Authorization", "Bearer "+token, "Content-Type", "application/json")
	raw := content(s.t, res)
	if err := json.Unmarshal([]byte(raw), out); err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: status %d: %s", target, res.StatusCode, raw)
	}
}

func (s *site) run(m made, role, name, args string) {
	s.t.Helper()
	res := s.do("POST", "/api/plans/"+m.ID+"/commands", fmt.Sprintf(`{"name":%q,"args":%s}`, name, args), "Authorization", "Bearer "+m.Tokens[role], "Content-Type", "application/json")
	if raw := content(s.t, res); res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: status %d: %s", name, res.StatusCode, raw)
	}
}

type rows struct{ Plans []web.PlanRow }

func TestPortfolio(t *testing.T) {
	clock := time.Now() // rooms have no other
	s := newSite(t, nil, func(c *web.Config) { c.Clock = func() time.Time { return clock } })
	one := s.create(`{"title":"Northwind","template":"enterprise-evaluation","anchor":{"date":"2039-07-29"}}`, adminToken)
	two := s.create(`{"title":"Acme","template":"quick-start"}`, adminToken)

	var all rows
	s.get("/api/portfolio?today="+clock.Format(time.DateOnly), adminToken, &all)
	if len(all.Plans) != 2 {
		t.Fatalf("rows %+v", all.Plans)
	}
	if all.Plans[0].ID != one.ID { // made at one moment: by id
		all.Plans[0], all.Plans[1] = all.Plans[1], all.Plans[0]
	}
	if r := all.Plans[0]; r.ID != one.ID || all.Plans[1].Title != "Acme" || r.Total != 10 || r.Done != 0 || r.GoLive.Date != "2039-07-29" || r.Next == nil || r.BuyerEdits != 0 || r.Light != "green" {
		t.Errorf("a new plan: %+v", r)
	}

	// A link sees its own plan, and what a side did shows at once.
	s.run(one, "buyer", "comment.add", `{"id":"c1","anchor":{"kind":"node","node":"security-review"},"body":"Who answers?"}`)
	var row web.PlanRow
	s.get("/api/plans/"+one.ID+"/health", one.Tokens["viewer"], &row)
	if row.BuyerEdits != 1 || row.BuyerAt == "" || row.SellerEdits != 0 {
		t.Errorf("after a buyer's comment: %+v", row)
	}
	if row.Gate != nil {
		t.Errorf("a gate where there is none: %+v", row.Gate)
	}
	for _, node := range []string{"contract-sign-off", "security-review"} {
		s.run(one, "seller", "test.gate", `{"node":"`+node+`"}`)
	}
	s.get("/api/plans/"+one.ID+"/health", one.Tokens["viewer"], &row)
	if row.Gate == nil || row.Gate.Node != "security-review" || row.Gate.Due == "" {
		t.Errorf("the next of two gates: %+v", row.Gate)
	}
	res := s.do("GET", "/api/plans/"+one.ID+"/health", "", "Authorization", "Bearer "+two.Tokens["owner"])
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("another plan's link: status %d", res.StatusCode)
	}
	res = s.do("GET", "/api/portfolio", "", "Authorization", "Bearer "+one.Tokens["owner"])
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a link asks for all plans: status %d", res.StatusCode)
	}

	// Time alone changes the light, though nothing in the plan did.
	clock = clock.Add(20 * 24 * time.Hour)
	s.get("/api/portfolio", adminToken, &all)
	for _, r := range all.Plans {
		if r.Light != "red" || len(r.Reasons) == 0 {
			t.Errorf("%s after three weeks: %q %+v", r.Title, r.Light, r.Reasons)
		}
	}

	for _, bad := range []string{"2026-3-1", "tomorrow", "2031-01-01"} {
		if f := failure(t, s.do("GET", "/api/portfolio?today="+bad, "", "Authorization", "Bearer "+adminToken)); f.Error.Where != "today" {
			t.Errorf("today=%s: %+v", bad, f)
		}
	}
}

func TestArchive(t *testing.T) {
	s := newSite(t, nil, nil)
	m := s.create(`{"title":"Northwind"}`, adminToken)
	patch := func(role, body string) *http.Response {
		return s.do("PATCH", "/api/plans/"+m.ID, body, "Authorization", "Bearer "+m.Tokens[role], "Content-Type", "application/json")
	}
	for _, role := range []string{"buyer", "champion", "viewer", "auditor"} {
		if res := patch(role, `{"archived":true}`); res.StatusCode != http.StatusForbidden {
			t.Errorf("a %s archives: status %d", role, res.StatusCode)
		}
	}
	if f := failure(t, patch("owner", `{}`)); f.Error.Where != "archived" {
		t.Errorf("nothing said: %+v", f)
	}
	for _, archived := range []bool{true, true, false} {
		res := patch("seller", fmt.Sprintf(`{"archived":%v}`, archived))
		var all rows
		s.get("/api/portfolio", adminToken, &all)
		if res.StatusCode != http.StatusOK || all.Plans[0].Archived != archived {
			t.Errorf("archived %v: status %d, row %+v", archived, res.StatusCode, all.Plans[0])
		}
	}
}

func TestSavedTemplates(t *testing.T) {
	s := newSite(t, nil, nil)
	m := s.create(`{"title":"Northwind","template":"quick-start"}`, adminToken)
	auth := func(role string) []string {
		return []string{"Authorization", "Bearer " + m.Tokens[role], "Content-Type", "application/json"}
	}
	save := func(role, body string) *http.Response { return s.do("POST", "/api/templates", body, auth(role)...) }

	if res := save("buyer", `{"plan":"`+m.ID+`","title":"Ours"}`); res.StatusCode != http.StatusForbidden {
		t.Errorf("a buyer saves a template: status %d", res.StatusCode)
	}
	for field, body := range map[string]string{
		"plan":        `{"title":"Ours"}`,
		"title":       `{"plan":"` + m.ID + `","title":"  "}`,
		"description": `{"plan":"` + m.ID + `","title":"Ours","description":"` + strings.Repeat("x", 301) + `"}`,
	} {
		if f := failure(t, save("seller", body)); f.Error.Where != field {
			t.Errorf("%s: %+v", field, f)
		}
	}
	if res := save("seller", `{"plan":"nowhere","title":"Ours"}`); res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusForbidden {
		t.Errorf("a plan that is not there: status %d", res.StatusCode)
	}
	type template struct {
		ID, Title, By string
		Steps, Days   int
		Saved, Mine   bool
	}
	var saved template
	res := save("seller", `{"plan":"`+m.ID+`","title":"Our way","description":"Nine steps."}`)
	if raw := content(t, res); res.StatusCode != http.StatusCreated || json.Unmarshal([]byte(raw), &saved) != nil {
		t.Fatalf("status %d: %s", res.StatusCode, raw)
	}
	if saved.Steps != 9 || saved.Days == 0 || !saved.Mine || !saved.Saved {
		t.Errorf("saved %+v", saved)
	}

	list := func(header ...string) (found *template) {
		t.Helper()
		var all []template
		if err := json.Unmarshal([]byte(content(t, s.do("GET", "/api/templates", "", header...))), &all); err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.ID == saved.ID {
				found = &one
			}
		}
		return found
	}
	if list() != nil || list(auth("buyer")...) != nil {
		t.Error("a saved template shows to those who may not create plans")
	}
	if got := list(auth("owner")...); got == nil || !got.Mine {
		t.Errorf("to a colleague: %+v", got)
	}

	// A plan from it has its steps, not its history.
	next := s.create(`{"title":"Acme","template":"`+saved.ID+`","anchor":{"date":"2027-01-29"}}`, m.Tokens["owner"])
	var row web.PlanRow
	s.get("/api/plans/"+next.ID+"/health", next.Tokens["buyer"], &row)
	if row.Title != "Acme" || row.Total != 9 || row.GoLive.Date != "2027-01-29" {
		t.Errorf("a plan from it: %+v", row)
	}
	// So has a duplicate, which needs no template.
	same := s.create(`{"title":"Acme, second site","copyOf":"`+m.ID+`"}`, m.Tokens["seller"])
	s.get("/api/plans/"+same.ID+"/health", same.Tokens["buyer"], &row)
	if row.Title != "Acme, second site" || row.Total != 9 {
		t.Errorf("a duplicate: %+v", row)
	}
	for _, body := range []string{`{"title":"X","copyOf":"` + next.ID + `"}`, `{"title":"X","copyOf":"nowhere"}`} {
		if res := s.do("POST", "/api/plans", body, auth("seller")...); res.StatusCode < 400 {
			t.Errorf("%s with another plan's link: status %d", body, res.StatusCode)
		}
	}
	if f := failure(t, s.do("POST", "/api/plans", `{"title":"X","copyOf":"`+m.ID+`","template":"blank"}`, auth("seller")...)); f.Error.Where != "copyOf" {
		t.Errorf("two starting points: %+v", f)
	}

	remove := func(role string) int { return s.do("DELETE", "/api/templates/"+saved.ID, "", auth(role)...).StatusCode }
	if got := []int{remove("buyer"), remove("owner"), remove("seller")}; got[0] != 403 || got[1] != 204 || got[2] != 404 {
		t.Errorf("removed with status %v", got)
	}
	if list(auth("seller")...) != nil {
		t.Error("a removed template is still listed")
	}
}

// Built-in templates, and plans made from them, speak the language asked for.
func TestTemplateLanguage(t *testing.T) {
	s := newSite(t, nil, nil)
	for query, want := range map[string]string{"": "Quick start", "?language=en": "Quick start", "?language=de": "Schnellstart"} {
		var all []struct{ ID, Title string }
		s.get("/api/templates"+query, adminToken, &all)
		if len(all) < 6 || all[1].ID != "quick-start" || all[1].Title != want {
			t.Errorf("templates%s: %+v", query, all)
		}
	}
	for body, want := range map[string]string{`{"title":"N","template":"quick-start"}`: "Decide", `{"title":"N","template":"quick-start","language":"de"}`: "Entscheiden"} {
		m := s.create(body, adminToken)
		var read struct{ Stages []struct{ Title string } }
		s.get("/api/plans/"+m.ID, m.Tokens["buyer"], &read)
		if got := read.Stages[0].Title; got != want {
			t.Errorf("%s begins with %q", body, got)
		}
	}
	auth := []string{"Authorization", "Bearer " + adminToken, "Content-Type", "application/json"}
	for what, res := range map[string]*http.Response{
		"templates": s.do("GET", "/api/templates?language=fr", "", auth...),
		"a plan":    s.do("POST", "/api/plans", `{"title":"N","template":"quick-start","language":"fr"}`, auth...),
	} {
		if f := failure(t, res); res.StatusCode != http.StatusBadRequest || f.Error.Where != "language" || !strings.Contains(f.Error.Message, "“en” or “de”") {
			t.Errorf("%s in French: status %d, %+v", what, res.StatusCode, f)
		}
	}
}
