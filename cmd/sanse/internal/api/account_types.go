package api

import "time"

// AccountView is an account, as administrators see it: nothing of its secrets.
type AccountView struct {
	ID          string      `json:"id"`
	Login       string      `json:"login"`
	Name        string      `json:"name"`
	Kind        string      `json:"kind" enum:"person,key,made_up"`
	Visitor     string      `json:"visitor" doc:"who of the visitors it is"`
	Issuer      string      `json:"issuer" doc:"the house that signs in for it; empty: this one"`
	Disabled    bool        `json:"disabled"`
	Closed      bool        `json:"closed" doc:"disabled for so long that its time is over: nothing is left of it but the id, and it is never opened again"`
	TOTP        bool        `json:"totp"`
	PIN         bool        `json:"pin"`
	MustChange  bool        `json:"must_change" doc:"it still has its one-time secret"`
	SecretUntil *string     `json:"secret_until" doc:"when the one-time secret ends"`
	LockedUntil *string     `json:"locked_until" doc:"too many wrong passwords; it ends by itself"`
	CreatedAt   string      `json:"created_at"`
	SeenAt      *string     `json:"seen_at" doc:"the last sign-in"`
	Grants      []GrantView `json:"grants"`
}

// GrantView is a role that an account has, had or will have.
type GrantView struct {
	N int `json:"n"`
	SeatView
	From    string  `json:"from"`
	To      *string `json:"to"`
	GivenBy string  `json:"given_by" doc:"account, or operator"`
	Reason  string  `json:"reason"`
	EndedAt *string `json:"ended_at"`
	EndedBy string  `json:"ended_by"`
	InForce bool    `json:"in_force"`
}

// AccountList is accounts.
type AccountList struct {
	Items []AccountView `json:"items"`
	Total int           `json:"total" doc:"how many there are, however many are listed"`
}

// GrantInput is a role to be given.
type GrantInput struct {
	Role   string     `json:"role" enum:"worker,leader,planner,official,department,task_force,provider,auditor,administrator"`
	Area   string     `json:"area,omitempty" maxLength:"32" doc:"code; of leader, planner, official and task_force"`
	Body   string     `json:"body,omitempty" maxLength:"64" doc:"of department and provider"`
	From   *time.Time `json:"from,omitempty" doc:"absent: now"`
	To     *time.Time `json:"to,omitempty" doc:"the moment from which it no longer holds; absent: until it is ended"`
	Reason string     `json:"reason,omitempty" maxLength:"200" doc:"kept sealed"`
}

// AccountInput is an account to be made.
type AccountInput struct {
	Login   string       `json:"login" minLength:"1" maxLength:"128"`
	Name    string       `json:"name" maxLength:"100"`
	Visitor string       `json:"visitor,omitempty" maxLength:"64"`
	Issuer  string       `json:"issuer,omitempty" maxLength:"512" doc:"with subject: another house signs in for it"`
	Subject string       `json:"subject,omitempty" maxLength:"255"`
	Grants  []GrantInput `json:"grants,omitempty" maxItems:"100"`
}

// AccountMade is an account with its secret.
type AccountMade struct {
	Account AccountView `json:"account"`
	Secret  string      `json:"secret" doc:"to sign in with the first time, shown this once; empty where another house signs in"`
	Until   *string     `json:"until" doc:"when the secret ends"`
}

// AccountChange is what is changed of an account.
type AccountChange struct {
	Name     *string `json:"name,omitempty" maxLength:"100"`
	Visitor  *string `json:"visitor,omitempty" maxLength:"64"`
	Disabled *bool   `json:"disabled,omitempty"`
}

// SecretMade is a new secret.
type SecretMade struct {
	Secret string  `json:"secret" doc:"to sign in with once, shown this once"`
	Until  *string `json:"until"`
}

// GrantMade is the number of a grant.
type GrantMade struct {
	N int `json:"n"`
}

// SessionsEnded is how many were ended.
type SessionsEnded struct {
	Ended int `json:"ended"`
}

// KeyInput is a key to be made for a program.
type KeyInput struct {
	Name   string     `json:"name" minLength:"1" maxLength:"100" doc:"of the program; not a person"`
	Scopes []string   `json:"scopes" minItems:"1" maxItems:"200" doc:"ids of operations, audiences, or the word names"`
	Area   string     `json:"area" minLength:"1" maxLength:"32"`
	To     *time.Time `json:"to,omitempty" doc:"when it ends; absent: after a year"`
}

// KeyMade is a key.
type KeyMade struct {
	Account AccountView `json:"account"`
	Key     string      `json:"key" doc:"to be sent as Authorization: Bearer, shown this once"`
}

// FactorList says of every role of people whether it must have a second factor.
type FactorList struct {
	Items []FactorView `json:"items"`
}

// FactorView is a role and its second factor.
type FactorView struct {
	Role   string `json:"role"`
	Always bool   `json:"always" doc:"in every district"`
	Asked  bool   `json:"asked" doc:"because this district says so"`
	Basis  string `json:"basis" doc:"why"`
}

// FactorInput is why a role must have a second factor.
type FactorInput struct {
	Basis string `json:"basis" minLength:"1" maxLength:"2000" doc:"why; at most 500 characters"`
}
