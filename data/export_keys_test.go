package data

// SealedColumns lists the sealed columns that Reseal goes through, as
// table.column.
func SealedColumns() []string {
	var out []string
	for _, t := range sealedTables {
		for _, c := range t.columns {
			out = append(out, t.table+"."+c)
		}
	}
	return out
}

// Mark is a mark of the district's mark key.
func (tx *Tx) Mark(district, label string, parts ...string) ([]byte, error) {
	k, err := tx.sealer(district)
	if err != nil {
		return nil, err
	}
	return k.mark(label, parts...)
}
