package models

import "slices"

// A Role says what a person may do on this server.
type Role string

// The roles. Pilots try things out before others do; support helps people back in, and
// finance is about money alone.
const (
	RoleUser      Role = "user"
	RolePilot     Role = "pilot"
	RoleSupport   Role = "support"
	RoleFinance   Role = "finance"
	RoleModerator Role = "moderator"
	RoleAdmin     Role = "admin"
	RoleOwner     Role = "owner"
)

// Roles are all roles, from least to most.
var Roles = []Role{RoleUser, RolePilot, RoleSupport, RoleFinance, RoleModerator, RoleAdmin, RoleOwner}

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Rank orders roles: somebody acts on those alone whose rank is lower.
func (r Role) Rank() int {
	return map[Role]int{RoleSupport: 1, RoleFinance: 1, RoleModerator: 2, RoleAdmin: 3, RoleOwner: 4}[r]
}

// A Permission is a part of looking after the server.
type Permission string

// The permissions.
const (
	SeePeople    Permission = "people"  // accounts with their private side, and who waits to be let in
	HelpPeople   Permission = "help"    // send a way to a new password, end a second step that was lost
	LetIn        Permission = "let_in"  // decide who waits
	Judge        Permission = "judge"   // reports, appeals, claims; warn, limit and suspend
	InvitePeople Permission = "invite"  // codes that let people sign up
	Doors        Permission = "doors"   // rules for e-mail and networks
	ReadLog      Permission = "log"     // what was done, by whom
	Servers      Permission = "servers" // rules for other servers
	House        Permission = "house"   // emoji, announcements and the rules of the server
	Run          Permission = "run"     // settings, queues, what is tried out
	Appoint      Permission = "appoint" // give roles
	Money        Permission = "money"   // what people pay and are paid
)

// Permissions are all permissions.
var Permissions = []Permission{SeePeople, HelpPeople, LetIn, Judge, InvitePeople, Doors, ReadLog, Servers, House, Run, Appoint, Money}

// grants is the table of who may do what.
var grants = map[Role][]Permission{
	RoleSupport:   {SeePeople, HelpPeople},
	RoleFinance:   {Money},
	RoleModerator: {SeePeople, HelpPeople, LetIn, Judge, InvitePeople, Doors, ReadLog},
	RoleAdmin:     {SeePeople, HelpPeople, LetIn, Judge, InvitePeople, Doors, ReadLog, Servers, House, Run, Appoint},
	RoleOwner:     Permissions,
}

// May reports whether the role has a permission.
func (r Role) May(p Permission) bool { return slices.Contains(grants[r], p) }

// Staff reports whether the role looks after a part of the server.
func (r Role) Staff() bool { return len(grants[r]) > 0 }

// Holding returns the roles that have a permission.
func Holding(p Permission) (roles []Role) {
	for _, r := range Roles {
		if r.May(p) {
			roles = append(roles, r)
		}
	}
	return roles
}

// SettingStaffFactor, if "required", lets those who look after the server do so only
// once they sign in with a second step.
const SettingStaffFactor = "staff.second_factor"
