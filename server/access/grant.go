package access

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Roles a link can carry.
const (
	RoleOwner     = "owner"
	RoleSeller    = "seller"
	RoleBuyer     = "buyer"
	RoleChampion  = "champion"
	RoleCommenter = "commenter"
	RoleViewer    = "viewer"
	RoleAuditor   = "auditor"
)

// Sides of a plan. Roles that only look on belong to neither.
const (
	SideSeller = "seller"
	SideBuyer  = "buyer"
)

// Roles lists every role a link can carry, most powerful first.
func Roles() []string {
	return []string{RoleOwner, RoleSeller, RoleChampion, RoleBuyer, RoleCommenter, RoleViewer, RoleAuditor}
}

// KnownRole reports whether a link can carry role.
func KnownRole(role string) bool {
	for _, r := range Roles() {
		if r == role {
			return true
		}
	}
	return false
}

// SideOf is the side a role belongs to by itself: "" for those who may look on
// from either.
func SideOf(role string) string {
	switch role {
	case RoleOwner, RoleSeller:
		return SideSeller
	case RoleBuyer, RoleChampion:
		return SideBuyer
	}
	return ""
}

// Grant says what somebody may do with one document. The zero Grant allows
// nothing.
type Grant struct {
	Read    bool // receive the document
	Write   bool // change it by CRDT updates
	Comment bool // comment and propose, by commands
	History bool // read how it came to be
	Manage  bool // see its links, create and revoke those MayInvite allows
}

// DocKind tells the kinds of document apart.
type DocKind int

// Kinds of document, by the shape of their name.
const (
	DocInvalid DocKind = iota
	DocPlan            // plan/<id>: shared by everyone in the plan
	DocMirror          // plan/<id>/seller, plan/<id>/buyer: one side's alone
	DocFree            // doc/<name>: any Yjs document, by API token
)

// MaxDocBytes bounds a document's name.
const MaxDocBytes = 200

// Doc is a document's name taken apart.
type Doc struct {
	Kind DocKind
	Plan string // id, for DocPlan and DocMirror
	Side string // for DocMirror
}

// ParseDoc takes a document's name apart; Kind is DocInvalid for a name that
// no document can have.
func ParseDoc(name string) Doc {
	if len(name) > MaxDocBytes || !utf8.ValidString(name) {
		return Doc{}
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return Doc{}
		}
	}
	if rest, ok := strings.CutPrefix(name, "doc/"); ok {
		if rest == "" {
			return Doc{}
		}
		return Doc{Kind: DocFree}
	}
	rest, ok := strings.CutPrefix(name, "plan/")
	if !ok {
		return Doc{}
	}
	id, side, mirror := strings.Cut(rest, "/")
	switch {
	case !ValidPlanID(id):
		return Doc{}
	case !mirror:
		return Doc{Kind: DocPlan, Plan: id}
	case side == SideSeller || side == SideBuyer:
		return Doc{Kind: DocMirror, Plan: id, Side: side}
	}
	return Doc{}
}

// ValidPlanID reports whether id can name a plan: 1 to 64 ASCII letters and
// digits.
func ValidPlanID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// GrantFor says what the principal may do with the named document. A document
// of another plan, or of the other side, gives the zero Grant: its bytes never
// leave for somebody who may not read them.
func GrantFor(p Principal, doc string) Grant {
	d := ParseDoc(doc)
	switch {
	case d.Kind == DocInvalid:
		return Grant{}
	case p.Kind == KindLink:
		return linkGrant(p.Link, d)
	case d.Kind == DocFree:
		g := Grant{Read: p.Has(ScopeDocsRead) || p.Has(ScopeDocsWrite), Write: p.Has(ScopeDocsWrite)}
		g.History = g.Read
		return g
	case p.Has(ScopePlansRead) && d.Kind == DocPlan:
		// A token is nobody's name: it reads and manages, but an edit of a plan
		// is always some person's.
		return Grant{Read: true, History: true, Manage: p.Has(ScopePlansManage)}
	}
	return Grant{}
}

func linkGrant(l Link, d Doc) Grant {
	if d.Kind == DocFree || d.Plan != l.Plan {
		return Grant{}
	}
	if d.Kind == DocMirror {
		ours := d.Side == l.Side && SideOf(l.Role) == d.Side
		return Grant{Read: ours, Write: ours && l.Edit, Comment: ours, History: ours}
	}
	switch l.Role {
	case RoleOwner, RoleSeller:
		return Grant{Read: true, Write: true, Comment: true, History: true, Manage: true}
	case RoleBuyer:
		return Grant{Read: true, Write: true, Comment: true, History: true}
	case RoleChampion:
		return Grant{Read: true, Write: l.Edit, Comment: true, History: true, Manage: true}
	case RoleCommenter:
		return Grant{Read: true, Comment: true}
	case RoleViewer:
		return Grant{Read: true}
	case RoleAuditor:
		return Grant{Read: true, History: true}
	}
	return Grant{}
}

// MayInvite reports whether the principal may hand out, or take back, links of
// the given role in the given plan: owners any, sellers everyone but owners,
// champions their own colleagues and onlookers.
func MayInvite(p Principal, plan, role string) bool {
	if !KnownRole(role) {
		return false
	}
	if p.Kind != KindLink {
		return p.Has(ScopePlansManage)
	}
	if p.Link.Plan != plan {
		return false
	}
	switch p.Link.Role {
	case RoleOwner:
		return true
	case RoleSeller:
		return role != RoleOwner
	case RoleChampion:
		// Nobody gives a right they don't have: a buyer may edit.
		return role == RoleBuyer && p.Link.Edit || role == RoleCommenter || role == RoleViewer
	}
	return false
}
