package crdt

import (
	"fmt"

	"coplan/crdt/lib0"
)

// columnWriter builds a v2 update; see columns for the layout.
type columnWriter struct {
	keyClocks, leftClocks, rightClocks diffRunsWriter
	clients, typeRefs, lengths         uintRunsWriter
	infos, parentInfos                 byteRunsWriter
	text                               []byte
	textLengths                        uintRunsWriter
	rest                               []byte
	keys                               uint64
}

// byteRunsWriter is lib0's RleEncoder over bytes. The count of the last run is
// not written.
type byteRunsWriter struct {
	b     []byte
	value byte
	count uint64
}

func (w *byteRunsWriter) write(v byte) {
	if w.count > 0 && w.value == v {
		w.count++
		return
	}
	if w.count > 0 {
		w.b = lib0.AppendUvarint(w.b, w.count-1)
	}
	w.b = append(w.b, v)
	w.value, w.count = v, 1
}

// uintRunsWriter is lib0's UintOptRleEncoder.
type uintRunsWriter struct {
	b            []byte
	value, count uint64
}

func (w *uintRunsWriter) write(v uint64) {
	if w.value == v {
		w.count++
		return
	}
	w.flush()
	w.value, w.count = v, 1
}

func (w *uintRunsWriter) flush() []byte {
	if w.count > 0 {
		w.b = lib0.AppendSignMagnitude(w.b, w.value, w.count > 1)
		if w.count > 1 {
			w.b = lib0.AppendUvarint(w.b, w.count-2)
		}
	}
	w.count = 0
	return w.b
}

// diffRunsWriter is lib0's IntDiffOptRleEncoder.
type diffRunsWriter struct {
	b           []byte
	value, diff int64
	count       uint64
}

func (w *diffRunsWriter) write(v uint64) {
	if diff := int64(v) - w.value; diff != w.diff {
		w.flush()
		w.diff = diff
	}
	w.count++
	w.value = int64(v)
}

func (w *diffRunsWriter) flush() []byte {
	if w.count > 0 {
		encoded := w.diff * 2
		if w.count > 1 {
			encoded++
		}
		w.b = lib0.AppendVarint(w.b, encoded)
		if w.count > 1 {
			w.b = lib0.AppendUvarint(w.b, w.count-2)
		}
	}
	w.count = 0
	return w.b
}

func (w *columnWriter) str(s []byte, units uint64) {
	w.text = append(w.text, s...)
	w.textLengths.write(units)
}

func (w *columnWriter) name(s []byte) { w.str(s, uint64(utf16Len(s))) }

// key writes a format key or node name. Yjs means to number repeated keys but
// gives each a new number, so that is the format.
func (w *columnWriter) key(s []byte) {
	w.keyClocks.write(w.keys)
	w.keys++
	w.name(s)
}

func (w *columnWriter) bytes() []byte {
	strings := append(lib0.AppendVarBytes(nil, w.text), w.textLengths.flush()...)
	out := make([]byte, 1, len(strings)+len(w.rest)+len(w.clients.b)+len(w.leftClocks.b)+len(w.rightClocks.b)+
		len(w.infos.b)+len(w.lengths.b)+len(w.keyClocks.b)+len(w.parentInfos.b)+len(w.typeRefs.b)+64)
	for _, column := range [][]byte{
		w.keyClocks.flush(), w.clients.flush(), w.leftClocks.flush(), w.rightClocks.flush(), w.infos.b,
		strings, w.parentInfos.b, w.typeRefs.flush(), w.lengths.flush(),
	} {
		out = lib0.AppendVarBytes(out, column)
	}
	return append(out, w.rest...)
}

// v1ToV2 translates an update, checking it on the way. Structs that take their
// place from a neighbour may carry a flag saying that the place is a map key;
// Yjs writes it when it encodes a document and drops it when it translates an
// update. keepSub says which of the two to do.
func v1ToV2(update []byte, lim *Limits, keepSub bool) ([]byte, error) {
	if len(update) > lim.MaxUpdateBytes {
		return nil, overLimit(0, "update of %d bytes", len(update))
	}
	c := cursor{b: update}
	var w columnWriter
	var s rawStruct
	sections := c.uvarint()
	w.rest = lib0.AppendUvarint(w.rest, sections)
	for ; sections > 0 && c.err == nil; sections-- {
		structs, client, clock := c.uvarint(), c.uvarint(), c.uvarint()
		w.rest = lib0.AppendUvarint(w.rest, structs)
		w.clients.write(client)
		w.rest = lib0.AppendUvarint(w.rest, clock)
		for ; structs > 0; structs-- {
			if c.readStruct(&s, client, clock, lim); c.err != nil {
				return nil, c.err
			}
			if err := w.writeStruct(&s, lim, keepSub); err != nil {
				return nil, err
			}
			clock += s.length
		}
	}
	w.writeDeletes(&c)
	if c.err == nil && c.pos != len(update) {
		c.fail(malformed(c.pos, "%d bytes behind the update", len(update)-c.pos))
	}
	if c.err != nil {
		return nil, c.err
	}
	return w.bytes(), nil
}

func (w *columnWriter) writeStruct(s *rawStruct, lim *Limits, keepSub bool) error {
	switch {
	case s.kind() == kindGC:
		w.infos.write(kindGC)
		w.lengths.write(s.length)
		return nil
	case s.info == kindSkip:
		w.infos.write(kindSkip)
		w.rest = lib0.AppendUvarint(w.rest, s.length)
		return nil
	}
	info := s.info
	if !keepSub && !s.namesParent() {
		info &^= infoSub
	}
	w.infos.write(info)
	if s.hasOrigin() {
		w.clients.write(s.origin.client)
		w.leftClocks.write(s.origin.clock)
	}
	if s.hasRight() {
		w.clients.write(s.right.client)
		w.rightClocks.write(s.right.clock)
	}
	if s.namesParent() {
		if s.rooted {
			w.parentInfos.write(1)
			w.name(s.parentName())
		} else {
			w.parentInfos.write(0)
			w.clients.write(s.parent.client)
			w.leftClocks.write(s.parent.clock)
		}
		if info&infoSub != 0 {
			w.name(s.sub())
		}
	}
	return w.writeContent(s, lim)
}

func (w *columnWriter) writeContent(s *rawStruct, lim *Limits) (err error) {
	content := cursor{b: s.content()}
	switch s.kind() {
	case kindDeleted:
		w.lengths.write(s.length)
	case kindJSON:
		w.lengths.write(s.length)
		for range s.length {
			w.name(content.bytes("JSON value"))
		}
	case kindBinary:
		w.rest = lib0.AppendVarBytes(w.rest, s.content())
	case kindString:
		w.str(s.content(), s.length)
	case kindEmbed:
		w.rest, err = jsonToAny(w.rest, s.content(), lim.MaxDepth)
	case kindFormat:
		w.key(content.bytes("format key"))
		w.rest, err = jsonToAny(w.rest, content.bytes("format value"), lim.MaxDepth)
	case kindType:
		w.typeRefs.write(uint64(s.typeKind))
		if s.typeKind == typeElement || s.typeKind == typeHook {
			w.key(s.typeName())
		}
	case kindAny:
		w.lengths.write(s.length)
		w.rest = append(w.rest, s.content()...)
	case kindDoc:
		w.name(content.bytes("subdocument id"))
		w.rest = append(w.rest, s.content()[content.pos:]...)
	}
	if err != nil {
		return fmt.Errorf("struct at offset %d: %w", s.start, err)
	}
	return nil
}

func (w *columnWriter) writeDeletes(c *cursor) {
	clients := c.uvarint()
	w.rest = lib0.AppendUvarint(w.rest, clients)
	var ranges []span
	for ; clients > 0 && c.err == nil; clients-- {
		w.rest = lib0.AppendUvarint(w.rest, c.uvarint())
		ranges = ranges[:0]
		sorted, end := true, uint64(0)
		for n := c.uvarint(); n > 0 && c.err == nil; n-- {
			at := c.pos
			r := span{c.uvarint(), c.uvarint()}
			if r.clock+r.length > maxSafe {
				c.fail(malformed(at, "deleted range ends above 2^53-1"))
			}
			if r.length > 0 {
				sorted = sorted && r.clock >= end
				end = r.clock + r.length
				ranges = append(ranges, r)
			}
		}
		if !sorted {
			ranges = mergeSpans(ranges)
		}
		w.rest = lib0.AppendUvarint(w.rest, uint64(len(ranges)))
		end = 0
		for _, r := range ranges {
			w.rest = appendWireID(w.rest, r.clock-end, r.length-1)
			end = r.clock + r.length
		}
	}
}

// ConvertUpdateV1ToV2 rewrites an update of format v1 in format v2, as Yjs's
// convertUpdateFormatV1ToV2 does.
func ConvertUpdateV1ToV2(update []byte) ([]byte, error) {
	return toolLimits().convertV1ToV2(update)
}

// ConvertUpdateV1ToV2 is the function of that name for bytes that may not ask for
// more than l allows.
func (l Limits) ConvertUpdateV1ToV2(update []byte) ([]byte, error) {
	return l.withDefaults().convertV1ToV2(update)
}

func (l Limits) convertV1ToV2(update []byte) ([]byte, error) {
	out, err := v1ToV2(update, &l, false)
	if err != nil {
		return nil, fmt.Errorf("convert %d-byte v1 update: %w", len(update), err)
	}
	return out, nil
}

// ApplyUpdateV2 is [Doc.ApplyUpdate] for an update of format v2, as Yjs's
// encodeStateAsUpdateV2 and its updateV2 event write it.
func (d *Doc) ApplyUpdateV2(update []byte, origin any) error {
	v1, err := v2ToV1(update, &d.limits)
	if err != nil {
		return fmt.Errorf("apply %d-byte v2 update: %w", len(update), err)
	}
	return d.ApplyUpdate(v1, origin)
}

// EncodeStateAsUpdateV2 is [Doc.EncodeStateAsUpdate] in format v2. The state
// vector is the same in both formats.
func (d *Doc) EncodeStateAsUpdateV2(sv []byte) ([]byte, error) {
	v1, err := d.EncodeStateAsUpdate(sv)
	if err != nil {
		return nil, err
	}
	return v1ToV2(v1, &checkedLimits, !d.HasPending())
}

// MergeUpdatesV2 is [MergeUpdates] for updates of format v2.
func MergeUpdatesV2(updates ...[]byte) ([]byte, error) {
	v1 := make([][]byte, len(updates))
	for i, u := range updates {
		var err error
		if v1[i], err = ConvertUpdateV2ToV1(u); err != nil {
			return nil, fmt.Errorf("update %d of %d: %w", i+1, len(updates), err)
		}
	}
	merged, err := MergeUpdates(v1...)
	if err != nil {
		return nil, err
	}
	return ConvertUpdateV1ToV2(merged)
}

// DiffUpdateV2 is [DiffUpdate] for an update of format v2.
func DiffUpdateV2(update, sv []byte) ([]byte, error) {
	v1, err := ConvertUpdateV2ToV1(update)
	if err != nil {
		return nil, err
	}
	if v1, err = DiffUpdate(v1, sv); err != nil {
		return nil, err
	}
	return ConvertUpdateV1ToV2(v1)
}
