package data

import (
	"context"
	"slices"
	"time"
)

// Event is a row of the audit: who did what with which records, from where, why,
// and what came of it. Nothing personal stands in it but the sealed reason.
type Event struct {
	ID      int64             `json:"id"`      // numbers the rows in the order in which they were begun; given by the store
	At      time.Time         `json:"at"`      // zero on the way in: the database's clock
	Account string            `json:"account"` // id; OperatorPrefix and the user's name for who works on the machine itself; empty: nobody known
	Session string            `json:"session"` // id, never the token
	Role    string            `json:"role"`
	Action  Action            `json:"action"`
	Object  string            `json:"object"`  // what kind of thing: resident, visitor_day, need, account, grant …
	IDs     []string          `json:"ids"`     // the records, by opaque id; the store keeps the first MaxEventIDs
	N       int               `json:"n"`       // how many records; 0 on the way in: as many as IDs
	Area    string            `json:"area"`    // code of the area asked about, or in which the records lie
	Address string            `json:"address"` // the network it came from (/24 or /48)
	Purpose string            `json:"purpose"`
	Reason  Sealed            `json:"reason"` // what was given as the reason, where one is asked for
	Outcome Outcome           `json:"outcome"`
	Request string            `json:"request"` // tells rows of one request together
	Detail  map[string]string `json:"detail"`  // what else there is to say; nothing personal
}

// MaxEventIDs is how many ids of records a row keeps.
const MaxEventIDs = 500

// OperatorPrefix begins the account of who works at the command line of the
// machine; the name of the system's user follows.
const OperatorPrefix = "os:"

// Action is what was done.
type Action string

// The actions.
const (
	ActRead     Action = "read"     // single records were told
	ActName     Action = "name"     // names, addresses or phones were told
	ActExport   Action = "export"   // a file was made
	ActCreate   Action = "create"   // a record was made
	ActUpdate   Action = "update"   // a record was changed
	ActDelete   Action = "delete"   // a record was taken away
	ActPublish  Action = "publish"  // something came into force: a draft, a plan
	ActImport   Action = "import"   // a file was taken in
	ActGrant    Action = "grant"    // a right was given
	ActEnd      Action = "end"      // a right was ended
	ActSignIn   Action = "sign_in"  // somebody came in, or tried to
	ActSignOut  Action = "sign_out" // somebody left
	ActStage    Action = "stage"    // a session came to another stage
	ActRevoke   Action = "revoke"   // a session or a key was ended by somebody
	ActKey      Action = "key"      // a key of the store was made, used or retired
	ActBreak    Action = "break_glass"
	ActRun      Action = "run" // a verb of the command line that touches people
	ActAuditing Action = "audit"
)

// Actions are all actions.
var Actions = []Action{
	ActRead, ActName, ActExport, ActCreate, ActUpdate, ActDelete, ActPublish, ActImport, ActGrant, ActEnd,
	ActSignIn, ActSignOut, ActStage, ActRevoke, ActKey, ActBreak, ActRun, ActAuditing,
}

// Outcome is what came of it.
type Outcome string

// The outcomes.
const (
	OutcomeOK      Outcome = "ok"
	OutcomeRefused Outcome = "refused"
	// OutcomeRefusedByDatabase: the program would have shown it and the database
	// did not: one of the two is wrong.
	OutcomeRefusedByDatabase Outcome = "refused_by_database"
	OutcomeFailed            Outcome = "failed"
)

// Outcomes are all outcomes.
var Outcomes = []Outcome{OutcomeOK, OutcomeRefused, OutcomeRefusedByDatabase, OutcomeFailed}

// Actor is who does what is done in a context. Records of the audit take from it
// what they do not say themselves.
type Actor struct {
	Account, Session, Role, Address, Request, Purpose string
}

type actorKey struct{}

// WithActor says who does what is done in the context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is who does what is done in the context; the zero Actor if nobody said.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor) // nobody said: nobody known
	return a
}

// filled is the event with what it leaves out taken from the context.
func (e Event) filled(ctx context.Context) Event {
	a := ActorOf(ctx)
	for _, f := range []struct {
		into *string
		from string
	}{{&e.Account, a.Account}, {&e.Session, a.Session}, {&e.Role, a.Role}, {&e.Address, a.Address}, {&e.Request, a.Request}, {&e.Purpose, a.Purpose}} {
		if *f.into == "" {
			*f.into = f.from
		}
	}
	e.N = max(e.N, len(e.IDs))
	e.IDs = slices.Clone(e.IDs[:min(len(e.IDs), MaxEventIDs)])
	if e.Outcome == "" {
		e.Outcome = OutcomeOK
	}
	detail := make(map[string]string, len(e.Detail))
	for k, v := range e.Detail {
		if v != "" {
			detail[k] = v
		}
	}
	e.Detail = detail
	return e
}
