package plan

// Template is a plan to start from. It is written into a plan once, when that
// plan is created, and has no part in it afterwards. Its words are English
// unless it comes from In.
type Template struct {
	ID          string
	Title       string
	Description string   // one sentence for the person choosing
	Profile     string   // lint profile the plan starts with
	Summary     []string // its headings, each above a place to answer it; none: an empty page
	Roles       []TemplateRole
	Resources   []TemplateResource
	Stages      []TemplateStage
	Gates       []TemplateGate
	Rules       []TemplateRule
	// GoLive and Value are the ids of the steps whose end an anchor of that kind
	// fixes. Empty: the last step.
	GoLive, Value string
}

// TemplateRole is a seat the template expects to be filled.
type TemplateRole struct {
	ID, Title, Side, Kind string
}

// TemplateResource is a document the plan will need: an empty slot, attached to
// the steps that need it.
type TemplateResource struct {
	ID, Title, Type, Side string
	Steps                 []string // step ids
}

// TemplateStage is a stage and its steps in order.
type TemplateStage struct {
	ID, Title string
	Steps     []TemplateStep
}

// TemplateStep is a milestone or task. Days is its usual duration in working
// days. After names the steps that come before it; nil means the step above.
type TemplateStep struct {
	ID, Kind, Title, Note, Why string
	Side                       string
	Days                       int
	LikelyBlocker              bool
	Accountable                string   // role id
	Contributors               []string // role ids
	After                      []string // step ids
}

// StepCount counts the template's steps.
func (t Template) StepCount() int {
	n := 0
	for _, s := range t.Stages {
		n += len(s.Steps)
	}
	return n
}

// Templates returns all templates, the one to suggest first at the front. The
// slice is the caller's; what it points to is shared and must not be changed.
func Templates() []Template {
	return []Template{enterpriseEvaluation, quickStart, securityProcurement, renewal, onboarding, blank}
}

// TemplateByID returns the template called id.
func TemplateByID(id string) (Template, bool) {
	for _, t := range Templates() {
		if t.ID == id {
			return t, true
		}
	}
	return Template{}, false
}
