package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// CalendarFeed is a secret address at which a calendar finds when somebody walks.
type CalendarFeed struct {
	ID      string
	Account string
	Visitor string
	MadeAt  time.Time
}

// PutCalendarFeed stores a feed of an account, with the hash of its secret; the one
// before it is revoked.
func (g *Gate) PutCalendarFeed(ctx context.Context, district string, f CalendarFeed, hash []byte) error {
	e := Event{Action: ActUpdate, Object: "calendar", IDs: []string{f.Account}, Detail: map[string]string{"feed": f.ID}}
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE calendar_feed SET revoked_at = now() WHERE district = $1 AND account = $2 AND revoked_at IS NULL`, district, f.Account); err != nil {
			return tidy(err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO calendar_feed (district, id, token_hash, account, visitor) VALUES ($1, $2, $3, $4, $5)`,
			district, f.ID, hash, f.Account, f.Visitor)
		return tidy(err)
	})
}

// RevokeCalendarFeed ends the feed of an account; ErrNotFound if there is none.
func (g *Gate) RevokeCalendarFeed(ctx context.Context, district, account string) error {
	e := Event{Action: ActUpdate, Object: "calendar", IDs: []string{account}, Detail: map[string]string{"revoked": "true"}}
	return g.oneRecorded(ctx, district, e, "revoke the address of a calendar",
		`UPDATE calendar_feed SET revoked_at = now() WHERE district = $1 AND account = $2 AND revoked_at IS NULL`, district, account)
}

const feedColumns = `f.id, f.account, f.visitor, f.made_at`

// CalendarFeedOf returns the feed of an account; ErrNotFound if it has none.
func (g *Gate) CalendarFeedOf(ctx context.Context, district, account string) (f CalendarFeed, err error) {
	err = one(ctx, &g.Reads, "address of a calendar", `SELECT `+feedColumns+` FROM calendar_feed f WHERE f.district = $1 AND f.account = $2 AND f.revoked_at IS NULL`,
		[]any{district, account}, &f.ID, &f.Account, &f.Visitor, &f.MadeAt)
	return f, err
}

// CalendarFeedBy returns the feed with a secret of that hash, as long as its account is
// not disabled, is still that visitor's and has a role now; else ErrNotFound.
func (g *Gate) CalendarFeedBy(ctx context.Context, district string, hash []byte) (f CalendarFeed, err error) {
	err = one(ctx, &g.Reads, "address of a calendar", `SELECT `+feedColumns+`
		FROM calendar_feed f JOIN account a ON a.district = f.district AND a.id = f.account
		WHERE f.district = $1 AND f.token_hash = $2 AND f.revoked_at IS NULL AND a.disabled_at IS NULL AND a.visitor = f.visitor
			AND EXISTS (SELECT FROM account_grant g WHERE g.district = f.district AND g.account = f.account
				AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now()))`,
		[]any{district, hash}, &f.ID, &f.Account, &f.Visitor, &f.MadeAt)
	return f, err
}
