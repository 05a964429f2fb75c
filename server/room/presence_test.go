package room_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/room"
)

// show sends the client's presence.
func (c *client) show(clock uint64, state string) {
	c.t.Helper()
	c.must(c.s.Presence([]crdt.AwarenessEntry{{Client: c.doc.ClientID(), Clock: clock, State: json.RawMessage(state)}}))
}

// sees waits until the client sees the other one with all these parts.
func (c *client) sees(other *client, parts ...string) {
	c.t.Helper()
	c.until("presence with "+strings.Join(parts, ", "), func() bool {
		state := string(c.presence[other.doc.ClientID()])
		for _, p := range parts {
			if !strings.Contains(state, p) {
				return false
			}
		}
		return state != ""
	})
}

func (c *client) seesNot(other *client) {
	c.t.Helper()
	c.until("absence", func() bool { return c.presence[other.doc.ClientID()] == nil })
}

func TestPresence(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, old, vic := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Stock), w.join(viewer("vic", doc), room.Coplan)

	ann.show(1, `{"user":{"id":"eve","name":"Eve","role":"owner"},"cursor":5}`)
	old.show(1, `{"cursor":7}`)
	vic.sees(ann, `"cursor":5`, `"id":"ann"`, `"name":"Ann"`, `"role":"seller"`, `"color":"#`)
	vic.sees(old, `"cursor":7`, `"id":"ben"`)
	if strings.Contains(string(vic.presence[ann.doc.ClientID()]), "eve") {
		t.Error("a client chose its own name")
	}

	// A newcomer is told, and may ask.
	late := w.join(viewer("lea", doc), room.Coplan)
	late.sees(ann, `"cursor":5`)
	shows := late.shows
	late.must(late.s.QueryPresence())
	late.until("an answer", func() bool { return late.shows > shows })

	// An older state changes nothing; a newer one does.
	ann.show(1, `{"cursor":1}`)
	ann.show(2, `{"cursor":9}`)
	vic.sees(ann, `"cursor":9`)

	ann.leave()
	vic.seesNot(ann)
	vic.sees(old, `"cursor":7`)
}

// Stock clients repeat what they hear, so what a session says about others has
// no effect, neither while they are there nor just after.
func TestPresenceOfOthersIsIgnored(t *testing.T) {
	for name, d := range map[string]room.Dialect{"numbered": room.Coplan, "stock": room.Stock} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			doc := w.createPlan("p1")
			ann, eve, vic := w.join(editor("ann", doc), room.Coplan), w.join(editor("eve", doc), d), w.join(viewer("vic", doc), room.Coplan)
			ann.show(4, `{"cursor":1}`)
			vic.sees(ann, `"cursor":1`)
			about := func(clock uint64, state string) {
				e := crdt.AwarenessEntry{Client: ann.doc.ClientID(), Clock: clock}
				if state != "" {
					e.State = json.RawMessage(state)
				}
				eve.must(eve.s.Presence([]crdt.AwarenessEntry{e}))
			}
			about(4, `{"cursor":1}`)
			about(9, `{"cursor":99}`)
			about(10, "")
			ann.show(5, `{"cursor":2}`)
			vic.sees(ann, `"cursor":2`, `"id":"ann"`)

			ann.leave()
			vic.seesNot(ann)
			about(5, `{"cursor":2}`) // an echo that was late
			about(6, `{"cursor":3}`)
			eve.show(1, `{"cursor":4}`)
			vic.sees(eve, `"id":"eve"`)
			if len(vic.presence) != 1 {
				t.Errorf("%d are present, want one", len(vic.presence))
			}
		})
	}
}

// Two connections of one person with the same client id: an interrupted one and
// its successor.
func TestPresenceTakenOver(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, vic := w.join(editor("ann", doc), room.Coplan), w.join(viewer("vic", doc), room.Coplan)
	ann.show(3, `{"cursor":1}`)
	vic.sees(ann, `"cursor":1`)
	again := w.newClient(room.Coplan)
	again.doc.SetClientID(ann.doc.ClientID())
	again.connect(editor("ann", doc))
	again.show(4, `{"cursor":2}`)
	vic.sees(ann, `"cursor":2`)
	ann.leave() // the server notices at last
	again.show(5, `{"cursor":3}`)
	vic.sees(ann, `"cursor":3`)
	again.leave()
	vic.seesNot(ann)
}

func TestPresenceLimits(t *testing.T) {
	w := newWorld(t, func(c *room.Config) {
		c.Limits.MaxPresenceBytes = 100
		c.Limits.PresenceEvery = 50 * time.Millisecond
	})
	doc := w.createPlan("p1")
	ann, vic := w.join(editor("ann", doc), room.Coplan), w.join(viewer("vic", doc), room.Coplan)
	ann.show(1, `{"big":"`+strings.Repeat("x", 200)+`"}`)
	ann.show(2, `[1]`)
	ann.show(3, `"text"`)
	ann.show(4, `{"cursor":0}`)
	vic.sees(ann, `"cursor":0`)
	if strings.Contains(string(vic.presence[ann.doc.ClientID()]), "big") {
		t.Error("too big a state was shown")
	}
	// A hundred changes at once are shown in a few messages, the last one for sure.
	before := vic.shows
	for i := range uint64(100) {
		ann.show(5+i, `{"cursor":1}`)
	}
	ann.show(200, `{"cursor":"end"}`)
	vic.sees(ann, `"end"`)
	if n := vic.shows - before; n > 20 {
		t.Errorf("%d messages for a burst", n)
	}
}

// Two nodes on one journal: edits and presence cross.
func TestTwoNodes(t *testing.T) {
	w := newWorld(t)
	other := &world{t: t, j: w.j, flaky: w.flaky, logs: w.logs, cfg: w.cfg}
	other.start()
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), other.join(editor("ben", doc), room.Coplan)
	ann.show(1, `{"cursor":1}`)
	ben.sees(ann, `"id":"ann"`)
	ann.write("from here ")
	ann.settled()
	ben.untilText("from here ")
	ben.write("and there")
	ben.settled()
	ann.untilText("from here and there")
	if u := ben.updates[0]; u.Person != "ann" || u.Seq != ann.ackSeq {
		t.Errorf("update is %d of %s", u.Seq, u.Person)
	}

	// A room that comes into memory asks who is there.
	third := &world{t: t, j: w.j, flaky: w.flaky, logs: w.logs, cfg: w.cfg}
	third.start()
	cyn := third.join(viewer("cyn", doc), room.Coplan)
	cyn.sees(ann, `"id":"ann"`)
	ann.leave()
	ben.seesNot(ann)
	cyn.seesNot(ann)

	// A node that goes takes its people with it.
	ben.show(1, `{}`)
	cyn.sees(ben, `"id":"ben"`)
	other.close(other.rooms)
	cyn.seesNot(ben)
}
