package plan

import (
	"encoding/json"
	"maps"
	"time"

	"coplan/crdt"
	"coplan/server/plan/schedule"
)

// BaselineArgs are the arguments of BaselineAgree and BaselineWithdraw: At is
// that of the proposal the person saw, so that nobody agrees to dates that were
// replaced meanwhile.
type BaselineArgs struct {
	At string `json:"at"`
}

// BaselineResult says what stands now: the proposal's or the agreement's time,
// and the sides that agreed to it.
type BaselineResult struct {
	At     string   `json:"at"`
	Agreed []string `json:"agreed"`
}

// BaselinePropose offers the plan's dates as they are now as the ones to measure
// by. It takes no arguments. Whoever proposes agrees for their side; the dates
// count once the other side agrees too, and until then an earlier agreement
// stands. A new proposal replaces an open one.
func BaselinePropose(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	if err := needsSide(by); err != nil {
		return nil, err
	}
	result := schedule.Run(ScheduleInput(d, ""))
	b := schedule.MakeBaseline(result, Stamp(now))
	if !result.Dated || len(b.Dates) == 0 {
		return nil, refuse(CodeInvalid, "baseline", "No step has a date yet, so there is nothing to agree to.")
	}
	if open, ok := ReadBaselineProposal(d); ok && open.GoLive == b.GoLive && maps.Equal(open.Dates, b.Dates) {
		if oneOf(by.Side, open.Agreed) {
			return BaselineResult{At: open.At, Agreed: open.Agreed}, nil
		}
		return nil, refuse(CodeConflict, "baseline", "The other side proposed exactly these dates already; agree to them instead.")
	}
	if agreed, ok := ReadBaseline(d); ok && agreed.GoLive == b.GoLive && maps.Equal(agreed.Dates, b.Dates) {
		return nil, refuse(CodeConflict, "baseline", "Both sides agreed to exactly these dates already.")
	}
	dates := make(map[string]any, len(b.Dates))
	for id, date := range b.Dates {
		dates[id] = date
	}
	d.Map(RootBaseline).Set(tx, BaselineProposal, map[string]any{
		BaselineAt: b.At, BaselineGoLive: b.GoLive, BaselineDates: dates,
		BaselineAgreed: []any{by.Side}, BaselineBy: map[string]any{by.Side: signature(by, now)},
	})
	return BaselineResult{At: b.At, Agreed: []string{by.Side}}, nil
}

// BaselineAgree makes the open proposal the agreed dates. Arguments:
// BaselineArgs. Only the side that did not propose can.
func BaselineAgree(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	open, stored, err := openProposal(d, by, args)
	if err != nil {
		return nil, err
	}
	if oneOf(by.Side, open.Agreed) {
		return nil, refuse(CodeForbidden, "baseline", "Your side proposed these dates; the other side has to agree.")
	}
	signed := map[string]any{by.Side: signature(by, now)}
	before, _ := stored[BaselineBy].(map[string]any)
	maps.Copy(signed, before)
	m := d.Map(RootBaseline)
	m.Set(tx, BaselineAt, Stamp(now))
	m.Set(tx, BaselineGoLive, open.GoLive)
	m.Set(tx, BaselineDates, stored[BaselineDates])
	m.Set(tx, BaselineAgreed, []any{SideSeller, SideBuyer})
	m.Set(tx, BaselineBy, signed)
	m.Delete(tx, BaselineProposal)
	return BaselineResult{At: Stamp(now), Agreed: []string{SideSeller, SideBuyer}}, nil
}

// BaselineWithdraw takes the open proposal away; its own side withdraws it, the
// other declines it. Arguments: BaselineArgs.
func BaselineWithdraw(d *crdt.Doc, tx *crdt.Tx, by Person, _ time.Time, args json.RawMessage) (any, error) {
	open, _, err := openProposal(d, by, args)
	if err != nil {
		return nil, err
	}
	d.Map(RootBaseline).Delete(tx, BaselineProposal)
	return BaselineResult{At: open.At, Agreed: []string{}}, nil
}

// openProposal returns the proposal that args name, as read and as stored.
func openProposal(d *crdt.Doc, by Person, args json.RawMessage) (schedule.Baseline, map[string]any, error) {
	var in BaselineArgs
	if err := decodeArgs(args, &in); err != nil {
		return schedule.Baseline{}, nil, err
	}
	if err := needsSide(by); err != nil {
		return schedule.Baseline{}, nil, err
	}
	open, ok := ReadBaselineProposal(d)
	if !ok {
		return open, nil, refuse(CodeNotFound, "baseline", "No dates are proposed any more; somebody was faster.")
	}
	if open.At != in.At {
		return open, nil, refuse(CodeConflict, "at", "The proposed dates were replaced meanwhile; look at the new ones first.")
	}
	v, _ := d.Map(RootBaseline).Get(BaselineProposal)
	stored, _ := v.(map[string]any)
	return open, stored, nil
}

// needsSide refuses whoever can't speak for one of the two sides.
func needsSide(by Person) error {
	if by.Side != SideSeller && by.Side != SideBuyer {
		return refuse(CodeForbidden, "side", "Dates are agreed between the buyer’s and the seller’s side; you are on neither.")
	}
	return nil
}

func signature(by Person, now time.Time) map[string]any {
	m := by.stored()
	m[BaselineAt] = Stamp(now)
	return m
}

// ReadBaselineProposal returns the dates that one side proposed and the other
// has not agreed to yet; false when there are none.
func ReadBaselineProposal(d *crdt.Doc) (schedule.Baseline, bool) {
	f := (&reader{}).fields(d.Map(RootBaseline), RootBaseline).object(BaselineProposal)
	if len(f.values) == 0 {
		return schedule.Baseline{}, false
	}
	b := readBaseline(f)
	return b, b.At != ""
}
