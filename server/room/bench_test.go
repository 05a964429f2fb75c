package room_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"coplan/crdt"
	"coplan/server/room"
)

// sink counts what it is told and keeps nothing.
type sink struct {
	updates atomic.Int64
	acks    chan uint64
}

func (s *sink) Cut(error) {}
func (s *sink) Offer(m room.Message) bool {
	switch m := m.(type) {
	case *room.Update:
		s.updates.Add(1)
	case *room.Ack:
		if s.acks != nil {
			s.acks <- m.N
		}
	}
	return true
}

// BenchmarkKeystroke is one keystroke from arrival to acknowledgement, with
// others watching.
func BenchmarkKeystroke(b *testing.B) {
	for _, watchers := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("watchers=%d", watchers), func(b *testing.B) {
			author, update := benchRoom(b, watchers)
			b.ReportAllocs()
			for n := uint64(1); b.Loop(); n++ {
				if err := author.s.Edit(n, update()); err != nil {
					b.Fatal(err)
				}
				for acked := uint64(0); acked < n; {
					acked = <-author.acks
				}
			}
		})
	}
}

// BenchmarkBurst is a keystroke of somebody who does not wait for
// acknowledgements: edits in flight are merged.
func BenchmarkBurst(b *testing.B) {
	author, update := benchRoom(b, 1)
	b.ReportAllocs()
	n := uint64(0)
	for b.Loop() {
		n++
		if err := author.s.Edit(n, update()); err != nil {
			b.Fatal(err)
		}
		if n%1000 == 0 {
			for acked := uint64(0); acked < n; {
				acked = <-author.acks
			}
		}
	}
	for acked := uint64(0); acked < n-n%1000; {
		acked = <-author.acks
	}
}

type benchAuthor struct {
	s    *room.Session
	acks chan uint64
}

func benchRoom(b *testing.B, watchers int) (benchAuthor, func() []byte) {
	b.Helper()
	rooms, err := room.NewRegistry(room.Config{Journal: openJournal(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = rooms.Close(context.Background()) })
	for i := range watchers {
		if _, err := rooms.Join(context.Background(), "doc/b", editor(fmt.Sprint("w", i), "doc/b"), room.Stock, &sink{}); err != nil {
			b.Fatal(err)
		}
	}
	out := &sink{acks: make(chan uint64, 2000)}
	s, err := rooms.Join(context.Background(), "doc/b", editor("ann", "doc/b"), room.Coplan, out)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Hello(1, 1, 0); err != nil {
		b.Fatal(err)
	}
	d := crdt.New(crdt.Options{ClientID: 1})
	var last []byte
	d.OnUpdate(func(u []byte, _ any) { last = u })
	return benchAuthor{s, out.acks}, func() []byte {
		d.Transact(nil, func(tx *crdt.Tx) { t := d.Text("body"); t.Insert(tx, t.Len(), "x", nil) })
		return last
	}
}
