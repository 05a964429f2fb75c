package crdt

import "fmt"

// Integrable reports whether applying update now would leave nothing of it
// waiting: everything it refers to is in the document or in the update itself.
// The document is not changed. Cost is that of the update.
//
// The error is that of [Doc.ApplyUpdate], limits that depend on the document
// included.
func (d *Doc) Integrable(update []byte) (bool, error) {
	c := cursor{b: update}
	blocks, deletesAt := c.checkUpdate(nil, &d.limits)
	if c.err == nil {
		c.err = sortBlocks(blocks)
	}
	if c.err == nil {
		c.err = d.checkDepth(update, blocks)
	}
	if c.err != nil {
		return false, fmt.Errorf("%d-byte update: %w", len(update), c.err)
	}
	return !d.mayWait(update, blocks, deletesAt), nil
}
