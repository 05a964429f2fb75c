package plan

import (
	"encoding/json"
	"time"

	"coplan/crdt"
)

// RuleAnswerArgs are the arguments of RuleAnswer.
type RuleAnswerArgs struct {
	Rule  string `json:"rule"`
	Note  string `json:"note,omitempty"`
	Today string `json:"today,omitempty"` // the person's date; theirs and the server's differ by a day at most
	Claim bool   `json:"claim,omitempty"` // take the role that nobody holds yet
}

// RuleAnswerResult names the rule and the steps that the answer covers.
type RuleAnswerResult struct {
	Rule  string    `json:"rule"`
	Steps []Delayed `json:"steps"`
}

// RuleAnswer records that the role a rule was raised to has taken note of it, or
// agrees to the extension. The rule is quiet about these steps until one comes
// later still. Arguments: RuleAnswerArgs.
func RuleAnswer(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in RuleAnswerArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	note, err := checkNote(in.Note)
	if err != nil {
		return nil, err
	}
	v := Read(d)
	var rule *Rule
	for i := range v.Rules {
		if v.Rules[i].ID == in.Rule {
			rule = &v.Rules[i]
		}
	}
	if rule == nil {
		return nil, refuse(CodeNotFound, "rule", "There is no rule “%s” in this plan (any more).", clip(in.Rule))
	}
	baseline, _ := ReadBaseline(d)
	var status RuleStatus
	for _, s := range v.RuleStatuses(baseline.Dates, theirToday(in.Today, now)) {
		if s.Rule == rule.ID {
			status = s
		}
	}
	switch {
	case status.State == RuleAcknowledged && rule.Answer.By.ID == by.ID:
		return RuleAnswerResult{Rule: rule.ID, Steps: status.Steps}, nil
	case status.State == RuleAcknowledged:
		return nil, refuse(CodeConflict, "rule", "%s has answered this already.", orSomeone(rule.Answer.By.Name))
	case status.State == RuleQuiet:
		return nil, refuse(CodeConflict, "rule", "This rule isn't raised, so there is nothing to answer.")
	}
	role, err := v.seat(rule.Role, by, in.Claim, "Only the role that this rule names can answer it")
	if err != nil {
		return nil, err
	}

	takeSeat(d, tx, role, by)
	steps := map[string]any{}
	for _, late := range status.Steps {
		steps[late.Node] = late.Due
	}
	m, _ := d.Map(RootRules).Map(rule.ID)
	answer := map[string]any{AckBy: by.stored(), AckAt: Stamp(now), AckSteps: steps}
	if note != "" {
		answer[AckNote] = note
	}
	m.Set(tx, RuleAnswered, answer)
	return RuleAnswerResult{Rule: rule.ID, Steps: status.Steps}, nil
}

// theirToday is the person's date when it can be: zones reach from twelve hours
// behind to fourteen ahead.
func theirToday(date string, now time.Time) string {
	for _, hours := range []time.Duration{0, -12, 14} {
		if day := now.UTC().Add(hours * time.Hour).Format(dateLayout); day == date {
			return date
		}
	}
	return now.UTC().Format(dateLayout)
}
