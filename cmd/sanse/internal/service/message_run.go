package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"sanse/cmd/sanse/internal/message"
	"sanse/cmd/sanse/internal/webpush"
	"sanse/data"
)

// Outward asks servers of other houses; see package outward. Its errors repeat
// nothing of an address.
type Outward interface {
	// Check tells whether an address is one that is gone to.
	Check(address string) error
	// Post sends a body and returns the status of the answer.
	Post(ctx context.Context, address string, header map[string]string, body []byte) (int, error)
	// Get asks and returns the status of the answer, and of a good one what it holds,
	// most bytes of it.
	Get(ctx context.Context, address string, header map[string]string, most int64) (int, []byte, error)
}

const (
	// messageBatch is how much of the outbox is told in one transaction.
	messageBatch = 500
	// wayBatch is how many messages are claimed to be sent at once, by wayHands at a
	// time; wayLease is how long nobody else tries them, longer than all of them take.
	wayBatch = 40
	wayHands = 8
	wayLease = 3 * time.Minute
)

// RunMessages is one pass over what people are told in all districts: deadlines that
// have come near are put into the outbox, messages made of what is there, and sent on
// their ways. Any number of processes may run it at once; it says how many messages
// arrived somewhere or were made. What one pass leaves undone, by an error or by a crash, the next
// does.
func (s *Service) RunMessages(ctx context.Context) (int, error) {
	all, err := s.store.Districts(ctx)
	if err != nil {
		return 0, err
	}
	told := 0
	for _, d := range all {
		n, e := s.runMessages(ctx, d)
		told += n
		if e != nil {
			err = errors.Join(err, fmt.Errorf("messages of district %s: %w", d.Code, e))
		}
	}
	return told, err
}

func (s *Service) runMessages(ctx context.Context, d data.District) (int, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return 0, invalid("there is no time zone %q", d.TimeZone)
	}
	stored, err := s.messageRule(ctx, d.Code)
	if err != nil {
		return 0, err
	}
	rules := rulesOf(&stored)
	// What is in the outbox goes out, whatever hinders that more is put there.
	failed := s.tellAgain(ctx, d.Code)
	told := 0
	for ctx.Err() == nil {
		now := s.now()
		n, err := s.store.Gate().DeliverOutbox(ctx, d.Code, now, messageBatch, func(list []data.PendingMessage) []data.NewMessage {
			return compose(&rules, list, now.In(zone))
		})
		told += n
		if err != nil {
			return told, errors.Join(failed, err)
		}
		if n < messageBatch {
			break
		}
	}
	n, err := s.sendWays(ctx, d.Code, &stored, zone)
	return told + n, errors.Join(failed, err, ctx.Err())
}

// messageRule are the rules of a district; of one that has decided nothing those for
// the app alone.
func (s *Service) messageRule(ctx context.Context, district string) (data.MessageRule, error) {
	v, err := s.store.Gate().MessageRule(ctx, district)
	if errors.Is(err, data.ErrNotFound) {
		return data.MessageRule{}, nil
	}
	return v, err
}

// tellAgain puts into the outbox what is due soon, or over.
func (s *Service) tellAgain(ctx context.Context, district string) error {
	now := s.now()
	held, err := s.store.HeldSoon(ctx, district, now, now.Add(heldNear))
	if err != nil {
		return err
	}
	clocks, err := s.store.CaseClocks(ctx, district, now.Add(-caseLast), now.Add(message.MaxNear))
	if err != nil {
		return err
	}
	var list []data.Outgoing
	for i := range held {
		list = append(list, heldAgain(&held[i], now))
	}
	var cases []data.Outgoing
	var once []string
	for i := range clocks {
		if o, due := caseClock(&clocks[i], now); due {
			cases, once = append(cases, o), append(once, o.Once)
		}
	}
	if len(cases) > 0 { // most were told in an earlier pass
		told, err := s.store.ToldOnce(ctx, district, once)
		if err != nil {
			return err
		}
		for _, o := range cases {
			if !told[o.Once] {
				list = append(list, o)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return s.store.Write(ctx, func(tx *data.Tx) error { return tx.Tell(district, list) })
}

// heldNear is how long before their deadline who holds a visit is told again.
const heldNear = 30 * time.Minute

// sendWays sends what is due, and says how many messages arrived.
func (s *Service) sendWays(ctx context.Context, district string, stored *data.MessageRule, zone *time.Location) (int, error) {
	if s.outward == nil || !stored.Push && !stored.Webhook {
		return 0, nil
	}
	gate := s.store.Gate()
	if err := gate.DropEndedSubscriptions(ctx, district); err != nil {
		return 0, err
	}
	var sent atomic.Int64
	for ctx.Err() == nil {
		list, err := gate.ClaimWays(ctx, district, s.now(), wayLease, wayBatch)
		if err != nil {
			return int(sent.Load()), err
		}
		hands, within := errgroup.WithContext(ctx)
		hands.SetLimit(wayHands)
		for i := range list {
			hands.Go(func() error {
				end, err := s.send(within, district, stored, &list[i], zone)
				if err != nil {
					return err // it was given up: the lease ends, and it is tried again
				}
				if end.Sent {
					sent.Add(1)
				}
				return gate.EndWay(within, district, list[i].Message, list[i].Way, s.now(), end)
			})
		}
		if err := hands.Wait(); err != nil {
			return int(sent.Load()), err
		}
		if len(list) < wayBatch {
			break
		}
	}
	return int(sent.Load()), nil
}

// What became of a message that was not sent, in words of the program's own.
const (
	faultExpired  = "expired"  // its time is over
	faultOver     = "over"     // what it tells of is over
	faultOff      = "off"      // the district has turned the channel off
	faultDisabled = "disabled" // the account is
	faultGone     = "gone"     // the browser does not take any more
	faultBroken   = "broken"   // it could not be made: this is a fault of the program, or of what a browser said
)

// send tries to send a message on its way. An error says that the attempt itself was
// broken off.
func (s *Service) send(ctx context.Context, district string, stored *data.MessageRule, m *data.Sending, zone *time.Location) (data.WayEnd, error) {
	now := s.now()
	channel := message.Channel(m.Channel)
	switch {
	case !m.Until.After(now):
		return data.WayEnd{Fault: faultExpired}, nil
	case m.Open == 0:
		return data.WayEnd{Fault: faultOver}, nil
	case m.Disabled:
		return data.WayEnd{Fault: faultDisabled}, nil
	case channel == message.Push && !stored.Push, channel == message.Webhook && !stored.Webhook:
		return data.WayEnd{Fault: faultOff}, nil
	case channel == message.Push && m.Endpoint == "":
		return data.WayEnd{Fault: faultGone}, nil
	}
	text := message.Text(m.Language, message.Content{Kind: message.Kind(m.Kind), Count: m.Open, Due: m.Due.In(zone)}, now)
	var status int
	var err error
	if channel == message.Push {
		status, err = s.push(ctx, district, stored, m, text, now)
	} else {
		status, err = s.callGateway(ctx, district, stored, m, text, now)
	}
	switch {
	case ctx.Err() != nil:
		return data.WayEnd{}, ctx.Err()
	case err == nil && status >= 200 && status < 300:
		return data.WayEnd{Sent: true}, nil
	case err == nil && channel == message.Push && (status == 404 || status == 410):
		return data.WayEnd{Fault: faultGone}, s.store.Gate().DropPushSubscription(ctx, district, m.Way, "")
	}
	end := data.WayEnd{Fault: faultOf(status, err)}
	if next := now.Add(message.Backoff(m.Try)); m.Try < message.MaxTries && next.Before(m.Until) {
		end.Next = next
	}
	return end, nil
}

// faultOf says why a try was in vain: by the word of the error, or by what was
// answered.
func faultOf(status int, err error) string {
	var word interface{ Fault() string }
	switch {
	case err == nil:
		return fmt.Sprint("answer ", status)
	case errors.As(err, &word):
		return word.Fault()
	default:
		return faultBroken
	}
}

// messageName is the name of a message outside, the same however often it is sent.
func messageName(district string, id int64) string { return fmt.Sprintf("%s-m%d", district, id) }

// GatewayMessage is what the gateway of a district is sent.
type GatewayMessage struct {
	ID       string        `json:"id"` // the same of a message that is sent again
	To       GatewayPerson `json:"to"`
	Kind     string        `json:"kind"`
	Count    int           `json:"count"`
	Due      *time.Time    `json:"due,omitempty"`
	Made     time.Time     `json:"made"`
	Language string        `json:"language"`
	Text     string        `json:"text"`
}

// GatewayPerson is whom a gateway is to tell, by what it may know them by.
type GatewayPerson struct {
	Account string `json:"account"`
	Visitor string `json:"visitor,omitempty"` // the number of who visits, as it was imported
	Subject string `json:"subject,omitempty"` // who they are to the house that signs in for us
}

// callGateway sends a message to the gateway of the district.
func (s *Service) callGateway(ctx context.Context, district string, stored *data.MessageRule, m *data.Sending, text string, now time.Time) (int, error) {
	out := GatewayMessage{
		ID: messageName(district, m.Message), To: GatewayPerson{m.Account, m.Visitor, m.Subject}, Kind: m.Kind, Count: m.Open, Made: m.Made.UTC(), Language: m.Language, Text: text,
	}
	if !m.Due.IsZero() {
		due := m.Due.UTC()
		out.Due = &due
	}
	body, err := json.Marshal(out)
	if err != nil {
		return 0, err
	}
	header := message.Sign(stored.Secret.Reveal(), now, body)
	header["Content-Type"] = "application/json"
	return s.outward.Post(ctx, stored.URL.Reveal(), header, body)
}

// pushed is what a browser is shown.
type pushed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Kind  string `json:"kind"`
}

// push sends a message to a browser.
func (s *Service) push(ctx context.Context, district string, stored *data.MessageRule, m *data.Sending, text string, now time.Time) (int, error) {
	body, err := json.Marshal(pushed{messageName(district, m.Message), message.Title(m.Language), text, m.Kind})
	if err != nil {
		return 0, err
	}
	to := webpush.Subscription{Endpoint: m.Endpoint.Reveal(), P256dh: m.P256dh.Reveal(), Auth: m.Auth.Reveal()}
	if body, err = webpush.Seal(to, body); err != nil {
		return 0, err
	}
	key, err := webpush.ParseKey(stored.PushKey.Reveal())
	if err != nil {
		return 0, err
	}
	word, err := key.Authorization(to.Endpoint, stored.PushSubject, now)
	if err != nil {
		return 0, err
	}
	urgency := "normal"
	if m.Emergency {
		urgency = "high"
	}
	return s.outward.Post(ctx, to.Endpoint, map[string]string{
		"Authorization": word, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
		"TTL": fmt.Sprint(int(m.Until.Sub(now).Seconds())), "Urgency": urgency,
	}, body)
}
