package data

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNotFound says that the record asked for does not exist.
var ErrNotFound = errors.New("not found")

// ErrWrongKey says that the key is not the one with which the database was
// sealed, or that a value was not sealed where it stands.
var ErrWrongKey = errors.New("the key does not belong to this database: its personal columns were sealed with another key")

// ErrClosed says that an account is closed: its time is over, nothing is left of it
// but the id, and it is never opened again.
var ErrClosed = errors.New("the account is closed: its time is over and nobody is behind it any more; whoever comes back gets a new one")

// MissingError says that a record refers to one that does not exist. It holds
// ids and codes only, never personal text.
type MissingError struct {
	Table    string // of the record that refers
	ID       string // of the record that refers; empty if it is not known
	Column   string // what it refers by: "building", "grid", "visitor"
	Value    string // what it names
	RefTable string // where that is missing
}

// Error names the record and what it lacks.
func (e *MissingError) Error() string {
	who := e.Table
	if e.ID != "" {
		who += " " + e.ID
	}
	return fmt.Sprintf("%s: %s %q does not exist in table %s", who, e.Column, e.Value, e.RefTable)
}

// TwiceError says that a record is given twice, or clashes with one that is
// stored.
type TwiceError struct {
	Table  string
	ID     string // of the record; empty if it is not known
	Reason string // what must be unique
}

// Error names the record and what is not unique.
func (e *TwiceError) Error() string {
	who := e.Table
	if e.ID != "" {
		who += " " + e.ID
	}
	return who + ": " + e.Reason
}

// InvalidError says that a record holds a value that the schema refuses.
type InvalidError struct {
	Table string
	Rule  string // name of the column or of the CHECK
}

// Error names the table and the rule.
func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s: the value of %s is not allowed", e.Table, e.Rule)
}

// keyDetail finds "(columns)=(values)" in the detail of an error, in whatever
// language the server speaks.
var keyDetail = regexp.MustCompile(`\(([^()]*)\)=\((.*)\)`)

// tidy turns an error of the server into a typed one that carries no row: the
// detail of a PgError can hold values, so it must not travel further.
func tidy(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	// Who a record is lies in a table beside it: an error speaks of the record.
	table := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(pg.TableName, "staged_"), "new_"), "_person")
	switch pg.Code {
	case "23503": // foreign_key_violation
		e := &MissingError{Table: table, Column: pg.ConstraintName}
		if m := keyDetail.FindStringSubmatch(pg.Detail); m != nil {
			columns, values := strings.Split(m[1], ", "), strings.Split(m[2], ", ")
			e.Column, e.Value = columns[len(columns)-1], values[len(values)-1]
		}
		e.RefTable = strings.TrimSuffix(strings.TrimPrefix(pg.ConstraintName, pg.TableName+"_district_"), "_fkey")
		if e.Column == "parent" {
			e.RefTable = "area"
		}
		return e
	case "23505", "21000": // unique_violation, cardinality_violation
		e := &TwiceError{Table: table, Reason: "is given twice"}
		switch pg.ConstraintName {
		case "resident_person_id_hash_key":
			e.Reason = "two residents have the same ID number"
		case "account_login_key":
			e.Reason = "another account has that login"
		case "account_subject_key":
			e.Reason = "another account signs in as that subject"
		case "plan_stop_visit_once":
			e.Reason = "a visitor visits a resident twice on one day"
		case "plan_stop_task_once":
			e.Reason = "a visitor does a task twice on one day"
		}
		if m := keyDetail.FindStringSubmatch(pg.Detail); m != nil && !strings.Contains(m[1], "hash") && table != "account" {
			_, e.ID, _ = strings.Cut(m[2], ", ") // the district goes without saying
		}
		return e
	case "23P01": // exclusion_violation
		return &TwiceError{Table: table, Reason: "two versions share a day"}
	case "23514", "22P02", "22001", "22003": // check_violation and bad values
		return &InvalidError{Table: table, Rule: strings.TrimSuffix(strings.TrimPrefix(pg.ConstraintName, table+"_"), "_check")}
	case "23502": // not_null_violation
		return &InvalidError{Table: table, Rule: pg.ColumnName}
	}
	return fmt.Errorf("%s (SQLSTATE %s)", pg.Message, pg.Code)
}
