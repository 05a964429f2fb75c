package plan

import (
	"encoding/json"
	"strings"
	"time"

	"coplan/crdt"
)

// GateSignArgs are the arguments of GateSign.
type GateSignArgs struct {
	ID        string `json:"id,omitempty"` // of the decision; made up when empty
	Node      string `json:"node"`
	Decision  string `json:"decision"` // DecisionPassed or DecisionDeclined
	Note      string `json:"note,omitempty"`
	StateHash string `json:"stateHash"`       // of what the person saw
	Claim     bool   `json:"claim,omitempty"` // take the reviewer role that nobody holds yet
}

// GateReopenArgs are the arguments of GateReopen.
type GateReopenArgs struct {
	ID   string `json:"id,omitempty"`
	Node string `json:"node"`
	Note string `json:"note"` // why
}

// GateResult names the decision that was recorded.
type GateResult struct {
	Signoff   string `json:"signoff"`
	StateHash string `json:"stateHash"`
}

// GateSign records that the reviewer of a step's gate passed or declined it.
// Arguments: GateSignArgs. What the person saw must be what is there: the hash
// of the two is compared, so nobody signs words that were changed under their
// pen. A gate passes only when nothing is missing; it may be declined at any
// time. The same decision under the same id again changes nothing.
func GateSign(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in GateSignArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	if in.Decision != DecisionPassed && in.Decision != DecisionDeclined {
		return nil, refuse(CodeInvalid, "decision", "A gate is “passed” or “declined”, not “%s”.", clip(in.Decision))
	}
	v, n, again, err := openGate(d, in.ID, in.Node, by, in.Decision)
	if err != nil || again != nil {
		return again, err
	}
	note, err := checkNote(in.Note)
	if err != nil {
		return nil, err
	}
	if n.Gate.State == GatePassed && in.Decision == DecisionPassed {
		last := v.lastDecision(n.ID)
		return nil, refuse(CodeConflict, "node", "%s signed this gate off already, and nothing has changed since.", orSomeone(last.By.Name))
	}
	role, err := v.seat(n.Gate.Reviewer, by, in.Claim, "Only the reviewer of a gate can sign it")
	if err != nil {
		return nil, err
	}
	if in.Decision == DecisionPassed && len(n.Gate.Missing) > 0 {
		var missing []string
		for _, m := range n.Gate.Missing {
			missing = append(missing, m.words(n.Gate))
		}
		return nil, refuse(CodeConflict, "node", "“%s” can't be signed off yet: %s.", clip(orUntitled(n.Title)), strings.Join(missing, "; "))
	}
	if in.StateHash != n.Gate.StateHash {
		return nil, refuse(CodeConflict, "stateHash", "Something about “%s” changed while you were reading. Look at it again before you sign.", clip(orUntitled(n.Title)))
	}

	takeSeat(d, tx, role, by)
	id := writeDecision(d, tx, in.ID, n, by, now, in.Decision, note, role)
	return GateResult{Signoff: id, StateHash: n.Gate.StateHash}, nil
}

// GateReopen takes a decision about a gate back, with a reason: what it locked
// is locked again. Anyone who takes part on either side may, since it only ever
// asks for another look; passing it again is the reviewer's. Arguments:
// GateReopenArgs.
func GateReopen(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in GateReopenArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	_, n, again, err := openGate(d, in.ID, in.Node, by, DecisionReopened)
	if err != nil || again != nil {
		return again, err
	}
	note, err := checkNote(in.Note)
	switch {
	case err != nil:
		return nil, err
	case !takesPart(by):
		return nil, refuse(CodeForbidden, "", "Only people who take part in the plan on one of its sides can reopen a gate.")
	case n.Gate.State == GateOpen || n.Gate.State == GateReady:
		return nil, refuse(CodeConflict, "node", "This gate is open already.")
	case note == "":
		return nil, refuse(CodeInvalid, "note", "Say in a few words why the gate is opened again.")
	}
	id := writeDecision(d, tx, in.ID, n, by, now, DecisionReopened, note, Role{})
	return GateResult{Signoff: id, StateHash: n.Gate.StateHash}, nil
}

// openGate reads the plan and the step whose gate is decided on. again is the
// result when the same decision stands there under the same id.
func openGate(d *crdt.Doc, id, node string, by Person, decision string) (v View, n *Node, again any, err error) {
	v = Read(d)
	if id != "" && !ValidID(id) {
		return v, nil, nil, refuse(CodeInvalid, "id", "The id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(id))
	}
	for _, s := range v.Signoffs {
		switch {
		case id == "" || s.ID != id:
		case s.By.ID == by.ID && s.Gate == node && s.Decision == decision:
			return v, nil, GateResult{Signoff: id, StateHash: s.StateHash}, nil
		default:
			return v, nil, nil, refuse(CodeConflict, "id", "There is another decision under the id “%s” already.", id)
		}
	}
	if len(v.Signoffs) >= MaxSignoffs {
		return v, nil, nil, refuse(CodeFull, "signoffs", "This plan has %d sign-offs, which is as many as a plan can hold.", len(v.Signoffs))
	}
	n = v.Find(node)
	switch {
	case node == "":
		return v, nil, nil, refuse(CodeInvalid, "node", "The step was not named.")
	case n == nil:
		return v, nil, nil, refuse(CodeNotFound, "node", "There is no step “%s” in this plan (any more).", clip(node))
	case n.Gate == nil:
		return v, nil, nil, refuse(CodeNotFound, "node", "“%s” has no gate.", clip(orUntitled(n.Title)))
	}
	return v, n, nil, nil
}

// takesPart says whether somebody acts for one of the sides: owners, sellers,
// champions and buyers do; commenters, viewers and auditors look on.
func takesPart(by Person) bool {
	return oneOf(by.Role, []string{"owner", "seller", "champion", "buyer"})
}

// seat is the role somebody speaks as. Nobody speaks for the other side, whoever
// wrote their name into its role. A role with a person is that person's alone.
// One that nobody holds yet can be claimed in the act of speaking, by somebody
// whom its name, if it has one, fits; otherwise the person belongs into the role
// first.
func (v *View) seat(id string, by Person, claim bool, only string) (Role, error) {
	var role *Role
	for i := range v.Roles {
		if v.Roles[i].ID == id {
			role = &v.Roles[i]
		}
	}
	switch {
	case role == nil:
		return Role{}, refuse(CodeConflict, "role", "%s, and no role has been chosen for it yet.", only)
	case !takesPart(by):
		return Role{}, refuse(CodeForbidden, "role", "%s, and your link only lets you look on or comment.", only)
	case role.Person != "" && role.Person != by.ID:
		return Role{}, refuse(CodeForbidden, "role", "%s: that is %s, %s.", only, orSomeone(role.Name), orUntitled(role.Title))
	case role.Side != "" && role.Side != SideJoint && role.Side != by.Side:
		return Role{}, refuse(CodeForbidden, "role", "%s: that is the role %s, which is somebody of the %s side.", only, orUntitled(role.Title), role.Side)
	case role.Person != "":
		return *role, nil
	case role.Name != "" && !sameName(role.Name, by.Name):
		return Role{}, refuse(CodeForbidden, "role", "%s: %s is set down as %s. Assign the role to the right person in People first.", only, clip(role.Name), orUntitled(role.Title))
	case !claim:
		return Role{}, refuse(CodeConflict, "claim", "Nobody holds the role %s yet. Assign yourself in People first, or take the role as you sign.", orUntitled(role.Title))
	}
	return *role, nil
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// takeSeat writes who holds the role, where nobody did.
func takeSeat(d *crdt.Doc, tx *crdt.Tx, role Role, by Person) {
	if role.Person != "" {
		return
	}
	m, _ := d.Map(RootRoles).Map(role.ID)
	m.Set(tx, RolePerson, by.ID)
	if role.Name == "" && by.Name != "" {
		m.Set(tx, RoleName, by.Name)
	}
}

func writeDecision(d *crdt.Doc, tx *crdt.Tx, id string, n *Node, by Person, now time.Time, decision, note string, role Role) string {
	id = orNewID(id)
	m := d.Map(RootSignoffs).SetMap(tx, id)
	m.Set(tx, SignedGate, n.ID)
	m.Set(tx, SignedBy, by.stored())
	if role.ID != "" {
		m.Set(tx, SignedRole, role.ID)
		m.Set(tx, SignedRoleTitle, role.Title)
	}
	m.Set(tx, SignedAt, Stamp(now))
	m.Set(tx, SignedDecision, decision)
	if note != "" {
		m.Set(tx, SignedNote, note)
	}
	m.Set(tx, SignedHash, n.Gate.StateHash)
	m.Set(tx, SignedState, n.Gate.signs)
	return id
}

func (v *View) lastDecision(node string) Signoff {
	var last Signoff
	for _, s := range v.Signoffs {
		if s.Gate == node && s.Decision != "" {
			last = s
		}
	}
	return last
}

func checkNote(note string) (string, error) {
	note = strings.TrimSpace(strings.ReplaceAll(note, "\r\n", "\n"))
	if n := lenUTF16(note); n > MaxSignedNote {
		return "", refuse(CodeInvalid, "note", "The note is %d characters long; at most %d are kept.", n, MaxSignedNote)
	}
	return note, nil
}
