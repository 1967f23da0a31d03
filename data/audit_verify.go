package data

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// AuditCheck is what verifying the chain over an audit found.
type AuditCheck struct {
	Rows     int64       `json:"rows"` // that are there and chained
	Links    int64       `json:"links"`
	Removed  int64       `json:"removed"`  // rows that the chain says have gone when their time was over
	Unlinked int64       `json:"unlinked"` // rows that are there and not chained yet
	Last     *Link       `json:"last"`     // nil: there is none
	Broken   *AuditBreak `json:"broken"`
}

// AuditBreak is the first place at which an audit and its chain do not agree.
type AuditBreak struct {
	Kind BreakKind `json:"kind"`
	Link int64     `json:"link"` // number of the link
	From int64     `json:"from"` // ids of the rows it covers; 0: none are known
	Upto int64     `json:"upto"`
	Why  string    `json:"why"`
}

// BreakKind is how an audit and its chain disagree.
type BreakKind string

// The kinds of breaks.
const (
	BreakRowChanged  BreakKind = "row_changed"
	BreakRowGone     BreakKind = "row_gone"
	BreakRowAdded    BreakKind = "row_added"
	BreakLinkGone    BreakKind = "link_gone"
	BreakLinkChanged BreakKind = "link_changed"
	BreakLinkForged  BreakKind = "link_forged" // it was not made with the store's key
	BreakRowWaits    BreakKind = "row_waits"   // it is older than ten minutes and not chained: a transaction holds the chain up, or nobody chains
	BreakTailCut     BreakKind = "tail_cut"    // an anchor is of a link that is not there, or was another
)

// VerifyAudit reads all of the audit and its chain, on one state of the store,
// and works everything out anew. Anchors that were kept elsewhere find a tail
// that was cut off, which nothing inside the database can.
func (s *Store) VerifyAudit(ctx context.Context, district string, anchors ...Anchor) (check AuditCheck, err error) {
	err = s.View(ctx, func(r *Reads) error {
		check, err = r.VerifyAudit(ctx, district, anchors...)
		return err
	})
	return check, err
}

// linkPage is how many links are held in memory at once.
const linkPage = 500

// VerifyAudit is Store.VerifyAudit within a transaction.
func (s *Reads) VerifyAudit(ctx context.Context, district string, anchors ...Anchor) (check AuditCheck, err error) {
	k, err := s.keys.known(ctx, s.db, district)
	if err != nil {
		return check, fmt.Errorf("verify the audit: %w", err)
	}
	v := verifying{reads: s, k: k, anchors: anchors, check: &check}
	err = s.db.QueryRow(ctx, `SELECT COALESCE(max(upto), 0), COALESCE((SELECT min(id) FROM audit WHERE district = $1), 9223372036854775807)
		FROM audit_link WHERE district = $1 AND kind = 'removed'`, district).Scan(&v.gone, &v.first)
	if err != nil {
		return check, fmt.Errorf("verify the audit: %w", tidy(err))
	}
	v.from = v.gone + 1
	for more := true; more && check.Broken == nil; {
		links, err := s.auditLinks(ctx, district, v.last.N, linkPage)
		if err != nil {
			return check, err
		}
		if err := v.links(links); err != nil || check.Broken != nil {
			return check, err
		}
		if err := v.rows(ctx, links); err != nil {
			return check, err
		}
		more = len(links) == linkPage
	}
	return check, v.end(ctx)
}

// auditLinks returns the next links of the chain of a district's audit.
func (s *Reads) auditLinks(ctx context.Context, district string, after int64, limit int) ([]Link, error) {
	return collect(ctx, s, "links of the audit", func(r pgx.Rows, l *Link) error {
		return r.Scan(&l.N, &l.Kind, &l.Upto, &l.Rows, &l.Content, &l.Before, &l.Digest, &l.Seal, &l.At)
	}, `SELECT n, kind, upto, rows, content, before, digest, seal, at FROM audit_link WHERE district = $1 AND n > $2 ORDER BY n LIMIT $3`, district, after, limit)
}

// verifying is one run over an audit and its chain.
type verifying struct {
	reads   *Reads
	k       *sealer
	anchors []Anchor
	check   *AuditCheck

	last  Link  // the last link that was looked at
	upto  int64 // the last row that a link covers
	gone  int64 // the last row that a link says has gone
	first int64 // the first row there is
	from  int64 // the first row of the next link that has any
}

// links holds some links against the one before, against the store's key and
// against anchors.
func (v *verifying) links(links []Link) error {
	for i := range links {
		l := &links[i]
		at := AuditBreak{Link: l.N, From: v.upto + 1, Upto: l.Upto}
		switch {
		case l.N != v.last.N+1:
			at.Kind, at.Link, at.Upto, at.Why = BreakLinkGone, v.last.N+1, 0, fmt.Sprintf("link %d is not there, link %d is", v.last.N+1, l.N)
		case !bytes.Equal(l.digest(v.k.district), l.Digest):
			at.Kind, at.Why = BreakLinkChanged, "its digest is not that of what it says"
		case !bytes.Equal(l.Before, v.last.Digest):
			at.Kind, at.Why = BreakLinkChanged, "it does not follow the link before it"
		case l.Kind == LinkRows && l.Upto <= v.upto:
			at.Kind, at.Why = BreakLinkChanged, "it covers what the link before it covers"
		}
		sealed, err := v.k.mark("audit_link", string(l.Digest))
		if err != nil {
			return fmt.Errorf("verify the audit: %w", err)
		}
		if at.Kind == "" && !hmac.Equal(sealed, l.Seal) {
			at.Kind, at.Why = BreakLinkForged, "it was not made with the key of this store"
		}
		for _, a := range v.anchors {
			if at.Kind == "" && a.District == v.k.district && a.N == l.N && !bytes.Equal(a.Digest, l.Digest) {
				at = AuditBreak{Kind: BreakTailCut, Link: a.N, Why: "it is not the link that the anchor is of"}
			}
		}
		if at.Kind != "" {
			v.check.Broken = &at
			return nil
		}
		if v.last = *l; l.Kind == LinkRows {
			v.upto = l.Upto
		}
		v.check.Links, v.check.Last = v.check.Links+1, &v.last
	}
	return nil
}

// rows holds the rows that some links cover against them.
func (v *verifying) rows(ctx context.Context, links []Link) error {
	var cover []*Link
	for i := range links {
		switch l := &links[i]; {
		case l.Kind != LinkRows:
		case l.Upto <= v.gone:
			v.check.Removed += l.Rows
		default:
			cover = append(cover, l)
		}
	}
	if len(cover) == 0 {
		return nil
	}
	all, rows := sha256.New(), int64(0)
	end := func() { // of the rows of the first of cover
		l := cover[0]
		at := AuditBreak{Link: l.N, From: v.from, Upto: l.Upto}
		switch {
		case rows < l.Rows:
			at.Kind, at.Why = BreakRowGone, fmt.Sprintf("it covers %d rows, %d are there", l.Rows, rows)
		case rows > l.Rows:
			at.Kind, at.Why = BreakRowAdded, fmt.Sprintf("it covers %d rows, %d are there", l.Rows, rows)
		case !bytes.Equal(all.Sum(nil), l.Content):
			at.Kind, at.Why = BreakRowChanged, "its rows do not read as they did"
		}
		if at.Kind != "" && v.check.Broken == nil {
			v.check.Broken = &at
		}
		v.check.Rows += rows
		cover, v.from, rows = cover[1:], l.Upto+1, 0
		all.Reset()
	}
	err := v.reads.eachAuditRow(ctx, v.k.district, v.from, cover[len(cover)-1].Upto, func(id int64, row []byte) {
		for id > cover[0].Upto {
			end()
		}
		one := sha256.Sum256(row)
		_, _ = all.Write(one[:]) // a hash does not fail
		rows++
	})
	if err != nil {
		return err
	}
	for len(cover) > 0 {
		end()
	}
	return nil
}

// end looks at what lies before and after all links.
func (v *verifying) end(ctx context.Context) error {
	for _, a := range v.anchors {
		if v.check.Broken == nil && a.District == v.k.district && a.N > v.last.N {
			v.check.Broken = &AuditBreak{Kind: BreakTailCut, Link: a.N, Why: fmt.Sprintf("an anchor is of link %d, the chain ends at %d", a.N, v.last.N)}
		}
	}
	if v.first <= v.gone && v.check.Broken == nil {
		v.check.Broken = &AuditBreak{Kind: BreakRowAdded, From: v.first, Upto: v.first, Why: "a row is there that no link covers and none can"}
	}
	var late, first int64
	err := v.reads.db.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE at < clock_timestamp() - interval '10 minutes'),
			COALESCE(min(id) FILTER (WHERE at < clock_timestamp() - interval '10 minutes'), 0)
		FROM audit WHERE district = $1 AND id > $2`, v.k.district, max(v.upto, v.gone)).Scan(&v.check.Unlinked, &late, &first)
	if err != nil {
		return fmt.Errorf("verify the audit: %w", tidy(err))
	}
	if late > 0 && v.check.Broken == nil {
		v.check.Broken = &AuditBreak{
			Kind: BreakRowWaits, Link: v.last.N + 1, From: first,
			Why: fmt.Sprintf("%d rows older than ten minutes are not chained: a transaction that does not end holds the chain up, or nobody chains", late),
		}
	}
	return nil
}

// eachAuditRow gives f what each row of some ids says, byte for byte, by id: worked
// out here from the columns, apart from trust.audit_bytes in the database.
func (s *Reads) eachAuditRow(ctx context.Context, district string, from, upto int64, f func(id int64, row []byte)) error {
	rows, err := s.db.Query(ctx, `SELECT id, at, account, session, role, action, object, n, area, address, purpose, reason, reason_hash, outcome, request, detail::text, ids
		FROM audit WHERE district = $1 AND id BETWEEN $2 AND $3 ORDER BY id`, district, from, upto)
	if err != nil {
		return fmt.Errorf("read the audit: %w", tidy(err))
	}
	defer rows.Close()
	for rows.Next() {
		var id, n int64
		var at time.Time
		var account, session, role, action, object, area, address, purpose, reason, outcome, request, detail string
		var reasonHash []byte
		var ids []string
		if err := rows.Scan(&id, &at, &account, &session, &role, &action, &object, &n, &area, &address, &purpose, &reason, &reasonHash, &outcome,
			&request, &detail, &ids); err != nil {
			return fmt.Errorf("read the audit: %w", err)
		}
		parts := append([]string{
			district, strconv.FormatInt(id, 10), strconv.FormatInt(at.UnixMicro(), 10), account, session, role, action, object,
			strconv.FormatInt(n, 10), area, address, purpose, reason, hex.EncodeToString(reasonHash), outcome, request, detail, strconv.Itoa(len(ids)),
		}, ids...)
		f(id, seal.Place(parts...))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit: %w", tidy(err))
	}
	return nil
}
