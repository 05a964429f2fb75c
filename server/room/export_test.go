package room

// Rooms is how many rooms are in memory.
func Rooms(r *Registry) int {
	r.roomsMu.Lock()
	defer r.roomsMu.Unlock()
	return len(r.rooms)
}
