// Package data keeps the records of a district: value types for what people
// bring (areas, buildings, residents, visitors, facilities, visits, rules,
// streets) and for what is computed (plans, coverage), and a store for them in
// PostgreSQL with PostGIS.
//
// Everything is written in transactions:
//
//	err := store.Write(ctx, func(tx *data.Tx) error {
//		if err := tx.PutDistrict(district); err != nil {
//			return err
//		}
//		return tx.PutResidents(district.Code, residents)
//	})
//
// and read whole, set by set: a computation reads once, from one snapshot
// (Store.View), and works on values.
//
// Invariants: every record belongs to a district, and refers only to records
// of the same one. Boundaries are dated and never overlap in time. Membership
// (Resident.Grid and the like) is stored as package geo decided it; SQL never
// decides it again. Personal text is of type Sealed, is encrypted before it
// leaves the process and opened only by ResidentPersons and VisitorPersons.
// Errors name records by id and never hold personal text. Dates are calendar
// days of the district's time zone, geometry is WGS 84 lon-lat.
//
// Importing files is left to data/imports, the demo district to data/demo, the
// private server to data/cluster, and a store for tests to data/datatest.
package data
