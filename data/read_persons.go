package data

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// What names people, whoever asks: as the store's own reads, or at the desk.
const (
	personsSQL   = `SELECT resident, name, id_number, phone, address, note FROM public.resident_person WHERE district = $1 AND resident = ANY ($2)`
	visitorsSQL  = `SELECT visitor, name, phone FROM public.visitor_person WHERE district = $1 AND visitor = ANY ($2)`
	addressesSQL = `SELECT task, address FROM public.task_person WHERE district = $1 AND task = ANY ($2)`
)

// identified is what was opened of the record of an id.
type identified[T any] struct {
	id string
	is T
}

func byID[T any](rows []identified[T]) map[string]T {
	out := make(map[string]T, len(rows))
	for i := range rows {
		out[rows[i].id] = rows[i].is
	}
	return out
}

// openedByID reads and opens what is sealed of the records of some ids.
func openedByID[T any](ctx context.Context, s *Reads, what, sql string, scan func(*sealer) func(pgx.Rows, *identified[T]) error, district string, ids []string) (map[string]T, error) {
	rows, err := opened(ctx, s, district, func(k *sealer) ([]identified[T], error) {
		return collect(ctx, s, what, scan(k), sql, district, ids)
	})
	if err != nil {
		return nil, err
	}
	return byID(rows), nil
}

// ResidentPersons opens what is sealed of the residents of these ids, and of no
// other; ids that do not exist are left out. Whoever calls it has established
// that the reader may see them.
func (s *Reads) ResidentPersons(ctx context.Context, district string, ids []string) (map[string]Person, error) {
	return openedByID(ctx, s, "residents", personsSQL, scanPerson, district, ids)
}

func scanPerson(k *sealer) func(pgx.Rows, *identified[Person]) error {
	return func(r pgx.Rows, v *identified[Person]) error {
		var sealed [5][]byte
		if err := r.Scan(&v.id, &sealed[0], &sealed[1], &sealed[2], &sealed[3], &sealed[4]); err != nil {
			return err
		}
		for i, field := range personColumns(&v.is) {
			var err error
			if *field.value, err = k.open(sealed[i], "resident", field.column, v.id); err != nil {
				return err
			}
		}
		return nil
	}
}

// VisitorPerson is what is sealed of a visitor.
type VisitorPerson struct {
	Name  Sealed
	Phone Sealed
}

// VisitorPersons opens the names and phones of the visitors of these ids, and
// of no other; ids that do not exist are left out.
func (s *Reads) VisitorPersons(ctx context.Context, district string, ids []string) (map[string]VisitorPerson, error) {
	return openedByID(ctx, s, "visitors", visitorsSQL, scanVisitor, district, ids)
}

func scanVisitor(k *sealer) func(pgx.Rows, *identified[VisitorPerson]) error {
	return func(r pgx.Rows, v *identified[VisitorPerson]) error {
		var name, phone []byte
		if err := r.Scan(&v.id, &name, &phone); err != nil {
			return err
		}
		var err error
		if v.is.Name, err = k.open(name, "visitor", "name", v.id); err != nil {
			return err
		}
		v.is.Phone, err = k.open(phone, "visitor", "phone", v.id)
		return err
	}
}

// TaskAddresses opens the addresses of the tasks of these ids, and of no other;
// those that have none are left out. Whoever calls it has established that the
// reader may see them.
func (s *Reads) TaskAddresses(ctx context.Context, district string, ids []string) (map[string]Sealed, error) {
	return openedByID(ctx, s, "tasks", addressesSQL, scanAddress, district, ids)
}

func scanAddress(k *sealer) func(pgx.Rows, *identified[Sealed]) error {
	return func(r pgx.Rows, v *identified[Sealed]) error {
		var sealed []byte
		if err := r.Scan(&v.id, &sealed); err != nil {
			return err
		}
		var err error
		v.is, err = k.open(sealed, "task", "address", v.id)
		return err
	}
}
