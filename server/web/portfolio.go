package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/plan"
	"coplan/server/plan/health"
	"coplan/server/replay"
)

// PlanRow is a plan in a list of plans: what it is and how it is doing.
type PlanRow struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Noun     string `json:"noun"`
	Status   string `json:"status"`
	Created  string `json:"created"`
	Archived bool   `json:"archived"`
	Demo     bool   `json:"demo"`
	health.Health
	Seq uint64 `json:"seq"` // journal position the row is as of
	// Problem says, in a sentence, why nothing but the first title is known.
	Problem string `json:"problem"`
}

// portfolio computes rows and keeps them until their plan or the day changes.
type portfolio struct {
	log replay.Log
	now func() time.Time

	mu   sync.Mutex
	rows map[string]keptRow // by plan id
}

type keptRow struct {
	row      PlanRow
	today    string
	activity replay.Activity
}

// maxKeptRows bounds the memory that remembered rows take, about a kilobyte
// each. Beyond it rows are forgotten at random and computed anew.
const maxKeptRows = 10_000

// portfolioWorkers bounds how many documents a list of plans holds in memory at
// once.
const portfolioWorkers = 4

// row says how a plan is doing on the given day. It opens no room: a plan that
// nobody looks at is read from its snapshot, once per change.
func (p *portfolio) row(ctx context.Context, rec access.PlanRecord, today string) (PlanRow, error) {
	p.mu.Lock()
	kept := p.rows[rec.ID]
	p.mu.Unlock()
	doc := "plan/" + rec.ID
	activity, err := kept.activity.Follow(ctx, p.log, doc)
	if err != nil {
		return PlanRow{}, err
	}
	// The light of silence changes with time alone, so a day is the limit.
	if kept.today != today || kept.activity.Seq != activity.Seq || kept.row.ID == "" {
		d, err := replay.At(ctx, p.log, doc, activity.Seq)
		if err != nil {
			return PlanRow{}, err
		}
		kept = keptRow{readRow(d, rec, activity, today, p.now()), today, activity}
		p.mu.Lock()
		if len(p.rows) >= maxKeptRows {
			for id := range p.rows {
				delete(p.rows, id)
				break
			}
		}
		p.rows[rec.ID] = kept
		p.mu.Unlock()
	}
	row := kept.row
	row.Archived = !rec.Archived.IsZero()
	return row, nil
}

func readRow(d *crdt.Doc, rec access.PlanRecord, a replay.Activity, today string, now time.Time) PlanRow {
	v := plan.Read(d)
	agreed, _ := plan.ReadBaseline(d)
	row := PlanRow{
		ID: rec.ID, Title: v.Title, Noun: v.Noun, Status: v.Status, Created: stamp(rec.Created), Demo: rec.Demo, Seq: a.Seq,
		Health: health.Of(health.Input{
			Schedule: plan.ScheduleInput(d, today), Status: v.Status, Slips: plan.ReadSlips(d), Now: now,
			Gates: openGates(&v), Agreed: agreed.GoLive,
			Activity: health.Activity{
				Created: a.Created,
				Seller:  a.Sides[access.SideSeller].Last, SellerEdits: a.Sides[access.SideSeller].Edits,
				Buyer: a.Sides[access.SideBuyer].Last, BuyerEdits: a.Sides[access.SideBuyer].Edits,
			},
		}),
	}
	if row.Title == "" {
		row.Title = rec.Title
	}
	return row
}

// openGates returns the steps that wait for a sign-off: a gate that changed
// since one still stands.
func openGates(v *plan.View) (ids []string) {
	v.Walk(func(n *plan.Node) bool {
		if n.Gate != nil && n.Gate.State != plan.GatePassed && n.Gate.State != plan.GateChanged {
			ids = append(ids, n.ID)
		}
		return true
	})
	return ids
}

// today is the day the caller says it is where they are, or the server's.
func (s *site) today(c echo.Context) (string, error) {
	day := c.QueryParam("today")
	if day == "" {
		return s.now().Format(time.DateOnly), nil
	}
	if !plan.ValidDate(day) {
		return "", failField("today", "today must be a date like 2027-03-31.")
	}
	// Nobody's clock is further from the server's than a day and a zone.
	if at, err := time.Parse(time.DateOnly, day); err != nil || at.Sub(s.now()).Abs() > 72*time.Hour {
		return "", failField("today", "today is too far from the server's date.")
	}
	return day, nil
}

// planHealth says how one plan is doing, to anyone who may read it.
func (s *site) planHealth(c echo.Context) error {
	if _, err := s.planCaller(c); err != nil {
		return err
	}
	today, err := s.today(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	rec, err := s.access.Plan(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	row, err := s.portfolio.row(ctx, rec, today)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, row)
}

// listPortfolio lists all plans with how they are doing. A plan that can't be
// read is in the list with a sentence instead.
func (s *site) listPortfolio(c echo.Context) error {
	if _, err := s.withScope(c, access.ScopePlansRead); err != nil {
		return err
	}
	today, err := s.today(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	plans, err := s.access.Plans(ctx)
	if err != nil {
		return err
	}
	rows := make([]PlanRow, len(plans))
	var wg sync.WaitGroup
	turn := make(chan struct{}, portfolioWorkers)
	for i, rec := range plans {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			row, err := s.portfolio.row(ctx, rec, today)
			if err != nil {
				f, known := toFailure(err)
				if !known {
					s.log.Error("plan can't be read for the list of plans", "plan", rec.ID, "err", err)
				}
				row = PlanRow{ID: rec.ID, Title: rec.Title, Created: stamp(rec.Created), Archived: !rec.Archived.IsZero(), Problem: f.Message}
				row.Reasons = []health.Reason{}
			}
			rows[i] = row
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"plans": rows})
}

// archivePlan takes a plan out of the list of current ones, or puts it back.
// Its links keep working.
func (s *site) archivePlan(c echo.Context) error {
	cl, err := s.planCaller(c)
	if err != nil {
		return err
	}
	if cl.Kind == access.KindLink && cl.Link.Role != access.RoleOwner && cl.Link.Role != access.RoleSeller ||
		cl.Kind != access.KindLink && !cl.Has(access.ScopePlansManage) {
		return fail(http.StatusForbidden, "forbidden", "Only the plan's owner and sellers put it away.")
	}
	var in struct {
		Archived *bool `json:"archived"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	if in.Archived == nil {
		return failField("archived", "Say whether the plan is archived: true or false.")
	}
	rec, err := s.access.ArchivePlan(c.Request().Context(), c.Param("id"), *in.Archived)
	if errors.Is(err, access.ErrUnknown) {
		return errNoPlan
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"id": rec.ID, "archived": !rec.Archived.IsZero()})
}
