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
	"unicode"
	"unicode/utf8"
)

// Bounds on saved templates.
const (
	MaxTemplates     = 200       // that are offered
	MaxTemplateState = 512 << 10 // bytes of a template's document
	maxTemplateTitle = 120
	maxTemplateText  = 300
)

// Template is a plan somebody saved to start others from. State is a document
// in Yjs' encoding; this package doesn't look into it.
type Template struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Stages      int       `json:"stages"`
	Steps       int       `json:"steps"`
	Days        int       `json:"days"` // working days of the longest chain of steps
	By          string    `json:"by"`   // person id
	ByName      string    `json:"byName"`
	Created     time.Time `json:"created"`
	Removed     time.Time `json:"removed,omitzero"`
	State       []byte    `json:"state,omitempty"`
}

// AddTemplate keeps a template and returns it with its new id. What is wrong
// with it is a *FieldError.
func (s *Store) AddTemplate(ctx context.Context, t Template) (Template, error) {
	t.Title, t.Description = strings.TrimSpace(t.Title), strings.TrimSpace(t.Description)
	switch {
	case t.Title == "":
		return Template{}, &FieldError{"title", "Give the template a name."}
	case strings.ContainsFunc(t.Title, unicode.IsControl):
		return Template{}, &FieldError{"title", "The name contains characters that can't be shown."}
	case !utf8.ValidString(t.Title) || utf8.RuneCountInString(t.Title) > maxTemplateTitle:
		return Template{}, &FieldError{"title", fmt.Sprintf("The name can have %d characters at most.", maxTemplateTitle)}
	case !utf8.ValidString(t.Description) || utf8.RuneCountInString(t.Description) > maxTemplateText:
		return Template{}, &FieldError{"description", fmt.Sprintf("The description can have %d characters at most.", maxTemplateText)}
	case len(t.State) > MaxTemplateState:
		return Template{}, &FieldError{"plan", fmt.Sprintf("This plan is too big for a template: %d KiB, %d are allowed.", len(t.State)>>10, MaxTemplateState>>10)}
	}
	kept, err := s.Templates(ctx)
	if err != nil {
		return Template{}, err
	}
	if len(kept) >= MaxTemplates {
		return Template{}, &FieldError{"", fmt.Sprintf("There are %d saved templates already, which is all there can be. Remove one first.", MaxTemplates)}
	}
	t.ID = "t" + newID()
	t.Created, t.Removed = s.now().UTC().Truncate(time.Millisecond), time.Time{}
	if err := s.createJSON(ctx, templateKey(t.ID), t); err != nil {
		return Template{}, fmt.Errorf("save a template: %w", err)
	}
	return t, nil
}

// Template reads one template with its state; ErrUnknown if there is none.
func (s *Store) Template(ctx context.Context, id string) (Template, error) {
	t, _, err := s.template(ctx, id)
	return t, err
}

func (s *Store) template(ctx context.Context, id string) (Template, uint64, error) {
	if !ValidPlanID(id) {
		return Template{}, 0, ErrUnknown
	}
	var t Template
	rev, err := s.getJSON(ctx, templateKey(id), &t)
	if errors.Is(err, s.noKey) || err == nil && !t.Removed.IsZero() {
		return Template{}, 0, ErrUnknown
	}
	if err != nil {
		return Template{}, 0, fmt.Errorf("look up a template: %w", err)
	}
	return t, rev, nil
}

// Templates lists saved templates by title, without their states.
func (s *Store) Templates(ctx context.Context) ([]Template, error) {
	keys, err := s.kv.Keys(ctx, templateKey(""))
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	list := make([]Template, 0, len(keys))
	for _, key := range keys {
		t, err := s.Template(ctx, strings.TrimPrefix(key, templateKey("")))
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.State = nil
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Template) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// RemoveTemplate takes a template off the list for good; plans made from it
// stay as they are.
func (s *Store) RemoveTemplate(ctx context.Context, id string) error {
	for {
		t, rev, err := s.template(ctx, id)
		if err != nil {
			return err
		}
		t.Removed, t.State = s.now().UTC().Truncate(time.Millisecond), nil
		val, err := json.Marshal(t)
		if err != nil {
			return err
		}
		_, err = s.kv.Update(ctx, templateKey(id), val, rev)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, s.changed):
			return fmt.Errorf("remove a template: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

func templateKey(id string) string { return "template." + id }
