package demo

import (
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

// Blocks of the template's summary that get written: every second one, below
// its heading.
const (
	problem = 1
	doing   = 3
	value   = 5
	cost    = 7
	risks   = 9
)

// tell is the story. Days are working days from today: the plan was started on
// day -15, with the demo held and the executive presentation behind it, and
// was laid out to go live on day 38.
func (s *story) tell(id string) {
	ben, dana, marcus, aisha := s.cast.Seller, s.cast.Buyer, s.cast.Champion, s.cast.Security

	s.on(15, 9, 12)
	s.create(ben, plan.CreateInput{
		ID: id, Title: Title, Template: "enterprise-evaluation", Noun: "mutual success plan",
		Anchor: plan.AnchorInput{Kind: plan.AnchorGoLive, Date: s.date(38), Provisional: true},
		Now:    s.at, By: plan.Person{ID: ben.ID, Name: ben.Name, Role: ben.Role, Side: ben.Side},
	})
	s.set(ben, "platform-demo", plan.NodeStatus, plan.StatusDone)
	s.call(ben, "account-executive", ben.Name, "ben.okafor@acmeflow.example")
	s.call(ben, "solution-engineer", "Lena Fischer", "lena.fischer@acmeflow.example")
	s.call(ben, "success-manager", "Tomás Rey", "tomas.rey@acmeflow.example")
	s.call(ben, "champion", marcus.Name, "marcus.lindqvist@northwind.example")
	s.write(ben, problem, "Northwind checks the freight invoices of 62 carriers by hand, in spreadsheets. ")
	s.wait(time.Hour)
	s.set(ben, "executive-presentation", plan.NodeStatus, plan.StatusDone)

	// The champion makes it theirs.
	s.on(14, 8, 40)
	s.correct(marcus, problem, "Northwind checks the freight invoices of 62 carriers by hand, in spreadsheets. ",
		"We move 14,000 shipments a month with 62 carriers and check their invoices by hand, in spreadsheets. ")
	s.write(marcus, problem, "Four people in finance spend eleven working days of every month on it, and we still overpay: last year's audit found 2.3 % of our freight spend billed wrongly, about €640,000.")
	s.bold(marcus, problem, "about €640,000")
	s.rename(marcus, "security-review", "Vendor security assessment")
	s.set(marcus, "security-review", plan.NodeAlias, "Security review")
	s.call(marcus, "economic-buyer", "Helena Strand", "helena.strand@northwind.example")
	s.call(marcus, "procurement-lead", dana.Name, "dana.whitfield@northwind.example")
	s.call(marcus, "security-lead", aisha.Name, "aisha.khan@northwind.example")
	s.set(ben, "poc-kick-off", plan.NodeStatus, plan.StatusInProgress)
	s.agree(ben, plan.WorkingChannel, "The shared channel #northwind-acme; what is decided stands here")
	s.agree(marcus, plan.WorkingCadence, "Tuesdays at nine, thirty minutes")
	s.agree(marcus, plan.WorkingResponse, "Within one working day")

	s.on(13, 13, 5)
	s.write(dana, doing, "Acme Flow matches every invoice against the agreed rate and the actual shipment before it is paid. ")
	s.write(ben, doing, "We prove it first on six weeks of Northwind's own invoices from eight carriers, then connect the other carriers in two waves, starting with road freight in the Nordics.")
	s.comment(dana, "audit-figure", "", "2.3 %", "Is this the figure from the internal audit or the external one? The board has seen both.")
	s.add(dana, plan.NewNode{
		ID: "reference-call", Kind: plan.KindTask, Parent: "evaluation", Title: "Reference call with another logistics company", Side: plan.SideSeller,
		Note: []plan.Rich{plan.Paragraph("Someone with more than fifty carriers, please, and without you on the line.")},
		Why:  "We want to hear what went wrong, not only what went well.",
		Due:  s.date(-6), Owners: []plan.Owner{{Role: "account-executive", Kind: plan.OwnerAccountable}},
	})
	s.place(dana, "reference-call", "poc-kick-off", "poc-results-review")

	s.on(12, 10, 20)
	s.reply(marcus, "audit-figure", "The external one, page 14. The internal audit left out air freight, so it came to 1.9 %.")
	s.set(ben, "poc-kick-off", plan.NodeStatus, plan.StatusDone)
	s.set(ben, "poc-results-review", plan.NodeStatus, plan.StatusInProgress)
	for i, title := range []string{"Load six weeks of invoices", "Match against carrier rate cards", "Finance signs off the accuracy"} {
		s.add(ben, plan.NewNode{ID: []string{"poc-load", "poc-match", "poc-accuracy"}[i], Kind: plan.KindSubtask, Parent: "poc-results-review", Title: title, Side: plan.SideJoint})
	}
	s.list(marcus, value,
		"Wrong invoices found before we pay them: from 35 % to 90 %",
		"Closing the freight accounts: from eleven working days to three",
		"Measured by finance against last year's audit, four weeks after go-live")

	s.on(11, 9, 30)
	s.resolve(dana, "audit-figure")
	s.set(aisha, "security-review", plan.NodeStatus, plan.StatusInProgress)
	s.link(aisha, "security-questionnaire", "https://trust.acmeflow.example/northwind/questionnaire")
	s.comment(aisha, "data-location", "security-review", "data flow", "Where is our shipment data kept during the proof of concept, and for how long?")
	s.due(aisha, move{"security-review", 12})
	s.on(11, 15, 48)
	s.reply(ben, "data-location", "In Frankfurt only, encrypted at rest. The test tenant is deleted thirty days after the results review; Lena sends you the data-flow diagram today.")

	// What the assessment has to show before implementation begins.
	s.on(10, 9, 25)
	s.gate(aisha, "security-review", "security-lead", "implementation", 1,
		[]string{"Data-flow diagram received"},
		[]string{"Penetration test report read", "Every open finding has an owner and a date"})
	s.on(10, 11, 10)
	s.rule(ben, "delay-raised", map[string]any{plan.RuleKind: plan.RuleDelay, plan.RuleRole: "economic-buyer", plan.RuleDays: plan.DefaultRuleDays},
		"After two weeks Helena hears of it from both of us.")
	s.rule(marcus, "poc-extension", map[string]any{plan.RuleKind: plan.RuleExtension, plan.RuleRole: "economic-buyer",
		plan.RuleNode: "poc-results-review", plan.RuleUntil: s.date(6)},
		"No extension of the proof of concept without access to our executive sponsor.")
	s.on(10, 16, 40)
	s.tick(aisha, "security-review", plan.GateEntry, "security-review-entry-1")

	s.on(9, 11, 2)
	s.set(ben, "poc-load", plan.NodeStatus, plan.StatusDone)
	s.write(dana, cost, "The licence is €96,000 a year, plus €28,000 once for set-up. ")
	s.write(marcus, cost, "Every week we wait costs about €12,000 in overpaid invoices. And our new carrier contracts start with the quarter: if we are late, finance checks those by hand again.")
	s.edit(marcus, func(tx *crdt.Tx) {
		anchor := s.d.Map(plan.RootAnchor)
		anchor.Set(tx, plan.AnchorCostPerWeek, 12000)
		anchor.Set(tx, plan.AnchorEvent, map[string]any{
			plan.EventWhat:        "New carrier contracts take effect",
			plan.EventSource:      "Decision of the management board",
			plan.EventConsequence: "Another quarter of invoices checked by hand",
		})
	})
	s.tellWhy()
	s.add(ben, plan.NewNode{
		ID: "roi-workshop", Kind: plan.KindTask, Parent: "evaluation", Title: "ROI workshop", Side: plan.SideSeller,
		Note: []plan.Rich{plan.Paragraph("Two hours with finance to fill in our calculator.")}, Due: s.date(-3),
	})
	s.on(8, 8, 55)
	s.link(ben, "roi-calculator", "https://acmeflow.example/roi/northwind")
	s.remove(dana, "roi-workshop") // the numbers are agreed already

	// Test data comes late: both sides move dates.
	s.on(7, 14, 10)
	s.set(ben, "reference-call", plan.NodeStatus, plan.StatusDone)
	s.due(marcus, move{"poc-results-review", 4})
	s.due(ben, move{"legal-redline", 19})
	s.comment(marcus, "redline-week", "legal-redline", "", "Our counsel is away in the first week of this. Can your side send the redline before she leaves?")
	s.on(6, 9, 18)
	s.reply(ben, "redline-week", "Yes: master agreement and data processing agreement go out on Thursday, so she can take them along.")
	s.set(ben, "legal-redline", plan.NodeStatus, plan.StatusInProgress)
	s.call(dana, "general-counsel", "Ingrid Solheim", "ingrid.solheim@northwind.example")
	s.call(ben, "seller-legal", "Omar Haddad", "omar.haddad@acmeflow.example")

	s.on(5, 10, 33)
	s.write(marcus, risks, "Carrier data is the main risk, so the proof of concept uses our three worst carriers on purpose. ")
	s.write(aisha, risks, "The security assessment runs beside it instead of after it. ")
	s.write(marcus, risks, "And the spreadsheets stay alive until two month-end closes have matched.")
	s.add(marcus, plan.NewNode{
		ID: "carrier-contracts", Kind: plan.KindTask, Parent: "implementation", Title: "Load the rates of the forty largest carriers", Side: plan.SideBuyer, LikelyBlocker: true,
		Note: []plan.Rich{plan.Paragraph("Rate cards come from eleven regional offices; we start collecting before the contract is signed.")},
		Why:  "Nothing can be matched against a rate we do not have.",
		Due:  s.date(34), Days: 8, Owners: []plan.Owner{{Role: "champion", Kind: plan.OwnerAccountable}, {Role: "it-admin", Kind: plan.OwnerContributor}},
	})
	s.place(marcus, "carrier-contracts", "kick-off-call", "admin-training")
	s.call(marcus, "it-admin", "Jonas Berg", "jonas.berg@northwind.example")

	// The buyer answers for the date, and the seller follows through.
	s.on(4, 16, 2)
	s.due(dana, move{"contract-sign-off", 24})
	s.on(3, 9, 5)
	s.edit(ben, func(tx *crdt.Tx) {
		anchor := s.d.Map(plan.RootAnchor)
		anchor.Set(tx, plan.AnchorDate, s.date(41))
	})
	s.due(ben, move{"kick-off-call", 31}, move{"carrier-contracts", 37}, move{"admin-training", 41}, move{"first-value-review", 61})
	s.edit(dana, func(tx *crdt.Tx) { s.d.Map(plan.RootAnchor).Set(tx, plan.AnchorProvisional, false) })
	s.edit(dana, func(tx *crdt.Tx) { s.d.Map(plan.RootMeta).Set(tx, plan.MetaStatus, plan.PlanLive) })
	s.agreeOnDates(ben, marcus)

	s.on(2, 11, 40)
	s.set(marcus, "poc-match", plan.NodeStatus, plan.StatusInProgress)
	s.slip(marcus, "legal-redline", 19, 21, plan.SideBuyer, "Counsel is back two days later than planned")
	s.comment(marcus, "wave-one", "", "two waves", "Can we name the carriers of the first wave here? Helena will ask.")
	s.on(1, 10, 15)
	s.due(aisha, move{"security-review", 10})
	s.on(1, 14, 22)
	s.reply(ben, "wave-one", "Proposal: the nine Nordic road carriers, which are 58 % of your invoices. If that fits, I write it in.")
	s.on(0, 7, 30)
	s.set(marcus, "poc-match", plan.NodeStatus, plan.StatusDone)
	s.set(marcus, "poc-accuracy", plan.NodeStatus, plan.StatusInProgress)
}
