package access

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PlanRecord is a plan's entry in the index. The plan itself, its title as it
// is now included, lives in the journal.
type PlanRecord struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"` // as given at creation
	Template string    `json:"template"`
	Created  time.Time `json:"created"`
	By       string    `json:"by"`             // person id of the creator
	Demo     bool      `json:"demo,omitempty"` // seeded by the server itself
	Archived time.Time `json:"archived,omitzero"`
}

// NewPlanID makes an id for a plan: 80 random bits, so that ids of plans one
// may not see can't be guessed.
func NewPlanID() string { return newID() }

// AddPlan enters a plan into the index; ErrExists if it is there already.
func (s *Store) AddPlan(ctx context.Context, rec PlanRecord) error {
	if !ValidPlanID(rec.ID) {
		return &FieldError{"id", "The plan's id may hold only letters and digits."}
	}
	if rec.Created.IsZero() {
		rec.Created = s.now().UTC().Truncate(time.Millisecond)
	}
	if err := s.createJSON(ctx, planKey(rec.ID), rec); err != nil {
		return fmt.Errorf("enter plan %s into the index: %w", rec.ID, err)
	}
	return nil
}

// Plan reads a plan's index record; ErrUnknown if there is no such plan.
func (s *Store) Plan(ctx context.Context, id string) (PlanRecord, error) {
	if !ValidPlanID(id) {
		return PlanRecord{}, ErrUnknown
	}
	var rec PlanRecord
	_, err := s.getJSON(ctx, planKey(id), &rec)
	if errors.Is(err, s.noKey) {
		return PlanRecord{}, ErrUnknown
	}
	if err != nil {
		return PlanRecord{}, fmt.Errorf("look up plan %s: %w", id, err)
	}
	return rec, nil
}

// ArchivePlan takes a plan out of the lists of current ones, or puts it back.
// Nothing else about it changes. ErrUnknown if there is no such plan.
func (s *Store) ArchivePlan(ctx context.Context, id string, archived bool) (PlanRecord, error) {
	for {
		var rec PlanRecord
		if !ValidPlanID(id) {
			return rec, ErrUnknown
		}
		rev, err := s.getJSON(ctx, planKey(id), &rec)
		if errors.Is(err, s.noKey) {
			return rec, ErrUnknown
		}
		if err != nil {
			return rec, fmt.Errorf("archive plan %s: %w", id, err)
		}
		if archived == !rec.Archived.IsZero() {
			return rec, nil
		}
		rec.Archived = time.Time{}
		if archived {
			rec.Archived = s.now().UTC().Truncate(time.Millisecond)
		}
		val, err := json.Marshal(rec)
		if err != nil {
			return rec, err
		}
		_, err = s.kv.Update(ctx, planKey(id), val, rev)
		switch {
		case err == nil:
			return rec, nil
		case !errors.Is(err, s.changed):
			return rec, fmt.Errorf("archive plan %s: %w", id, err)
		case ctx.Err() != nil:
			return rec, ctx.Err()
		}
	}
}

func planKey(id string) string { return "plan." + id }

// Plans lists the index, oldest first.
func (s *Store) Plans(ctx context.Context) ([]PlanRecord, error) {
	keys, err := s.kv.Keys(ctx, planKey(""))
	if err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	plans := make([]PlanRecord, 0, len(keys))
	for _, key := range keys {
		rec, err := s.Plan(ctx, strings.TrimPrefix(key, planKey("")))
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		plans = append(plans, rec)
	}
	slices.SortFunc(plans, func(a, b PlanRecord) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return plans, nil
}
