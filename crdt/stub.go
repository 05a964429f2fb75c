package crdt

func (d *Doc) Inspect(update []byte) ([]Touch, error)        { panic("todo") }

type TouchKind uint8

const (
	TouchInsert TouchKind = iota + 1
	TouchSet
	TouchDelete
	TouchFormat
)

type PathStep struct {
	Key string
	ID  ID
}

type Touch struct {
	Kind       TouchKind
	Root       string
	Path       []PathStep
	Key        string
	Client     uint64
	Clock, Len uint64
	Implicit   bool
	Unresolved bool
}


type RelativePosition struct {
	Type    *ID
	Root    string
	HasRoot bool
	Item    *ID
	Assoc   int
}

func (t Text) RelativePosition(index, assoc int) RelativePosition   { panic("todo") }
func (a Array) RelativePosition(index, assoc int) RelativePosition  { panic("todo") }
func (d *Doc) ResolvePosition(p RelativePosition) (Type, int, bool) { panic("todo") }
func (p RelativePosition) Encode() []byte                           { panic("todo") }
func DecodeRelativePosition(b []byte) (RelativePosition, error)     { panic("todo") }
func (p RelativePosition) MarshalJSON() ([]byte, error)             { panic("todo") }
func (p *RelativePosition) UnmarshalJSON(b []byte) error            { panic("todo") }
