package health_test

import (
	"testing"
	"time"

	"coplan/server/plan/health"
	"coplan/server/plan/schedule"
)

var now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC) // a Wednesday

func days(n int) time.Time { return now.Add(-time.Duration(n) * 24 * time.Hour) }

// healthy is a plan without anything to complain about.
func healthy() health.Input {
	five := 5
	return health.Input{
		Status: "live", Now: now,
		Activity: health.Activity{Created: days(40), Seller: days(1), Buyer: days(2), SellerEdits: 12, BuyerEdits: 9},
		Schedule: schedule.Input{
			Today: "2026-05-20", Anchor: schedule.Anchor{Kind: "go-live", Date: "2026-07-31"},
			Nodes: []schedule.Node{
				{ID: "s", Kind: "stage", Title: "Stage"},
				{ID: "a", Kind: "milestone", Parent: "s", Title: "Demo", Status: "done", DoneOn: "2026-05-12", Days: &five},
				{ID: "b", Kind: "milestone", Parent: "s", Title: "Security review", Days: &five},
				{ID: "c", Kind: "task", Parent: "s", Title: "Go-live", Days: &five, Side: "buyer"},
				{ID: "d", Kind: "task", Parent: "s", Title: "Skipped", Status: "skipped"},
				{ID: "e", Kind: "subtask", Parent: "c", Title: "Not counted"},
			},
		},
	}
}

func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*health.Input)
		light   string
		reasons []string // code:light, in order
	}{
		"nothing to complain about": {func(*health.Input) {}, health.Green, nil},
		"one step a day late":       {func(in *health.Input) { in.Schedule.Nodes[2].Due = "2026-05-19" }, health.Yellow, []string{"overdue:yellow"}},
		"one step weeks late":       {func(in *health.Input) { in.Schedule.Nodes[2].Due = "2026-04-30" }, health.Red, []string{"overdue:red"}},
		"due today is not late":     {func(in *health.Input) { in.Schedule.Nodes[2].Due = "2026-05-20" }, health.Green, nil},
		"go-live cannot be held": {func(in *health.Input) { in.Schedule.Anchor.Date = "2026-05-27" }, health.Yellow,
			[]string{"late:yellow"}},
		"a step is blocked":    {func(in *health.Input) { in.Schedule.Nodes[2].Status = "blocked" }, health.Yellow, []string{"blocked:yellow"}},
		"silence for a week":   {func(in *health.Input) { in.Activity.Seller, in.Activity.Buyer = days(8), days(9) }, health.Yellow, []string{"quiet:yellow"}},
		"silence for a month":  {func(in *health.Input) { in.Activity.Seller, in.Activity.Buyer = days(30), days(31) }, health.Red, []string{"quiet:red"}},
		"the buyer is silent":  {func(in *health.Input) { in.Activity.Buyer = days(15) }, health.Red, []string{"buyer-quiet:red"}},
		"the seller is silent": {func(in *health.Input) { in.Activity.Seller = days(9) }, health.Yellow, []string{"seller-quiet:yellow"}},
		"the buyer never came": {func(in *health.Input) { in.Activity.Buyer, in.Activity.Created = time.Time{}, days(5) }, health.Yellow,
			[]string{"buyer-never:yellow"}},
		"a new plan has time":   {func(in *health.Input) { in.Activity.Buyer, in.Activity.Created = time.Time{}, days(1) }, health.Green, nil},
		"the worst comes first": {func(in *health.Input) { in.Schedule.Nodes[2].Status = "blocked"; in.Activity.Buyer = days(20) }, health.Red, []string{"buyer-quiet:red", "blocked:yellow"}},
		"a plan that was won":   {func(in *health.Input) { in.Status = "won"; in.Activity.Buyer = days(90) }, health.None, nil},
		"a paused plan":         {func(in *health.Input) { in.Status = "paused"; in.Schedule.Nodes[2].Due = "2026-01-02" }, health.None, nil},
		"all done, long ago": {func(in *health.Input) {
			in.Schedule.Nodes[2].Status, in.Schedule.Nodes[3].Status = "done", "done"
			in.Activity.Buyer = days(90)
		}, health.Green, nil},
		"an empty plan is no bad": {func(in *health.Input) { in.Schedule.Nodes = nil; in.Activity.Buyer = days(90) }, health.Green, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := healthy()
			c.change(&in)
			h := health.Of(in)
			var got []string
			for _, r := range h.Reasons {
				got = append(got, r.Code+":"+r.Light)
			}
			if h.Light != c.light || !equal(got, c.reasons) {
				t.Errorf("light %q because of %v, want %q because of %v", h.Light, got, c.light, c.reasons)
			}
		})
	}
}

func TestFigures(t *testing.T) {
	in := healthy()
	in.Gates = []string{"c"}
	in.Slips = []schedule.Slip{{Days: 7}, {Days: -2}}
	h := health.Of(in)
	if h.Done != 1 || h.Total != 3 || h.Slipped != 5 || h.GoLive.Date != "2026-07-31" {
		t.Errorf("%+v", h)
	}
	if h.Next == nil || h.Next.Node != "b" || h.Next.Due == "" || h.Gate == nil || h.Gate.Node != "c" || h.Gate.Side != "buyer" {
		t.Errorf("next %+v, gate %+v", h.Next, h.Gate)
	}
	if h.SellerEdits != 12 || h.BuyerAt != "2026-05-18T09:00:00Z" {
		t.Errorf("activity %d, %q", h.SellerEdits, h.BuyerAt)
	}
}

func TestSlipped(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*health.Input)
		want   int
	}{
		"nothing moved":                             {func(*health.Input) {}, 0},
		"noted delays, less gains":                  {func(in *health.Input) { in.Slips = []schedule.Slip{{Days: 7}, {Days: -2}} }, 5},
		"the forecast is late and nobody noted why": {func(in *health.Input) { in.Schedule.Anchor.Date = "2026-05-27" }, 4},
		"a late forecast holds what was noted": {func(in *health.Input) {
			in.Schedule.Anchor.Date = "2026-05-27"
			in.Slips = []schedule.Slip{{Days: 2}}
		}, 4},
		"the date was moved after both agreed":   {func(in *health.Input) { in.Agreed = "2026-07-24"; in.Slips = []schedule.Slip{{Days: 40}} }, 5},
		"moved and late too":                     {func(in *health.Input) { in.Agreed, in.Schedule.Anchor.Date = "2026-05-20", "2026-05-27" }, 9},
		"sooner than agreed":                     {func(in *health.Input) { in.Agreed = "2026-08-07" }, -5},
		"agreed, then nothing has a date at all": {func(in *health.Input) { in.Agreed, in.Schedule = "2026-08-07", schedule.Input{} }, 0},
	} {
		in := healthy()
		in.Schedule.Anchor.Node = "c"
		c.change(&in)
		if got := health.Of(in); got.Slipped != c.want {
			t.Errorf("%s: %d days slipped, want %d (%+v)", name, got.Slipped, c.want, got.GoLive)
		}
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
