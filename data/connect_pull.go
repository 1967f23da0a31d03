package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ConnectPull is where a platform is asked for rows of a kind, and how that goes.
type ConnectPull struct {
	Connector string
	Kind      string // ConnectVisit, ConnectCase
	URL       string
	Account   string // of the platform's key, as it was when the pull was set
	Session   string // in which its rows are stored
	Every     time.Duration
	Reached   string // the cursor of the last answer of which all rows are stored
	Mark      string // see connect.Place
	Answers   int64
	Turn      int64 // who asked last
	Next      time.Time
	Asked     time.Time // zero: never yet
	Taken     time.Time // when an answer was last taken; zero: never yet
	Failed    time.Time // since when it fails; zero: it does not
	Fails     int       // in a row
	Code      string    // what the last failure was
	Stored    int64     // rows, since it was set
	Same      int64
	Refused   int64
}

// PullSecrets are what a platform knows us by, and the token of the session in which
// its rows are stored.
type PullSecrets struct{ Secret, Token Sealed }

// PutPull says where a platform is asked for rows of a kind from now on. At the same
// address it is gone on from where it was, unless again says to begin anew. Who sets
// it holds the keys.
func (tx *Tx) PutPull(district string, p ConnectPull, secrets PullSecrets, again bool) error {
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	id := p.Connector + "/" + p.Kind
	secret, err := k.seal(secrets.Secret, "connect_pull", "secret", id)
	if err != nil {
		return err
	}
	token, err := k.seal(secrets.Token, "connect_pull", "token", id)
	if err != nil {
		return err
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO connect_pull AS p (district, connector, kind, url, secret, account, session, token, every_seconds, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (district, connector, kind) DO UPDATE SET url = EXCLUDED.url, secret = EXCLUDED.secret, account = EXCLUDED.account, session = EXCLUDED.session,
			token = EXCLUDED.token, every_seconds = EXCLUDED.every_seconds, next_at = EXCLUDED.next_at, turn = p.turn + 1, set_at = now(), mark = '', answers = 0,
			reached = CASE WHEN p.url = EXCLUDED.url AND NOT $11 THEN p.reached ELSE '' END, failed_at = NULL, fails = 0, code = NULL`,
		district, p.Connector, p.Kind, p.URL, secret, p.Account, p.Session, token, int(p.Every/time.Second), p.Next, again)
	if err != nil {
		return fmt.Errorf("set where to pull from: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "connector", IDs: []string{p.Connector}, Detail: map[string]string{"pull": p.Kind}})
}

// DropPull has a platform asked for rows of a kind no more; ErrNotFound if it is not.
func (tx *Tx) DropPull(district, connector, kind string) error {
	tag, err := tx.tx.Exec(tx.ctx, `DELETE FROM connect_pull WHERE district = $1 AND connector = $2 AND kind = $3`, district, connector, kind)
	if err := touchedOne(tag, err, "pull no more"); err != nil {
		return err
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "connector", IDs: []string{connector}, Detail: map[string]string{"pull": "off"}})
}

const pullColumns = `connector, kind, url, account, session, every_seconds, reached, mark, answers, turn, next_at, asked_at, taken_at, failed_at, fails, COALESCE(code, ''), stored, same, refused`

func scanPull(r pgx.Rows, v *ConnectPull) error {
	var every int
	var asked, taken, failed *time.Time
	err := r.Scan(&v.Connector, &v.Kind, &v.URL, &v.Account, &v.Session, &every, &v.Reached, &v.Mark, &v.Answers, &v.Turn, &v.Next, &asked, &taken, &failed, &v.Fails, &v.Code,
		&v.Stored, &v.Same, &v.Refused)
	v.Every = time.Duration(every) * time.Second
	v.Asked, v.Taken, v.Failed = timeOf(asked), timeOf(taken), timeOf(failed)
	return err
}

// ConnectPulls returns where the platforms of a district are asked, by platform and
// kind.
func (s *Reads) ConnectPulls(ctx context.Context, district string) ([]ConnectPull, error) {
	return collect(ctx, s, "pulls", scanPull, `SELECT `+pullColumns+` FROM connect_pull WHERE district = $1 ORDER BY connector, kind DESC`, district)
}

// PullSecrets opens what a pull is asked and stored with.
func (s *Reads) PullSecrets(ctx context.Context, district, connector, kind string) (PullSecrets, error) {
	return opened(ctx, s, district, func(k *sealer) (out PullSecrets, err error) {
		list, err := collect(ctx, s, "secrets", func(r pgx.Rows, b *[2][]byte) error { return r.Scan(&b[0], &b[1]) },
			`SELECT secret, token FROM connect_pull WHERE district = $1 AND connector = $2 AND kind = $3`, district, connector, kind)
		if err != nil || len(list) == 0 {
			return out, errors.Join(err, ErrNotFound)
		}
		id := connector + "/" + kind
		if out.Secret, err = k.open(list[0][0], "connect_pull", "secret", id); err != nil {
			return out, err
		}
		out.Token, err = k.open(list[0][1], "connect_pull", "token", id)
		return out, err
	})
}

// ClaimPull takes the turn to ask a platform, if it is due, and puts it off until a
// time by which whoever took it has done with it or is dead.
func (tx *Tx) ClaimPull(district, connector, kind string, now, until time.Time) (p ConnectPull, found bool, err error) {
	rows, err := tx.tx.Query(tx.ctx, `UPDATE connect_pull SET turn = turn + 1, next_at = $5, asked_at = $4
		WHERE district = $1 AND connector = $2 AND kind = $3 AND next_at <= $4 RETURNING `+pullColumns, district, connector, kind, now, until)
	if err != nil {
		return p, false, fmt.Errorf("claim pull: %w", tidy(err))
	}
	defer rows.Close()
	list, err := gather(rows, "pulls", scanPull)
	if err != nil || len(list) == 0 {
		return p, false, err
	}
	return list[0], true, nil
}

// EndPull notes what a turn came to: how far it is read, what came of the rows, how it
// fails, and when it is asked again. Who is late, because somebody else had the next turn
// meanwhile, moves nothing: it says so.
func (tx *Tx) EndPull(district string, p ConnectPull) (moved bool, err error) {
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE connect_pull SET reached = $5, mark = $6, answers = $7, next_at = $8, taken_at = $9, failed_at = $10, fails = $11, code = $12,
			stored = $13, same = $14, refused = $15
		WHERE district = $1 AND connector = $2 AND kind = $3 AND turn = $4`, district, p.Connector, p.Kind, p.Turn,
		p.Reached, p.Mark, p.Answers, p.Next, timeOrNil(p.Taken), timeOrNil(p.Failed), p.Fails, orNil(p.Code), p.Stored, p.Same, p.Refused)
	if err != nil {
		return false, fmt.Errorf("end pull: %w", tidy(err))
	}
	return tag.RowsAffected() > 0, nil
}
