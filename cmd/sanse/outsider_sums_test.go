package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// spotOf is where residents are who cannot be told apart by any place that an
// outsider can name: a fine cell of a grid.
type spotOf struct {
	grid string
	cell h3.Cell // of resolution 9
	fine h3.Cell // of resolution 8: that of the home itself, for cells do not nest
}

// sums is what somebody knows: equations over how many residents of each grade
// are at each spot. It subtracts them modulo a prime, which finds all that follows.
type sums struct {
	rows  [][]int64
	leads []int
}

const bigPrime = 2147483629

func (s *sums) reduce(row []int64) {
	for i, r := range s.rows {
		if f := row[s.leads[i]]; f != 0 {
			for k, x := range r {
				if x != 0 {
					row[k] = ((row[k]-f*x)%bigPrime + bigPrime) % bigPrime
				}
			}
		}
	}
}

func (s *sums) learn(row []int64) {
	row = slices.Clone(row)
	s.reduce(row)
	lead := slices.IndexFunc(row, func(x int64) bool { return x != 0 })
	if lead < 0 {
		return
	}
	inverse, power := int64(1), row[lead]
	for n := bigPrime - 2; n > 0; n >>= 1 {
		if n&1 == 1 {
			inverse = inverse * power % bigPrime
		}
		power = power * power % bigPrime
	}
	for k := range row {
		row[k] = row[k] * inverse % bigPrime
	}
	s.rows, s.leads = append(s.rows, row), append(s.leads, lead)
}

func (s *sums) follows(row []int64) bool {
	row = slices.Clone(row)
	s.reduce(row)
	return !slices.ContainsFunc(row, func(x int64) bool { return x != 0 })
}

// people holds the true numbers of a district, by spot and grade.
type people struct {
	count  map[spotOf]map[string]int
	spots  []spotOf
	grades []string
}

func peopleOf(t *testing.T, problem object) *people {
	t.Helper()
	p := &people{count: make(map[spotOf]map[string]int), grades: []string{"red", "yellow", "blue"}}
	for _, v := range list(problem["residents"]) {
		r := v.(object)
		at := r["location"].([]any)
		spot := spotOf{grid: text(r["micro_grid"])}
		if spot.grid == "" {
			spot.grid = text(r["grid"])
		}
		for res, c := range map[int]*h3.Cell{8: &spot.fine, 9: &spot.cell} {
			got, err := geo.CellAt(orb.Point{at[0].(float64), at[1].(float64)}, res)
			if err != nil {
				t.Fatal(err)
			}
			*c = got
		}
		if p.count[spot] == nil {
			p.count[spot] = make(map[string]int)
		}
		p.count[spot][text(r["grade"])]++
	}
	p.spots = slices.Collect(maps.Keys(p.count))
	slices.SortFunc(p.spots, func(a, b spotOf) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return p
}

// row are the coefficients of residents of some grades at the spots that are
// wanted; value is how many there are in truth.
func (p *people) row(grades []string, want func(spotOf) bool) (row []int64, value int) {
	row = make([]int64, len(p.spots)*len(p.grades))
	for i, s := range p.spots {
		if !want(s) {
			continue
		}
		for k, g := range p.grades {
			if slices.Contains(grades, g) {
				row[i*len(p.grades)+k] = 1
				value += p.count[s][g]
			}
		}
	}
	return row, value
}

// spotIn tells whether a spot lies in an area and, if one is named, in a cell.
func spotIn(s spotOf, area, cell string) bool {
	if !strings.HasPrefix(s.grid, area) {
		return false
	}
	if cell == "" {
		return true
	}
	c := h3.CellFromString(cell)
	up := s.fine
	if c.Resolution() < 8 {
		up, _ = s.fine.Parent(c.Resolution())
	}
	return up == c
}

func TestNoSmallNumberOfResidentsFollowsFromAllThatOutsidersFetch(t *testing.T) {
	isLong(t)
	d := done(t, attacked)
	c := serveDistrict(t, d)
	problem := readJSON(t, d.file("problem.json"))
	p := peopleOf(t, problem)
	codes := codesByLevel(problem)
	figures := list(c.get("/v1/release?as=public")["figures"])
	told := make(map[string]int) // detail, part, area and cell: what a release tells
	for _, v := range figures {
		f := v.(object)
		for part, n := range f["parts"].(object) {
			told[strings.Join([]string{text(f["detail"]), part, text(f["area"]), text(f["cell"])}, " ")] = whole(n)
			if whole(n) < 5 {
				t.Errorf("%v is told", f)
			}
		}
	}
	if len(told) < 20 {
		t.Fatalf("only %d figures are told", len(told))
	}
	wordsOf := map[string][]string{"all": p.grades, "red": {"red"}, "yellow": {"yellow"}, "blue": {"blue"}, "red+yellow": {"red", "yellow"}, "yellow+red": {"yellow", "red"}}

	// What boards, areas and maps say beside is made of the same figures.
	for _, area := range slices.Concat(codes["district"], codes["town"], codes["community"]) {
		for part, n := range c.get("/v1/board?as=public&area=" + area)["totals"].(object)["residents"].(object) {
			if n := whole(n); n != told["enrolled "+part+" "+area+" "] && n != told["grade "+part+" "+area+" "] && n != told["grades "+part+" "+area+" "] {
				t.Errorf("the board of %s: %d %s", area, n, part)
			}
		}
	}
	for _, level := range []string{"district", "town", "community", "grid"} {
		for _, f := range c.features("/v1/areas?as=public&level=" + level) {
			q := properties(f)
			n, ok := told["enrolled all "+text(q["code"])+" "]
			if (q["residents"] != nil) != ok || ok && whole(q["residents"]) != n {
				t.Errorf("the areas say %v of %v, the release %d (%v)", q["residents"], q["code"], n, ok)
			}
		}
	}
	for res := 6; res <= 8; res++ {
		sum := 0
		v := c.get(fmt.Sprintf("/v1/heatmap?as=public&res=%d", res))
		for _, f := range list(v["cells"].(object)["features"]) {
			q := properties(f)
			sum += whole(q["count"])
			if q["rolled_up"] == true {
				continue // the rest of a place: the sum below holds it
			}
			pieces := 0
			for key, n := range told {
				if strings.HasPrefix(key, "enrolled all ") && strings.HasSuffix(key, " "+text(q["cell"])) {
					pieces += n
				}
			}
			if whole(q["count"]) != pieces {
				t.Errorf("the map says %v of cell %v, the pieces told add up to %d", q["count"], q["cell"], pieces)
			}
		}
		if sum != whole(v["total"]) || sum != told["enrolled all "+codes["district"][0]+" "] {
			t.Errorf("at resolution %d the map adds up to %d of %v", res, sum, v["total"])
		}
	}

	// Who knows what, beside what is told to all.
	attackers := map[string]func(spotOf) bool{"the public": func(spotOf) bool { return false }}
	grids := codes["grid"]
	some := []string{grids[0], grids[len(grids)/3], grids[len(grids)/2], grids[len(grids)-1]}
	for _, code := range slices.Concat(codes["town"], codes["community"], some) {
		attackers["who answers for "+code] = func(s spotOf) bool { return strings.HasPrefix(s.grid, code) }
	}
	learned := func(knows func(spotOf) bool, also ...[]int64) *sums {
		s := &sums{}
		for key := range told {
			f := strings.Split(key, " ")
			grades, ok := wordsOf[f[1]]
			if !ok {
				continue // kinds and disabled people are other columns, by the same rule
			}
			row, value := p.row(grades, func(s spotOf) bool { return spotIn(s, f[2], f[3]) })
			if value != told[key] {
				t.Fatalf("%s: %d is told, %d is so", key, told[key], value)
			}
			for i, spot := range p.spots {
				if knows(spot) {
					clear(row[i*len(p.grades):][:len(p.grades)])
				}
			}
			s.learn(row)
		}
		for _, row := range also {
			s.learn(row)
		}
		return s
	}
	type place struct {
		name string
		want func(spotOf) bool
	}
	var places []place
	for _, level := range []string{"district", "town", "community", "grid", "micro-grid"} {
		for _, code := range codes[level] {
			places = append(places, place{code, func(s spotOf) bool { return strings.HasPrefix(s.grid, code) }})
		}
	}
	cells := make(map[h3.Cell]bool)
	for _, s := range p.spots {
		cells[s.cell] = true
		for res := 6; res <= 8; res++ {
			up := s.fine
			if res < 8 {
				up, _ = s.fine.Parent(res)
			}
			cells[up] = true
		}
	}
	for cell := range cells {
		places = append(places, place{"cell " + cell.String(), func(s spotOf) bool {
			return s.cell == cell || cell.Resolution() < 9 && spotIn(s, "", cell.String())
		}})
		for _, code := range codes["community"] {
			places = append(places, place{"cell " + cell.String() + " in " + code, func(s spotOf) bool {
				return strings.HasPrefix(s.grid, code) && (s.cell == cell || cell.Resolution() < 9 && spotIn(s, "", cell.String()))
			}})
		}
	}
	search := func(who string, knows func(spotOf) bool, s *sums) (found []string) {
		for _, pl := range places {
			for part, grades := range wordsOf {
				row, value := p.row(grades, func(s spotOf) bool { return pl.want(s) && !knows(s) })
				if value < 5 && slices.Contains(row, 1) && s.follows(row) {
					found = append(found, fmt.Sprintf("%s finds %d %s in %s", who, value, part, pl.name))
				}
			}
		}
		return found
	}
	for _, who := range slices.Sorted(maps.Keys(attackers)) {
		if found := search(who, attackers[who], learned(attackers[who])); len(found) > 0 {
			t.Errorf("%d small numbers follow, the first: %s", len(found), found[0])
		}
	}

	// The same search finds what one more figure gives away.
	for _, code := range codes["community"] {
		if _, ok := told["grade red "+code+" "]; ok {
			continue
		}
		row, value := p.row([]string{"red"}, func(s spotOf) bool { return strings.HasPrefix(s.grid, code) })
		if value < 5 && slices.Contains(row, 1) {
			if len(search("the public", attackers["the public"], learned(attackers["the public"], row))) == 0 {
				t.Errorf("the search does not find the %d red of %s when they are told", value, code)
			}
			return
		}
	}
	t.Error("no community has few red residents: nothing is hidden here")
}
