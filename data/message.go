package data

import (
	"encoding/json"
	"time"
)

// MessageRule is by which channels a district lets what be told, and how to reach
// them. Kinds and channels are words of package message.
type MessageRule struct {
	Push, Webhook bool
	Kinds         map[string][]string
	QuietFrom     *int // minutes of the day; nil: there are no quiet hours
	QuietTo       *int
	URL           Sealed // of the gateway
	Secret        Sealed // signs what it is sent
	PushKey       Sealed // see package webpush
	PushPublic    string
	PushSubject   string // whom a push service may write to
	SetBy         string // account
	Set           time.Time
}

// MessageChoice is in which language somebody is told and by which channels not.
type MessageChoice struct {
	Language string
	Unwanted map[string][]string // channels by kind
}

// PendingMessage is something of the outbox that is to be told, with who is told.
type PendingMessage struct {
	ID int64
	Outgoing
	Over bool // it need not be told any more
	To   []Addressee
}

// Addressee is an account that is told something.
type Addressee struct {
	Account  string
	Choice   MessageChoice
	Browsers []string // its subscriptions, of sessions that are good
}

// NewMessage is a message that an account gets.
type NewMessage struct {
	Account   string
	Kind      string
	Emergency bool
	Due       time.Time
	Until     time.Time
	Parts     []int64 // of the outbox
	Ways      []NewWay
}

// NewWay is a way on which a message is sent.
type NewWay struct {
	Way     string // a subscription, or the gateway
	Channel string
	From    time.Time
}

// Message is a message as its account reads it.
type Message struct {
	ID        int64
	Kind      string
	Emergency bool
	Count     int // of all that it told of
	Open      int // of what is not over
	Due       time.Time
	Made      time.Time
	Read      time.Time
	Ladders   []int64
	Cases     []string
}

// Sending is a message on one way, claimed by somebody who sends it.
type Sending struct {
	Message   int64
	Way       string
	Channel   string
	Try       int // from 1
	Until     time.Time
	Kind      string
	Emergency bool
	Due       time.Time
	Made      time.Time
	Open      int // of what it tells of and is not over
	Language  string
	Account   string
	Visitor   string // whose account it is; empty: no visitor's
	Subject   string // who they are to a house that signs in for us; empty: none does
	Disabled  bool
	// Of a push: empty where the browser does not take any more.
	Endpoint, P256dh, Auth Sealed
}

// Undelivered is a message that a way did not take.
type Undelivered struct {
	Message int64
	Channel string
	Kind    string
	Made    time.Time
	Ended   time.Time
	Tries   int
	Fault   string
}

// WayEnd is what became of a try.
type WayEnd struct {
	Sent  bool
	Next  time.Time // of a try in vain: when the next one is; zero: it is given up
	Fault string
}

// PushSubscription is a browser that takes messages.
type PushSubscription struct {
	ID                     string
	Account                string
	Session                string
	Endpoint, P256dh, Auth Sealed
}

// lists writes lists by key as JSON.
func lists(m map[string][]string) (string, error) {
	if m == nil {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	return string(b), err
}
