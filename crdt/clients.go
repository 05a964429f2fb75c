package crdt

import (
	"slices"
	"sort"
)

// client is what the document holds of one author: the runs by clock, without
// gaps from clock 0. Runs are kept in chunks, so a split in the middle of a
// client with a million runs moves at most one chunk.
type client struct {
	id   uint64
	next uint32 // clock after the last run

	// The transaction that last added to this client and the value of next
	// before it (see Tx.before).
	txSeq    uint64
	txBefore uint32

	// Bytes reserved in the arena behind the content that ends at spareFrom, so
	// that the run typed into last can grow in place. Equal: none.
	spareFrom, spareEnd uint32

	hint   place    // found last; may be stale
	heads  []uint32 // clock of each chunk's first run
	chunks [][]run
}

// run locates an item by its first clock.
type run struct {
	clock uint32
	item  ref
}

const chunkRuns = 256

// place is a position in a client's runs.
type place struct{ chunk, index int }

// find returns the place of the run that holds clock, which must be below next.
// What was found last is tried first: edits near each other find near each other.
func (c *client) find(clock uint32) place {
	ch := len(c.chunks) - 1
	runs := c.chunks[ch]
	if n := len(runs) - 1; runs[n].clock <= clock {
		return place{ch, n}
	}
	if h := c.hint; h.chunk <= ch {
		// A few steps forward: delete sets and pastes proceed in this direction.
		if runs := c.chunks[h.chunk]; h.index < len(runs) && runs[h.index].clock <= clock {
			for i, stop := h.index+1, min(h.index+6, len(runs)); i < stop; i++ {
				if clock < runs[i].clock {
					c.hint.index = i - 1
					return c.hint
				}
			}
		}
	}
	// The loops keep the answer in [lo, lo+n) and halve n without branching.
	lo := 0
	for n := len(c.heads); n > 1; {
		half := n >> 1
		if c.heads[lo+half] <= clock {
			lo += half
		}
		n -= half
	}
	ch = lo
	runs = c.chunks[ch]
	lo = 0
	for n := len(runs); n > 1; {
		half := n >> 1
		if runs[lo+half].clock <= clock {
			lo += half
		}
		n -= half
	}
	c.hint = place{ch, lo}
	return c.hint
}

func (c *client) at(p place) ref { return c.chunks[p.chunk][p.index].item }

func (c *client) clockAt(p place) uint32 { return c.chunks[p.chunk][p.index].clock }

// last returns the last run's place; the client must have runs.
func (c *client) last() place {
	ch := len(c.chunks) - 1
	return place{ch, len(c.chunks[ch]) - 1}
}

// step moves p to the next run and reports whether there is one.
func (c *client) step(p *place) bool {
	if p.index++; p.index < len(c.chunks[p.chunk]) {
		return true
	}
	p.chunk++
	p.index = 0
	return p.chunk < len(c.chunks)
}

// back moves p to the run before and reports whether there is one.
func (c *client) back(p *place) bool {
	if p.index > 0 {
		p.index--
		return true
	}
	if p.chunk == 0 {
		return false
	}
	p.chunk--
	p.index = len(c.chunks[p.chunk]) - 1
	return true
}

// push appends a run after the last one.
func (c *client) push(r run) {
	n := len(c.chunks)
	if n == 0 || len(c.chunks[n-1]) == chunkRuns {
		var ch []run
		if n > 0 {
			ch = make([]run, 0, chunkRuns)
		}
		c.chunks = append(c.chunks, append(ch, r))
		c.heads = append(c.heads, r.clock)
		return
	}
	c.chunks[n-1] = append(c.chunks[n-1], r)
}

// insertAfter puts r right behind p and returns its place.
func (c *client) insertAfter(p place, r run) place {
	if len(c.chunks[p.chunk]) >= chunkRuns {
		half := chunkRuns / 2
		if p.chunk == len(c.chunks)-1 && p.index >= chunkRuns-2 {
			half = p.index // filling from the left: leave the left chunk full
		}
		full := c.chunks[p.chunk]
		c.chunks[p.chunk] = roomy(full[:half])
		c.chunks = slices.Insert(c.chunks, p.chunk+1, roomy(full[half:]))
		c.heads = slices.Insert(c.heads, p.chunk+1, full[half].clock)
		if p.index >= half {
			p = place{p.chunk + 1, p.index - half}
		}
	}
	p.index++
	ch := c.chunks[p.chunk]
	if n := len(ch); n == cap(ch) && n >= chunkRuns/4 {
		ch = roomy(ch)
	}
	ch = append(ch, run{})
	copy(ch[p.index+1:], ch[p.index:])
	ch[p.index] = r
	c.chunks[p.chunk] = ch
	return p
}

// roomy copies runs into a chunk with a quarter more room, as most chunks fill
// slowly and never completely.
func roomy(runs []run) []run {
	ch := make([]run, len(runs), min(len(runs)+len(runs)/4+8, chunkRuns))
	copy(ch, runs)
	return ch
}

// remove takes the run at p out; the run before it now covers its clocks.
// It returns the place of that run.
func (c *client) remove(p place) place {
	ch := c.chunks[p.chunk]
	copy(ch[p.index:], ch[p.index+1:])
	ch = ch[:len(ch)-1]
	c.chunks[p.chunk] = ch
	switch {
	case len(ch) == 0:
		c.chunks = slices.Delete(c.chunks, p.chunk, p.chunk+1)
		c.heads = slices.Delete(c.heads, p.chunk, p.chunk+1)
	case p.index == 0:
		c.heads[p.chunk] = ch[0].clock
	}
	if p.index > 0 {
		p.index--
		if p.chunk > 0 && len(ch)+len(c.chunks[p.chunk-1]) <= chunkRuns/2 {
			p = c.fold(p)
		}
		return p
	}
	return place{p.chunk - 1, len(c.chunks[p.chunk-1]) - 1}
}

// fold appends the chunk of p to the one before it.
func (c *client) fold(p place) place {
	prev := c.chunks[p.chunk-1]
	moved := place{p.chunk - 1, len(prev) + p.index}
	c.chunks[p.chunk-1] = append(prev, c.chunks[p.chunk]...)
	c.chunks = slices.Delete(c.chunks, p.chunk, p.chunk+1)
	c.heads = slices.Delete(c.heads, p.chunk, p.chunk+1)
	return moved
}

// countFrom is the number of runs from p to the end.
func (c *client) countFrom(p place) int {
	n := len(c.chunks[p.chunk]) - p.index
	for _, ch := range c.chunks[p.chunk+1:] {
		n += len(ch)
	}
	return n
}

// recent remembers the indexes of clients used lately, by a hash of their id.
type recent [16]struct {
	id    uint64
	index uint32
}

// lookup returns the index of a client that has structs here, 0 if it has none.
func (d *Doc) lookup(id uint64) uint32 {
	r := &d.recent[id*0x9e3779b97f4a7c15>>60]
	if r.id == id && r.index != 0 {
		return r.index
	}
	return d.lookupSlow(id)
}

func (d *Doc) lookupSlow(id uint64) uint32 {
	ix := d.clientIndex[id]
	if ix != 0 {
		r := &d.recent[id*0x9e3779b97f4a7c15>>60]
		r.id, r.index = id, ix
	}
	return ix
}

// intern returns the index of a client, adding it if it is new.
func (d *Doc) intern(id uint64) uint32 {
	if ix := d.lookup(id); ix != 0 {
		return ix
	}
	ix := uint32(len(d.clients))
	d.clients = append(d.clients, &client{id: id})
	d.ids = append(d.ids, id)
	d.wireIDs = append(d.wireIDs, newWireID(id))
	d.clientIndex[id] = ix
	d.order = append(d.order, ix)
	return ix
}

// descending returns the client indexes by falling id, the order in which Yjs
// writes them. The slice is the document's own.
func (d *Doc) descending() []uint32 {
	if d.sorted != len(d.order) {
		sort.Slice(d.order, func(i, j int) bool {
			return d.clients[d.order[i]].id > d.clients[d.order[j]].id
		})
		d.sorted = len(d.order)
	}
	return d.order
}

// stateOf is the next clock expected of a client.
func (d *Doc) stateOf(id uint64) uint32 {
	if ix := d.lookup(id); ix != 0 {
		return d.clients[ix].next
	}
	return 0
}
