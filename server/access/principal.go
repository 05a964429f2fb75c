package access

import "slices"

// PrincipalKind tells how somebody was recognised.
type PrincipalKind int

// Kinds of principal. The zero value is nobody.
const (
	KindNobody PrincipalKind = iota
	KindLink                 // a person, by a personal magic link
	KindToken                // a program, by an API token
	KindAdmin                // the operator, by the token in the data directory
)

// Scopes an API token can have. The admin token has all of them.
const (
	ScopePlansCreate  = "plans:create"  // create plans; the answer holds their links
	ScopePlansRead    = "plans:read"    // read any plan and its history
	ScopePlansManage  = "plans:manage"  // see, create and revoke any plan's links
	ScopeDocsRead     = "docs:read"     // read any free document and its history
	ScopeDocsWrite    = "docs:write"    // write any free document
	ScopeTokensManage = "tokens:manage" // create and revoke API tokens
)

// Scopes lists every scope.
func Scopes() []string {
	return []string{ScopePlansCreate, ScopePlansRead, ScopePlansManage, ScopeDocsRead, ScopeDocsWrite, ScopeTokensManage}
}

// Principal is whoever a token stands for.
type Principal struct {
	Kind  PrincipalKind
	Link  Link     // for KindLink
	Token APIToken // for KindToken
}

// Has reports whether the principal's scopes include scope. People by link
// have no scopes: their role speaks for them.
func (p Principal) Has(scope string) bool {
	switch p.Kind {
	case KindAdmin:
		return true
	case KindToken:
		return slices.Contains(p.Token.Scopes, scope)
	}
	return false
}

// Person is how a principal appears to others and in the journal.
type Person struct {
	ID   string // stable; the same in presence, journal and history
	Name string
	Role string
	Side string
	Via  string // "link" or "token"
}

// Person says who the principal is. Before a name is given, the role stands
// in for it.
func (p Principal) Person() Person {
	switch p.Kind {
	case KindLink:
		name := p.Link.Name
		if name == "" {
			name = roleName(p.Link.Role)
		}
		return Person{ID: p.Link.Person, Name: name, Role: p.Link.Role, Side: p.Link.Side, Via: "link"}
	case KindToken:
		return Person{ID: "token." + p.Token.ID, Name: p.Token.Label, Via: "token"}
	case KindAdmin:
		return Person{ID: "admin", Name: "Administrator", Via: "token"}
	}
	return Person{}
}

func roleName(role string) string {
	switch role {
	case RoleOwner:
		return "Owner"
	case RoleSeller:
		return "Seller"
	case RoleBuyer:
		return "Buyer"
	case RoleChampion:
		return "Champion"
	case RoleCommenter:
		return "Commenter"
	case RoleViewer:
		return "Viewer"
	case RoleAuditor:
		return "Auditor"
	}
	return "Guest"
}
