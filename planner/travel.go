package planner

// matrixOn returns the matrix of the block and mode that holds on the day: of
// several the one with the latest From; nil if there is none.
func (p *Problem) matrixOn(block, mode string, day Date) *Matrix {
	var best *Matrix
	for i := range p.Matrices {
		m := &p.Matrices[i]
		if m.Block == block && modeOf(m.Mode) == modeOf(mode) && m.holdsOn(day) && (best == nil || m.from() > best.from()) {
			best = m
		}
	}
	return best
}

// holdsOn tells whether the matrix holds on the day.
func (m *Matrix) holdsOn(day Date) bool {
	return m.from() <= day && (m.To == nil || day <= *m.To)
}

// from is the first day on which the matrix holds.
func (m *Matrix) from() Date {
	if m.From == nil {
		return dateMin
	}
	return *m.From
}

// slowPercent returns the share of the usual travel time that the mode takes
// on the day: of the entries of Slow that match the largest, 100 without any.
func (p *Problem) slowPercent(mode string, day Date) int {
	most := 100
	for i := range p.Slow {
		s := &p.Slow[i]
		if s.From <= day && day <= s.To && (s.Mode == "" || modeOf(s.Mode) == modeOf(mode)) {
			most = max(most, s.Percent)
		}
	}
	return most
}

// slowed returns a travel time on a day of that percentage, rounded up and
// kept below what an int32 holds; -1 stays -1.
func slowed(seconds int32, percent int) int32 {
	if seconds <= 0 || percent == 100 {
		return seconds
	}
	return int32(min((int64(seconds)*int64(percent)+99)/100, 1<<31-1))
}

// minutesOf rounds up to whole minutes; no value overflows.
func minutesOf(seconds int32) int32 {
	if seconds%60 > 0 {
		return seconds/60 + 1
	}
	return seconds / 60
}
