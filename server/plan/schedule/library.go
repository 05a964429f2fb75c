package schedule

import "strings"

// Usual is how long a kind of step takes, in working days.
type Usual struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Words   []string `json:"words"` // phrases that name it, lower case, English and German; * before one: a longer word may end in it
	Phase   string   `json:"phase"` // evaluation, procurement or implementation
	Min     int      `json:"min"`
	Typical int      `json:"typical"`
	Max     int      `json:"max"`
	// Lead: the days are from the end of the step before to the end of this one,
	// waiting included.
	Lead bool `json:"lead"`
}

// Phases of a Usual. A renewal shortens the last two.
const (
	phaseEvaluation, phaseProcurement, phaseImplementation = "evaluation", "procurement", "implementation"
)

// The more special entries come first: the first one that matches counts.
var library = []Usual{
	{"security-review", "Security review", []string{"security review", "security assessment", "security questionnaire", "security questions", "infosec", "penetration test", "pen test", "vendor security", "vendor risk", "third-party risk", "sicherheitsprüfung", "sicherheitsfragebogen", "sicherheitsfragen", "sicherheitsbewertung", "informationssicherheit", "penetrationstest"}, phaseProcurement, 10, 15, 30, false},
	{"privacy-review", "Data protection review", []string{"data protection", "privacy review", "privacy assessment", "dpia", "dpa", "gdpr", "datenschutz", "datenschutzprüfung", "datenschutzfreigabe", "dsfa", "dsgvo", "avv", "av-vertrag", "*auftragsverarbeitung", "auftragsverarbeitungsvertrag"}, phaseProcurement, 5, 10, 30, false},
	{"legal-review", "Legal review", []string{"legal review", "legal redline", "legal", "redline", "redlines", "contract review", "msa", "master agreement", "terms agreed", "vertragsprüfung", "vertragsverhandlung", "vertragsbedingungen", "rahmenvertrag", "rechtsprüfung", "rechtliche prüfung", "juristische prüfung", "rechtsabteilung"}, phaseProcurement, 10, 15, 40, false},
	{"procurement", "Procurement", []string{"procurement", "purchasing", "vendor onboarding", "supplier onboarding", "purchase order", "einkauf", "supplier registration", "beschaffung", "lieferantenregistrierung", "lieferantenanlage"}, phaseProcurement, 10, 15, 40, false},
	{"signature", "Signature", []string{"signature", "sign-off of the contract", "contract sign-off", "contract signature", "contract signed", "order form", "countersign", "*unterschrift", "*unterzeichnung", "vertragsabschluss", "vertragsschluss", "bestellformular", "gegenzeichnung"}, phaseProcurement, 1, 3, 10, false},
	{"budget-approval", "Budget approval", []string{"budget approval", "budget", "investment committee", "capex", "business case approval", "budgetfreigabe", "budgetgenehmigung", "investitionsantrag", "investitionsfreigabe"}, phaseProcurement, 5, 10, 30, false},
	{"poc-kick-off", "Proof of concept, kick-off", []string{"poc kick-off", "poc kickoff", "pilot kick-off", "pilot kickoff", "trial kick-off", "poc-kick-off", "pilot-kick-off"}, phaseEvaluation, 1, 5, 10, false},
	{"poc", "Proof of concept", []string{"poc", "proof of concept", "proof of value", "pov", "pilot", "trial", "pilotphase", "pilotprojekt", "pilotbetrieb", "testphase"}, phaseEvaluation, 10, 15, 30, false},
	{"kick-off", "Kick-off after signature", []string{"kick-off", "kickoff", "kick off", "auftaktgespräch", "auftakttermin", "projektauftakt", "projektstart"}, phaseImplementation, 5, 7, 10, true},
	{"demo", "Demo", []string{"demo", "demonstration", "workshop", "deep dive", "discovery", "*vorführung"}, phaseEvaluation, 1, 5, 10, false},
	{"executive-meeting", "Executive meeting", []string{"executive presentation", "executive meeting", "executive review", "executive briefing", "steering committee", "decision meeting", "präsentation für die geschäftsleitung", "präsentation vor der geschäftsleitung", "managementpräsentation", "entscheidungstermin", "lenkungsausschuss", "lenkungskreis"}, phaseEvaluation, 1, 5, 15, false},
	{"reference-call", "Reference call", []string{"reference call", "customer reference", "reference visit", "reference customer", "referenzgespräch", "referenzbesuch", "referenzkunde"}, phaseEvaluation, 2, 5, 10, false},
	{"integration", "Integration", []string{"integration", "single sign-on", "sso", "api connection", "interfaces", "schnittstelle", "schnittstellen", "*anbindung"}, phaseImplementation, 5, 15, 40, false},
	{"migration", "Data migration", []string{"migration", "data import", "data load", "datenimport", "*datenübernahme", "datenmigration"}, phaseImplementation, 5, 15, 40, false},
	{"configuration", "Configuration", []string{"configuration", "set-up", "setup", "set up", "provisioning", "installation", "konfiguration", "*einrichtung", "bereitstellung"}, phaseImplementation, 2, 10, 30, false},
	{"acceptance-test", "Acceptance test", []string{"acceptance test", "user acceptance", "uat", "abnahmetest", "akzeptanztest", "*abnahme"}, phaseImplementation, 5, 10, 20, false},
	{"training", "Training", []string{"training", "enablement", "*schulung", "einweisung"}, phaseImplementation, 2, 10, 20, false},
	{"go-live", "Go-live", []string{"go-live", "go live", "launch", "rollout", "roll-out", "cutover", "inbetriebnahme", "produktivstart", "produktivsetzung", "produktivnahme", "echtbetrieb"}, phaseImplementation, 1, 5, 20, false},
	{"first-value", "First value", []string{"first-value", "first value", "value review", "success review", "results review", "erster nutzen", "ersten nutzen", "ersten nutzens", "nutzenbewertung", "nutzennachweis", "erfolgsmessung"}, phaseImplementation, 10, 20, 60, false},
}

// Library returns the usual durations. The slice is the caller's; the words in
// it are shared.
func Library() []Usual { return append([]Usual(nil), library...) }

// UsualFor finds how long a step usually takes by the words of its title and
// alias, as whole words. false: the library does not know it.
func UsualFor(title, alias string) (Usual, bool) {
	text := lower(title + "\n" + alias)
	for _, u := range library {
		for _, w := range u.Words {
			if hasPhrase(text, w) {
				return u, true
			}
		}
	}
	return Usual{}, false
}

// hasPhrase looks for a phrase that neither begins nor ends inside a word. One
// that is written with a * may begin there, since German puts words together.
func hasPhrase(text, phrase string) bool {
	phrase, tail := strings.CutPrefix(phrase, "*")
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		at := from + i
		end := at + len(phrase)
		if (tail || at == 0 || !wordByte(text[at-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		from = at + 1
	}
}

// wordByte: letters and digits, and whatever is not ASCII.
func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80
}

// ForProfile returns the durations as a sales motion has them: a renewal takes
// 40 to 60 % of the time for procurement and implementation, never less than a
// day.
func (u Usual) ForProfile(profile string) Usual {
	if profile == "renewal" && u.Phase != phaseEvaluation {
		u.Min, u.Typical, u.Max = scale(u.Min, 40), scale(u.Typical, 50), scale(u.Max, 60)
	}
	return u
}

// ScaleDays is the duration of a step in a renewal made from an ordinary plan:
// half of it, rounded up, for steps of procurement and implementation.
func ScaleDays(profile, title, alias string, days int) int {
	if u, ok := UsualFor(title, alias); ok && profile == "renewal" && u.Phase != phaseEvaluation && days > 0 {
		return scale(min(days, maxDays), 50)
	}
	return days
}

func scale(days, percent int) int { return max((days*percent+99)/100, 1) }

// Realism is a step whose duration is out of the usual range.
type Realism struct {
	Node    string `json:"node"`
	Usual   string `json:"usual"`   // id in the library
	Verdict string `json:"verdict"` // short or long
	Days    int    `json:"days"`
	Min     int    `json:"min"`
	Typical int    `json:"typical"`
	Max     int    `json:"max"`
}

// CheckRealism compares the durations of open steps with the library. Steps
// without a duration, or which the library does not know, are left alone.
func CheckRealism(in Input, profile string) []Realism {
	out := []Realism{}
	for _, n := range in.Nodes {
		if n.Kind != kindMilestone && n.Kind != kindTask || n.Status == statusDone || n.Status == statusSkipped || n.Days == nil || *n.Days <= 0 {
			continue
		}
		u, ok := UsualFor(n.Title, n.Alias)
		if !ok {
			continue
		}
		u = u.ForProfile(profile)
		r := Realism{Node: n.ID, Usual: u.ID, Days: *n.Days, Min: u.Min, Typical: u.Typical, Max: u.Max}
		switch {
		case *n.Days < u.Min:
			r.Verdict = "short"
		case *n.Days > u.Max:
			r.Verdict = "long"
		default:
			continue
		}
		out = append(out, r)
	}
	return out
}
