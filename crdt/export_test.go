package crdt

import "slices"

// MergeApart is MergeUpdates that joins nothing.
func MergeApart(updates ...[]byte) ([]byte, error) {
	m := merger{lim: toolLimits(), maxRun: maxRun, maxText: maxText}
	for _, u := range updates {
		if err := m.add(u); err != nil {
			return nil, err
		}
	}
	m.encode()
	m.apart = slices.Clone(m.joins)
	return m.encode(), nil
}

// Crossed reports whether a struct of a sound update says that what was on its
// right is part of what was on its left, or comes before it.
func Crossed(update []byte) bool {
	lim := toolLimits()
	c := cursor{b: update}
	blocks, _ := c.checkUpdate(nil, &lim)
	var s rawStruct
	for _, b := range blocks {
		c.pos = b.pos
		for clock := b.clock; clock < b.end; clock += s.length {
			c.readStruct(&s, b.client, clock, &lim)
			if s.hasOrigin() && s.hasRight() && s.origin.client == s.right.client && s.right.clock <= s.origin.clock {
				return true
			}
		}
	}
	return false
}

// SetSiblingsFloor changes after how many siblings an index of them is built, and
// returns what it was.
func SetSiblingsFloor(n int) (old int) {
	old, siblingsFloor = siblingsFloor, n
	return old
}

// SiblingsFound is how often the document used such an index.
func (d *Doc) SiblingsFound() int { return d.conflict.found }

// SiblingsPassed is how many items the document has walked past to find places.
func (d *Doc) SiblingsPassed() int { return d.conflict.walked + len(d.conflict.items) }

// SetArenaMax makes the document full at n bytes of content.
func (d *Doc) SetArenaMax(n int) { d.arenaMax = n }

// Size is the number of runs and the bytes of their content.
func (d *Doc) Size() (runs, content int) {
	return int(d.used) - int(d.holes) - 1, len(d.bytes) - d.waste
}

// Loads reports whether a blank document takes the update as a full state, without
// the general way.
func Loads(update []byte, limits Limits) bool { return New(Options{Limits: limits}).load(update, nil) }
