package demo_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"coplan/server/demo"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
)

var cast = demo.Cast{
	Seller:   journal.Actor{ID: "s1", Name: "Ben Okafor", Role: "seller", Side: "seller", Via: "link"},
	Buyer:    journal.Actor{ID: "b1", Name: "Dana Whitfield", Role: "buyer", Side: "buyer", Via: "link"},
	Champion: journal.Actor{ID: "c1", Name: "Marcus Lindqvist", Role: "champion", Side: "buyer", Via: "link"},
	Security: journal.Actor{ID: "b2", Name: "Aisha Khan", Role: "buyer", Side: "buyer", Via: "link"},
}

func open(t *testing.T) *journal.Journal {
	t.Helper()
	j, err := journal.Open(context.Background(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return j
}

// The demo looks like a plan in the middle of its life, on whatever day and at
// whatever hour it is started.
func TestSeed(t *testing.T) {
	j := open(t)
	for id, now := range map[string]time.Time{
		"wednesday": time.Date(2026, 11, 25, 15, 20, 0, 0, time.UTC),
		"sunday":    time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC),
		"new-year":  time.Date(2027, 1, 1, 0, 0, 1, 0, time.UTC),
	} {
		t.Run(id, func(t *testing.T) { seedAt(t, j, id, now) })
	}
}

func seedAt(t *testing.T, j *journal.Journal, id string, now time.Time) {
	ctx := context.Background()
	if err := demo.Seed(ctx, j, id, cast, now); err != nil {
		t.Fatal(err)
	}
	doc := "plan/" + id
	items, _, err := replay.History(ctx, j, doc, 0, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	people, days := map[string]bool{}, map[string]bool{}
	for i, item := range items {
		people[item.Actor.ID] = true
		days[item.At.Format(time.DateOnly)] = true
		if item.At.After(now) || i > 0 && item.At.Before(items[i-1].At) {
			t.Errorf("entry %d is of %s, after %s or before the one above", i, item.At, now)
		}
		if strings.Contains(item.Sentence, "nothing visible") {
			t.Errorf("entry %d: %s", i, item.Sentence)
		}
	}
	if len(people) != 4 || len(days) < 10 || len(items) < 80 {
		t.Errorf("%d entries by %d people on %d days", len(items), len(people), len(days))
	}

	d, err := replay.At(ctx, j, doc, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := plan.Read(d)
	if len(v.Warnings) > 0 {
		t.Errorf("warnings: %+v", v.Warnings)
	}
	if v.Progress.Done < 3 || v.Progress.Total < 11 || v.Progress.Total > 15 {
		t.Errorf("progress %+v: not the middle of a plan of good size", v.Progress)
	}
	if words := len(strings.Fields(v.SummaryText)); words < 170 || words > 260 {
		t.Errorf("the summary has %d words", words)
	}
	if v.Anchor.Date <= now.AddDate(0, 1, 0).Format(time.DateOnly) || v.Anchor.Provisional || v.Status != plan.PlanLive {
		t.Errorf("anchor %+v, status %s", v.Anchor, v.Status)
	}
	resolved, replies := 0, 0
	for _, th := range v.Threads {
		if th.Orphan {
			t.Errorf("the comment on “%s” lost its words", th.Anchor.Quote)
		}
		if th.Resolved != nil {
			resolved++
		}
		replies += len(th.Msgs) - 1
	}
	if len(v.Threads) < 4 || resolved != 1 || replies < 4 || len(v.Bin) != 1 {
		t.Errorf("%d threads, %d resolved, %d replies, %d in the bin", len(v.Threads), resolved, replies, len(v.Bin))
	}
	v.Walk(func(n *plan.Node) bool {
		open := n.Status != plan.StatusDone && n.Status != plan.StatusSkipped
		if open && n.Due != "" && n.Due < now.Format(time.DateOnly) {
			t.Errorf("%s is overdue since %s", n.Title, n.Due)
		}
		return true
	})

	// A second start leaves it alone.
	before, _ := j.Last(ctx, doc)
	if err := demo.Seed(ctx, j, id, cast, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if after, _ := j.Last(ctx, doc); after != before {
		t.Errorf("seeding twice wrote again")
	}
}
