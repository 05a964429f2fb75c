package plan

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"coplan/crdt"
	"coplan/server/plan/schedule"
)

// SlipArgs are the arguments of SlipRecord. From and To are the dates before and
// after; Node is the step that moved, "" for the plan's own date.
type SlipArgs struct {
	ID     string `json:"id,omitempty"` // made up when empty
	Node   string `json:"node"`
	From   string `json:"from"`
	To     string `json:"to"`
	Side   string `json:"side"` // whose days they are
	Reason string `json:"reason"`
}

// SlipResult names the record and its length in the plan's working days,
// negative when time was won.
type SlipResult struct {
	ID   string `json:"id"`
	Days int    `json:"days"`
}

// SlipRecord notes why a date moved and whose days that took, for the ledger
// both sides see. Arguments: SlipArgs. It comes after the move itself: To must
// be the date as the plan has it now, and the days are counted here, by the
// plan's calendar. The same record under the same id again changes nothing.
func SlipRecord(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in SlipArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if err := in.validate(); err != nil {
		return nil, err
	}
	slips := d.Map(RootSlips)
	if in.ID != "" && slips.Has(in.ID) {
		if i := slices.IndexFunc(ReadSlips(d), func(s schedule.Slip) bool { return s.ID == in.ID && in.same(s) }); i >= 0 {
			return SlipResult{ID: in.ID, Days: ReadSlips(d)[i].Days}, nil
		}
		return nil, refuse(CodeConflict, "id", "There is a note of a delay “%s” already.", in.ID)
	}
	if slips.Len() >= MaxSlips {
		return nil, refuse(CodeFull, "slips", "This plan has %d notes of delays, which is as many as a plan can hold.", slips.Len())
	}
	input := ScheduleInput(d, "")
	if err := in.checkDate(d, input); err != nil {
		return nil, err
	}
	days := schedule.WorkingDays(input.Calendar, in.From, in.To)
	if days == 0 {
		return nil, refuse(CodeInvalid, "to", "There is no working day between %s and %s, so no time was lost or won.", in.From, in.To)
	}
	if days > MaxSlipDays || days < -MaxSlipDays {
		return nil, refuse(CodeInvalid, "from", "From %s to %s is more than %d working days, which can’t be meant.", in.From, in.To, MaxSlipDays)
	}

	id := orNewID(in.ID)
	m := slips.SetMap(tx, id)
	m.Set(tx, SlipNode, in.Node)
	m.Set(tx, SlipFrom, in.From)
	m.Set(tx, SlipTo, in.To)
	m.Set(tx, SlipDays, days)
	m.Set(tx, SlipSide, in.Side)
	m.Set(tx, SlipReason, in.Reason)
	m.Set(tx, SlipBy, by.stored())
	m.Set(tx, SlipAt, Stamp(now))
	return SlipResult{ID: id, Days: days}, nil
}

func (in SlipArgs) validate() error {
	switch n := lenUTF16(in.Reason); {
	case in.ID != "" && !ValidID(in.ID):
		return refuse(CodeInvalid, "id", "The id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.ID))
	case !ValidDate(in.From):
		return refuse(CodeInvalid, "from", "“%s” is not a calendar date; write it as 2027-03-31.", clip(in.From))
	case !ValidDate(in.To):
		return refuse(CodeInvalid, "to", "“%s” is not a calendar date; write it as 2027-03-31.", clip(in.To))
	case !oneOf(in.Side, nodeSides):
		return refuse(CodeInvalid, "side", "“%s” is no side; use %s.", clip(in.Side), orList(nodeSides))
	case n == 0:
		return refuse(CodeInvalid, "reason", "Say in a few words why the date moved.")
	case n > MaxSlipReason:
		return refuse(CodeInvalid, "reason", "The reason is %d characters long; at most %d are kept.", n, MaxSlipReason)
	}
	return nil
}

func (in SlipArgs) same(s schedule.Slip) bool {
	return s.Node == in.Node && s.From == in.From && s.To == in.To && s.Side == in.Side && s.Reason == in.Reason
}

// checkDate refuses a record of a date that the plan does not have.
func (in SlipArgs) checkDate(d *crdt.Doc, input schedule.Input) error {
	if in.Node == "" {
		if input.Anchor.Date != in.To {
			return refuse(CodeConflict, "to", "The plan’s date is %s, not %s; somebody changed it meanwhile.", orNone(input.Anchor.Date), in.To)
		}
		return nil
	}
	for _, n := range schedule.Run(input).Nodes {
		if n.ID != in.Node {
			continue
		}
		head, _ := ReadHead(d, in.Node)
		if head.Kind == KindStage {
			return refuse(CodeInvalid, "node", "“%s” is a stage; a delay is noted for the step that causes it.", clip(head.Title))
		}
		if n.Due != in.To {
			return refuse(CodeConflict, "to", "“%s” is due %s, not %s; somebody changed it meanwhile.", clip(head.Title), orNone(n.Due), in.To)
		}
		return nil
	}
	return refuse(CodeNotFound, "node", "That step is no longer in the plan, or has no date of its own.")
}

// orNone is a date in a sentence.
func orNone(date string) string {
	if date == "" {
		return "open"
	}
	return date
}
