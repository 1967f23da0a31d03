package service

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/message"
	"sanse/cmd/sanse/internal/webpush"
	"sanse/data"
)

// MessageText is a message as its account reads it.
type MessageText struct {
	data.Message
	Text string
}

// maxMessages is how many messages are listed at once.
const maxMessages = 50

// ownAccount is the account that asks, for what is its own alone.
func ownAccount(ctx context.Context) (string, error) {
	v := viewerOf(ctx)
	key := slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.Role == data.RoleService })
	if v.Account == "" || v.Session == "" || key {
		return "", forbidden("only who has signed in has messages")
	}
	return v.Account, nil
}

// Messages are those of whoever asks, the latest first, before one of that number if it
// is not 0, in the language that they chose; and how many they have not read.
func (s *Service) Messages(ctx context.Context, district string, before int64) (list []MessageText, unread int, more bool, err error) {
	account, err := ownAccount(ctx)
	if err != nil {
		return nil, 0, false, err
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, 0, false, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, 0, false, invalid("there is no time zone %q", d.TimeZone)
	}
	gate, now := s.store.Gate(), s.now()
	choice, err := gate.MessageChoice(ctx, d.Code, account)
	if err != nil {
		return nil, 0, false, err
	}
	all, err := gate.Messages(ctx, d.Code, account, now, before, maxMessages+1)
	if err != nil {
		return nil, 0, false, err
	}
	if more = len(all) > maxMessages; more {
		all = all[:maxMessages]
	}
	for i := range all {
		m := &all[i]
		// Of what it told of: that some of it is over is said beside it.
		text := message.Text(choice.Language, message.Content{Kind: message.Kind(m.Kind), Count: m.Count, Due: m.Due.In(zone)}, m.Made)
		list = append(list, MessageText{*m, text})
	}
	unread, err = gate.UnreadMessages(ctx, d.Code, account)
	return list, unread, more, err
}

// Unread is how many messages whoever asks has not read.
func (s *Service) Unread(ctx context.Context, district string) (int, error) {
	account, err := ownAccount(ctx)
	if err != nil {
		return 0, err
	}
	return s.store.Gate().UnreadMessages(ctx, district, account)
}

// ReadMessages notes that whoever asks has read messages of their own: those of these
// numbers, and all up to one. Numbers of others change nothing.
func (s *Service) ReadMessages(ctx context.Context, district string, upTo int64, ids []int64) (int, error) {
	account, err := ownAccount(ctx)
	if err != nil {
		return 0, err
	}
	gate := s.store.Gate()
	if err := gate.ReadMessages(ctx, district, account, s.now(), upTo, ids); err != nil {
		return 0, err
	}
	return gate.UnreadMessages(ctx, district, account)
}

// MessageChoice is what whoever asks has chosen, and what the district lets them
// choose from, by kind.
func (s *Service) MessageChoice(ctx context.Context, district string) (message.Choice, map[message.Kind][]message.Channel, error) {
	account, err := ownAccount(ctx)
	if err != nil {
		return message.Choice{}, nil, err
	}
	stored, err := s.store.Gate().MessageChoice(ctx, district, account)
	if err != nil {
		return message.Choice{}, nil, err
	}
	rule, err := s.messageRule(ctx, district)
	if err != nil {
		return message.Choice{}, nil, err
	}
	rules, lets := rulesOf(&rule), map[message.Kind][]message.Channel{}
	for _, k := range message.Kinds {
		lets[k] = rules.Lets(k)
	}
	return choiceOf(stored), lets, nil
}

// SetMessageChoice sets what whoever asks has chosen. What the district does not let
// may be turned off as well: it stays off when the district lets it.
func (s *Service) SetMessageChoice(ctx context.Context, district string, c message.Choice) error {
	account, err := ownAccount(ctx)
	if err != nil {
		return err
	}
	if err := c.Validate(); err != nil {
		return ownWords("this cannot be chosen", err)
	}
	stored := data.MessageChoice{Language: "zh", Unwanted: wordsOf(c.Off)}
	if c.Language != "" {
		stored.Language = c.Language
	}
	return s.store.Gate().PutMessageChoice(ctx, district, account, stored)
}

// PushState is what a browser has to know to take messages.
type PushState struct {
	On         bool   // the district lets it
	Public     string // with which it subscribes
	Subscribed bool   // it does, in this session
}

// Push tells whoever asks whether their browser takes messages, and can.
func (s *Service) Push(ctx context.Context, district string) (PushState, error) {
	if _, err := ownAccount(ctx); err != nil {
		return PushState{}, err
	}
	rule, err := s.messageRule(ctx, district)
	if err != nil || !rule.Push || s.outward == nil {
		return PushState{}, err
	}
	has, err := s.store.Gate().HasPushSubscription(ctx, district, viewerOf(ctx).Session)
	return PushState{On: true, Public: rule.PushPublic, Subscribed: has}, err
}

// Subscribe has the browser of whoever asks take messages, until their session ends.
func (s *Service) Subscribe(ctx context.Context, district string, sub webpush.Subscription) error {
	account, err := ownAccount(ctx)
	if err != nil {
		return err
	}
	rule, err := s.messageRule(ctx, district)
	if err != nil {
		return err
	}
	if !rule.Push || s.outward == nil {
		return &Error{Code: CodeNo, Message: "the district has not turned this on: messages go through the house that made the browser"}
	}
	if err := sub.Validate(); err != nil {
		return ownWords("this is no browser that takes messages", err)
	}
	if err := s.outward.Check(sub.Endpoint); err != nil {
		return ownWords("endpoint", err)
	}
	id, err := randomHex(8)
	if err != nil {
		return err
	}
	return s.store.Gate().PutPushSubscription(ctx, district, s.now(), data.PushSubscription{
		ID: "w" + id, Account: account, Session: viewerOf(ctx).Session,
		Endpoint: data.Sealed(sub.Endpoint), P256dh: data.Sealed(sub.P256dh), Auth: data.Sealed(sub.Auth),
	})
}

// Unsubscribe has the browser of whoever asks take no messages any more.
func (s *Service) Unsubscribe(ctx context.Context, district string) error {
	if _, err := ownAccount(ctx); err != nil {
		return err
	}
	return s.store.Gate().DropPushSubscription(ctx, district, "", viewerOf(ctx).Session)
}

// ownWords refuses what was given by the name of what it is, and in the words of an
// error that repeats nothing of it (packages message, webpush, outward).
func ownWords(what string, err error) error {
	return &Error{Code: CodeInvalid, Message: what + ": " + err.Error()}
}

// randomHex is so many random bytes in hex.
func randomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a name: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// MessageSettings are by which channels a district lets what be told. The address of
// its gateway is kept sealed, for it may hold a key, and told by its host alone; the
// secret is told once, when it is made.
type MessageSettings struct {
	message.Rules
	Gateway string // host; empty: none is set
	Subject string // whom push services may write to
	SetBy   string // account; empty: nobody has set anything
	Set     time.Time
}

// NewMessageSettings are settings to be.
type NewMessageSettings struct {
	message.Rules
	URL       *string // of the gateway; nil: as it was; empty: it is forgotten
	NewSecret bool    // the gateway is to be told another one
	Subject   string
}

// MessageSettings tells whoever looks after settings what they are.
func (s *Service) MessageSettings(ctx context.Context, district string) (MessageSettings, error) {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return MessageSettings{}, err
	}
	rule, err := s.messageRule(ctx, district)
	return settingsOf(&rule), err
}

func settingsOf(rule *data.MessageRule) MessageSettings {
	out := MessageSettings{Rules: rulesOf(rule), Subject: rule.PushSubject, SetBy: rule.SetBy, Set: rule.Set}
	if u, err := url.Parse(rule.URL.Reveal()); err == nil {
		out.Gateway = u.Host
	}
	return out
}

// SetMessageSettings sets them, and returns them with the secret of the gateway if it
// was made anew: it is told this once.
func (s *Service) SetMessageSettings(ctx context.Context, district string, n NewMessageSettings) (out MessageSettings, secret string, err error) {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return out, "", err
	}
	if err := n.Validate(); err != nil {
		return out, "", ownWords("these are no rules for messages", err)
	}
	rule, err := s.messageRule(ctx, district)
	if err != nil {
		return out, "", err
	}
	if s.outward == nil && (n.Push || n.Webhook) {
		return out, "", &Error{Code: CodeNo, Message: "this program does not go to other houses"}
	}
	if n.URL != nil {
		if rule.URL = data.Sealed(strings.TrimSpace(*n.URL)); rule.URL == "" {
			rule.Secret = ""
		} else if err := s.outward.Check(rule.URL.Reveal()); err != nil {
			return out, "", ownWords("url", err)
		}
	}
	if n.Webhook && rule.URL == "" {
		return out, "", invalid("webhook: say where the gateway is (url) before it is turned on")
	}
	if rule.URL != "" && (n.NewSecret || rule.Secret == "") {
		b := make([]byte, 32)
		if _, err := rand.Read(b); err != nil {
			return out, "", fmt.Errorf("make a secret: %w", err)
		}
		secret = base64.RawURLEncoding.EncodeToString(b)
		rule.Secret = data.Sealed(secret)
	}
	rule.PushSubject = strings.TrimSpace(n.Subject)
	if n.Push {
		if err := checkSubject(rule.PushSubject); err != nil {
			return out, "", err
		}
		if err := givePushKey(&rule); err != nil {
			return out, "", err
		}
	}
	rule.Push, rule.Webhook, rule.Kinds = n.Push, n.Webhook, wordsOf(n.Kinds)
	rule.QuietFrom, rule.QuietTo = nil, nil
	if q := n.Quiet; q != nil {
		from, to := int(q.From), int(q.To)
		rule.QuietFrom, rule.QuietTo = &from, &to
	}
	rule.SetBy, rule.Set = viewerOf(ctx).Account, s.now()
	if err := s.store.Gate().PutMessageRule(ctx, district, rule); err != nil {
		return out, "", err
	}
	return settingsOf(&rule), secret, nil
}

// maxSubject is the most characters of an address that push services may write to.
const maxSubject = 200

// checkSubject sees that push services can write to whoever looks after the server.
func checkSubject(text string) error {
	u, err := url.Parse(text)
	mail := err == nil && u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
	page := err == nil && u.Scheme == "https" && u.Host != ""
	if len(text) > maxSubject || !mail && !page {
		return invalid("subject: push services want to know whom to write to if something is wrong: an address such as mailto:office@example.gov.cn, or https://…")
	}
	return nil
}

// givePushKey makes the key by which push services know the server, if there is none.
func givePushKey(rule *data.MessageRule) error {
	if rule.PushKey != "" {
		return nil
	}
	key, err := webpush.NewKey()
	if err != nil {
		return err
	}
	secret, err := key.Secret()
	if err != nil {
		return err
	}
	rule.PushKey = data.Sealed(secret)
	rule.PushPublic, err = key.Public()
	return err
}

// testLast is how long a test is sent.
const testLast = 10 * time.Minute

// TestMessage sends a message to whoever asks by all channels that are on; it arrives
// as soon as messages are sent next.
func (s *Service) TestMessage(ctx context.Context, district string) error {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return err
	}
	account, err := ownAccount(ctx)
	if err != nil {
		return err
	}
	once, err := randomHex(8)
	if err != nil {
		return err
	}
	now := s.now()
	return s.store.Gate().Tell(ctx, district, data.Outgoing{Once: "test/" + once, Kind: string(message.Test), Account: account, From: now, Until: now.Add(testLast)})
}

// maxUndelivered is how much of what did not arrive is listed.
const maxUndelivered = 100

// Undelivered is what the ways did not take, the latest first, for whoever looks after
// settings: of whom it does not tell.
func (s *Service) Undelivered(ctx context.Context, district string) ([]data.Undelivered, error) {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return nil, err
	}
	return s.store.Gate().Undelivered(ctx, district, maxUndelivered)
}
