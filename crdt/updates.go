package crdt

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// MergeUpdates folds v1 updates into one that has the effect of all of them, in
// whatever order they are given. Nothing needs to be known about the document.
// Structs carried twice are written once, gaps become Skip structs, and text
// typed on in a later update is joined to what it continues, if the updates say
// themselves that it stands in a sequence (see Doc.MergeUpdates).
//
// Cost is linear in the size of the input, but for sorting the updates by client
// and clock.
func MergeUpdates(updates ...[]byte) ([]byte, error) {
	return mergeWithin(nil, toolLimits(), maxRun, maxText, updates)
}

// MergeUpdates is the function of that name for updates which continue what this
// document holds. The document is not changed. It tells where text belongs whose
// beginning is not among the updates, and so more of it is joined.
func (d *Doc) MergeUpdates(updates ...[]byte) ([]byte, error) {
	return mergeWithin(d, toolLimits(), uint64(d.limits.MaxRunLength), d.limits.MaxStringBytes, updates)
}

// mergeWithin merges updates that continue base, which may be nil. It reads within
// lim and joins text up to run clocks and text bytes.
func mergeWithin(base *Doc, lim Limits, run uint64, text int, updates [][]byte) ([]byte, error) {
	m := merger{lim: lim, base: base, maxRun: run, maxText: text}
	for i, u := range updates {
		if err := m.add(u); err != nil {
			return nil, fmt.Errorf("merge: update %d: %w", i, err)
		}
	}
	out := m.encode()
	if m.misjoined(out) {
		out = m.encode()
	}
	return out, nil
}

// toolLimits bound the functions that work without a document. A merged log may
// be larger than any one update, so only nesting is bounded.
func toolLimits() Limits {
	return Limits{
		MaxUpdateBytes: math.MaxInt, MaxStructs: math.MaxInt, MaxClients: math.MaxInt, MaxStringBytes: math.MaxInt,
		MaxRunLength: min(maxClock, math.MaxInt), MaxDepth: DefaultLimits().MaxDepth, MaxDeletes: math.MaxInt, MaxPendingBytes: math.MaxInt,
	}
}

// checkedLimits are for bytes that were checked before, within limits that may
// have been smaller or greater than any others.
var checkedLimits = func() Limits {
	lim := toolLimits()
	lim.MaxDepth = math.MaxInt32
	return lim
}()

// segment is a stretch of structs of one client without gaps.
type segment struct {
	client     uint64
	clock, end uint64
	update     int // index into merger.updates
	pos, stop  int
}

type merger struct {
	lim      Limits
	base     *Doc   // what the updates continue; may be nil
	maxRun   uint64 // clocks of a text that is joined
	maxText  int    // bytes of it
	updates  [][]byte
	segments []segment
	deletes  map[uint64][]span

	out      []byte
	body     []byte // structs of the section being written
	count    uint64
	sections uint64
	client   uint64 // of the section
	start    uint64 // clock of the section's first struct

	// The last struct of the section, not written yet since the next may join it.
	held    bool
	last    rawStruct
	raw     []byte // its bytes, while it is as it came
	text    []byte // its text, once something was joined
	scratch []byte

	joins []clocks // the runs that were joined, in the order written
	apart []clocks // and those that must not be, in the same order
	next  int      // the first of apart that may lie ahead
}

// clocks are from ≤ clock < to of one client.
type clocks struct{ client, from, to uint64 }

func (m *merger) add(u []byte) error {
	c := cursor{b: u}
	if len(u) > maxInput {
		return overLimit(0, "update of %d bytes", len(u))
	}
	n := len(m.updates)
	m.updates = append(m.updates, u)
	var s rawStruct
	for sections := c.uvarint(); sections > 0 && c.err == nil; sections-- {
		structs, client, clock := c.uvarint(), c.uvarint(), c.uvarint()
		seg := segment{client: client, clock: clock, end: clock, update: n, pos: c.pos}
		for ; structs > 0 && c.err == nil; structs-- {
			at := c.pos
			c.readStruct(&s, client, seg.end, &m.lim)
			if c.err != nil {
				break
			}
			if s.info == kindSkip {
				if seg.stop = at; seg.end > seg.clock {
					m.segments = append(m.segments, seg)
				}
				end := seg.end + s.length
				seg = segment{client: client, clock: end, end: end, update: n, pos: c.pos}
				continue
			}
			seg.end += s.length
		}
		if seg.stop = c.pos; seg.end > seg.clock {
			m.segments = append(m.segments, seg)
		}
	}
	at := c.pos
	c.checkDeletes(&m.lim)
	if c.err == nil && c.pos != len(u) {
		c.fail(malformed(c.pos, "%d bytes behind the update", len(u)-c.pos))
	}
	if c.err != nil {
		return c.err
	}
	if u[at] == 0 {
		return nil
	}
	if m.deletes == nil {
		m.deletes = map[uint64][]span{}
	}
	c.pos = at
	c.eachDelete(func(client, clock, length uint64) {
		s := m.deletes[client]
		if n := len(s); n > 0 && s[n-1].clock+s[n-1].length == clock {
			s[n-1].length += length
			return
		}
		m.deletes[client] = append(s, span{clock, length})
	})
	return nil
}

func (m *merger) encode() []byte {
	slices.SortStableFunc(m.segments, func(a, b segment) int {
		if a.client != b.client {
			return cmp.Compare(b.client, a.client)
		}
		return cmp.Compare(a.clock, b.clock)
	})
	m.out, m.sections, m.scratch, m.joins, m.next = []byte{0}, 0, m.scratch[:0], m.joins[:0], 0
	for i := 0; i < len(m.segments); {
		j := i
		for j < len(m.segments) && m.segments[j].client == m.segments[i].client {
			j++
		}
		m.section(m.segments[i:j])
		i = j
	}
	b := setCount(m.out, 0, m.sections)
	return appendDeleteSet(b, m.deletes)
}

// appendSpans writes a delete set.
func appendDeleteSet(b []byte, deletes map[uint64][]span) []byte {
	ids := slices.Sorted(maps.Keys(deletes))
	b = appendUvarint(b, uint64(len(ids)))
	for _, id := range slices.Backward(ids) {
		spans := mergeSpans(deletes[id])
		b = appendUvarint(appendUvarint(b, id), uint64(len(spans)))
		for _, s := range spans {
			b = appendUvarint(appendUvarint(b, s.clock), s.length)
		}
	}
	return b
}

// section writes the segments of one client.
func (m *merger) section(segs []segment) {
	m.body, m.count, m.held = m.body[:0], 0, false
	client := segs[0].client
	m.client = client
	m.start = segs[0].clock
	next := m.start
	var s rawStruct
	for _, seg := range segs {
		if seg.end <= next {
			continue
		}
		if seg.clock > next {
			m.flush()
			m.body = appendUvarint(append(m.body, kindSkip), seg.clock-next)
			m.count++
			next = seg.clock
		}
		c := cursor{b: m.updates[seg.update], pos: seg.pos, trusted: true}
		for clock := seg.clock; clock < seg.end; clock += s.length {
			c.readStruct(&s, client, clock, &m.lim)
			if s.clock+s.length <= next {
				continue
			}
			raw := c.b[s.start:c.pos]
			if s.clock < next {
				m.flush()
				at := len(m.scratch)
				m.scratch = appendRaw(m.scratch, &s, client, next-s.clock)
				raw = m.scratch[at:]
				sliced := cursor{b: raw}
				var x rawStruct
				sliced.readStruct(&x, client, next, &m.lim)
				m.hold(&x, raw)
			} else {
				m.write(&s, raw, client)
			}
			next = s.clock + s.length
		}
	}
	m.flush()
	m.out = appendUvarint(appendUvarint(appendUvarint(m.out, m.count), client), m.start)
	m.out = append(m.out, m.body...)
	m.sections++
}

// write adds a struct, joining it to the one before if that loses nothing: the
// origin and neighbour of the joined part must be what splitting restores.
func (m *merger) write(s *rawStruct, raw []byte, client uint64) {
	l := &m.last
	if m.held && l.kind() == kindString && s.kind() == kindString && (l.info|s.info)&infoSub == 0 &&
		s.info&infoOrigin != 0 && s.origin == (rawID{client, s.clock - 1}) &&
		l.info&infoRight == s.info&infoRight && l.right == s.right &&
		l.length+s.length <= m.maxRun && m.size(l)+len(s.content()) <= m.maxText && !m.keepsApart(client, s.clock) {
		if m.raw != nil {
			m.text, m.raw = append(m.text[:0], l.content()...), nil
		}
		m.text = append(m.text, s.content()...)
		l.length += s.length
		return
	}
	m.flush()
	m.hold(s, raw)
}

// size is the length in bytes of the text held.
func (m *merger) size(l *rawStruct) int {
	if m.raw == nil {
		return len(m.text)
	}
	return len(l.content())
}

func (m *merger) hold(s *rawStruct, raw []byte) {
	m.held, m.last, m.raw = true, *s, raw
}

func (m *merger) flush() {
	if !m.held {
		return
	}
	if m.held = false; m.raw != nil {
		m.body = append(m.body, m.raw...)
	} else {
		l := &m.last
		l.joined = m.text
		l.ascii = uint64(len(m.text)) == l.length
		m.body = appendRaw(m.body, l, 0, 0)
		m.joins = append(m.joins, clocks{m.client, l.clock, l.clock + l.length})
	}
	m.count++
}

// appendRaw writes a struct as it was read, without its first offset clocks.
func appendRaw(b []byte, s *rawStruct, client, offset uint64) []byte {
	if s.info == kindSkip || s.kind() == kindGC {
		return appendUvarint(append(b, s.info), s.length-offset)
	}
	info := s.info
	origin := s.origin
	if offset > 0 {
		info |= infoOrigin
		origin = rawID{client, s.clock + offset - 1}
	}
	b = append(b, info)
	if info&infoOrigin != 0 {
		b = appendUvarint(appendUvarint(b, origin.client), origin.clock)
	}
	if info&infoRight != 0 {
		b = appendUvarint(appendUvarint(b, s.right.client), s.right.clock)
	}
	if info&(infoOrigin|infoRight) == 0 {
		if s.rooted {
			b = appendBytes(append(b, 1), s.parentName())
		} else {
			b = appendUvarint(appendUvarint(append(b, 0), s.parent.client), s.parent.clock)
		}
		if info&infoSub != 0 {
			b = appendBytes(b, s.sub())
		}
	}
	switch s.kind() {
	case kindDeleted:
		return appendUvarint(b, s.length-offset)
	case kindString:
		return appendText(b, s.content(), s.ascii, uint32(offset))
	case kindAny:
		return append(appendUvarint(b, s.length-offset), s.content()[skipValues(s.content(), int(offset)):]...)
	case kindJSON:
		return append(appendUvarint(b, s.length-offset), s.content()[skipStrings(s.content(), int(offset)):]...)
	case kindBinary, kindEmbed:
		return appendBytes(b, s.content())
	case kindType:
		b = append(b, s.typeKind)
		if s.typeKind == typeElement || s.typeKind == typeHook {
			b = appendBytes(b, s.typeName())
		}
		return b
	default:
		return append(b, s.content()...)
	}
}

// DiffUpdate returns the part of a v1 update that a replica with the encoded
// state vector sv lacks. Deletes are kept, since a state vector does not say
// which are known.
func DiffUpdate(update, sv []byte) ([]byte, error) {
	known, err := DecodeStateVector(sv)
	if err != nil {
		return nil, err
	}
	return diffWithin(toolLimits(), update, known)
}

// diffWithin is DiffUpdate for a decoded state vector.
func diffWithin(lim Limits, update []byte, known map[uint64]uint64) ([]byte, error) {
	c := cursor{b: update}
	blocks, deletesAt := c.checkUpdate(nil, &lim)
	if c.err != nil {
		return nil, fmt.Errorf("diff of a %d-byte update: %w", len(update), c.err)
	}
	out, sections := make([]byte, 1, len(update)+8), uint64(0)
	var s rawStruct
	for _, b := range blocks {
		c.pos = b.pos
		for n, clock := b.left, b.clock; n > 0; n-- {
			c.readStruct(&s, b.client, clock, &lim)
			clock += s.length
			if have := known[b.client]; clock > have && s.info != kindSkip {
				offset := have - min(have, s.clock)
				sections++
				out = appendUvarint(appendUvarint(appendUvarint(out, n), b.client), s.clock+offset)
				if offset > 0 {
					out = appendRaw(out, &s, b.client, offset)
					out = append(out, update[c.pos:b.stop]...)
				} else {
					out = append(out, update[s.start:b.stop]...)
				}
				break
			}
		}
	}
	out = setCount(out, 0, sections)
	return append(out, update[deletesAt:]...), nil
}

// EncodeStateVectorFromUpdate returns the state vector of a document that was
// empty and got this v1 update: only what starts at clock 0 and has no gap counts.
func EncodeStateVectorFromUpdate(update []byte) ([]byte, error) {
	lim := toolLimits()
	c := cursor{b: update}
	blocks, _ := c.checkUpdate(nil, &lim)
	if c.err != nil {
		return nil, fmt.Errorf("state vector of a %d-byte update: %w", len(update), c.err)
	}
	out, n := []byte{0}, uint64(0)
	var s rawStruct
	for _, b := range blocks {
		if b.clock != 0 {
			continue
		}
		c.pos = b.pos
		clock := uint64(0)
		for ; b.left > 0; b.left-- {
			if c.readStruct(&s, b.client, clock, &lim); s.info == kindSkip {
				break
			}
			clock += s.length
		}
		if clock > 0 {
			n++
			out = appendUvarint(appendUvarint(out, b.client), clock)
		}
	}
	return setCount(out, 0, n), nil
}

// UpdateClients returns, per client with structs in a v1 update, the clocks they
// span: from the first to behind the last. Clients whose structs are only deleted
// are not among them.
func UpdateClients(update []byte) (map[uint64][2]uint64, error) {
	lim := toolLimits()
	c := cursor{b: update}
	blocks, _ := c.checkUpdate(nil, &lim)
	if c.err != nil {
		return nil, fmt.Errorf("clients of a %d-byte update: %w", len(update), c.err)
	}
	out := make(map[uint64][2]uint64, len(blocks))
	for _, b := range blocks {
		if b.end == b.clock {
			continue
		}
		r := [2]uint64{b.clock, b.end}
		if old, ok := out[b.client]; ok {
			r = [2]uint64{min(old[0], r[0]), max(old[1], r[1])}
		}
		out[b.client] = r
	}
	return out, nil
}

// IsEmptyUpdate reports whether a v1 update carries nothing at all.
func IsEmptyUpdate(update []byte) bool { return bytes.Equal(update, []byte{0, 0}) }
