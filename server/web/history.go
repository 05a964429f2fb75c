package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
)

// maxHistory bounds one page of history.
const maxHistory = 1000

type actorJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
	Side string `json:"side"`
}

// entryJSON is one thing that happened.
type entryJSON struct {
	Seq       uint64          `json:"seq"`
	Ordinal   uint64          `json:"ordinal"` // counts the document's entries from 0
	At        string          `json:"at"`
	Actor     actorJSON       `json:"actor"`
	Kind      journal.Kind    `json:"kind"`
	What      string          `json:"what"`
	Sentence  string          `json:"sentence"`  // with the person: “Dana (buyer) moved *Kick-off*…”
	Sentences []string        `json:"sentences"` // one for each change, without the person
	Say       replay.Say      `json:"say"`       // the sentence without the person, for any language
	Changes   []replay.Change `json:"changes"`
	Node      string          `json:"node"`             // of the first change; "" if it is about none
	Field     string          `json:"field"`            // of the first change
	Update    string          `json:"update,omitempty"` // base64 of the Yjs update, when asked for
}

type historyJSON struct {
	Plan    string      `json:"plan,omitempty"`
	Doc     string      `json:"doc"`
	Entries []entryJSON `json:"entries"`
	Next    uint64      `json:"next,omitempty"` // from= of the next page
}

// historian is a caller who may read the document's history.
func historian(cl caller) error {
	if cl.grant.History {
		return nil
	}
	return fail(http.StatusForbidden, "forbidden", "Your link shows the plan as it is, not its history.")
}

func (s *site) planHistory(c echo.Context) error {
	cl, err := s.planCaller(c)
	if err != nil {
		return err
	}
	return s.history(c, cl, c.Param("id"))
}

func (s *site) history(c echo.Context, cl caller, planID string) error {
	if err := historian(cl); err != nil {
		return err
	}
	from, err := queryUint(c, "from", 0)
	if err != nil {
		return err
	}
	to, err := queryUint(c, "to", 0)
	if err != nil {
		return err
	}
	limit, err := queryUint(c, "limit", 200)
	if err != nil {
		return err
	}
	if limit < 1 || limit > maxHistory {
		return failField("limit", fmt.Sprintf("limit must be from 1 to %d.", maxHistory))
	}
	if to != 0 && to < from {
		return failField("to", "to must not be before from.")
	}
	updates, err := queryBool(c, "updates")
	if err != nil {
		return err
	}
	items, next, err := replay.HistoryOf(c.Request().Context(), s.cfg.Log, cl.doc, from, to, int(limit), keeps(c))
	if err != nil {
		return err
	}
	out := historyJSON{Plan: planID, Doc: cl.doc, Entries: make([]entryJSON, 0, len(items)), Next: next}
	for _, it := range items {
		out.Entries = append(out.Entries, toEntryJSON(it, updates))
	}
	return c.JSON(http.StatusOK, out)
}

// keeps reads which changes are asked for: nodes= and fields=, each a list with
// commas between. The empty name among nodes is the plan itself. nil: all.
func keeps(c echo.Context) func(replay.Change) bool {
	nodes, fields := queryList(c, "nodes"), queryList(c, "fields")
	if nodes == nil && fields == nil {
		return nil
	}
	return func(ch replay.Change) bool {
		return (nodes == nil || nodes[ch.Node]) && (fields == nil || fields[ch.Field])
	}
}

func queryList(c echo.Context, name string) map[string]bool {
	if !c.QueryParams().Has(name) {
		return nil
	}
	list := map[string]bool{}
	for item := range strings.SplitSeq(c.QueryParam(name), ",") {
		list[item] = true
	}
	return list
}

func toEntryJSON(it replay.Item, updates bool) entryJSON {
	e := entryJSON{
		Seq: it.Seq, Ordinal: it.Ordinal, At: stamp(it.At), Kind: it.Kind, What: it.What, Sentence: it.Sentence, Say: it.Say,
		Actor:     actorJSON{it.Actor.ID, it.Actor.Name, it.Actor.Role, it.Actor.Side},
		Sentences: make([]string, 0, len(it.Changes)), Changes: it.Changes,
	}
	if e.Changes == nil {
		e.Changes = []replay.Change{}
	}
	for i, ch := range it.Changes {
		e.Sentences = append(e.Sentences, ch.Text)
		if i == 0 {
			e.Node, e.Field = ch.Node, ch.Field
		}
	}
	if updates {
		e.Update = base64.StdEncoding.EncodeToString(it.Update)
	}
	return e
}

func (s *site) planAt(c echo.Context) error {
	cl, err := s.planCaller(c)
	if err != nil {
		return err
	}
	d, seq, err := s.docAsOf(c, cl)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, PlanJSON{c.Param("id"), plan.Read(d), seq})
}

// docAsOf rebuilds the caller's document as it was after the entry at the
// address's seq, or before the first one at 0.
func (s *site) docAsOf(c echo.Context, cl caller) (*crdt.Doc, uint64, error) {
	if err := historian(cl); err != nil {
		return nil, 0, err
	}
	seq, err := strconv.ParseUint(c.Param("seq"), 10, 64)
	if err != nil || seq == 0 {
		return nil, 0, failField("seq", "The position must be a whole number from 1, such as an entry's seq.")
	}
	d, err := replay.At(c.Request().Context(), s.cfg.Log, cl.doc, seq)
	if err != nil {
		return nil, 0, err
	}
	return d, seq, nil
}

// freeDoc is who calls about the free document in the address, whose name is
// escaped as one path segment.
func (s *site) freeDoc(c echo.Context) (caller, error) {
	p, err := s.identify(c)
	if err != nil {
		return caller{}, err
	}
	name := c.Param("name")
	if c.Request().URL.RawPath != "" { // the router saw the path as it was sent
		if name, err = url.PathUnescape(name); err != nil {
			return caller{}, failField("name", "The document's name is not escaped as a path segment.")
		}
	}
	doc := "doc/" + name
	grant, err := s.grantFor(c.Request().Context(), p, doc)
	return caller{p, doc, grant}, err
}

func (s *site) readDoc(c echo.Context) error {
	cl, err := s.freeDoc(c)
	if err != nil {
		return err
	}
	var content map[string]any
	var seq uint64
	err = s.rooms.View(c.Request().Context(), cl.doc, func(d *crdt.Doc, at uint64) error {
		content, seq = Content(d), at
		return nil
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"doc": cl.doc, "content": content, "seq": seq})
}

func (s *site) docHistory(c echo.Context) error {
	cl, err := s.freeDoc(c)
	if err != nil {
		return err
	}
	return s.history(c, cl, "")
}

func (s *site) docAt(c echo.Context) error {
	cl, err := s.freeDoc(c)
	if err != nil {
		return err
	}
	d, seq, err := s.docAsOf(c, cl)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"doc": cl.doc, "content": Content(d), "seq": seq})
}

func queryUint(c echo.Context, name string, fallback uint64) (uint64, error) {
	v := c.QueryParam(name)
	if v == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, failField(name, name+" is too large.")
	}
	if err != nil {
		return 0, failField(name, name+" must be a whole number.")
	}
	return n, nil
}

func queryBool(c echo.Context, name string) (bool, error) {
	switch strings.ToLower(c.QueryParam(name)) {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	}
	return false, failField(name, name+" must be 1 or 0.")
}
