package blob

// Uploading is how many uploads have their turn.
func (f *Files) Uploading() int { return len(f.turns) }
