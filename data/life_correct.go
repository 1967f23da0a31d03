package data

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// CorrectableFields are the columns that a request can correct.
var CorrectableFields = []string{"name", "id_number", "phone", "address", "note"}

// correct seals new texts of a resident in the place of the old ones. What they
// take the place of is kept, sealed, with the request: an import of the old text
// does not bring it back (see holdCorrections).
func (tx *Tx) correct(district string, r *RightsRequest, fields map[string]Sealed) (map[string]int64, error) {
	was, err := tx.Reads().ResidentPersons(tx.ctx, district, []string{r.Resident})
	if err != nil {
		return nil, err
	}
	person := was[r.Resident]
	replaced := make(map[string]string, len(fields))
	for _, c := range personColumns(&person) {
		if _, there := fields[c.column]; there {
			replaced[c.column] = c.value.Reveal()
		}
	}
	done, err := tx.putTexts(district, r.Resident, fields)
	if err != nil {
		return nil, err
	}
	if err := tx.hold(district, r, slices.Sorted(maps.Keys(done)), replaced); err != nil {
		return nil, err
	}
	return done, tx.Record(district, Event{Action: ActUpdate, Object: "resident_person", IDs: []string{r.Resident}})
}

// putTexts writes texts of a resident, by column.
func (tx *Tx) putTexts(district, resident string, fields map[string]Sealed) (map[string]int64, error) {
	k, err := tx.sealer(district)
	if err != nil {
		return nil, err
	}
	done := map[string]int64{}
	for _, field := range CorrectableFields {
		value, there := fields[field]
		if !there {
			continue
		}
		sealed, err := k.seal(value, "resident", field, resident)
		if err != nil {
			return nil, err
		}
		tag, err := tx.tx.Exec(tx.ctx, `UPDATE resident_person SET `+field+` = $3 WHERE district = $1 AND resident = $2`, district, resident, sealed)
		if err == nil && field == "id_number" {
			var hash []byte
			if hash, err = k.hash(value); err != nil {
				return nil, err
			}
			_, err = tx.tx.Exec(tx.ctx, `UPDATE resident_person SET id_hash = $3 WHERE district = $1 AND resident = $2`, district, resident, hash)
		}
		if err := touchedOne(tag, err, "correct "+field); err != nil {
			return nil, err
		}
		done[field] = 1
	}
	return done, nil
}

// hold has a correction hold for these columns, and no earlier one any more.
func (tx *Tx) hold(district string, r *RightsRequest, columns []string, replaced map[string]string) error {
	text, err := json.Marshal(replaced)
	if err != nil {
		return fmt.Errorf("keep what was corrected: %w", err)
	}
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	sealed, err := k.seal(Sealed(text), "data_request", "replaced", r.ID)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE data_request SET holds = ARRAY(SELECT h FROM unnest(holds) h WHERE h <> ALL ($3))
			WHERE district = $1 AND resident = $2 AND holds && $3`, []any{district, r.Resident, columns}},
		{`UPDATE data_request SET holds = $3, replaced = $4 WHERE district = $1 AND id = $2`, []any{district, r.ID, columns, sealed}},
	} {
		if _, err := tx.tx.Exec(tx.ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("keep what was corrected: %w", tidy(err))
		}
	}
	return nil
}

// holdCorrections puts corrections back over what has just been written of these
// residents, for sources are slow to learn. A correction holds until the source
// says the same, or something that is neither that nor what was corrected: then
// the source knows better. What it does not say counts as not known.
func (tx *Tx) holdCorrections(district string, residents []Resident, ids []string) error {
	type held struct {
		request, resident string
		columns           []string
	}
	rows, err := tx.tx.Query(tx.ctx, `SELECT id, resident, holds FROM data_request
		WHERE district = $1 AND resident = ANY ($2) AND holds <> '{}' ORDER BY done_at, id`, district, ids)
	if err != nil {
		return fmt.Errorf("look up corrections: %w", tidy(err))
	}
	all, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (h held, err error) {
		err = r.Scan(&h.request, &h.resident, &h.columns)
		return h, err
	})
	if err != nil {
		return fmt.Errorf("look up corrections: %w", tidy(err))
	}
	if len(all) == 0 {
		return nil
	}
	written := make(map[string]*Person, len(residents))
	for i := range residents {
		written[residents[i].ID] = &residents[i].Person
	}
	kept := make(map[string]bool)
	for _, h := range all {
		right, err := tx.requestTexts(district, h.request, "fields")
		if err != nil {
			return err
		}
		wrong, err := tx.requestTexts(district, h.request, "replaced")
		if err != nil {
			return err
		}
		back, holds := make(map[string]Sealed), []string{}
		for _, c := range personColumns(written[h.resident]) {
			if !slices.Contains(h.columns, c.column) {
				continue
			}
			was, known := wrong[c.column]
			if *c.value == right[c.column] || known && *c.value != was && *c.value != "" {
				continue // the source has learned
			}
			back[c.column] = right[c.column]
			holds = append(holds, c.column)
		}
		if len(back) > 0 {
			if _, err := tx.putTexts(district, h.resident, back); err != nil {
				return err
			}
			kept[h.resident] = true
		}
		if len(holds) == len(h.columns) {
			continue
		}
		if _, err := tx.tx.Exec(tx.ctx, `UPDATE data_request SET holds = $3 WHERE district = $1 AND id = $2`, district, h.request, holds); err != nil {
			return fmt.Errorf("keep what was corrected: %w", tidy(err))
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return tx.Record(district, Event{
		Action: ActUpdate, Object: "resident_person", IDs: slices.Sorted(maps.Keys(kept)), Detail: map[string]string{"what": "correction_kept"},
	})
}

// requestTexts opens the texts of a correction, by column: those that are right
// (fields) or those they took the place of (replaced); nil where none are kept.
// Only the owner's store can.
func (tx *Tx) requestTexts(district, request, column string) (map[string]Sealed, error) {
	return opened(tx.ctx, tx.Reads(), district, func(k *sealer) (map[string]Sealed, error) {
		var sealed []byte
		if err := tx.tx.QueryRow(tx.ctx, `SELECT `+column+` FROM data_request WHERE district = $1 AND id = $2`, district, request).Scan(&sealed); err != nil {
			return nil, fmt.Errorf("texts of request %s: %w", request, tidy(err))
		}
		text, err := k.open(sealed, "data_request", column, request)
		if err != nil || text == "" {
			return nil, err
		}
		var clear map[string]string
		if err := json.Unmarshal([]byte(text.Reveal()), &clear); err != nil {
			return nil, fmt.Errorf("texts of request %s are damaged", request) // the JSON error could quote them
		}
		out := make(map[string]Sealed, len(clear))
		for name, value := range clear {
			out[name] = Sealed(value)
		}
		return out, nil
	})
}
