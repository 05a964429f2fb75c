package room

// stateCache keeps answers to step 1 for the current version of the document:
// many who join or come back at once ask the same. Entries share their bytes
// and their wire form.
type stateCache struct {
	answers map[string]*SyncStep2 // by encoded state vector; "" is everything
	bytes   int
}

const maxCacheBytes = 16 << 20 // of diffs; the full state is always kept

func (c *stateCache) clear() {
	if c.answers != nil {
		clear(c.answers)
		c.bytes = 0
	}
}

// stateBeyond answers a state vector.
func (r *Room) stateBeyond(sv []byte) (*SyncStep2, error) {
	key := string(sv)
	if len(sv) == 0 || len(sv) == 1 && sv[0] == 0 {
		key = ""
	}
	if m := r.cache.answers[key]; m != nil {
		return m, nil
	}
	var from []byte
	if key != "" {
		from = sv
	}
	update, err := r.live.EncodeStateAsUpdate(from)
	if err != nil {
		return nil, err
	}
	m := &SyncStep2{Update: update}
	if key == "" || r.cache.bytes+len(key)+len(update) <= maxCacheBytes {
		if r.cache.answers == nil {
			r.cache.answers = make(map[string]*SyncStep2)
		}
		r.cache.answers[key] = m
		r.cache.bytes += len(key) + len(update)
	}
	return m, nil
}

// fullState is the whole document as one update. It must not be changed.
func (r *Room) fullState() ([]byte, error) {
	m, err := r.stateBeyond(nil)
	if err != nil {
		return nil, err
	}
	return m.Update, nil
}

// schema is the plan's schema number; 0 for free documents.
func (r *Room) schema() int { return int(r.meta("schema")) }

// epoch grows when the server rewrites a plan in such a way that local copies
// have to be discarded. A document without one is in its first.
func (r *Room) epoch() uint64 { return max(1, r.meta("epoch")) }

// meta reads a whole number from the plan's root map of the same name.
func (r *Room) meta(key string) uint64 {
	if !r.plan {
		return 0
	}
	v, _ := r.live.Map("meta").Get(key)
	switch n := v.(type) {
	case int64:
		return uint64(max(n, 0))
	case float64:
		return uint64(max(n, 0))
	}
	return 0
}
