package evidence

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// Flag is something in a record that a human should look at.
type Flag string

// The flags. The first four show by the record and its code when it comes in, the
// others beside other records.
const (
	CodeForged   Flag = "code_forged"       // the token is none of ours
	CodeRetired  Flag = "code_retired"      // the code is out of force
	CodeOther    Flag = "code_other"        // the code is another door's
	Clock        Flag = "clock"             // the phone's clock was wrong, or the record says it is from a time to come
	Far          Flag = "far"               // made far from the door
	Short        Flag = "short"             // a short visit
	Fast         Flag = "fast"              // from the door before sooner than anybody gets here
	Hours        Flag = "hours"             // at night
	SameMinute   Flag = "same_minute"       // one of many in the same minute
	Photographed Flag = "code_photographed" // with the door's code, and not at the door
)

// Flags are all flags.
var Flags = []Flag{CodeForged, CodeRetired, CodeOther, Clock, Far, Short, Fast, Hours, SameMinute, Photographed}

// Record is what Judge looks at of a visit record.
type Record struct {
	ID      string
	By      string // whose hand: an account
	Door    string // whose door: a resident
	Home    orb.Point
	Arrived time.Time
	Left    time.Time // zero: not said
	Seen    bool
	Metres  *int   // see Metres; nil: not known
	Code    string // id of a code in force of that door; empty: none
}

// end is when somebody was at a door last, as far as is known.
func (r *Record) end() time.Time {
	if r.Left.After(r.Arrived) {
		return r.Left
	}
	return r.Arrived
}

// Found is a flag on a record, with the figures that raised it: nothing personal.
type Found struct {
	Record string
	Flag   Flag
	Detail map[string]string
}

// Judge returns the flags of records, by id and flag. All records of a hand on the
// days in question are to be among them; zone is the district's. The order in which
// they come makes no difference.
func (r Rule) Judge(records []Record, zone *time.Location) []Found {
	all := slices.Clone(records)
	slices.SortFunc(all, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.By, b.By), a.Arrived.Compare(b.Arrived), cmp.Compare(a.ID, b.ID))
	})
	var out []Found
	raise := func(rec *Record, f Flag, detail map[string]string) { out = append(out, Found{rec.ID, f, detail}) }
	for i := range all {
		r.alone(&all[i], zone, raise)
	}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].By == all[from].By {
			to++
		}
		r.together(all[from:to], raise)
		from = to
	}
	slices.SortFunc(out, func(a, b Found) int { return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Flag, b.Flag)) })
	return slices.CompactFunc(out, func(a, b Found) bool { return a.Record == b.Record && a.Flag == b.Flag })
}

// alone raises what shows by one record.
func (r Rule) alone(rec *Record, zone *time.Location, raise func(*Record, Flag, map[string]string)) {
	if r.FarMetres > 0 && rec.Metres != nil && *rec.Metres >= r.FarMetres {
		metres := map[string]string{"metres": strconv.Itoa(*rec.Metres)}
		raise(rec, Far, metres)
		if rec.Code != "" {
			raise(rec, Photographed, metres)
		}
	}
	if stay := rec.end().Sub(rec.Arrived); rec.Seen && !rec.Left.IsZero() && stay < r.Short {
		raise(rec, Short, map[string]string{"seconds": seconds(stay)})
	}
	if h := rec.Arrived.In(zone).Hour(); r.LastHour > 0 && (h < r.FirstHour || h >= r.LastHour) {
		raise(rec, Hours, map[string]string{"hour": strconv.Itoa(h)})
	}
}

// together raises what shows by the records of one hand, in the order of time.
func (r Rule) together(mine []Record, raise func(*Record, Flag, map[string]string)) {
	for i := 1; i < len(mine) && r.MetresPerS > 0; i++ {
		before, here := &mine[i-1], &mine[i]
		metres := geo.Distance(before.Home, here.Home)
		took := here.Arrived.Sub(before.end())
		if before.Door == here.Door || metres < float64(r.MinMove) || metres <= r.MetresPerS*math.Max(took.Seconds(), 0) {
			continue
		}
		detail := map[string]string{"metres": strconv.Itoa(int(math.Round(metres/metresStep)) * metresStep), "seconds": seconds(took), "after": before.ID}
		raise(here, Fast, detail)
		// A code was shown at one of the two without anybody being there: which of
		// them is for a human to say.
		for _, rec := range []*Record{before, here} {
			if rec.Code != "" && (rec.Metres == nil || *rec.Metres > r.NearMetres) {
				raise(rec, Photographed, detail)
			}
		}
	}
	for from := 0; from < len(mine) && r.SameMinute > 0; {
		to := from + 1
		for to < len(mine) && mine[to].Arrived.Truncate(time.Minute).Equal(mine[from].Arrived.Truncate(time.Minute)) {
			to++
		}
		doors := map[string]bool{}
		for i := from; i < to; i++ {
			doors[mine[i].Door] = true
		}
		if len(doors) >= r.SameMinute {
			for i := from; i < to; i++ {
				raise(&mine[i], SameMinute, map[string]string{"doors": strconv.Itoa(len(doors))})
			}
		}
		from = to
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
