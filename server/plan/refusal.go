package plan

import "fmt"

// Refusal is why a command or a new plan was turned down. The document is
// untouched. Message is a whole sentence for the person who asked; Where names
// the argument or the key it is about ("body", "anchor.from", "threads/t1").
type Refusal struct {
	Reason  string // one of the codes below
	Where   string
	Message string
}

// Codes of a Refusal. A client branches on these; the sentence is for people.
const (
	CodeInvalid   = "invalid"   // an argument is missing, malformed or too long
	CodeNotFound  = "not-found" // what it refers to is not in the plan (any more)
	CodeForbidden = "forbidden" // not this person's to change
	CodeConflict  = "conflict"  // the id is taken, or the thread is in another state
	CodeFull      = "full"      // a limit of the plan is reached
)

// Code returns the reason, for a client to branch on.
func (r *Refusal) Code() string { return r.Reason }

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Message }

func refuse(code, where, format string, args ...any) *Refusal {
	return &Refusal{Reason: code, Where: where, Message: fmt.Sprintf(format, args...)}
}
