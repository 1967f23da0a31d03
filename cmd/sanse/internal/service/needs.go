package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sanse/data"
	"sanse/planner"
)

// needSeconds is how long a walk to a facility may be for a need to be met there:
// the promise of the service circle.
const needSeconds = coverageMinutes * 60

// The states of a need.
const (
	NeedOpen      = "open"      // nothing has been proposed yet
	NeedMatched   = "matched"   // a facility or a provider is to meet it
	NeedUnmatched = "unmatched" // nobody can, or nobody is to
)

// Why a need is unmatched.
const (
	WhyNobodyOffers = "nobody_offers" // no facility and no provider gives the service
	WhyOffStreets   = "off_streets"   // no street leads to the resident's home
	WhyTooFar       = "too_far"       // no facility within the walk
	WhyOutOfScope   = "out_of_scope"  // no provider works there
	WhyClosed       = "closed"        // closed all week, or never open when the resident can
	WhyNoSkill      = "no_skill"      // no worker of the provider who may come has the skill
	WhyFull         = "full"          // in reach, but no room: covered on paper only
	WhyByHand       = "by_hand"       // somebody decided so
	WhyOpen         = "open"          // not proposed yet
)

// ledger is what there is to know of a district's needs, of one state of its data.
// It never changes once made.
type ledger struct {
	snap      *Snapshot
	today     planner.Date
	day       planner.Date // on which needs are looked at: today, or the first day of a plan to come
	walks     map[string]*districtReach
	needs     []data.Need // that hold on the day, by id
	providers []data.Provider
	matches   map[string]*data.NeedMatch // the one that holds, by need

	need     map[string]int // by id, place in needs
	resident map[string]int // by id, place in the snapshot
	facility map[string]int
	provider map[string]int // by id, place in providers
	visitor  map[string]int
}

// errMoved says that the data changed while they were being read.
var errMoved = errors.New("the data changed meanwhile")

// maxReads is how often something is read again that changes while it is read.
const maxReads = 5

// ledger reads the needs of a district with the walks of everybody.
func (s *Service) ledger(ctx context.Context, district string) (*ledger, error) {
	for range maxReads {
		l, err := s.readLedger(ctx, district)
		if !errors.Is(err, errMoved) {
			return l, err
		}
	}
	return nil, fmt.Errorf("read the needs of district %s: %w", district, errMoved)
}

func (s *Service) readLedger(ctx context.Context, district string) (*ledger, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	l := &ledger{
		snap: v.snap, today: v.today, day: max(v.today, v.opensOn()), walks: make(map[string]*districtReach), matches: make(map[string]*data.NeedMatch),
		need: make(map[string]int), resident: make(map[string]int), facility: make(map[string]int), provider: make(map[string]int), visitor: make(map[string]int),
	}
	code := v.snap.District.Code
	var all []data.Need
	var matches []data.NeedMatch
	var version int64
	err = s.store.View(ctx, func(r *data.Reads) error {
		read := func(f func() error) {
			if err == nil {
				err = f()
			}
		}
		read(func() (err error) { version, err = r.DataVersion(ctx, code); return })
		read(func() (err error) { all, err = r.Needs(ctx, code); return })
		read(func() (err error) { matches, err = r.NeedMatches(ctx, code); return })
		read(func() (err error) { l.providers, err = r.Providers(ctx, code); return })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the needs of district %s: %w", code, err)
	}
	if version != v.snap.Version {
		return nil, errMoved
	}
	for i := range all {
		if n := &all[i]; n.HoldsOn(l.day) {
			l.need[n.ID] = len(l.needs)
			l.needs = append(l.needs, *n)
		}
	}
	for i := range matches {
		l.matches[matches[i].Need] = &matches[i]
	}
	for i := range l.snap.Residents {
		l.resident[l.snap.Residents[i].ID] = i
	}
	for i := range l.snap.Facilities {
		l.facility[l.snap.Facilities[i].ID] = i
	}
	for i := range l.providers {
		l.provider[l.providers[i].ID] = i
	}
	for i := range l.snap.Visitors {
		l.visitor[l.snap.Visitors[i].ID] = i
	}
	return l, nil
}

// walk finds who reaches what at the paces of all who have needs.
func (s *Service) walk(ctx context.Context, l *ledger) error {
	for i := range l.needs {
		pace := paceOf(l.who(&l.needs[i]).Kinds)
		if l.walks[pace] != nil {
			continue
		}
		r, err := s.reach(ctx, l.snap.District.Code, pace)
		if err != nil {
			return err
		}
		if r.snap != l.snap {
			return errMoved
		}
		l.walks[pace] = r
	}
	return nil
}

// who is the resident of a need.
func (l *ledger) who(n *data.Need) *data.Resident { return &l.snap.Residents[l.resident[n.Resident]] }

// paceOf is the profile at which a resident walks to a facility: without steps
// where a wheelchair is known of, with a cane where a disability is, as an adult
// where it is a child who is brought, else as an older person.
func paceOf(kinds []string) string {
	has := func(kind ...string) bool {
		return slices.ContainsFunc(kind, func(k string) bool { return slices.Contains(kinds, k) })
	}
	switch {
	case has("wheelchair", "轮椅", "坐轮椅"):
		return "wheelchair"
	case has("disabled"):
		return "cane"
	case has("child_in_difficulty"):
		return "foot"
	default:
		return usualPace
	}
}

// Need is a need with what it is matched to.
type Need struct {
	data.Need
	Area      string // the resident's grid or micro-grid
	Grade     string
	Frequency string
	Status    string
	Match     *NeedMatch // nil: never matched, or unmatched
	Reason    string     // the code of why it is unmatched
	Detail    string     // of that, in words where somebody decided so
}

// NeedMatch is a match with what it is to be called.
type NeedMatch struct {
	data.NeedMatch
	Name string // of the facility or the provider
	// Ended is the first day on which another match held; 0: it still holds.
	Ended planner.Date
}

// state tells how a need stands: what it is matched to, or why it is not.
func (l *ledger) state(n *data.Need) (status, reason, detail string) {
	m := l.matches[n.ID]
	switch {
	case m == nil:
		return NeedOpen, WhyOpen, ""
	case !m.Matched() && m.ByHand:
		return NeedUnmatched, WhyByHand, m.Reason
	case !m.Matched():
		return NeedUnmatched, m.Reason, ""
	}
	if why := l.fallen(n, m); why != "" {
		return NeedUnmatched, why, ""
	}
	return NeedMatched, "", ""
}

// fallen tells why a match is none any more, though it was one when it was made: a
// facility that has closed or gives another service, a provider who no longer
// comes, a need that an import has changed. Empty: it stands. What somebody forced
// stands as long as they want it.
func (l *ledger) fallen(n *data.Need, m *data.NeedMatch) string {
	if m.Forced {
		return ""
	}
	if m.Provider != "" {
		i, ok := l.provider[m.Provider]
		if !ok || n.Place == data.PlaceFacility {
			return WhyNobodyOffers
		}
		_, why := l.providerFits(&l.providers[i], n)
		return why
	}
	i, ok := l.facility[m.Facility]
	switch {
	case !ok || n.Place == data.PlaceHome || l.snap.Facilities[i].Service != n.Service:
		return WhyNobodyOffers
	case l.snap.Facilities[i].Status != "open" || !meet(l.snap.Facilities[i].Hours, n.Hours):
		return WhyClosed
	}
	return ""
}

// holds is the match of a need that stands, with nil for one that has fallen.
func (l *ledger) holds(n *data.Need) *data.NeedMatch {
	m := l.matches[n.ID]
	if m == nil || !m.Matched() || l.fallen(n, m) != "" {
		return nil
	}
	return m
}

// walkTold is how a viewer is told of walks from the home of a need: to the second
// where they are told where the door is, else in full minutes.
func (l *ledger) walkTold(n *data.Need, viewer Viewer) func(*int32) *int32 {
	exact := viewer.May(CapNames, l.home(n))
	return func(seconds *int32) *int32 {
		if seconds == nil || exact {
			return seconds
		}
		told := coarseSeconds(*seconds)
		return &told
	}
}

// named is a match with the name of its facility or provider, and the walk there
// as it is told.
func (l *ledger) named(m *data.NeedMatch, told func(*int32) *int32) NeedMatch {
	out := NeedMatch{NeedMatch: *m}
	out.Seconds = told(m.Seconds)
	if i, ok := l.facility[m.Facility]; ok {
		out.Name = l.snap.Facilities[i].Name
	}
	if i, ok := l.provider[m.Provider]; ok {
		out.Name = l.providers[i].Name
	}
	return out
}

func (l *ledger) show(n *data.Need, viewer Viewer) Need {
	who := l.who(n)
	out := Need{Need: *n, Area: cmp.Or(who.MicroGrid, who.Grid), Grade: who.Grade, Frequency: frequency(n.Rules)}
	if out.Kind == "" && len(who.Kinds) > 0 {
		out.Kind = who.Kinds[0]
	}
	out.Status, out.Reason, out.Detail = l.state(n)
	if m := l.matches[n.ID]; m != nil && m.Matched() {
		named := l.named(m, l.walkTold(n, viewer))
		out.Match = &named
	}
	return out
}

// frequency writes rules shortly: "2/week", "every 3 days", "working days"; several
// that all hold with semicolons between.
func frequency(rules []planner.Policy) string {
	var out []string
	for _, r := range rules {
		switch {
		case r.PerWeek == 5 && len(r.Patterns) == 1 && slices.Equal(r.Patterns[0], []int{1, 2, 3, 4, 5}):
			out = append(out, "working days")
		case r.EveryDays == 1:
			out = append(out, "1/day")
		case r.EveryDays > 1:
			out = append(out, "every "+strconv.Itoa(r.EveryDays)+" days")
		case r.PerWeek > 0:
			out = append(out, strconv.Itoa(r.PerWeek)+"/week")
		case r.PerMonth > 0:
			out = append(out, strconv.Itoa(r.PerMonth)+"/month")
		case r.Once:
			out = append(out, "once")
		}
	}
	return strings.Join(out, "; ")
}

// NeedFilter says which needs are asked for; the zero value: all that hold.
type NeedFilter struct {
	Area     string // code; empty: the district
	Service  string
	Status   string
	Resident string
	Limit    int // 0: all
	Offset   int
}

// Needs lists the needs that hold, and says how many there are. Only those may ask
// who see the records of the area, and to whom people were handed, of these; a
// provider is shown the needs that are matched to it.
func (s *Service) Needs(ctx context.Context, district string, f NeedFilter) (list []Need, total int, err error) {
	if f.Limit < 0 || f.Offset < 0 {
		return nil, 0, invalid("%d needs from the %dth on: no such page", f.Limit, f.Offset)
	}
	switch f.Status {
	case "", NeedOpen, NeedMatched, NeedUnmatched:
	default:
		return nil, 0, invalid("status: %q is no state of a need: want open, matched or unmatched", f.Status)
	}
	v, area, err := s.viewArea(ctx, district, f.Area)
	if err != nil {
		return nil, 0, err
	}
	viewer := viewerOf(ctx)
	if !viewer.May(CapRecords, area.Code) && !viewer.Handed(CapRecords) {
		return nil, 0, mustMay(ctx, CapRecords, area.Code)
	}
	l, err := s.ledger(ctx, v.snap.District.Code)
	if err != nil {
		return nil, 0, err
	}
	handed, err := s.handedOver(ctx, l.snap.District.Code)
	if err != nil {
		return nil, 0, err
	}
	list = []Need{}
	var ids []string
	for i := range l.needs {
		n := &l.needs[i]
		if f.Service != "" && n.Service != f.Service || f.Resident != "" && n.Resident != f.Resident || !l.in(n, area) || !l.seen(n, viewer) && !handed[n.Resident] {
			continue
		}
		if status, _, _ := l.state(n); f.Status != "" && status != f.Status {
			continue
		}
		if total++; total > f.Offset && (f.Limit == 0 || len(list) < f.Limit) {
			list, ids = append(list, l.show(n, viewer)), append(ids, n.Resident)
		}
	}
	if err := s.shown(ctx, l.snap, ids, read("need", area.Code)); err != nil {
		return nil, 0, err
	}
	return list, total, nil
}

// handedOver are the residents who were handed to who asks. Of a provider they are
// none: it is shown what is matched to it.
func (s *Service) handedOver(ctx context.Context, district string) (map[string]bool, error) {
	viewer := viewerOf(ctx)
	if viewer.only != "" || !slices.ContainsFunc(viewer.Seats, func(s Seat) bool { return s.Role != data.RoleProvider && s.may(CapRecords)&handed != 0 }) {
		return nil, nil
	}
	out := make(map[string]bool)
	err := s.atDesk(ctx, func(d *data.Desk) error {
		ids, err := d.Handed(ctx, district)
		for _, id := range ids {
			out[id] = true
		}
		return err
	})
	return out, err
}

// home is the finest area in which the resident of a need lives.
func (l *ledger) home(n *data.Need) string {
	who := l.who(n)
	return cmp.Or(who.MicroGrid, who.Grid, l.snap.District.Code)
}

// seen tells whether a viewer is shown a need: they see the records where the
// resident lives, or it is matched today to the provider for which they ask. A
// match of a plan to come is shown to it when that begins.
func (l *ledger) seen(n *data.Need, viewer Viewer) bool {
	return viewer.May(CapRecords, l.home(n)) || l.meets(n, viewer)
}

// meets tells whether a need is matched, now, to a provider for which who asks is
// there.
func (l *ledger) meets(n *data.Need, viewer Viewer) bool {
	m := l.holds(n)
	return m != nil && m.Provider != "" && m.From <= l.today && n.HoldsOn(l.today) && slices.Contains(viewer.Bodies(data.RoleProvider), m.Provider)
}

// in tells whether the resident of a need lives in an area.
func (l *ledger) in(n *data.Need, area planner.Area) bool {
	who := l.who(n)
	return area.Parent == "" || strings.HasPrefix(cmp.Or(who.MicroGrid, who.Grid), area.Code)
}

// NeedHistory returns all that a need was ever matched to, the first first.
func (s *Service) NeedHistory(ctx context.Context, district, id string) (Need, []NeedMatch, error) {
	l, n, err := s.needOf(ctx, district, id, CapRecords)
	if err != nil {
		return Need{}, nil, err
	}
	viewer := viewerOf(ctx)
	var rows []data.NeedMatch
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		rows, err = r.NeedHistory(ctx, l.snap.District.Code, id)
		return err
	})
	if err != nil {
		return Need{}, nil, err
	}
	out := make([]NeedMatch, len(rows))
	for i := range rows {
		if out[i] = l.named(&rows[i], l.walkTold(n, viewer)); i+1 < len(rows) {
			out[i].Ended = rows[i+1].From
		}
	}
	return l.show(n, viewer), out, nil
}

// needOf is a need of a resident where who asks has a capability. To others it is
// as if there were none.
func (s *Service) needOf(ctx context.Context, district, id string, c Capability) (*ledger, *data.Need, error) {
	l, err := s.ledger(ctx, district)
	if err != nil {
		return nil, nil, err
	}
	i, ok := l.need[id]
	if ok && viewerOf(ctx).May(c, l.home(&l.needs[i])) {
		return l, &l.needs[i], s.shown(ctx, l.snap, []string{l.needs[i].Resident}, read("need", l.home(&l.needs[i])))
	}
	return nil, nil, missing(ctx, c, l.snap.District.Code, "there is no need %q that holds on %s", id, l.day)
}

// UnmatchedNeed is a need that nobody meets.
type UnmatchedNeed struct {
	ID, Resident, Service string
	Grid, MicroGrid       string
	Grade                 string
	Kinds                 []string
	Reason                string
}

// unmatchedNeeds lists the needs that hold and that nobody meets: what there is no
// facility or provider for, and what nobody has looked at yet. It asks nobody for
// whom they answer: it is for what counts, not for what shows.
func (s *Service) unmatchedNeeds(ctx context.Context, district string) ([]UnmatchedNeed, error) {
	l, err := s.ledger(ctx, district)
	if err != nil {
		return nil, err
	}
	var out []UnmatchedNeed
	for i := range l.needs {
		n := &l.needs[i]
		status, reason, _ := l.state(n)
		if status == NeedMatched {
			continue
		}
		who := l.who(n)
		out = append(out, UnmatchedNeed{
			ID: n.ID, Resident: n.Resident, Service: n.Service, Grid: who.Grid, MicroGrid: who.MicroGrid, Grade: who.Grade, Kinds: who.Kinds, Reason: reason,
		})
	}
	return out, nil
}

// Providers lists all who give services at home.
func (s *Service) Providers(ctx context.Context, district string) (out []data.Provider, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		out, err = r.Providers(ctx, d.Code)
		return err
	})
	return out, err
}
