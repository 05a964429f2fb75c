package plan

// View is a plan as plain data: what the API answers, what replay prints, what
// the front end computes for itself from the same document. Every key is always
// present in its JSON; an absent string reads "", an absent number null.
//
// Lists are in an order that any reader of the document arrives at: nodes by
// (ord, id), the rest by what their comment says, strings compared by UTF-16
// code units as JavaScript does.
type View struct {
	Schema      int        `json:"schema"`
	PlanID      string     `json:"planId"`
	Title       string     `json:"title"`
	Noun        string     `json:"noun"`
	Profile     string     `json:"profile"`
	Status      string     `json:"status"`
	Anchor      AnchorView `json:"anchor"`
	Summary     []Rich     `json:"summary"`
	SummaryText string     `json:"summaryText"`
	Case        CaseView   `json:"case"`
	Metrics     []Metric   `json:"metrics"`   // by (ord, id)
	Dismissed   []string   `json:"dismissed"` // keys of suggestions, see package lint
	Stages      []*Node    `json:"stages"`    // live nodes shown at the top level: stages, and steps that lost their parent
	Bin         []Deleted  `json:"bin"`       // deleted nodes, latest first
	Roles       []Role     `json:"roles"`     // by id
	Working     Working    `json:"working"`
	Resources   []Resource `json:"resources"` // by ord, then id
	Threads     []Thread   `json:"threads"`   // by time of creation, then id
	Signoffs    []Signoff  `json:"signoffs"`  // decisions about gates, by time, then id
	Rules       []Rule     `json:"rules"`     // by id
	Reviews     []Review   `json:"reviews"`   // by time, then id
	Progress    Progress   `json:"progress"`  // of the steps in Stages
	Warnings    []Warning  `json:"warnings"`  // by path, then code
}

// AnchorView is the date a plan is scheduled around.
type AnchorView struct {
	Kind        string    `json:"kind"`
	Date        string    `json:"date"`
	Provisional bool      `json:"provisional"`
	Event       EventView `json:"event"`
	CostPerWeek *float64  `json:"costPerWeek"`
}

// EventView is the compelling event behind the anchor date.
type EventView struct {
	What        string `json:"what"`
	Source      string `json:"source"`
	Consequence string `json:"consequence"`
}

// Node is a stage, milestone, task or subtask with what hangs below it. Parent
// is where the node is shown, which differs from what is stored when that was
// missing or part of a cycle; Kind is what its place makes it (see KindAt).
type Node struct {
	ID            string   `json:"id"`
	Kind          string   `json:"kind"`
	Parent        string   `json:"parent"`
	Ord           string   `json:"ord"`
	Title         string   `json:"title"`
	Alias         string   `json:"alias"`
	Note          []Rich   `json:"note"`
	NoteText      string   `json:"noteText"`
	Why           string   `json:"why"`
	Status        string   `json:"status"`
	Side          string   `json:"side"`
	Due           string   `json:"due"`
	Start         string   `json:"start"`
	Days          *int     `json:"days"` // duration in working days
	LikelyBlocker bool     `json:"likelyBlocker"`
	BlockedReason string   `json:"blockedReason"` // kept when the step is no longer blocked
	Outcome       string   `json:"outcome"`
	Owners        []Owner  `json:"owners"` // the accountable first, then by role id
	After         []After  `json:"after"`  // by node id
	Links         []string `json:"links"`  // ids of resources, in order
	Gate          *Gate    `json:"gate"`   // null: the step has none
	Steps         []*Node  `json:"steps"`
}

// Owner is a role's part in a step.
type Owner struct {
	Role string `json:"role"`
	Kind string `json:"kind"`
}

// After is a dependency on another node; Lag is in working days.
type After struct {
	Node string `json:"node"`
	Type string `json:"type"`
	Lag  int    `json:"lag"`
}

// Deleted is a node in the bin, restorable by clearing its del. Parent is the
// stored one.
type Deleted struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Parent string `json:"parent"`
	Title  string `json:"title"`
	Del    string `json:"del"`
}

// Role is a seat at the table: first a title, a person later.
type Role struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Side      string `json:"side"`
	Kind      string `json:"kind"`
	Person    string `json:"person"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Phone     string `json:"phone"`
	InvolveBy string `json:"involveBy"`
}

// Working is how both sides agreed to work together, in their own words.
type Working struct {
	Channel  string `json:"channel"`
	Cadence  string `json:"cadence"`
	Response string `json:"response"`
}

// Resource is a link, an uploaded file, or an empty slot for one of them.
type Resource struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	URL    string `json:"url"`  // http or https, or ""
	Blob   string `json:"blob"` // SHA-256 of the file's content in hex, or ""
	File   string `json:"file"`
	Size   *int   `json:"size"` // bytes
	Mime   string `json:"mime"`
	Type   string `json:"type"`
	Pinned bool   `json:"pinned"`
	Side   string `json:"side"`
	Ord    string `json:"ord"`
}

// Thread is a conversation about a range of text or about a node. Orphan means
// that the text it was about carries its mark no longer; the quote tells what
// it was.
type Thread struct {
	ID       string       `json:"id"`
	Anchor   ThreadTarget `json:"anchor"`
	Side     string       `json:"side"`
	By       Person       `json:"by"`
	At       string       `json:"at"`
	Resolved *Resolution  `json:"resolved"`
	Orphan   bool         `json:"orphan"`
	Msgs     []Message    `json:"msgs"` // by time, then id; deleted ones keep their place, without words
}

// ThreadTarget is what a thread is about.
type ThreadTarget struct {
	Kind   string `json:"kind"`
	Field  string `json:"field"`
	Node   string `json:"node"`
	Quote  string `json:"quote"`
	Prefix string `json:"prefix"`
	Suffix string `json:"suffix"`
}

// Resolution is who settled a thread, and when.
type Resolution struct {
	By Person `json:"by"`
	At string `json:"at"`
}

// Message is one message of a thread.
type Message struct {
	ID        string   `json:"id"`
	By        Person   `json:"by"`
	At        string   `json:"at"`
	Body      string   `json:"body"`
	EditedAt  string   `json:"editedAt"`
	DeletedAt string   `json:"deletedAt"`
	Mentions  []string `json:"mentions"`
}

// Person is who did something, as the server knew them at that moment.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
	Side string `json:"side"`
}

// Progress counts milestones and tasks shown in the plan. Skipped ones are in
// neither number.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// Warning tells that the document held something odd and what the view made of
// it. Path is the keys to it, joined by "/".
type Warning struct {
	Code string `json:"code"`
	Path string `json:"path"`
	Text string `json:"text"`
}

// Codes of a Warning.
const (
	WarnOddValue    = "odd-value"
	WarnNoParent    = "no-parent"
	WarnCycle       = "cycle"
	WarnAccountable = "accountable"
)

// Rich is a node of rich text in ProseMirror's JSON: a text with its marks, or
// an element with attributes and content.
type Rich struct {
	Type    string         `json:"type"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Text    string         `json:"text,omitempty"`
	Marks   []Mark         `json:"marks,omitempty"`
	Content []Rich         `json:"content,omitempty"`
}

// Mark is a format on a text: bold, link, comment, …
type Mark struct {
	Type  string         `json:"type"`
	Attrs map[string]any `json:"attrs,omitempty"`
}

// Walk calls fn for every node shown in the plan, parents before children, in
// reading order, until fn returns false.
func (v *View) Walk(fn func(n *Node) bool) {
	walkNodes(v.Stages, fn)
}

func walkNodes(nodes []*Node, fn func(n *Node) bool) bool {
	for _, n := range nodes {
		if !fn(n) || !walkNodes(n.Steps, fn) {
			return false
		}
	}
	return true
}

// Find returns the shown node with the given id, or nil.
func (v *View) Find(id string) *Node {
	var found *Node
	v.Walk(func(n *Node) bool {
		if n.ID == id {
			found = n
		}
		return found == nil
	})
	return found
}
