package access_test

import (
	"strings"
	"testing"

	"coplan/server/access"
)

func TestGrantFor(t *testing.T) {
	const shared, sellers, buyers = "plan/p1", "plan/p1/seller", "plan/p1/buyer"
	link := func(role string) access.Principal {
		return access.Principal{Kind: access.KindLink, Link: access.Link{
			Plan: "p1", Role: role, Side: access.SideOf(role), Edit: access.SideOf(role) != "",
		}}
	}
	commentOnly := link(access.RoleChampion)
	commentOnly.Link.Edit = false
	viewerOfSellers := link(access.RoleViewer)
	viewerOfSellers.Link.Side = access.SideSeller
	token := func(scopes ...string) access.Principal {
		return access.Principal{Kind: access.KindToken, Token: access.APIToken{Scopes: scopes}}
	}
	admin := access.Principal{Kind: access.KindAdmin}

	// r read, w write, c comment, h history, m manage links.
	for _, c := range []struct {
		who  string
		p    access.Principal
		doc  string
		want string
	}{
		{"owner", link(access.RoleOwner), shared, "rwchm"},
		{"owner", link(access.RoleOwner), sellers, "rwch"},
		{"owner", link(access.RoleOwner), buyers, ""},
		{"seller", link(access.RoleSeller), shared, "rwchm"},
		{"seller", link(access.RoleSeller), buyers, ""},
		{"buyer", link(access.RoleBuyer), shared, "rwch"},
		{"buyer", link(access.RoleBuyer), buyers, "rwch"},
		{"buyer", link(access.RoleBuyer), sellers, ""},
		{"champion", link(access.RoleChampion), shared, "rwchm"},
		{"champion", link(access.RoleChampion), sellers, ""},
		{"champion without edit", commentOnly, shared, "rchm"},
		{"champion without edit", commentOnly, buyers, "rch"},
		{"commenter", link(access.RoleCommenter), shared, "rc"},
		{"commenter", link(access.RoleCommenter), buyers, ""},
		{"viewer", link(access.RoleViewer), shared, "r"},
		{"viewer on the seller side", viewerOfSellers, sellers, ""},
		{"auditor", link(access.RoleAuditor), shared, "rh"},
		{"auditor", link(access.RoleAuditor), sellers, ""},
		{"seller, another plan", link(access.RoleSeller), "plan/p2", ""},
		{"seller, a plan with a longer id", link(access.RoleSeller), "plan/p11", ""},
		{"seller, free document", link(access.RoleOwner), "doc/x", ""},
		{"unknown role", link("king"), shared, ""},
		{"admin", admin, shared, "rhm"},
		{"admin", admin, sellers, ""},
		{"admin", admin, "doc/any name/at all", "rwh"},
		{"admin, bad name", admin, "doc/", ""},
		{"token", token(access.ScopeDocsRead), "doc/x", "rh"},
		{"token", token(access.ScopeDocsWrite), "doc/x", "rwh"},
		{"token", token(access.ScopeDocsWrite), shared, ""},
		{"token", token(access.ScopePlansRead), shared, "rh"},
		{"token", token(access.ScopePlansRead, access.ScopePlansManage), shared, "rhm"},
		{"token", token(access.ScopePlansRead), sellers, ""},
		{"token", token(access.ScopePlansCreate), shared, ""},
		{"nobody", access.Principal{}, shared, ""},
		{"nobody", access.Principal{}, "doc/x", ""},
	} {
		g := access.GrantFor(c.p, c.doc)
		got := ""
		for _, r := range []struct {
			on bool
			s  string
		}{{g.Read, "r"}, {g.Write, "w"}, {g.Comment, "c"}, {g.History, "h"}, {g.Manage, "m"}} {
			if r.on {
				got += r.s
			}
		}
		if got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.who, c.doc, got, c.want)
		}
	}
}

func TestMayInvite(t *testing.T) {
	inviters := map[string]string{
		access.RoleOwner:     "owner seller champion buyer commenter viewer auditor",
		access.RoleSeller:    "seller champion buyer commenter viewer auditor",
		access.RoleChampion:  "buyer commenter viewer",
		access.RoleBuyer:     "",
		access.RoleCommenter: "",
		access.RoleViewer:    "",
		access.RoleAuditor:   "",
	}
	for role, want := range inviters {
		p := access.Principal{Kind: access.KindLink, Link: access.Link{Plan: "p1", Role: role, Edit: true}}
		var got []string
		for _, r := range access.Roles() {
			if access.MayInvite(p, "p1", r) {
				got = append(got, r)
			}
			if access.MayInvite(p, "p2", r) {
				t.Errorf("%s of one plan may invite a %s into another", role, r)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s may invite %v, want %q", role, got, want)
		}
		if access.MayInvite(p, "p1", "king") {
			t.Errorf("%s may invite an unknown role", role)
		}
	}
	reader := access.Principal{Kind: access.KindLink, Link: access.Link{Plan: "p1", Role: access.RoleChampion}}
	for role, want := range map[string]bool{access.RoleBuyer: false, access.RoleCommenter: true, access.RoleViewer: true} {
		if access.MayInvite(reader, "p1", role) != want {
			t.Errorf("a champion who may not edit invites a %s: want %v", role, want)
		}
	}
}

func TestParseDoc(t *testing.T) {
	for _, c := range []struct {
		name string
		want access.Doc
	}{
		{"plan/abc", access.Doc{Kind: access.DocPlan, Plan: "abc"}},
		{"plan/abc/seller", access.Doc{Kind: access.DocMirror, Plan: "abc", Side: "seller"}},
		{"plan/abc/buyer", access.Doc{Kind: access.DocMirror, Plan: "abc", Side: "buyer"}},
		{"plan/abc/joint", access.Doc{}},
		{"plan/abc/", access.Doc{}},
		{"plan/", access.Doc{}},
		{"plan/a.b", access.Doc{}},
		{"plan/a b", access.Doc{}},
		{"plan/../x", access.Doc{}},
		{"plan/" + strings.Repeat("a", 65), access.Doc{}},
		{"doc/", access.Doc{}},
		{"doc/x", access.Doc{Kind: access.DocFree}},
		{"doc/any name/ünï", access.Doc{Kind: access.DocFree}},
		{"doc/" + strings.Repeat("x", 196), access.Doc{Kind: access.DocFree}},
		{"doc/" + strings.Repeat("x", 197), access.Doc{}},
		{"doc/\x00", access.Doc{}},
		{"doc/\xff", access.Doc{}},
		{"doc/a\nb", access.Doc{}},
		{"", access.Doc{}},
		{"other/x", access.Doc{}},
	} {
		if got := access.ParseDoc(c.name); got != c.want {
			t.Errorf("ParseDoc(%q) = %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ in, want, refusal string }{
		{"Dana", "Dana", ""},
		{"  Dana   Whitfield\n", "Dana Whitfield", ""},
		{"Анна-Мария О’Нил", "Анна-Мария О’Нил", ""},
		{"木村 さくら", "木村 さくら", ""},
		{strings.Repeat("é", 80), strings.Repeat("é", 80), ""},
		{strings.Repeat("é", 81), "", "longer than 80"},
		{"   ", "", "give a name"},
		{"\u200d \u200c", "", "give a name"},
		{"Dana\u202enaD", "", "can't be shown"},
		{"Da\x07na", "", "can't be shown"},
		{"Da\xffna", "", "not valid text"},
	} {
		got, err := access.CleanName(c.in)
		if c.refusal == "" && (err != nil || got != c.want) {
			t.Errorf("CleanName(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
		if c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)) {
			t.Errorf("CleanName(%q): error %v, want one saying %q", c.in, err, c.refusal)
		}
	}
}
