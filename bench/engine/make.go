package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"coplan/crdt"
)

// makeStates writes the large full states that every Yjs-speaking engine loads: the B4 edits played a hundred times
// over into one text, and documents that 1 and 100,000 earlier clients have written in.
func makeStates(dir string) error {
	b := bench{dir: dir}
	if err := b.makeOps(); err != nil {
		return err
	}
	ops := b.ops()
	big := newDoc(1001)
	for range 100 {
		play(big, "text", ops)
	}
	if err := os.WriteFile(b.file("b4x100.v1.bin"), encode(big), 0o644); err != nil {
		return err
	}
	for _, n := range []int{1, 100_000} {
		d := newDoc(1001)
		for i := range n {
			d.SetClientID(uint64(10_000 + i))
			d.Transact(nil, func(tx *crdt.Tx) { d.Map("past").Set(tx, fmt.Sprint(i%1000), i) })
		}
		if err := os.WriteFile(b.file(fmt.Sprintf("clients.%d.v1.bin", n)), encode(d), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// makeOps writes the edits of a recording, unless the trace was made of edits. They
// are the events of its updates; played again they must lead to the recorded text.
func (b bench) makeOps() error {
	if _, err := os.Stat(b.file("b4.ops.json")); err == nil {
		return nil
	}
	var ops []op
	d := newDoc(1001)
	d.ObserveDeep(d.Text("text"), func(events []crdt.Event, _ *crdt.Tx) {
		at := 0
		for _, part := range events[0].Delta {
			switch s, isText := part.Insert.(string); {
			case part.Retain > 0:
				at += part.Retain
			case part.Delete > 0:
				ops = append(ops, op{at: at, del: part.Delete})
			case isText:
				ops = append(ops, op{at: at, text: s})
			}
		}
	})
	applyAll(d, b.updates(1<<30))
	again := newDoc(1001)
	play(again, "text", ops)
	text, err := os.ReadFile(b.file("b4.txt"))
	if err != nil {
		return err
	}
	if again.Text("text").String() != string(text) {
		return errors.New("the recording's edits lead to another text")
	}
	list := make([][3]any, len(ops))
	for i, o := range ops {
		list[i] = [3]any{o.at, o.del, o.text}
	}
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return os.WriteFile(b.file("b4.ops.json"), data, 0o644)
}
