package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Delivery are changes on their way to a platform.
type Delivery struct {
	Connector string
	N         int64
	FromSeq   int64
	ToSeq     int64
	Tasks     int
	Body      []byte // nil: it has arrived
	State     string
	Tries     int
	Made      time.Time
	Next      time.Time // when it is tried, or was to be
	Done      time.Time
	Code      string // what the last try came to
}

// The states of a delivery.
const (
	DeliveryWaiting = "waiting"
	DeliveryTaken   = "taken"
	DeliveryDead    = "dead"
	DeliveryAgain   = "again" // it was dead, and its tasks were sent again
)

// SetPush says where changes are sent to a platform from now on, and with which
// secret they are signed; an empty address: nowhere. Who may set it holds the keys.
func (tx *Tx) SetPush(district, connector, address string, secret Sealed) error {
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	sealed, err := k.seal(secret, "connector", "secret", connector)
	if err != nil {
		return err
	}
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE connector SET push_url = $3, secret = $4 WHERE district = $1 AND id = $2`, district, connector, orNil(address), sealed)
	if err := touchedOne(tag, err, "set where to push"); err != nil {
		return err
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "connector", IDs: []string{connector}, Detail: map[string]string{"push": map[bool]string{true: "on", false: "off"}[address != ""]}})
}

// PushSecret opens the secret with which deliveries to a platform are signed.
func (s *Reads) PushSecret(ctx context.Context, district, connector string) (Sealed, error) {
	return opened(ctx, s, district, func(k *sealer) (Sealed, error) {
		list, err := collect(ctx, s, "secret", func(r pgx.Rows, b *[]byte) error { return r.Scan(b) },
			`SELECT secret FROM connector WHERE district = $1 AND id = $2`, district, connector)
		if err != nil || len(list) == 0 {
			return "", errors.Join(err, ErrNotFound)
		}
		return k.open(list[0], "connector", "secret", connector)
	})
}

// AddDelivery adds a delivery after those that there are, and notes up to which
// change deliveries were made. One without tasks only does the latter.
func (tx *Tx) AddDelivery(district string, d Delivery) error {
	if d.Tasks > 0 {
		_, err := tx.tx.Exec(tx.ctx, `INSERT INTO connect_delivery (district, connector, n, from_seq, to_seq, tasks, body, state, made_at, next_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)`, district, d.Connector, d.N, d.FromSeq, d.ToSeq, d.Tasks, d.Body, d.Made)
		if err != nil {
			return fmt.Errorf("add delivery: %w", tidy(err))
		}
	}
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE connector SET push_from = $3 WHERE district = $1 AND id = $2`, district, d.Connector, d.ToSeq); err != nil {
		return fmt.Errorf("add delivery: %w", tidy(err))
	}
	return nil
}

// NextDelivery returns the number that the next delivery to a platform has.
func (s *Reads) NextDelivery(ctx context.Context, district, connector string) (n int64, err error) {
	list, err := collect(ctx, s, "deliveries", func(r pgx.Rows, n *int64) error { return r.Scan(n) },
		`SELECT COALESCE(max(n), 0) + 1 FROM connect_delivery WHERE district = $1 AND connector = $2`, district, connector)
	if err != nil {
		return 0, err
	}
	return list[0], nil
}

const deliveryColumns = `connector, n, from_seq, to_seq, tasks, body, state, tries, made_at, next_at, done_at, COALESCE(code, '')`

func scanDelivery(r pgx.Rows, v *Delivery) error {
	var done *time.Time
	err := r.Scan(&v.Connector, &v.N, &v.FromSeq, &v.ToSeq, &v.Tasks, &v.Body, &v.State, &v.Tries, &v.Made, &v.Next, &done, &v.Code)
	if done != nil {
		v.Done = *done
	}
	return err
}

// ClaimDelivery takes the first delivery to a platform that waits, if it is due, and
// puts it off until a time by which whoever took it has done with it or is dead. Of
// those that wait only the first is ever tried, so that they arrive in their order.
func (tx *Tx) ClaimDelivery(district, connector string, now, until time.Time) (d Delivery, found bool, err error) {
	rows, err := tx.tx.Query(tx.ctx, `UPDATE connect_delivery SET tries = tries + 1, next_at = $4
		WHERE district = $1 AND connector = $2 AND state = 'waiting' AND next_at <= $3 AND n = (SELECT min(n) FROM connect_delivery WHERE district = $1 AND connector = $2 AND state = 'waiting')
		RETURNING `+deliveryColumns, district, connector, now, until)
	if err != nil {
		return d, false, fmt.Errorf("claim delivery: %w", tidy(err))
	}
	defer rows.Close()
	list, err := gather(rows, "deliveries", scanDelivery)
	if err != nil || len(list) == 0 {
		return d, false, err
	}
	return list[0], true, nil
}

// EndDelivery notes what a try came to: state and code, and when it is tried again.
// What arrived is acknowledged, and its body is not kept; any other stays as it is in
// the store, from which an erasure may have taken somebody since.
func (tx *Tx) EndDelivery(district string, d Delivery) error {
	if d.State == DeliveryTaken {
		if err := tx.AckConnector(district, d.Connector, d.ToSeq); err != nil {
			return err
		}
	}
	_, err := tx.tx.Exec(tx.ctx, `UPDATE connect_delivery SET state = $4, code = $5, next_at = $6, done_at = $7, body = CASE WHEN $4 <> 'taken' THEN body END
		WHERE district = $1 AND connector = $2 AND n = $3 AND state = 'waiting'`, district, d.Connector, d.N, d.State, orNil(d.Code), d.Next, timeOrNil(d.Done))
	if err != nil {
		return fmt.Errorf("end delivery: %w", tidy(err))
	}
	return nil
}

// Deliveries returns the deliveries to a platform in some states, the first first.
func (s *Reads) Deliveries(ctx context.Context, district, connector string, states []string) ([]Delivery, error) {
	return collect(ctx, s, "deliveries", scanDelivery, `SELECT `+deliveryColumns+` FROM connect_delivery WHERE district = $1 AND connector = $2 AND state = ANY ($3) ORDER BY n`,
		district, connector, orEmpty(states))
}

// SendAgain has the tasks of a dead delivery told again, as they are now: they are
// the last changes. It says how many there are; ErrNotFound if it is not dead.
func (tx *Tx) SendAgain(district, connector string, n int64, tasks []string) (int, error) {
	last, err := tx.LockFeed(district)
	if err != nil {
		return 0, err
	}
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE connect_delivery SET state = 'again', body = NULL WHERE district = $1 AND connector = $2 AND n = $3 AND state = 'dead'`, district, connector, n)
	if err := touchedOne(tag, err, "send again"); err != nil {
		return 0, err
	}
	tag, err = tx.tx.Exec(tx.ctx, `UPDATE connect_task t SET seq = $3 + k.n FROM (SELECT id, row_number() OVER (ORDER BY seq) AS n FROM connect_task
			WHERE district = $1 AND id = ANY ($2)) k WHERE t.district = $1 AND t.id = k.id`, district, tasks, last)
	if err == nil {
		_, err = tx.tx.Exec(tx.ctx, `UPDATE connect_feed SET last = last + $2 WHERE district = $1`, district, tag.RowsAffected())
	}
	if err != nil {
		return 0, fmt.Errorf("send again: %w", tidy(err))
	}
	return int(tag.RowsAffected()), nil
}
