package data

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// liveSession is the condition under which a browser of session s takes messages: it
// is signed in, and not over. A phone that has lain asks for its PIN, and rings all
// the same.
const liveSession = `s.revoked_at IS NULL AND s.expires_at > now() AND s.stage IN ('full', 'pin')
	AND (s.kind = 'phone' OR s.idle_seconds = 0 OR s.seen_at + make_interval(secs => s.idle_seconds) > now())`

// inForceNow is the condition under which grant g holds.
const inForceNow = `g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now())`

// DeliverOutbox makes messages of what is to be told by now, most of it at once, in
// one transaction, and says how much it was. What the function makes of it is stored with it being
// told, or neither is: so nobody is told twice and nothing is left out, however many
// do it at once.
func (g *Gate) DeliverOutbox(ctx context.Context, district string, now time.Time, most int, make func([]PendingMessage) []NewMessage) (n int, err error) {
	err = pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		inside := &Reads{db: tx, keys: g.keys}
		list, err := collect(ctx, inside, "outbox", func(r pgx.Rows, v *PendingMessage) error {
			var due *time.Time
			err := r.Scan(&v.ID, &v.Kind, &v.Visitor, &v.Account, &v.Role, &v.Area, &v.Body, &v.But, &v.N, &v.Emergency, &due, &v.Until, &v.Over)
			if due != nil {
				v.Due = *due
			}
			return err
		}, `SELECT id, kind, COALESCE(to_visitor, ''), COALESCE(to_account, ''), COALESCE(to_role, ''), COALESCE(to_area, ''), COALESCE(to_body, ''), COALESCE(but, ''),
				n, emergency, due_at, until, over_at IS NOT NULL OR until <= $2
			FROM outbox WHERE district = $1 AND told_at IS NULL AND from_at <= $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED`, district, now, most)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := addressees(ctx, inside, district, list); err != nil {
			return err
		}
		if err := putMessages(ctx, tx, district, now, make(list)); err != nil {
			return err
		}
		ids, reached := []int64{}, []*int32{}
		for i := range list {
			ids = append(ids, list[i].ID)
			var told *int32
			if count := int32(len(list[i].To)); !list[i].Over {
				told = &count
			}
			reached = append(reached, told)
		}
		if _, err := tx.Exec(ctx, `UPDATE outbox o SET told_at = $2, reached = t.reached FROM unnest($3::bigint[], $4::integer[]) AS t (id, reached)
			WHERE o.district = $1 AND o.id = t.id`, district, now, ids, reached); err != nil {
			return fmt.Errorf("tell what is in the outbox: %w", tidy(err))
		}
		n = len(list)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("deliver the outbox: %w", err)
	}
	return n, nil
}

// holding is a grant by which somebody is found.
type holding struct {
	account    string
	role       Role
	area, body string
}

// addressees finds who is told what.
func addressees(ctx context.Context, r *Reads, district string, list []PendingMessage) error {
	var visitors, accounts, roles []string
	for i := range list {
		p := &list[i]
		if p.Over {
			continue
		}
		if p.Visitor != "" {
			visitors = append(visitors, p.Visitor)
		}
		if p.Account != "" {
			accounts = append(accounts, p.Account)
		}
		if p.Role != "" {
			roles = append(roles, string(p.Role))
		}
	}
	type owner struct{ visitor, account string }
	own, err := collect(ctx, r, "accounts", func(r pgx.Rows, v *owner) error { return r.Scan(&v.visitor, &v.account) },
		`SELECT COALESCE(a.visitor, ''), a.id FROM account a WHERE a.district = $1 AND (a.visitor = ANY ($2) OR a.id = ANY ($3)) AND a.disabled_at IS NULL
			AND EXISTS (SELECT FROM account_grant g WHERE g.district = $1 AND g.account = a.id AND g.role <> 'service' AND `+inForceNow+`) ORDER BY a.id`,
		district, orEmpty(visitors), orEmpty(accounts))
	if err != nil {
		return err
	}
	byVisitor, there := map[string][]string{}, map[string]bool{}
	for _, o := range own {
		there[o.account] = true
		if o.visitor != "" {
			byVisitor[o.visitor] = append(byVisitor[o.visitor], o.account)
		}
	}
	grants, err := holdings(ctx, r, district, roles, false)
	if err != nil {
		return err
	}
	var followed []holding // read when somebody is found in no other way
	everybody := map[string]*Addressee{}
	for i := range list {
		p := &list[i]
		var to []string
		switch {
		case p.Over:
		case p.Visitor != "":
			to = byVisitor[p.Visitor]
		case p.Account != "":
			if there[p.Account] {
				to = []string{p.Account}
			}
		case p.Role != "":
			if to = holdersOf(grants, p); len(to) == 0 && p.Area != "" {
				if followed == nil {
					if followed, err = holdings(ctx, r, district, roles, true); err != nil {
						return err
					}
				}
				to = holdersOf(followed, p)
			}
		}
		for _, a := range to {
			if a != p.But {
				p.To = append(p.To, Addressee{Account: a})
				everybody[a] = nil
			}
		}
	}
	return describeAddressees(ctx, r, district, list, everybody)
}

// holdings are the grants of some roles that are in force; followed, with the areas
// that took the place of those that were granted.
func holdings(ctx context.Context, r *Reads, district string, roles []string, followed bool) ([]holding, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	area, from := `COALESCE(g.area, '')`, ``
	if followed {
		area, from = `COALESCE(f.area, '')`, ` LEFT JOIN LATERAL trust.followed(g.district, g.area, g.from_at) f (area) ON true`
	}
	return collect(ctx, r, "grants", func(r pgx.Rows, v *holding) error { return r.Scan(&v.account, &v.role, &v.area, &v.body) },
		`SELECT g.account, g.role, `+area+`, COALESCE(g.body, '') FROM account_grant g JOIN account a ON a.district = g.district AND a.id = g.account`+from+`
			WHERE g.district = $1 AND g.role = ANY ($2) AND a.disabled_at IS NULL AND `+inForceNow+` ORDER BY g.account, g.n`, district, roles)
}

// holdersOf are the accounts that have the role for the body, or in the narrowest area
// around a place.
func holdersOf(grants []holding, p *PendingMessage) (out []string) {
	narrow := -1
	for _, g := range grants {
		if g.role != p.Role || g.body != p.Body || !strings.HasPrefix(p.Area, g.area) || len(g.area) < narrow {
			continue
		}
		if len(g.area) > narrow {
			narrow, out = len(g.area), nil
		}
		if !slices.Contains(out, g.account) {
			out = append(out, g.account)
		}
	}
	return out
}

// describeAddressees adds what those who are told have chosen, and their browsers.
func describeAddressees(ctx context.Context, r *Reads, district string, list []PendingMessage, everybody map[string]*Addressee) error {
	if len(everybody) == 0 {
		return nil
	}
	ids := make([]string, 0, len(everybody))
	for id := range everybody {
		ids = append(ids, id)
		everybody[id] = &Addressee{Account: id}
	}
	choices, err := collect(ctx, r, "choices", func(r pgx.Rows, v *Addressee) error {
		var unwanted []byte
		if err := r.Scan(&v.Account, &v.Choice.Language, &unwanted); err != nil {
			return err
		}
		return json.Unmarshal(unwanted, &v.Choice.Unwanted)
	}, `SELECT account, language, unwanted FROM message_choice WHERE district = $1 AND account = ANY ($2)`, district, ids)
	if err != nil {
		return err
	}
	for i := range choices {
		everybody[choices[i].Account].Choice = choices[i].Choice
	}
	type browser struct{ account, id string }
	browsers, err := collect(ctx, r, "browsers", func(r pgx.Rows, v *browser) error { return r.Scan(&v.account, &v.id) },
		`SELECT p.account, p.id FROM push_subscription p JOIN session s ON s.district = p.district AND s.id = p.session
			WHERE p.district = $1 AND p.account = ANY ($2) AND `+liveSession+` ORDER BY p.id`, district, ids)
	if err != nil {
		return err
	}
	for _, b := range browsers {
		everybody[b.account].Browsers = append(everybody[b.account].Browsers, b.id)
	}
	for i := range list {
		for k := range list[i].To {
			list[i].To[k] = *everybody[list[i].To[k].Account]
		}
	}
	return nil
}

// putMessages stores messages with what they tell of and their ways.
func putMessages(ctx context.Context, tx pgx.Tx, district string, now time.Time, list []NewMessage) error {
	batch := &pgx.Batch{}
	for i := range list {
		m := &list[i]
		var ways, channels []string
		var from []time.Time
		for _, w := range m.Ways {
			ways, channels, from = append(ways, w.Way), append(channels, w.Channel), append(from, w.From)
		}
		batch.Queue(`WITH made AS (
				INSERT INTO message (district, account, kind, emergency, due_at, made_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
			), parts AS (
				INSERT INTO message_part (district, outbox, account, message) SELECT $1, o, $2, made.id FROM made, unnest($8::bigint[]) o
			)
			INSERT INTO message_way (district, message, way, channel, next_at, until)
			SELECT $1, made.id, w.way, w.channel, w.from_at, $7 FROM made, unnest($9::text[], $10::text[], $11::timestamptz[]) AS w (way, channel, from_at)`,
			district, m.Account, m.Kind, m.Emergency, timeOrNil(m.Due), now, m.Until, m.Parts, orEmpty(ways), orEmpty(channels), from)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("store messages: %w", tidy(err))
	}
	return nil
}

// ClaimWays takes up to most messages that are to be sent by now, the longest due
// first; until the lease is over nobody else does. What somebody had claimed who died is then
// tried again, with the same number, so that whoever got it twice can tell.
func (g *Gate) ClaimWays(ctx context.Context, district string, now time.Time, lease time.Duration, most int) ([]Sending, error) {
	return opened(ctx, &g.Reads, district, func(k *sealer) ([]Sending, error) {
		var list []Sending
		// In a transaction: what cannot be opened is not claimed.
		err := pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) (err error) {
			list, err = collect(ctx, &Reads{db: tx, keys: g.keys}, "messages to be sent", func(r pgx.Rows, v *Sending) error {
				var due *time.Time
				var browser string
				var sealed [3][]byte
				if err := r.Scan(&v.Message, &v.Way, &v.Channel, &v.Try, &v.Until, &v.Kind, &v.Emergency, &due, &v.Made, &v.Open, &v.Language, &v.Account, &v.Visitor, &v.Subject,
					&v.Disabled, &browser, &sealed[0], &sealed[1], &sealed[2]); err != nil {
					return err
				}
				if due != nil {
					v.Due = *due
				}
				for i, f := range []struct {
					into   *Sealed
					column string
				}{{&v.Endpoint, "endpoint"}, {&v.P256dh, "p256dh"}, {&v.Auth, "auth"}} {
					var err error
					if *f.into, err = k.open(sealed[i], "push_subscription", f.column, browser); err != nil {
						return err
					}
				}
				return nil
			}, `WITH due AS MATERIALIZED (
					SELECT message, way FROM message_way WHERE district = $1 AND next_at <= $2 ORDER BY next_at LIMIT $4 FOR UPDATE SKIP LOCKED
				), took AS (
					UPDATE message_way w SET tries = w.tries + 1, next_at = $3 FROM due d WHERE w.district = $1 AND w.message = d.message AND w.way = d.way
					RETURNING w.message, w.way, w.channel, w.tries, w.until
				)
				SELECT t.message, t.way, t.channel, t.tries, t.until, m.kind, m.emergency, m.due_at, m.made_at,
					(SELECT COALESCE(sum(o.n), 0)::integer FROM message_part p JOIN outbox o ON o.district = $1 AND o.id = p.outbox
						WHERE p.district = $1 AND p.message = t.message AND p.account = m.account AND o.over_at IS NULL),
					COALESCE(c.language, 'zh'), m.account, COALESCE(a.visitor, ''), COALESCE(a.subject, ''), a.disabled_at IS NOT NULL,
					COALESCE(b.id, ''), b.endpoint, b.p256dh, b.auth
				FROM took t
				JOIN message m ON m.district = $1 AND m.id = t.message
				JOIN account a ON a.district = $1 AND a.id = m.account
				LEFT JOIN message_choice c ON c.district = $1 AND c.account = m.account
				LEFT JOIN (push_subscription b JOIN session s ON s.district = b.district AND s.id = b.session AND `+liveSession+`)
					ON t.channel = 'push' AND b.district = $1 AND b.id = t.way AND b.account = m.account
				ORDER BY t.message, t.way`, district, now, now.Add(lease), most)
			return err
		})
		return list, err
	})
}

// EndWay says what became of a try. What has arrived or was given up stays so.
func (g *Gate) EndWay(ctx context.Context, district string, message int64, way string, now time.Time, end WayEnd) error {
	return pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE message_way SET sent_at = CASE WHEN $5 THEN $4::timestamptz END, next_at = CASE WHEN NOT $5 THEN $6::timestamptz END,
				ended_at = CASE WHEN NOT $5 AND $6::timestamptz IS NULL THEN $4::timestamptz END, fault = $7
			WHERE district = $1 AND message = $2 AND way = $3 AND sent_at IS NULL AND ended_at IS NULL`,
			district, message, way, now, end.Sent, timeOrNil(end.Next), orNil(end.Fault))
		if err == nil && end.Sent {
			_, err = tx.Exec(ctx, `UPDATE outbox o SET delivered_at = $3 FROM message_part p
				WHERE p.district = $1 AND p.message = $2 AND o.district = $1 AND o.id = p.outbox AND o.delivered_at IS NULL`, district, message, now)
		}
		if err != nil {
			return fmt.Errorf("say what became of a message: %w", tidy(err))
		}
		return nil
	})
}

// Messages returns the last messages of an account, before one of that number if it
// is not 0, the latest first, and notes that they were shown.
func (g *Gate) Messages(ctx context.Context, district, account string, now time.Time, before int64, limit int) (list []Message, err error) {
	err = pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		list, err = collect(ctx, &Reads{db: tx, keys: g.keys}, "messages", func(r pgx.Rows, v *Message) error {
			var due, read *time.Time
			err := r.Scan(&v.ID, &v.Kind, &v.Emergency, &due, &v.Made, &read, &v.Count, &v.Open, &v.Ladders, &v.Cases)
			if due != nil {
				v.Due = *due
			}
			if read != nil {
				v.Read = *read
			}
			return err
		}, `SELECT m.id, m.kind, m.emergency, m.due_at, m.made_at, m.read_at, COALESCE(sum(o.n), 0)::integer, COALESCE(sum(o.n) FILTER (WHERE o.over_at IS NULL), 0)::integer,
				COALESCE(array_agg(o.ladder ORDER BY o.id) FILTER (WHERE o.ladder IS NOT NULL), '{}'), COALESCE(array_agg(o.incident ORDER BY o.id) FILTER (WHERE o.incident IS NOT NULL), '{}')
			FROM (SELECT * FROM message WHERE district = $1 AND account = $2 AND ($3::bigint = 0 OR id < $3) ORDER BY id DESC LIMIT $4) m
			LEFT JOIN message_part p ON p.district = m.district AND p.message = m.id
			LEFT JOIN outbox o ON o.district = p.district AND o.id = p.outbox
			GROUP BY m.id, m.kind, m.emergency, m.due_at, m.made_at, m.read_at ORDER BY m.id DESC`, district, account, before, limit)
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		return noteMessages(ctx, tx, district, account, "shown_at", "delivered_at", now, ids)
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return list, nil
}

// noteMessages notes a time of messages of an account that have none yet, and of what
// they tell of.
func noteMessages(ctx context.Context, tx pgx.Tx, district, account, column, of string, now time.Time, ids []int64) error {
	_, err := tx.Exec(ctx, `WITH noted AS (
			UPDATE message SET `+column+` = $4 WHERE district = $1 AND account = $2 AND id = ANY ($3) AND `+column+` IS NULL RETURNING id
		)
		UPDATE outbox o SET `+of+` = $4 FROM noted n JOIN message_part p ON p.district = $1 AND p.message = n.id
		WHERE o.district = $1 AND o.id = p.outbox AND o.`+of+` IS NULL`, district, account, ids, now)
	if err != nil {
		return fmt.Errorf("note messages: %w", tidy(err))
	}
	return nil
}

// UnreadMessages is how many messages of an account were not read.
func (g *Gate) UnreadMessages(ctx context.Context, district, account string) (n int, err error) {
	err = one(ctx, &g.Reads, "messages", `SELECT count(*) FROM message WHERE district = $1 AND account = $2 AND read_at IS NULL`, []any{district, account}, &n)
	return n, err
}

// ReadMessages notes that an account has read messages of its own: those, and all up
// to a number.
func (g *Gate) ReadMessages(ctx context.Context, district, account string, now time.Time, upTo int64, ids []int64) error {
	return pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		all, err := collect(ctx, &Reads{db: tx, keys: g.keys}, "messages", func(r pgx.Rows, v *int64) error { return r.Scan(v) },
			`SELECT id FROM message WHERE district = $1 AND account = $2 AND read_at IS NULL AND (id <= $3 OR id = ANY ($4)) FOR UPDATE`, district, account, upTo, ids)
		if err != nil || len(all) == 0 {
			return err
		}
		if err := noteMessages(ctx, tx, district, account, "shown_at", "delivered_at", now, all); err != nil {
			return err
		}
		return noteMessages(ctx, tx, district, account, "read_at", "read_at", now, all)
	})
}

// Tell puts something that an account, or those of a body, are to be told into the
// outbox.
func (g *Gate) Tell(ctx context.Context, district string, o Outgoing) error {
	return putOutgoing(ctx, g.pool, district, outgoingByGate, []Outgoing{o})
}

// Undelivered returns what the ways did not take, the latest first.
func (g *Gate) Undelivered(ctx context.Context, district string, limit int) ([]Undelivered, error) {
	return collect(ctx, &g.Reads, "what was not delivered", func(r pgx.Rows, v *Undelivered) error {
		return r.Scan(&v.Message, &v.Channel, &v.Kind, &v.Made, &v.Ended, &v.Tries, &v.Fault)
	}, `SELECT w.message, w.channel, m.kind, m.made_at, w.ended_at, w.tries, COALESCE(w.fault, '')
		FROM message_way w JOIN message m ON m.district = w.district AND m.id = w.message
		WHERE w.district = $1 AND w.ended_at IS NOT NULL ORDER BY w.ended_at DESC, w.message DESC LIMIT $2`, district, limit)
}

// MessageRule returns by which channels a district lets what be told; ErrNotFound if it
// has decided nothing.
func (g *Gate) MessageRule(ctx context.Context, district string) (MessageRule, error) {
	return opened(ctx, &g.Reads, district, func(k *sealer) (v MessageRule, err error) {
		var kinds []byte
		var sealed [3][]byte
		err = g.pool.QueryRow(ctx, `SELECT push, webhook, kinds, quiet_from, quiet_to, url, secret, push_key, COALESCE(push_public, ''), push_subject, set_at, set_by
			FROM message_rule WHERE district = $1`, district).Scan(&v.Push, &v.Webhook, &kinds, &v.QuietFrom, &v.QuietTo, &sealed[0], &sealed[1], &sealed[2],
			&v.PushPublic, &v.PushSubject, &v.Set, &v.SetBy)
		if errors.Is(err, pgx.ErrNoRows) {
			return v, fmt.Errorf("rules of messages: %w", ErrNotFound)
		}
		if err != nil {
			return v, fmt.Errorf("read rules of messages: %w", tidy(err))
		}
		if err := json.Unmarshal(kinds, &v.Kinds); err != nil {
			return v, fmt.Errorf("read rules of messages: %w", err)
		}
		for i, f := range ruleSecrets(&v) {
			if *f.value, err = k.open(sealed[i], "message_rule", f.column, district); err != nil {
				return v, err
			}
		}
		return v, nil
	})
}

// ruleSecret is a sealed column of the rules.
type ruleSecret struct {
	value  *Sealed
	column string
}

func ruleSecrets(v *MessageRule) []ruleSecret {
	return []ruleSecret{{&v.URL, "url"}, {&v.Secret, "secret"}, {&v.PushKey, "push_key"}}
}

// PutMessageRule stores by which channels a district lets what be told, in the place
// of what it had, and records it.
func (g *Gate) PutMessageRule(ctx context.Context, district string, v MessageRule) error {
	kinds, err := lists(v.Kinds)
	if err != nil {
		return fmt.Errorf("store rules of messages: %w", err)
	}
	e := Event{Action: ActUpdate, Object: "message_rule", Detail: map[string]string{"push": fmt.Sprint(v.Push), "webhook": fmt.Sprint(v.Webhook)}}
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return err
		}
		var sealed [3][]byte
		for i, f := range ruleSecrets(&v) {
			if sealed[i], err = k.seal(*f.value, "message_rule", f.column, district); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO message_rule (district, push, webhook, kinds, quiet_from, quiet_to, url, secret, push_key, push_public, push_subject, set_at, set_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			ON CONFLICT (district) DO UPDATE SET push = EXCLUDED.push, webhook = EXCLUDED.webhook, kinds = EXCLUDED.kinds, quiet_from = EXCLUDED.quiet_from,
				quiet_to = EXCLUDED.quiet_to, url = EXCLUDED.url, secret = EXCLUDED.secret, push_key = EXCLUDED.push_key, push_public = EXCLUDED.push_public,
				push_subject = EXCLUDED.push_subject, set_at = EXCLUDED.set_at, set_by = EXCLUDED.set_by`,
			district, v.Push, v.Webhook, kinds, v.QuietFrom, v.QuietTo, sealed[0], sealed[1], sealed[2], orNil(v.PushPublic), v.PushSubject, v.Set, v.SetBy)
		if err != nil {
			return fmt.Errorf("store rules of messages: %w", tidy(err))
		}
		return nil
	})
}

// MessageChoice returns what an account has chosen; the zero value if it has chosen nothing.
func (g *Gate) MessageChoice(ctx context.Context, district, account string) (v MessageChoice, err error) {
	var unwanted []byte
	err = g.pool.QueryRow(ctx, `SELECT language, unwanted FROM message_choice WHERE district = $1 AND account = $2`, district, account).Scan(&v.Language, &unwanted)
	if errors.Is(err, pgx.ErrNoRows) {
		return MessageChoice{}, nil
	}
	if err == nil {
		err = json.Unmarshal(unwanted, &v.Unwanted)
	}
	if err != nil {
		return v, fmt.Errorf("read a choice: %w", tidy(err))
	}
	return v, nil
}

// PutMessageChoice stores what an account has chosen.
func (g *Gate) PutMessageChoice(ctx context.Context, district, account string, v MessageChoice) error {
	unwanted, err := lists(v.Unwanted)
	if err != nil {
		return fmt.Errorf("store a choice: %w", err)
	}
	return g.one(ctx, "store a choice", `INSERT INTO message_choice (district, account, language, unwanted) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, account) DO UPDATE SET language = EXCLUDED.language, unwanted = EXCLUDED.unwanted`, district, account, v.Language, unwanted)
}

// maxBrowsers is how many browsers of an account take messages; who adds another
// gives up the oldest.
const maxBrowsers = 10

// PutPushSubscription stores that a browser takes messages of a session. A browser
// that took those of another takes these from now on.
func (g *Gate) PutPushSubscription(ctx context.Context, district string, now time.Time, v PushSubscription) error {
	place := sha256.Sum256([]byte(v.Endpoint.Reveal()))
	return pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return err
		}
		// A new row each time: what is sealed is bound to its id.
		if _, err := tx.Exec(ctx, `DELETE FROM push_subscription WHERE district = $1 AND (place = $2 OR session = $3 OR id IN
			(SELECT id FROM push_subscription WHERE district = $1 AND account = $4 ORDER BY made_at DESC, id OFFSET $5))`, district, place[:], v.Session, v.Account, maxBrowsers-1); err != nil {
			return fmt.Errorf("subscribe: %w", tidy(err))
		}
		var sealed [3][]byte
		for i, f := range []struct {
			value  Sealed
			column string
		}{{v.Endpoint, "endpoint"}, {v.P256dh, "p256dh"}, {v.Auth, "auth"}} {
			if sealed[i], err = k.seal(f.value, "push_subscription", f.column, v.ID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO push_subscription (district, id, account, session, place, endpoint, p256dh, auth, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			district, v.ID, v.Account, v.Session, place[:], sealed[0], sealed[1], sealed[2], now); err != nil {
			return fmt.Errorf("subscribe: %w", tidy(err))
		}
		return nil
	})
}

// DropPushSubscription ends that a browser takes messages: by its id, or by the
// session whose it is.
func (g *Gate) DropPushSubscription(ctx context.Context, district, id, session string) error {
	if _, err := g.pool.Exec(ctx, `DELETE FROM push_subscription WHERE district = $1 AND (id = $2 OR session = $3)`, district, id, session); err != nil {
		return fmt.Errorf("unsubscribe: %w", tidy(err))
	}
	return nil
}

// HasPushSubscription tells whether the browser of a session takes messages.
func (g *Gate) HasPushSubscription(ctx context.Context, district, session string) (has bool, err error) {
	err = one(ctx, &g.Reads, "browsers", `SELECT EXISTS (SELECT FROM push_subscription WHERE district = $1 AND session = $2)`, []any{district, session}, &has)
	return has, err
}

// DropEndedSubscriptions forgets the browsers of sessions that are over.
func (g *Gate) DropEndedSubscriptions(ctx context.Context, district string) error {
	if _, err := g.pool.Exec(ctx, `DELETE FROM push_subscription p USING session s
		WHERE p.district = $1 AND s.district = $1 AND s.id = p.session AND NOT (`+liveSession+`)`, district); err != nil {
		return fmt.Errorf("forget browsers: %w", tidy(err))
	}
	return nil
}
