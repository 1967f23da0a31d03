package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// Link is a link of the chain over the audit. Digest is SHA-256 over the digest
// before and all that the link says, Seal the HMAC of the digest under the
// store's key.
type Link struct {
	N       int64     `json:"n"`
	Kind    LinkKind  `json:"kind"`
	Upto    int64     `json:"upto"` // id of the last row it covers; of LinkRemoved, of the last that went
	Rows    int64     `json:"rows"`
	Content []byte    `json:"content"` // SHA-256 over the rows; of LinkRemoved, the digest of the last link whose rows went
	Before  []byte    `json:"before"`
	Digest  []byte    `json:"digest"`
	Seal    []byte    `json:"seal"`
	At      time.Time `json:"at"`
}

// LinkKind is what a link tells of.
type LinkKind string

// The kinds of links.
const (
	LinkRows    LinkKind = "rows"
	LinkRemoved LinkKind = "removed"
)

// linkRows is how many rows a link covers at most.
const linkRows = 10_000

// Linker chains the audit of a district, whoever writes to it meanwhile. It is
// for one goroutine; several, in any processes, do no harm.
type Linker struct {
	store    *Store
	district string
	last     *int64 // of the mark whose transactions are waited for; nil: none is
	horizon  string
	head     Anchor // the last link that was made here
}

// Head is the last link that was made here; not ok if none was.
func (l *Linker) Head() (Anchor, bool) { return l.head, l.head.N > 0 }

// ErrChainCut says that links that were there are not there any more.
var ErrChainCut = errors.New("the chain of the audit was cut: links that were there are gone")

// Linker returns a linker of the audit of a district.
func (s *Store) Linker(district string) *Linker { return &Linker{store: s, district: district} }

// Link chains what is written and certain: rows written by transactions that
// began before one that still runs have to wait for that one. It returns how
// many rows it has chained, and whether rows that were there when it began have
// to wait.
func (l *Linker) Link(ctx context.Context) (rows int, waiting bool, err error) {
	db := l.store.gate
	for {
		if l.last == nil {
			if err := db.QueryRow(ctx, `SELECT last, horizon::text FROM trust.audit_mark($1)`, l.district).Scan(&l.last, &l.horizon); err != nil {
				return rows, false, fmt.Errorf("mark the audit: %w", tidy(err))
			}
			if l.last == nil {
				return rows, false, nil
			}
		}
		var next Link
		var sure bool
		err := db.QueryRow(ctx, `SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8`, l.horizon).Scan(&sure)
		if err != nil {
			return rows, false, fmt.Errorf("chain the audit: %w", tidy(err))
		}
		if !sure {
			return rows, true, nil
		}
		err = db.QueryRow(ctx, `SELECT n, upto, rows, content, before FROM trust.audit_pending($1, $2, $3::text::xid8, $4)`, l.district, *l.last, l.horizon, linkRows).
			Scan(&next.N, &next.Upto, &next.Rows, &next.Content, &next.Before)
		if errors.Is(err, pgx.ErrNoRows) {
			l.last = nil
			return rows, false, nil
		}
		if err != nil {
			return rows, false, fmt.Errorf("chain the audit: %w", tidy(err))
		}
		if next.N <= l.head.N {
			return rows, false, ErrChainCut
		}
		next.Kind, next.At = LinkRows, l.store.linkTime()
		k, err := l.store.keys.sealer(ctx, db, l.district)
		if err != nil {
			return rows, false, fmt.Errorf("chain the audit: %w", err)
		}
		if err := next.close(k); err != nil {
			return rows, false, err
		}
		_, err = db.Exec(ctx, `SELECT trust.audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			l.district, next.N, next.Upto, next.Rows, next.Content, next.Before, next.Digest, next.Seal, next.At)
		var twice *TwiceError
		if err = tidy(err); errors.As(err, &twice) { // another process was faster
			l.last = nil
			return rows, true, nil
		}
		if err != nil {
			return rows, false, fmt.Errorf("chain the audit: %w", err)
		}
		rows += int(next.Rows)
		l.head = Anchor{District: l.district, N: next.N, Digest: next.Digest}
		if next.Upto == *l.last {
			l.last = nil
			return rows, false, nil
		}
	}
}

// A link is made at once when so many rows wait for it, or when the oldest has
// waited so long: links are kept for good, and one a second is millions a year.
const (
	linkEnough = 1000
	linkAfter  = 10 * time.Second
)

// LinkDue is Link when there is enough to be chained, and nothing otherwise.
func (l *Linker) LinkDue(ctx context.Context) (rows int, waiting bool, err error) {
	var n int64
	var seconds float64
	err = l.store.gate.QueryRow(ctx, `SELECT rows, seconds FROM trust.audit_backlog($1, $2)`, l.district, linkEnough).Scan(&n, &seconds)
	if err != nil {
		return 0, false, fmt.Errorf("look what is to be chained: %w", tidy(err))
	}
	if n == 0 || n < linkEnough && seconds < linkAfter.Seconds() {
		return 0, false, nil
	}
	return l.Link(ctx)
}

// Holdup is a transaction that the chain has to wait for.
type Holdup struct {
	PID int           // of the process of the server; 0: it was prepared and belongs to none
	For time.Duration // since it began; 0: the role of the gate is not told of it
}

// HeldUpBy returns the oldest transaction that writes on the whole server, in
// whatever database; not ok if there is none.
func (l *Linker) HeldUpBy(ctx context.Context) (h Holdup, ok bool, err error) {
	var seconds float64
	err = l.store.gate.QueryRow(ctx, `SELECT COALESCE(l.pid, 0), COALESCE(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::double precision
		FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
		ORDER BY age(l.transactionid) DESC LIMIT 1`).Scan(&h.PID, &seconds)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("look what the chain waits for: %w", tidy(err))
	}
	h.For = time.Duration(seconds * float64(time.Second))
	return h, true, nil
}

// linkTime is the time of a link, in the store's resolution.
func (s *Store) linkTime() time.Time {
	if s.linkClock != nil {
		return s.linkClock()
	}
	return time.Now().Truncate(time.Microsecond)
}

// close works out the digest of a link and seals it.
func (l *Link) close(k *sealer) (err error) {
	l.Digest = l.digest(k.district)
	l.Seal, err = k.mark("audit_link", string(l.Digest))
	if err != nil {
		return fmt.Errorf("chain the audit: %w", err)
	}
	return nil
}

// digest is what the digest of a link has to be.
func (l *Link) digest(district string) []byte {
	sum := sha256.Sum256(seal.Place("audit_link", district, strconv.FormatInt(l.N, 10), string(l.Kind), strconv.FormatInt(l.Upto, 10),
		strconv.FormatInt(l.Rows, 10), string(l.Content), string(l.Before), strconv.FormatInt(l.At.UnixMicro(), 10)))
	return sum[:]
}

// Anchor is the head of the chain at some time, to be kept where whoever has the
// database is not: it proves that the chain was that long, and what it was.
type Anchor struct {
	District string
	N        int64
	Digest   []byte
}

// String returns "sanse-audit:district:n:digest", the digest in hexadecimal.
func (a Anchor) String() string {
	return fmt.Sprintf("sanse-audit:%s:%d:%s", a.District, a.N, hex.EncodeToString(a.Digest))
}

// ParseAnchor reads what String wrote.
func ParseAnchor(text string) (Anchor, error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) != 4 || parts[0] != "sanse-audit" {
		return Anchor{}, errors.New("an anchor reads sanse-audit:district:number:digest")
	}
	n, err := strconv.ParseInt(parts[2], 10, 64)
	digest, err2 := hex.DecodeString(parts[3])
	if err != nil || err2 != nil || n < 1 || len(digest) != sha256.Size {
		return Anchor{}, errors.New("an anchor reads sanse-audit:district:number:digest")
	}
	return Anchor{District: parts[1], N: n, Digest: digest}, nil
}
