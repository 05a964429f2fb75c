package plan

// Role ids of the built-in templates.
const (
	roleAE        = "account-executive"
	roleSE        = "solution-engineer"
	roleCSM       = "success-manager"
	roleSellerLaw = "seller-legal"
	roleChampion  = "champion"
	roleEconomic  = "economic-buyer"
	roleIT        = "it-admin"
	roleSecurity  = "security-lead"
	roleLaw       = "general-counsel"
	roleBuying    = "procurement-lead"
	rolePrivacy   = "data-protection-officer"
	roleArchitect = "enterprise-architect"
	roleTrainer   = "key-user"
	roleSellerSec = "seller-security"
)

var enterpriseEvaluation = Template{
	ID:          "enterprise-evaluation",
	Title:       "Enterprise evaluation",
	Description: "From first demo to first value in ten milestones, with security, legal and procurement in their real order.",
	Profile:     "enterprise",
	Summary: []string{
		"The problem today",
		"What we will do together",
		"The value, and how we will measure it",
		"What it costs, and what waiting costs",
		"Risks, and what we do about them",
	},
	Roles: []TemplateRole{
		{roleChampion, "Champion", SideBuyer, "champion"},
		{roleEconomic, "Economic buyer", SideBuyer, "economic buyer"},
		{roleIT, "IT administrator", SideBuyer, "technical"},
		{roleSecurity, "Head of information security", SideBuyer, "security"},
		{roleLaw, "General counsel", SideBuyer, "legal"},
		{roleBuying, "Procurement lead", SideBuyer, "procurement"},
		{roleAE, "Account executive", SideSeller, "account executive"},
		{roleSE, "Solution engineer", SideSeller, "solution engineer"},
		{roleCSM, "Customer success manager", SideSeller, "success manager"},
		{roleSellerLaw, "Seller's counsel", SideSeller, "legal"},
	},
	Resources: []TemplateResource{
		{"roi-calculator", "ROI calculator", "roi", SideJoint, []string{"executive-presentation"}},
		{"security-questionnaire", "Security questionnaire", "security", SideBuyer, []string{"security-review"}},
		{"msa", "Master agreement", "msa", SideSeller, []string{"legal-redline"}},
		{"dpa", "Data processing agreement", "dpa", SideSeller, []string{"legal-redline"}},
		{"order-form", "Order form", "order", SideSeller, []string{"contract-sign-off"}},
		{"onboarding-checklist", "Onboarding checklist", "onboarding", SideSeller, []string{"kick-off-call"}},
	},
	GoLive: "admin-training",
	Value:  "first-value-review",
	Stages: []TemplateStage{
		{ID: "evaluation", Title: "Evaluation", Steps: []TemplateStep{
			{ID: "platform-demo", Kind: KindMilestone, Title: "Platform demo", Side: SideSeller, Days: 5,
				Note:        "A working session on your own processes, with the people who do the work in the room.",
				Why:         "Everyone sees the same thing before anyone spends time on it.",
				Accountable: roleSE, Contributors: []string{roleChampion}},
			{ID: "executive-presentation", Kind: KindMilestone, Title: "Executive presentation", Side: SideJoint, Days: 5,
				Note:        "Thirty minutes with the economic buyer: the problem, the expected value, the decision we ask for.",
				Why:         "The person who signs knows early what will be asked of them.",
				Accountable: roleAE, Contributors: []string{roleChampion, roleEconomic}},
			{ID: "poc-kick-off", Kind: KindMilestone, Title: "POC kick-off", Side: SideJoint, Days: 5,
				Note:        "Agree on scope, test data, success criteria and the date of the review before anything is installed.",
				Why:         "A proof of concept without written criteria proves nothing.",
				Accountable: roleSE, Contributors: []string{roleIT, roleChampion}},
			{ID: "poc-results-review", Kind: KindMilestone, Title: "POC results review", Side: SideBuyer, Days: 15,
				Note:        "Compare results with the success criteria and decide: go on, extend once, or stop.",
				Why:         "A clear yes or no, on numbers you set yourselves.",
				Accountable: roleChampion, Contributors: []string{roleSE, roleEconomic}},
		}},
		{ID: "procurement", Title: "Procurement", Steps: []TemplateStep{
			{ID: "security-review", Kind: KindMilestone, Title: "Security review", Side: SideBuyer, Days: 15, LikelyBlocker: true,
				Note:        "Questionnaire, penetration test report and data flow answered and accepted. Runs beside the proof of concept.",
				Why:         "Started late, this is what moves most go-live dates.",
				Accountable: roleSecurity, Contributors: []string{roleSE}, After: []string{"poc-kick-off"}},
			{ID: "legal-redline", Kind: KindMilestone, Title: "Legal redline", Side: SideBuyer, Days: 15, LikelyBlocker: true,
				Note:        "Master agreement and data processing agreement agreed between both counsels.",
				Why:         "Both sides can live with the terms for years.",
				Accountable: roleLaw, Contributors: []string{roleSellerLaw, roleAE}, After: []string{"poc-results-review"}},
			{ID: "contract-sign-off", Kind: KindMilestone, Title: "Contract sign-off", Side: SideBuyer, Days: 5,
				Note:        "Order form and agreements signed by the people entitled to sign.",
				Why:         "Frees the people and the budget for the start.",
				Accountable: roleEconomic, Contributors: []string{roleBuying, roleAE}, After: []string{"security-review", "legal-redline"}},
		}},
		{ID: "implementation", Title: "Implementation", Steps: []TemplateStep{
			{ID: "kick-off-call", Kind: KindMilestone, Title: "Kick-off call", Side: SideSeller, Days: 7,
				Note:        "Project team, calendar and first configuration, one to two weeks after signature.",
				Why:         "Momentum from signature to the first working day.",
				Accountable: roleCSM, Contributors: []string{roleIT, roleChampion}},
			{ID: "admin-training", Kind: KindMilestone, Title: "Admin training", Side: SideJoint, Days: 10,
				Note:        "Your administrators run the system themselves, and the first team goes live.",
				Why:         "You depend on us for questions, not for every change.",
				Accountable: roleCSM, Contributors: []string{roleIT}},
			{ID: "first-value-review", Kind: KindMilestone, Title: "First-value review", Side: SideJoint, Days: 20,
				Note:        "Measure against the baseline and show the result to the people who approved it.",
				Why:         "The plan ends when you have what you bought it for.",
				Accountable: roleChampion, Contributors: []string{roleCSM, roleEconomic}},
		}},
	},
}

var quickStart = Template{
	ID:          "quick-start",
	Title:       "Quick start",
	Description: "Three stages of three steps, for a purchase that should take weeks, not quarters.",
	Profile:     "quick",
	Summary:     []string{"What we want to achieve, and by when"},
	Roles: []TemplateRole{
		{roleChampion, "Champion", SideBuyer, "champion"},
		{roleEconomic, "Decision maker", SideBuyer, "economic buyer"},
		{roleAE, "Account executive", SideSeller, "account executive"},
		{roleCSM, "Customer success manager", SideSeller, "success manager"},
	},
	Resources: []TemplateResource{
		{"security-answers", "Standard security answers", "security", SideSeller, []string{"security-questions"}},
		{"order-form", "Order form and terms", "order", SideSeller, []string{"terms", "signature"}},
		{"onboarding-checklist", "Onboarding checklist", "onboarding", SideSeller, []string{"kick-off"}},
	},
	GoLive: "set-up",
	Value:  "first-value-review",
	Stages: []TemplateStage{
		{ID: "decide", Title: "Decide", Steps: []TemplateStep{
			{ID: "goal", Kind: KindMilestone, Title: "Agree on the goal", Side: SideJoint, Days: 2,
				Note: "One sentence on the problem, one number that should change, one date.", Accountable: roleChampion, Contributors: []string{roleAE}},
			{ID: "demo", Kind: KindMilestone, Title: "Demo on your own data", Side: SideSeller, Days: 3,
				Note: "Your cases, your people, one hour.", Accountable: roleAE, Contributors: []string{roleChampion}},
			{ID: "decision", Kind: KindMilestone, Title: "Decision meeting", Side: SideBuyer, Days: 3,
				Note: "Yes, no, or what is missing for a yes.", Accountable: roleEconomic, Contributors: []string{roleChampion}},
		}},
		{ID: "sign", Title: "Sign", Steps: []TemplateStep{
			{ID: "security-questions", Kind: KindMilestone, Title: "Security questions answered", Side: SideSeller, Days: 5, LikelyBlocker: true,
				Note: "Our standard answers first, then what is left.", Accountable: roleAE},
			{ID: "terms", Kind: KindMilestone, Title: "Terms agreed", Side: SideJoint, Days: 5,
				Note: "Standard terms, with changes listed on one page.", Accountable: roleEconomic, Contributors: []string{roleAE}},
			{ID: "signature", Kind: KindMilestone, Title: "Signature", Side: SideBuyer, Days: 2,
				Note: "Order form signed.", Accountable: roleEconomic},
		}},
		{ID: "start", Title: "Start", Steps: []TemplateStep{
			{ID: "kick-off", Kind: KindMilestone, Title: "Kick-off call", Side: SideSeller, Days: 3,
				Note: "Who does what in the first two weeks.", Accountable: roleCSM, Contributors: []string{roleChampion}},
			{ID: "set-up", Kind: KindMilestone, Title: "Set-up and first users", Side: SideJoint, Days: 5,
				Note: "Configured, connected, first five people working in it.", Accountable: roleCSM, Contributors: []string{roleChampion}},
			{ID: "first-value-review", Kind: KindMilestone, Title: "First-value review", Side: SideJoint, Days: 10,
				Note: "Has the number moved? What next?", Accountable: roleChampion, Contributors: []string{roleCSM}},
		}},
	},
}

var blank = Template{
	ID:          "blank",
	Title:       "Blank plan",
	Description: "One empty stage, for those who know what they want to write.",
	Profile:     "custom",
	Roles: []TemplateRole{
		{roleChampion, "Champion", SideBuyer, "champion"},
		{roleAE, "Account executive", SideSeller, "account executive"},
	},
	Stages: []TemplateStage{{ID: "stage-1", Title: "First stage"}},
}
