package model

import (
	"fmt"
	"unicode/utf16"

	"coplan/crdt/lib0"
)

// maxUnits bounds what one update may unfold to.
const maxUnits = 1 << 20

// decode unfolds a v1 update into units, in the order of the wire.
func decode(update []byte) (units []*unit, deletes []deletion, err error) {
	r := lib0.NewReader(update)
	clients, err := r.Uvarint()
	for ; clients > 0 && err == nil; clients-- {
		units, err = decodeClient(r, units)
	}
	if err == nil {
		deletes, err = decodeDeletes(r)
	}
	if err == nil {
		err = r.Done()
	}
	return units, deletes, err
}

func decodeClient(r *lib0.Reader, units []*unit) ([]*unit, error) {
	structs, err := r.Uvarint()
	if err != nil {
		return nil, err
	}
	id, err := readID(r)
	for ; structs > 0 && err == nil; structs-- {
		var run []*unit
		var skip uint64
		if run, skip, err = decodeStruct(r, id); err != nil {
			break
		}
		id.Clock += uint64(len(run)) + skip
		if units = append(units, run...); len(units) > maxUnits {
			err = fmt.Errorf("more than %d units", maxUnits)
		}
	}
	return units, err
}

// decodeStruct reads one struct starting at id as units that each follow the
// one before; for a Skip it returns how many clocks are left out.
func decodeStruct(r *lib0.Reader, id ID) (run []*unit, skip uint64, err error) {
	info, err := r.Byte()
	if err != nil {
		return nil, 0, err
	}
	switch info & 0x1f {
	case 0:
		n, err := readCount(r)
		return repeat(&unit{id: id}, n, func(u *unit) { u.origin = nil }), 0, err
	case 10:
		skip, err = r.Uvarint()
		return nil, skip, err
	}
	first := unit{id: id}
	if info&0x80 != 0 {
		if first.origin, err = readIDPointer(r); err != nil {
			return nil, 0, err
		}
	}
	if info&0x40 != 0 {
		if first.right, err = readIDPointer(r); err != nil {
			return nil, 0, err
		}
	}
	if info&0xc0 == 0 {
		if err = readPlace(r, info, &first); err != nil {
			return nil, 0, err
		}
	}
	contents, err := readContents(r, info&0x1f)
	if err != nil {
		return nil, 0, err
	}
	run = repeat(&first, len(contents), nil)
	for i, c := range contents {
		run[i].content = c
	}
	return run, 0, nil
}

// repeat makes n units out of the first: each has the one before as its origin.
func repeat(first *unit, n int, each func(*unit)) []*unit {
	run := make([]*unit, n)
	for i := range run {
		u := *first
		u.first = first
		u.id.Clock += uint64(i)
		if i > 0 {
			u.origin = &ID{u.id.Client, u.id.Clock - 1}
			u.hasParent, u.parent = false, place{}
		}
		if each != nil {
			each(&u)
		}
		run[i] = &u
	}
	return run
}

func readPlace(r *lib0.Reader, info byte, u *unit) error {
	isRoot, err := r.Uvarint()
	if err != nil {
		return err
	}
	u.hasParent = true
	if isRoot == 1 {
		u.parent.root, err = r.VarString()
	} else {
		u.parent.typ, err = readIDPointer(r)
	}
	if err == nil && info&0x20 != 0 {
		u.parent.hasKey = true
		u.parent.key, err = r.VarString()
	}
	return err
}

func readContents(r *lib0.Reader, ref byte) ([]content, error) {
	start := r.Rest()
	raw := func() string { return string(start[:len(start)-r.Len()]) }
	switch ref {
	case 1:
		n, err := readCount(r)
		return make([]content, n), err
	case 2, 8:
		n, err := readCount(r)
		var list []content
		for ; n > 0 && err == nil; n-- {
			start = r.Rest()
			if ref == 2 {
				_, err = r.VarString()
			} else {
				err = skipAny(r, 0)
			}
			list = append(list, content{kind: value, data: raw()})
		}
		return list, err
	case 3:
		_, err := r.VarBytes()
		return []content{{kind: value, data: "\x74" + raw()}}, err // the tag bytes have as a value
	case 4:
		s, err := r.VarString()
		var list []content
		for _, c := range utf16.Encode([]rune(s)) {
			list = append(list, content{kind: char, unit: c})
		}
		return list, err
	case 5:
		_, err := r.VarString()
		return []content{{kind: value, data: raw()}}, err
	case 6:
		_, err := r.VarString()
		if err == nil {
			_, err = r.VarString()
		}
		return []content{{kind: format, data: raw()}}, err
	case 7:
		ref, err := r.Uvarint()
		if err == nil && (ref == 3 || ref == 5) { // element and hook have a name
			_, err = r.VarString()
		}
		return []content{{kind: typ}}, err
	case 9:
		_, err := r.VarString()
		if err == nil {
			err = skipAny(r, 0)
		}
		return []content{{kind: value, data: raw()}}, err
	}
	return nil, fmt.Errorf("%w %d", errContent, ref)
}

func skipAny(r *lib0.Reader, depth int) error {
	tag, err := r.Byte()
	if err != nil {
		return err
	}
	if depth > 100 {
		return fmt.Errorf("value nested more than %d deep", depth)
	}
	switch tag {
	case 127, 126, 121, 120:
		return nil
	case 125:
		_, err = r.Varint()
	case 124:
		_, err = r.Bytes(4)
	case 123, 122:
		_, err = r.Bytes(8)
	case 119, 116:
		_, err = r.VarBytes()
	case 118, 117:
		var n int
		n, err = readCount(r)
		for ; n > 0 && err == nil; n-- {
			if tag == 118 {
				if _, err = r.VarString(); err != nil {
					return err
				}
			}
			err = skipAny(r, depth+1)
		}
	default:
		return fmt.Errorf("value of type %d", tag)
	}
	return err
}

func decodeDeletes(r *lib0.Reader) (deletes []deletion, err error) {
	clients, err := r.Uvarint()
	for ; clients > 0 && err == nil; clients-- {
		var client, ranges uint64
		if client, err = r.Uvarint(); err != nil {
			break
		}
		ranges, err = r.Uvarint()
		for ; ranges > 0 && err == nil; ranges-- {
			var clock, n uint64
			if clock, err = r.Uvarint(); err != nil {
				break
			}
			n, err = r.Uvarint()
			deletes = append(deletes, deletion{client, clock, n})
		}
	}
	return deletes, err
}

func readCount(r *lib0.Reader) (int, error) {
	n, err := r.Uvarint()
	if err == nil && n > maxUnits {
		return 0, fmt.Errorf("count of %d at offset %d", n, r.Offset())
	}
	return int(n), err
}

func readID(r *lib0.Reader) (id ID, err error) {
	if id.Client, err = r.Uvarint(); err == nil {
		id.Clock, err = r.Uvarint()
	}
	return id, err
}

func readIDPointer(r *lib0.Reader) (*ID, error) {
	id, err := readID(r)
	return &id, err
}
