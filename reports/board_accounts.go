package reports

// Account says of one resident how many visits fell due in a period and how many
// of them were not made, of the windows that closed before today.
type Account struct {
	Due  int
	Late int
}

// Accounts returns the account of every resident for whom a window closed in the
// period before today, by id. Added up over an area they are what Row says of it:
// OnTime is (Due - Late) ÷ Due.
func (b *Board) Accounts(p Period) map[string]Account {
	out := map[string]Account{}
	for i := range b.residents {
		var t tally
		t.add(&b.residents[i], p, b)
		if t.closed > 0 {
			out[b.residents[i].id] = Account{Due: t.closed, Late: t.closed - t.kept}
		}
	}
	return out
}
