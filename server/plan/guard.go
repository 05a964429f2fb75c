package plan

import (
	"errors"
	"slices"
	"strings"

	"coplan/crdt"
)

// Writer is who sends an edit.
type Writer struct {
	Person
	// Owns says whether the person wrote what the client id wrote. It tells the
	// undo of one's own addition from the removal of another's. nil: nothing.
	Owns func(client uint64) bool
}

// What Person.Role is for those whose edits are bounded.
const (
	asBuyer    = "buyer"
	asChampion = "champion"
)

// Judge says whether an edit may become part of the plan: nil, or a *Refusal with
// a sentence for whoever made it. update is a v1 update that the document could
// integrate at once; d is not changed.
//
// Judged is what the update changes, never what is there already, so that an odd
// old value stays tolerable. What two people's edits only together bring about (a
// ring of parents, an order key that grew) is not refused, but repaired: see
// Repair. Commands aren't judged: they check what they write themselves.
//
// Cost is that of [crdt.Doc.Inspect]; moving steps costs a walk over all of them.
func Judge(d *crdt.Doc, update []byte, by Writer) error {
	touches, err := d.Inspect(update)
	switch {
	case errors.Is(err, crdt.ErrLimit):
		return refuse(CodeFull, "", "The change is too big to be checked. Make it in smaller steps.")
	case err != nil:
		return refuse(CodeInvalid, "", "The change can't be read.")
	}
	j := judge{d: d, by: by}
	for i := range touches {
		if r := j.touch(&touches[i]); r != nil {
			return r
		}
	}
	if r := j.whole(update); r != nil {
		return r
	}
	return nil
}

// judge looks at the touches of one update.
type judge struct {
	d  *crdt.Doc
	by Writer

	at   spotted // where the last touch was
	path []crdt.PathStep
	root string

	grows    bool                // anything is added
	followed map[crdt.ID]bool    // values of keys that a set stands behind
	gone     []removal           // what must not go without a successor
	drops    map[crdt.ID]bool    // shared types that are deleted
	texts    map[crdt.ID]*length // how texts grow
	runs     map[crdt.ID]bool    // runs of rich text that are added
	inRuns   []richPart          // what is put into added parts of rich text
	added    map[holder]*growth  // how maps by id grow
	spawns   map[string]bool     // steps that are added
	moves    []pick              // what steps are put under
	kinds    []pick              // what steps are made
	back     []pick              // steps that are taken out of the bin
}

// holder is a shared type: by the id of its item, or by its root.
type holder struct {
	root string
	id   crdt.ID
}

// removal is that of a value, or of what stands in its place as nothing.
type removal struct {
	in    holder
	key   string
	last  crdt.ID // the last unit of what goes
	shape *shape
	where string
}

// pick is a value that a step is given.
type pick struct {
	step, value string
	last        crdt.ID // the last unit of the set
}

type growth struct {
	shape *shape
	where string
	more  int
}

type length struct {
	shape  *shape
	where  string
	units  int // what is added, less what is taken away
	exists bool
}

// spotted is the place of a touch in the schema.
type spotted struct {
	shape   *shape
	limits  []*shape // shapes around it and itself whose who is not anyEditor
	keys    []string // the keys that lead there
	refusal *Refusal
}

func (j *judge) touch(t *crdt.Touch) *Refusal {
	switch {
	case t.Collected || t.Implicit:
		return nil // nothing comes of it; what it follows from is judged itself
	case t.Unresolved:
		return refuse(CodeInvalid, "", "The change builds on one that the server does not have.")
	}
	if t.Root != j.root || len(t.Path) != len(j.path) || len(t.Path) > 0 && &t.Path[0] != &j.path[0] || j.at.shape == nil {
		j.root, j.path = t.Root, t.Path
		j.at = j.find(t)
	}
	if j.at.refusal != nil {
		return j.at.refusal
	}
	if t.Kind != crdt.TouchDelete && t.Content.Kind != crdt.ContentNone {
		j.grows = true
	}
	if j.at.shape.rich {
		if r := j.allowed(&j.at, "", nil); r != nil {
			return r
		}
		if r := j.inRich(t); r != nil {
			return r
		}
		return j.inRun(t)
	}
	switch j.at.shape.holds {
	case crdt.ContentMap:
		return j.inMap(t)
	case crdt.ContentText:
		return j.inText(t)
	}
	return refuse(CodeInvalid, j.where(""), "%s holds a value, nothing inside it can be changed.", upper(j.at.shape.name))
}

// find follows a touch's path through the schema.
func (j *judge) find(t *crdt.Touch) spotted {
	s := theShape[t.Root]
	if s == nil {
		return spotted{refusal: refuse(CodeInvalid, clip(t.Root), "A plan has no part called “%s”.", clip(t.Root))}
	}
	at := spotted{shape: s, keys: []string{t.Root}}
	note := func() {
		if at.shape.who != anyEditor {
			at.limits = append(at.limits, at.shape)
		}
	}
	note()
	for _, step := range t.Path {
		if at.shape.rich {
			break // the rest of the way is within the text
		}
		next, r := j.inside(at, step.Key, step.Keyed)
		if r != nil {
			return spotted{shape: s, refusal: r}
		}
		at.shape, at.keys = next, append(at.keys, step.Key)
		note()
	}
	return at
}

// inside is the shape under a key of a map.
func (j *judge) inside(at spotted, key string, keyed bool) (*shape, *Refusal) {
	s := at.shape
	where := strings.Join(append(slices.Clone(at.keys), clip(key)), "/")
	switch {
	case s.who == serverOnly && s.fields == nil && s.each == nil:
		return nil, refuse(CodeForbidden, where, "%s can't be edited: the server writes it.", upper(s.name))
	case !keyed || s.holds != crdt.ContentMap:
		return nil, refuse(CodeInvalid, where, "%s can't hold that.", upper(s.name))
	case s.each != nil:
		valid := s.id
		if valid == nil {
			valid = ValidID
		}
		if !valid(key) {
			return nil, refuse(CodeInvalid, where, "“%s” is no name for an entry of %s.", clip(key), s.name)
		}
		return s.each, nil
	}
	next := s.fields[key]
	if next == nil {
		return nil, refuse(CodeInvalid, where, "%s has no part called “%s”.", upper(s.name), clip(key))
	}
	return next, nil
}

// allowed says whether the person may write at a place, or under one of its keys.
func (j *judge) allowed(at *spotted, key string, under *shape) *Refusal {
	for _, s := range at.limits {
		if r := j.mayWrite(s, at, key); r != nil {
			return r
		}
	}
	if under != nil && under.who != anyEditor {
		return j.mayWrite(under, at, key)
	}
	return nil
}

func (j *judge) mayWrite(s *shape, at *spotted, key string) *Refusal {
	buyer := j.by.Role == asBuyer
	switch {
	case s.who == serverOnly:
		return refuse(CodeForbidden, j.whereOf(at, key), "%s can't be edited: the server writes it.", upper(s.name))
	case s.who == notBuyers && buyer:
		return refuse(CodeForbidden, j.whereOf(at, key), "Only a champion or the selling side changes %s.", s.name)
	}
	return nil
}

func (j *judge) where(key string) string { return j.whereOf(&j.at, key) }

func (j *judge) whereOf(at *spotted, key string) string {
	if key == "" {
		return strings.Join(at.keys, "/")
	}
	return strings.Join(at.keys, "/") + "/" + clip(key)
}

// holder names the map or text that a touch is in.
func (j *judge) holder(t *crdt.Touch) holder {
	if n := len(t.Path); n > 0 {
		return holder{id: t.Path[n-1].ID}
	}
	return holder{root: t.Root}
}

// lastUnit is the last unit of what a touch adds or deletes.
func lastUnit(t *crdt.Touch) crdt.ID { return crdt.ID{Client: t.Client, Clock: t.Clock + t.Len - 1} }

func (j *judge) inMap(t *crdt.Touch) *Refusal {
	if !t.Keyed {
		return refuse(CodeInvalid, j.where(""), "%s can't hold that.", upper(j.at.shape.name))
	}
	child, r := j.inside(j.at, t.Key, true)
	if r == nil {
		r = j.allowed(&j.at, t.Key, child)
	}
	if r == nil {
		r = j.ownPart(t)
	}
	if r != nil {
		return r
	}
	if t.HasAfter {
		remember(&j.followed, t.After, true)
	}
	switch {
	case t.Kind == crdt.TouchDelete || t.Content.Kind == crdt.ContentNone:
		j.takeAway(t, child)
		return nil
	case t.Kind != crdt.TouchSet:
		return refuse(CodeInvalid, j.where(""), "%s can't hold that.", upper(j.at.shape.name))
	}
	if child.holds != crdt.ContentValues {
		return j.newType(t, child)
	}
	if t.Content.Kind != crdt.ContentValues {
		return refuse(CodeInvalid, j.where(t.Key), "%s must be a value, not %s.", upper(child.name), t.Content.Kind)
	}
	v := t.Content.Value()
	if v == nil || v == crdt.Undefined {
		if child.stays && child.wrong(v) != "" {
			return refuse(CodeInvalid, j.where(t.Key), "%s can't be taken away.", upper(child.name))
		}
		j.noteRestored(t)
		return nil // reads as absent
	}
	if wrong := child.wrong(v); wrong != "" {
		return refuse(CodeInvalid, j.where(t.Key), "%s %s.", upper(child.name), wrong)
	}
	if r := j.ownTick(t, child, v); r != nil {
		return r
	}
	if j.at.shape.each != nil {
		j.count(t)
	}
	j.note(t, v)
	return nil
}

// takeAway notes what a key loses: by a deletion, or by a set of nothing, which
// takes the place of what stands there as any other set does.
func (j *judge) takeAway(t *crdt.Touch, child *shape) {
	author := t.Client
	if child.holds != crdt.ContentValues {
		if t.Kind == crdt.TouchDelete {
			remember(&j.drops, crdt.ID{Client: t.Client, Clock: t.Clock}, true)
		} else if was, ok := j.current(t); ok {
			if nested, ok := was.(crdt.Type); ok {
				author = nested.ID().Client
			}
		}
	}
	if child.stays || child.holds != crdt.ContentValues && !j.owns(author) {
		j.gone = append(j.gone, removal{j.holder(t), t.Key, lastUnit(t), child, j.where(t.Key)})
	}
	j.noteRestored(t)
}

// newType judges a shared type that is put under a key. Such types are made once,
// with what they belong to: whoever replaced one would take away what others are
// typing into it.
func (j *judge) newType(t *crdt.Touch, child *shape) *Refusal {
	if t.Content.Kind != child.holds {
		return refuse(CodeInvalid, j.where(t.Key), "%s must be %s, not %s.", upper(child.name), child.holds, t.Content.Kind)
	}
	if !t.NewType {
		if was, ok := j.current(t); ok && was != nil && was != crdt.Undefined {
			if _, nested := was.(crdt.Type); nested {
				return refuse(CodeConflict, j.where(t.Key), "%s is there already and can't be replaced.", upper(child.name))
			}
		}
	}
	if j.at.shape.each != nil {
		j.count(t)
		if len(j.at.keys) == 1 && j.at.keys[0] == RootNodes {
			remember(&j.spawns, t.Key, true)
		}
	}
	return nil
}

// current is what a key of the document holds now.
func (j *judge) current(t *crdt.Touch) (any, bool) {
	m, ok := j.holder(t).of(j.d)
	if !ok {
		return nil, false
	}
	return m.Get(t.Key)
}

// of is the map that is meant, in a document.
func (h holder) of(d *crdt.Doc) (crdt.Map, bool) {
	m, ok := h.typeIn(d).(crdt.Map)
	return m, ok
}

// typeIn is the type that is meant, nil if the document has none.
func (h holder) typeIn(d *crdt.Doc) (typ crdt.Type) {
	if h.root != "" {
		typ, _ = d.Root(h.root)
	} else {
		typ, _ = d.Type(h.id)
	}
	return typ
}

// count notes an entry that a map by id gains.
func (j *judge) count(t *crdt.Touch) {
	if was, ok := j.current(t); ok && was != nil {
		return
	}
	in := j.holder(t)
	g := j.added[in]
	if g == nil {
		g = &growth{shape: j.at.shape, where: j.where("")}
		remember(&j.added, in, g)
	}
	g.more++
}

// owns says whether the person wrote what is to go.
func (j *judge) owns(client uint64) bool { return j.by.Owns != nil && j.by.Owns(client) }

func (j *judge) inText(t *crdt.Touch) *Refusal {
	if r := j.allowed(&j.at, "", nil); r != nil {
		return r
	}
	if r := j.ownPart(t); r != nil {
		return r
	}
	switch {
	case t.Kind == crdt.TouchDelete:
		j.lengthOf(t).units -= int(t.Len)
	case t.Content.Kind == crdt.ContentString:
		j.lengthOf(t).units += int(t.Len)
	case t.Kind == crdt.TouchFormat:
		return refuse(CodeInvalid, j.where(""), "%s can hold plain words only, none that are marked “%s”.", upper(j.at.shape.name), clip(t.Key))
	case t.Content.Kind == crdt.ContentNone:
	default:
		return refuse(CodeInvalid, j.where(""), "%s can hold words only, not %s.", upper(j.at.shape.name), t.Content.Kind)
	}
	return nil
}

func (j *judge) lengthOf(t *crdt.Touch) *length {
	id := t.Path[len(t.Path)-1].ID // no root is a text
	l := j.texts[id]
	if l == nil {
		l = &length{shape: j.at.shape, where: j.where(""), exists: !t.NewType}
		remember(&j.texts, id, l)
	}
	return l
}

// inRich judges an edit of rich text.
func (j *judge) inRich(t *crdt.Touch) *Refusal {
	c := t.Content
	switch {
	case t.Kind == crdt.TouchDelete, c.Kind == crdt.ContentNone:
	case t.Kind == crdt.TouchFormat:
		return j.mark(t)
	case c.Kind == crdt.ContentXMLText && !t.Keyed:
	case c.Kind == crdt.ContentXMLElement && !t.Keyed:
		if !slices.Contains(richElements, c.Name()) {
			return refuse(CodeInvalid, j.where(""),
				"%s can't hold “%s”: the plan's editor does not know it and would delete it for everyone.", upper(j.at.shape.name), clip(c.Name()))
		}
	case c.Kind == crdt.ContentString && !t.Keyed:
	case t.Keyed && c.Kind == crdt.ContentValues:
		if c.Size() > maxAttribute {
			return refuse(CodeInvalid, j.where(""), "“%s” in %s is too long.", clip(t.Key), j.at.shape.name)
		}
	default:
		return refuse(CodeInvalid, j.where(""), "%s can't hold %s.", upper(j.at.shape.name), c.Kind)
	}
	return nil
}

// richPart is something put into a part of rich text: words and marks, which only a
// run of text holds, or what only the others hold.
type richPart struct {
	in    crdt.ID
	words bool
	where string
}

// inRun refuses words outside of a run of text, and anything else inside of one:
// an editor deletes the run for it, or stops.
func (j *judge) inRun(t *crdt.Touch) *Refusal {
	if t.Kind == crdt.TouchDelete || t.Keyed && t.Kind != crdt.TouchFormat || t.Content.Kind == crdt.ContentNone {
		return nil
	}
	if t.Content.Kind == crdt.ContentXMLText {
		remember(&j.runs, crdt.ID{Client: t.Client, Clock: t.Clock}, true)
	}
	in := j.holder(t)
	part := richPart{in.id, !t.Content.Kind.IsType(), j.where("")}
	if t.NewType && in.root == "" {
		j.inRuns = append(j.inRuns, part) // its kind may come later
		return nil
	}
	_, run := in.typeIn(j.d).(crdt.XMLText)
	return j.misplaced(part, run)
}

func (j *judge) misplaced(p richPart, run bool) *Refusal {
	if p.words == run {
		return nil
	}
	return refuse(CodeInvalid, p.where, "The words of rich text stand in runs of text, and nothing else does.")
}

// mark judges a format of rich text. Only a comment may be there more than once,
// under a key of its own for each thread; others would pile up unseen.
func (j *judge) mark(t *crdt.Touch) *Refusal {
	name := markName(t.Key)
	if !slices.Contains(richMarks, name) || name != t.Key && name != markComment {
		return refuse(CodeInvalid, j.where(""),
			"%s can't be marked “%s”: the plan's editor does not know it and would delete the words for everyone.", upper(j.at.shape.name), clip(name))
	}
	if t.Content.Size() > maxAttribute {
		return refuse(CodeInvalid, j.where(""), "The mark “%s” in %s is too long.", clip(name), j.at.shape.name)
	}
	if name == markLink {
		v := t.Content.Value()
		attrs, whole := v.(map[string]any)
		href, words := attrs[attrHref].(string)
		if v != nil && (!whole || !words && attrs[attrHref] != nil || !safeHref(href)) {
			return refuse(CodeInvalid, j.where(""), "“%s” is no address that a link may lead to.", clip(href))
		}
	}
	return nil
}

// safeHref refuses addresses that run something when they are followed. Browsers
// leave out control characters and blanks before they look at the scheme.
func safeHref(href string) bool {
	bare := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f && r <= 0xa0 {
			return -1
		}
		return r
	}, href))
	for _, scheme := range []string{"javascript:", "data:", "vbscript:", "file:", "blob:"} {
		if strings.HasPrefix(bare, scheme) {
			return false
		}
	}
	return true
}

// inNode says whether the last touch was on a key of a step.
func (j *judge) inNode() bool { return j.at.keys[0] == RootNodes && len(j.at.keys) == 2 }

// note remembers what can only be judged with the rest of the update.
func (j *judge) note(t *crdt.Touch, v any) {
	if !j.inNode() {
		return
	}
	text, _ := v.(string)
	switch t.Key {
	case NodeParent:
		j.moves = append(j.moves, pick{j.at.keys[1], text, lastUnit(t)})
	case NodeKind:
		j.kinds = append(j.kinds, pick{j.at.keys[1], text, lastUnit(t)})
	}
}

// noteRestored notes a step that a touch of its key takes out of the bin.
func (j *judge) noteRestored(t *crdt.Touch) {
	if t.Key != NodeDel || !j.inNode() {
		return
	}
	if was, ok := j.current(t); ok && was != nil && was != crdt.Undefined {
		j.back = append(j.back, pick{step: j.at.keys[1], last: lastUnit(t)})
	}
}

func remember[K comparable, V any](m *map[K]V, key K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = v
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
