package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const codeColumns = `id, kind, COALESCE(resident, ''), COALESCE(building, ''), token_hash, made_at, made_by, retired_at, COALESCE(retired_why, '')`

func scanCode(r pgx.Rows, c *DoorCode) error {
	var retired *time.Time
	if err := r.Scan(&c.ID, &c.Kind, &c.Resident, &c.Building, &c.Hash, &c.MadeAt, &c.MadeBy, &retired, &c.Why); err != nil {
		return err
	}
	if retired != nil {
		c.Retired = *retired
	}
	return nil
}

// DoorCodesByHash returns those of the door codes that are known, retired ones
// included, by the SHA-256 of their tokens.
func (s *Reads) DoorCodesByHash(ctx context.Context, district string, hashes [][]byte) (map[string]DoorCode, error) {
	if hashes == nil {
		hashes = [][]byte{}
	}
	list, err := collect(ctx, s, "door codes", scanCode, `SELECT `+codeColumns+` FROM door_code WHERE district = $1 AND token_hash = ANY ($2)`, district, hashes)
	if err != nil {
		return nil, err
	}
	out := make(map[string]DoorCode, len(list))
	for _, c := range list {
		out[string(c.Hash)] = c
	}
	return out, nil
}

// DoorCodesAt returns the door codes in force that open each of these residents'
// records: their home's, their card's, and the plate of their building.
func (s *Reads) DoorCodesAt(ctx context.Context, district string, residents []string) (map[string][]DoorCode, error) {
	type row struct {
		of string
		DoorCode
	}
	list, err := collect(ctx, s, "door codes", func(r pgx.Rows, v *row) error { return r.Scan(&v.of, &v.ID, &v.Kind, &v.Hash) },
		`SELECT r.id, c.id, c.kind, c.token_hash FROM resident r JOIN door_code c ON c.district = r.district AND c.retired_at IS NULL
			AND (c.resident = r.id OR c.building = r.building)
		WHERE r.district = $1 AND r.id = ANY ($2) ORDER BY r.id, c.made_at, c.id`, district, orEmpty(residents))
	if err != nil {
		return nil, err
	}
	out := make(map[string][]DoorCode)
	for _, v := range list {
		out[v.of] = append(out[v.of], v.DoorCode)
	}
	return out, nil
}

// DoorCodes returns the door codes of residents in an area, and the plates of the
// buildings in which they live, the latest first, retired ones included.
func (s *Reads) DoorCodes(ctx context.Context, district, area string, limit int) ([]DoorCode, error) {
	return collect(ctx, s, "door codes", scanCode, `SELECT `+codeColumns+` FROM door_code c WHERE district = $1 AND EXISTS (SELECT FROM resident r
			WHERE r.district = c.district AND starts_with(COALESCE(r.micro_grid, r.grid), $2) AND (r.id = c.resident OR r.building = c.building))
		ORDER BY made_at DESC, id LIMIT $3`, district, area, limit)
}

// DoorCode returns a door code; ErrNotFound if there is none of that id.
func (s *Reads) DoorCode(ctx context.Context, district, id string) (DoorCode, error) {
	list, err := collect(ctx, s, "door code", scanCode, `SELECT `+codeColumns+` FROM door_code WHERE district = $1 AND id = $2`, district, id)
	if err != nil {
		return DoorCode{}, err
	}
	if len(list) == 0 {
		return DoorCode{}, fmt.Errorf("door code: %w", ErrNotFound)
	}
	return list[0], nil
}

// PutDoorCode adds a door code. A resident or building that does not exist is a
// *MissingError.
func (tx *Tx) PutDoorCode(district string, c *DoorCode) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO door_code (district, id, token_hash, kind, resident, building, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		district, c.ID, c.Hash, c.Kind, orNil(c.Resident), orNil(c.Building), c.MadeAt, c.MadeBy)
	if err != nil {
		return fmt.Errorf("store door code: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActCreate, Object: "door_code", IDs: []string{c.ID}})
}

// RetireDoorCode takes a door code out of force, for a reason that is a word;
// ErrNotFound if there is none of that id in force.
func (tx *Tx) RetireDoorCode(district, id, why, by string, at time.Time) error {
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE door_code SET retired_at = $3, retired_by = $4, retired_why = $5
		WHERE district = $1 AND id = $2 AND retired_at IS NULL`, district, id, at, by, why)
	if err := touchedOne(tag, err, "retire door code"); errors.Is(err, ErrNotFound) {
		return fmt.Errorf("door code: %w", ErrNotFound)
	} else if err != nil {
		return err
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "door_code", IDs: []string{id}, Detail: map[string]string{"retired": why}})
}
