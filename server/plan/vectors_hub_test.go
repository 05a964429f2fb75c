package plan_test

import (
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

func peopleHubPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	a, b := fork(t, d, 2), fork(t, d, 3)
	roleOf := func(d *crdt.Doc, id string) crdt.Map { m, _ := d.Map(plan.RootRoles).Map(id); return m }
	edit(t, a, func(tx *crdt.Tx) { // the seller puts placeholders …
		m := a.Map(plan.RootRoles).SetMap(tx, "ciso")
		m.Set(tx, plan.RoleTitle, "CISO")
		m.Set(tx, plan.RoleSide, plan.SideBuyer)
		m.Set(tx, plan.RoleKind, "security")
		roleOf(a, "champion").Set(tx, plan.RoleInvolveBy, "2026-04-01")
		roleOf(a, "success-manager").Set(tx, plan.RoleDel, "2026-03-03T10:00:00.000Z")
		cadence, _ := a.Map(plan.RootWorking).Text(plan.WorkingCadence)
		cadence.Insert(tx, 0, "Tuesdays", nil)
	})
	edit(t, b, func(tx *crdt.Tx) { // … while the buyer fills in names
		champion := roleOf(b, "champion")
		champion.Set(tx, plan.RoleName, "Marcus Lindqvist")
		champion.Set(tx, plan.RoleEmail, "marcus@northwind.example")
		champion.Set(tx, plan.RolePerson, "p-marcus")
		cadence, _ := b.Map(plan.RootWorking).Text(plan.WorkingCadence)
		cadence.Insert(tx, 0, "At nine. ", nil)
		b.Map(plan.RootWorking).Set(tx, plan.WorkingChannel, "a string where a text was")
		b.Map(plan.RootWorking).Set(tx, plan.WorkingResponse, 24)
	})
	mergeAll(t, d, a, b)
	edit(t, d, func(tx *crdt.Tx) {
		resources := d.Map(plan.RootResources)
		add := func(id string, values map[string]any) {
			m := resources.SetMap(tx, id)
			for _, k := range []string{plan.ResourceTitle, plan.ResourceURL, plan.ResourceBlob, plan.ResourceFile, plan.ResourceSize,
				plan.ResourceMime, plan.ResourceType, plan.ResourcePinned, plan.ResourceSide, plan.ResourceOrd, plan.ResourceDel} {
				if v, ok := values[k]; ok {
					m.Set(tx, k, v)
				}
			}
		}
		add("link", map[string]any{plan.ResourceTitle: "Status page", plan.ResourceURL: "https://status.example/?a=1#b", plan.ResourcePinned: true, plan.ResourceOrd: "A"})
		add("file", map[string]any{plan.ResourceBlob: strings.Repeat("0a", 32), plan.ResourceFile: "DPA.pdf", plan.ResourceSize: 12345,
			plan.ResourceMime: "application/pdf", plan.ResourceType: "dpa", plan.ResourceSide: plan.SideBuyer, plan.ResourceOrd: "A"})
		add("gone", map[string]any{plan.ResourceTitle: "Removed", plan.ResourceDel: "2026-03-03T10:00:00.000Z"})
		for id, url := range map[string]string{
			"script": "javascript:alert(1)", "data": "data:text/html,x", "loud": "HTTPS://LOUD.EXAMPLE", "mixed": "hTTps://x.example", "blank": "https://a b.example",
			"line": "https://a.example/\n", "bare": "https://", "empty-host": "https:///etc", "relative": "//x.example", "long": "https://x.example/" + strings.Repeat("a", 2100),
			"umlaut": "https://münchen.example/ä",
		} {
			add("url-"+id, map[string]any{plan.ResourceURL: url})
		}
		add("odd", map[string]any{plan.ResourceTitle: 3, plan.ResourceURL: true, plan.ResourceBlob: "ABC", plan.ResourceSize: 1.5, plan.ResourcePinned: "yes", plan.ResourceSide: "both"})
		resources.Set(tx, "plain", "a string")
		links, _ := node(t, d, "goal").Map(plan.NodeLinks)
		links.Set(tx, "file", true)
		links.Set(tx, "link", true)
		links.Set(tx, "not-there", true)
		links.Set(tx, "x", "yes")
		links.Set(tx, "y", nil)
		node(t, d, "demo").Set(tx, plan.NodeLinks, []any{"link"})
	})
	return d
}
