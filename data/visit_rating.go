package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// RatingCode is a code by which a visit can be rated, without the token: of a slip for
// whoever comes to a resident on a day. That of a record is in the record.
type RatingCode struct {
	Hash     []byte // SHA-256 of the token
	Resident string
	Day      planner.Date
	Until    time.Time
}

// Rating is how a resident or a family rates a visit, by a code.
type Rating struct {
	At     time.Time
	By     string // one of RatedBy
	Rating int    // 1 to 5
	Words  Sealed // of those whose names are seen; empty: none, or not told
}

// RatedBy are those who can rate a visit.
var RatedBy = []string{"resident", "family"}

// RatingLife is how long after the day of a visit it can be rated by a slip. The code of
// a record is good for as long from when the record comes in, by the clock of the database.
const RatingLife = 30 * 24 * time.Hour

// ratingID names the rating of a code with that digest, without telling the digest.
func ratingID(hash []byte) string {
	sum := sha256.Sum256(hash)
	return "g" + hex.EncodeToString(sum[:16])
}

// Rate lets the word of somebody in who has a code and no session, and tells whether it
// was taken. It is not where the code is not known, over, or closed because it was used
// more than a day ago, where the visit has not come in yet, or the resident was erased:
// nobody learns which. The audit has that a visit was rated, and nothing of who or which.
func (g *Gate) Rate(ctx context.Context, district string, token Token, r Rating) (taken bool, err error) {
	hash := token.Hash()
	err = pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		var words []byte
		if r.Words != "" {
			k, err := g.keys.sealer(ctx, tx, district)
			if err != nil {
				return err
			}
			if words, err = k.seal(r.Words, "visit_rating_text", "words", ratingID(hash)); err != nil {
				return err
			}
		}
		if err := tx.QueryRow(ctx, `SELECT trust.rate($1, $2, $3, $4, $5)`, district, hash, int16(r.Rating), r.By, words).Scan(&taken); err != nil {
			return fmt.Errorf("rate a visit: %w", tidy(err))
		}
		if !taken {
			return nil
		}
		nobody := WithActor(ctx, Actor{}) // neither an address nor a session is kept
		return recordOne(ctx, tx, g.keys, district, Event{Action: ActCreate, Object: "visit_rating"}.filled(nobody))
	})
	return taken, err
}

// PutRatingCodes adds codes of slips.
func (tx *Tx) PutRatingCodes(district string, codes []RatingCode) error {
	type row struct {
		Hash     string    `json:"hash"`
		Resident string    `json:"resident"`
		Day      string    `json:"day"`
		Until    time.Time `json:"until"`
	}
	rows := make([]row, len(codes))
	for i, c := range codes {
		rows[i] = row{fmt.Sprintf(`\x%x`, c.Hash), c.Resident, c.Day.String(), c.Until}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("store rating codes: %w", err)
	}
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO rating_code (district, token_hash, resident, day, until)
		SELECT $1, hash, resident, day, LEAST(until, now() + interval '100 days') FROM json_to_recordset($2::json) AS c (hash bytea, resident text, day date, until timestamptz)`, district, string(b)); err != nil {
		return fmt.Errorf("store rating codes: %w", tidy(err))
	}
	return nil
}

// PutMadeUpRatings adds ratings of a made-up district, by record: as the owner, for
// nobody who serves may.
func (tx *Tx) PutMadeUpRatings(district string, ratings map[string]Rating) error {
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	for _, record := range slices.Sorted(maps.Keys(ratings)) {
		r := ratings[record]
		id := ratingID([]byte(record))
		if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO visit_rating (district, id, record, rating, said_by, first_at, at) VALUES ($1, $2, $3::text::uuid, $4, $5, $6, $6)`,
			district, id, record, int16(r.Rating), r.By, r.At); err != nil {
			return fmt.Errorf("store ratings: %w", tidy(err))
		}
		if r.Words == "" {
			continue
		}
		words, err := k.seal(r.Words, "visit_rating_text", "words", id)
		if err != nil {
			return err
		}
		if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO visit_rating_text (district, rating, words) VALUES ($1, $2, $3)`, district, id, words); err != nil {
			return fmt.Errorf("store ratings: %w", tidy(err))
		}
	}
	return nil
}

// ratings adds how visits were rated by code.
func (d *Desk) ratings(ctx context.Context, k *sealer, district string, records []string, at map[string]*ReviewedRecord) error {
	type rating struct {
		record string
		Rating
	}
	list, err := collect(ctx, d.reads, "ratings", func(r pgx.Rows, v *rating) error {
		var id string
		var words []byte
		if err := r.Scan(&v.record, &id, &v.At, &v.By, &v.Rating.Rating, &words); err != nil {
			return err
		}
		var err error
		v.Words, err = k.open(words, "visit_rating_text", "words", id)
		return err
	}, `SELECT g.record::text, g.id, g.at, g.said_by, g.rating, (SELECT t.words FROM visit_rating_text t WHERE t.district = g.district AND t.rating = g.id)
		FROM visit_rating g WHERE g.district = $1 AND g.record = ANY ($2::text[]::uuid[]) ORDER BY g.record, g.at, g.id`, district, records)
	for i := range list {
		at[list[i].record].Ratings = append(at[list[i].record].Ratings, list[i].Rating)
	}
	return err
}

// ratedSQL are the ratings of the visits of an area ($2) on the days from $3 to $4 in
// district $1: of a visit the last one that was heard on a call, else the last one by a
// code, for whoever visited has had the code in their hand.
const ratedSQL = `(SELECT DISTINCT ON (v.resident, v.day) v.grid, v.day, q.rating FROM visit_record v
	JOIN (SELECT record, rating, at, n FROM quality_call WHERE district = $1 AND rating IS NOT NULL
		UNION ALL SELECT record, rating, at, 0 FROM visit_rating WHERE district = $1) q ON q.record = v.id
	WHERE v.district = $1 AND starts_with(v.grid, $2) AND v.day BETWEEN $3 AND $4
	ORDER BY v.resident, v.day, q.n > 0 DESC, q.at DESC, q.n DESC)`
