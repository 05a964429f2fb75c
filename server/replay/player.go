package replay

import (
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// Item is one entry of a document's history.
type Item struct {
	Seq     uint64        `json:"seq"`
	Ordinal uint64        `json:"ordinal"`
	At      time.Time     `json:"at"`
	Actor   journal.Actor `json:"actor"`
	Kind    journal.Kind  `json:"kind"`
	What    string        `json:"what"` // command name, "" for edits
	// Sentence says all of it: “Dana (buyer) moved *Security review* from 3 to
	// 10 Mar”. Words between asterisks are emphasised; they hold none themselves.
	Sentence string `json:"sentence"`
	// Say is the same without the person, for any language.
	Say     Say      `json:"say"`
	Changes []Change `json:"changes"`
	Update  []byte   `json:"-"` // the entry's Yjs update, shared with the log
}

// Change is one thing an entry changed.
type Change struct {
	Node      string `json:"node"` // node id; "" when it is not about a node
	NodeTitle string `json:"nodeTitle"`
	Field     string `json:"field"`  // the key that changed, or the root it lies in
	Part      string `json:"part"`   // whose it is, where the field alone doesn't say: the id of a role or a resource
	Action    string `json:"action"` // add, update, delete or edit (of text)
	Old       any    `json:"old"`    // values before and after, where they are plain
	New       any    `json:"new"`    // … or the words written, for an edit of rich text
	Say       Say    `json:"say"`    // the sentence without the person, for any language
	Text      string `json:"text"`   // … and in English: “moved *Security review* from 3 to 10 Mar”
	// Follows is what the person changed, where this date is one that the schedule
	// made of it.
	Follows *Lead `json:"follows,omitempty"`

	computed bool // by the schedule, not chosen
}

// Lead is a change that others follow from.
type Lead struct {
	Node      string `json:"node"`
	NodeTitle string `json:"nodeTitle"`
	Field     string `json:"field"`
}

// Player applies a document's entries in order and tells what each changed.
type Player struct {
	doc *crdt.Doc
	// As of the last entry, to say what was there before the next one.
	nodes map[string]plan.Head // by node id
	roles map[string]string    // role id → title

	events []crdt.Event // of the entry being applied
}

// New returns a player that starts from d, which it owns from then on.
func New(d *crdt.Doc) *Player {
	p := &Player{doc: d, nodes: map[string]plan.Head{}, roles: map[string]string{}}
	d.Map(plan.RootNodes).Range(func(id string, _ any) bool { p.rememberNode(id); return true })
	d.Map(plan.RootRoles).Range(func(id string, _ any) bool { p.rememberRole(id); return true })
	d.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) {
		p.events = append(p.events, events...)
	})
	return p
}

// Doc is the document after the entries applied so far; it is the player's, to
// be read between calls of Apply.
func (p *Player) Doc() *crdt.Doc { return p.doc }

// Apply applies one entry and says what it changed. Entries are to come in the
// order of the log; on an error the document is as it was.
//
// Cost depends on what the entry changed, not on the document.
func (p *Player) Apply(s journal.Stored) (Item, error) {
	p.events = p.events[:0]
	if err := applyEntry(p.doc, s); err != nil {
		return Item{}, err
	}
	t := teller{player: p, entry: s, created: map[string]bool{}, told: map[string]int{}}
	t.tell(p.events)
	t.follow()
	for id := range t.nodes {
		p.rememberNode(id)
	}
	for id := range t.roles {
		p.rememberRole(id)
	}
	all := join(t.changes)
	return Item{
		Seq: s.Seq, Ordinal: s.Ordinal, At: s.Time(), Actor: s.Actor, Kind: s.Kind, What: s.What,
		Sentence: person(s.Actor) + " " + all.in(s.Time()), Say: all, Changes: t.changes, Update: s.Update,
	}, nil
}

func (p *Player) rememberNode(id string) {
	head, ok := plan.ReadHead(p.doc, id)
	if !ok {
		delete(p.nodes, id)
		return
	}
	p.nodes[id] = head
}

func (p *Player) rememberRole(id string) {
	p.roles[id] = plan.ReadRoleTitle(p.doc, id)
}
