package crdt

import "fmt"

// What looks at updates exists in both formats; v2 is translated first, under the
// same limits, so cost and errors are those of the v1 form.

// InspectV2 is [Doc.Inspect] for an update of format v2.
func (d *Doc) InspectV2(update []byte) ([]Touch, error) {
	v1, err := d.fromV2("inspect", update)
	if err != nil {
		return nil, err
	}
	return d.Inspect(v1)
}

// ContainsV2 is [Doc.Contains] for an update of format v2.
func (d *Doc) ContainsV2(update []byte) (bool, error) {
	v1, err := d.fromV2("look up", update)
	if err != nil {
		return false, err
	}
	return d.Contains(v1)
}

// IntegrableV2 is [Doc.Integrable] for an update of format v2.
func (d *Doc) IntegrableV2(update []byte) (bool, error) {
	v1, err := d.fromV2("look up", update)
	if err != nil {
		return false, err
	}
	return d.Integrable(v1)
}

func (d *Doc) fromV2(what string, update []byte) ([]byte, error) {
	v1, err := v2ToV1(update, &d.limits)
	if err != nil {
		return nil, fmt.Errorf("%s %d-byte v2 update: %w", what, len(update), err)
	}
	return v1, nil
}

// ContainsV2 is [Snapshot.Contains] for an update of format v2.
func (s Snapshot) ContainsV2(update []byte) (bool, error) {
	v1, err := ConvertUpdateV2ToV1(update)
	if err != nil {
		return false, err
	}
	return s.Contains(v1)
}

// UpdateClientsV2 is [UpdateClients] for an update of format v2.
func UpdateClientsV2(update []byte) (map[uint64][2]uint64, error) {
	v1, err := ConvertUpdateV2ToV1(update)
	if err != nil {
		return nil, err
	}
	return UpdateClients(v1)
}

// EncodeStateVectorFromUpdateV2 is [EncodeStateVectorFromUpdate] for an update of
// format v2. State vectors are the same in both formats.
func EncodeStateVectorFromUpdateV2(update []byte) ([]byte, error) {
	v1, err := ConvertUpdateV2ToV1(update)
	if err != nil {
		return nil, err
	}
	return EncodeStateVectorFromUpdate(v1)
}

// OnUpdateV2 is [Doc.OnUpdate] in format v2, as Yjs's updateV2 event has it.
func (d *Doc) OnUpdateV2(fn func(update []byte, origin any)) (cancel func()) {
	return d.OnUpdate(func(update []byte, origin any) {
		v2, err := v1ToV2(update, &checkedLimits, true)
		if err != nil {
			panic("crdt: own update is unreadable: " + err.Error())
		}
		fn(v2, origin)
	})
}
