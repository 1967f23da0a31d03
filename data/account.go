package data

import (
	"slices"
	"time"
)

// Role is what an account is granted: it says what its holder sees and does in
// the area, or for the body, of the grant.
type Role string

// The roles.
const (
	RoleWorker        Role = "worker"        // own areas, those of the linked visitor: names, own day
	RoleLeader        Role = "leader"        // an area: names, days of those led
	RolePlanner       Role = "planner"       // an area: records without names; plans
	RoleOfficial      Role = "official"      // an area: records; names where it is a community or below
	RoleDepartment    Role = "department"    // a body: the residents handed to it
	RoleTaskForce     Role = "task_force"    // an area: records; names of the residents handed to it
	RoleProvider      Role = "provider"      // a body, the id of the provider: the residents matched to it
	RoleAuditor       Role = "auditor"       // nobody; reads the audit
	RoleAdministrator Role = "administrator" // nobody; accounts, grants, keys, settings
	RoleService       Role = "service"       // a program with a key: an area, by the scopes of the key
)

// Roles lists the roles.
func Roles() []Role {
	return []Role{
		RoleWorker, RoleLeader, RolePlanner, RoleOfficial, RoleDepartment,
		RoleTaskForce, RoleProvider, RoleAuditor, RoleAdministrator, RoleService,
	}
}

// Valid tells whether it is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// NeedsArea tells whether a grant of the role names an area. One that needs
// none names none: a worker's are those of the linked visitor, and an auditor
// and an administrator serve the whole district.
func (r Role) NeedsArea() bool {
	switch r {
	case RoleLeader, RolePlanner, RoleOfficial, RoleTaskForce, RoleService:
		return true
	default:
		return false
	}
}

// NeedsBody tells whether a grant of the role names a body. One that needs none
// names none.
func (r Role) NeedsBody() bool { return r == RoleDepartment || r == RoleProvider }

// Account is who can sign in.
type Account struct {
	ID      string // "a" and 16 hex digits; opaque
	Login   string // in lower case, no spaces; one of a kind in the district
	Name    Sealed
	Visitor string // id of the visitor whose account it is; may be empty
	// Issuer and Subject are who it is to a house that signs in for us (OIDC);
	// both or neither are set.
	Issuer  string
	Subject string

	Password    string     // PHC string; empty: none
	SecretUntil *time.Time // the password is good once, until then; nil: it is the holder's own
	MustChange  bool       // the password is to be changed before anything else
	TOTP        Sealed     // secret of the second factor, as auth writes it; empty: none
	TOTPOn      bool       // it was confirmed and is asked for
	Recovery    []string   // SHA-256 in hex of the recovery codes left
	PIN         string     // PHC string; empty: none
	DisabledAt  *time.Time // nil: not disabled
	ClosedAt    *time.Time // its time is over, and nothing is left of it but the id; told by the database

	// What follows is told by the database. PutAccount leaves it alone: it is
	// changed by methods of Gate that do it in one step, so that two guesses at
	// once count as two.
	TOTPStep    int64 // the last step whose code was used
	Failures    int   // wrong passwords since the last right one
	LockedUntil *time.Time
	CreatedAt   time.Time
	SeenAt      *time.Time // the last sign-in
}

// Grant gives an account a role. It is in force from From until To or until it
// is ended, whichever comes first.
type Grant struct {
	N       int // numbered from 1 within the account; given by Give
	Account string
	Role    Role
	Area    string // see Role.NeedsArea
	Body    string // a department, or the id of a provider; see Role.NeedsBody
	From    time.Time
	To      *time.Time // the moment from which it no longer holds; nil: until ended
	GivenBy string     // account, or who worked at the command line
	Reason  Sealed     // who reads grants is told; Seat leaves it out
	EndedAt *time.Time
	EndedBy string
}

// SessionKind tells how a session is held.
type SessionKind string

// The kinds of sessions.
const (
	SessionPage  SessionKind = "page"
	SessionPhone SessionKind = "phone"
	SessionKey   SessionKind = "key" // an API key: grants of RoleService hold, and no other
)

// Stage tells what a session still lacks.
type Stage string

// The stages. Only a full session is shown anything.
const (
	StageFull     Stage = "full"
	StagePassword Stage = "password" // the password is to be changed
	StageTOTP     Stage = "totp"     // a code is asked for
	StageEnrol    Stage = "enrol"    // a second factor is to be set up
	StagePIN      Stage = "pin"      // the PIN is asked for
)

// Session is somebody signed in, or a key.
type Session struct {
	ID        string // "s" and 16 hex digits; opaque, no secret
	Account   string
	Kind      SessionKind
	Stage     Stage
	Scopes    []string // of a key: ids of operations, audiences, "names"
	Failures  int      // wrong PINs since the last right one
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Idle      time.Duration // it ends when not used for so long, in whole seconds; 0: only at ExpiresAt
	RevokedAt *time.Time
	Address   string // the net it was opened from (/24 or /48)
	Agent     Sealed
}

// Ended tells whether the session is over at that time: revoked, expired, or
// not used for too long.
func (s *Session) Ended(now time.Time) bool {
	return s.RevokedAt != nil && !s.RevokedAt.After(now) || !s.ExpiresAt.After(now) || s.IdledOut(now)
}

// IdledOut tells whether the session has not been used for too long.
func (s *Session) IdledOut(now time.Time) bool {
	return s.Idle > 0 && !s.SeenAt.Add(s.Idle).After(now)
}

// Seated is a session with whose it is and what they are granted.
type Seated struct {
	District string
	Session  Session
	Account  Account
	// Grants are those in force. One of a worker stands here once for each area
	// of the linked visitor, with that area in it, and one whose area was divided
	// or taken by others since it was given once for each that took its place as
	// well: what the database shows to the session. A key has those of RoleService
	// only, and nobody else has those.
	Grants []Grant
	// Factor are the roles that must have a second factor because the district says so.
	Factor []Role
}

// HandoverKind tells why a resident was handed over.
type HandoverKind string

// The kinds of handovers.
const (
	HandoverCase       HandoverKind = "case"
	HandoverBreakGlass HandoverKind = "break_glass" // taken in an emergency
	HandoverHelp       HandoverKind = "help"
)

// Handover lets somebody outside a resident's areas see the resident for a time.
type Handover struct {
	N        int // numbered from 1 within the resident; given by HandOver
	Resident string
	Account  string // to whom; or
	Body     string // to which department
	Kind     HandoverKind
	From, To time.Time // To is the moment from which it no longer holds
	GivenBy  string
	Reason   Sealed
}
