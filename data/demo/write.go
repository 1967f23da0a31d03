package demo

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// policies are the reference rules.
func policies() []planner.Policy {
	return []planner.Policy{
		{ID: "red", Grade: "red", EveryDays: 2},
		{ID: "yellow", Grade: "yellow", PerWeek: 1},
		{ID: "blue", Grade: "blue", PerMonth: 1},
		{ID: "lone-elder", Kind: "lone_elder", PerWeek: 1},
		{ID: "child-in-difficulty", Kind: "child_in_difficulty", PerMonth: 2},
	}
}

// write writes all files of the manifest that are not the user's own.
func (g *generator) write(man Manifest) error {
	if err := g.stage("files"); err != nil {
		return err
	}
	files := []struct {
		path  string
		write func(io.Writer) error
	}{
		{man.Areas, g.writeAreas},
		{man.Buildings, g.writeBuildings},
		{man.Population, g.writePopulation},
		{man.Facilities, g.writeFacilities},
		{man.Residents, g.writeResidents},
		{man.Visitors, g.writeVisitors},
		{man.Visits, g.writeVisits},
		{man.Policies, g.writePolicies},
		{man.Needs, g.writeNeeds},
		{man.Providers, g.writeProviders},
		{man.Tasks, g.writeTasks},
		{man.TaskVisits, g.writeTaskVisits},
	}
	if g.opt.Extract == "" {
		files = append(files, struct {
			path  string
			write func(io.Writer) error
		}{man.Streets, g.net.writeOSM})
	}
	for _, f := range files {
		if f.path == "" {
			continue
		}
		if err := g.ctx.Err(); err != nil {
			return err
		}
		if err := writeFile(f.path, f.write); err != nil {
			return err
		}
	}
	if g.opt.Progress != nil {
		g.opt.Progress("files", stages, stages)
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	// Residents are people even when they are made up: nobody else reads them.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	b := bufio.NewWriterSize(f, 1<<18)
	if err := write(b); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return b.Flush()
}

func writeTable(w io.Writer, header string, rows func(put func(...string)) error) error {
	c := csv.NewWriter(w)
	var failed error
	put := func(cells ...string) {
		if failed == nil {
			failed = c.Write(cells)
		}
	}
	put(strings.Split(header, ",")...)
	if err := rows(put); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	c.Flush()
	return c.Error()
}

// lonlat writes a point as two cells.
func lonlat(p orb.Point) (string, string) {
	s := spotOf(p)
	return degrees(s.lon), degrees(s.lat)
}

func (g *generator) writeResidents(w io.Writer) error {
	return writeTable(w, "id,name,id_number,phone,address,grade,kinds,lon,lat,building,unit,grid,minutes,enrolled,team,note", func(put func(...string)) error {
		for _, r := range g.residents {
			lon, lat := lonlat(r.point)
			team := make([]string, len(r.team))
			for i, t := range r.team {
				team[i] = g.visitors[t].id
			}
			home := r.building
			if !g.footprints() {
				home = ""
			}
			put(r.id, r.name, r.idNumber, r.phone, r.address, r.grade, strings.Join(r.kinds, ";"), lon, lat,
				home, r.unit, g.communities[r.where.community].grids[r.where.grid].code, strconv.Itoa(r.minutes),
				r.enrolled.String(), strings.Join(team, " "), r.note)
		}
		return nil
	})
}

func (g *generator) writeVisitors(w io.Writer) error {
	return writeTable(w, "id,name,phone,kind,tier,scope,lon,lat,end,shifts,days_off,mode,capacity,skills", func(put func(...string)) error {
		tiers := map[planner.Tier]string{
			planner.TierMicroGrid: "micro-grid", planner.TierGrid: "grid",
			planner.TierMasterGrid: "master-grid", planner.TierTaskForce: "task-force",
		}
		for _, v := range g.visitors {
			lon, lat := lonlat(g.frame.spot(v.at).point())
			off := make([]string, len(v.daysOff))
			for i, d := range v.daysOff {
				off[i] = d.String()
			}
			put(v.id, v.name, v.phone, v.kind, tiers[v.tier], strings.Join(v.scope, " "), lon, lat, "same",
				shiftText(v.shifts), strings.Join(off, " "), cmp.Or(v.mode, "foot"), "", v.skills)
		}
		return nil
	})
}

func (g *generator) writeVisits(w io.Writer) error {
	return writeTable(w, "resident,date,visitor,result", func(put func(...string)) error {
		for _, v := range g.visits {
			result := "missed"
			if v.Done {
				result = "done"
			}
			put(v.Resident, v.Date.String(), v.Visitor, result)
		}
		return nil
	})
}

func (g *generator) writeTasks(w io.Writer) error {
	return writeTable(w, "id,kind,what,resident,address,lon,lat,grid,minutes,rule,skills,visitor_kinds,people,hours,prefer", func(put func(...string)) error {
		for i := range g.tasks {
			t := &g.tasks[i]
			resident, lon, lat, people := "", "", "", ""
			if t.resident >= 0 {
				resident = g.residents[t.resident].id
			} else {
				lon, lat = lonlat(g.frame.spot(t.at).point())
			}
			if t.people > 1 {
				people = strconv.Itoa(t.people)
			}
			put(t.id, t.kind, t.what, resident, "", lon, lat, t.grid, strconv.Itoa(t.minutes), t.rule, t.skills, t.kinds, people, t.hours, t.prefer)
		}
		return nil
	})
}

func (g *generator) writeTaskVisits(w io.Writer) error {
	return writeTable(w, "task,date,visitor,result", func(put func(...string)) error {
		for _, v := range g.taskVisits {
			result := "missed"
			if v.Done {
				result = "done"
			}
			put(v.Task, v.Date.String(), v.Visitor, result)
		}
		return nil
	})
}

func (g *generator) writeFacilities(w io.Writer) error {
	return writeTable(w, "id,name,service,capacity,in_use,status,address,area_m2,staff,hours,lon,lat", func(put func(...string)) error {
		for _, f := range g.facilities {
			lon, lat := lonlat(f.Location)
			put(f.ID, f.Name, f.Service, known(f.Capacity), strconv.Itoa(f.InUse), f.Status, f.Address, known(f.AreaM2), known(f.Staff), openHours(f.Hours), lon, lat)
		}
		return nil
	})
}

func (g *generator) writePolicies(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(policies())
}

// quoted writes a JSON string.
func quoted(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func (g *generator) writeAreas(w io.Writer) error {
	b := new(bytes.Buffer)
	b.WriteString("{\"type\":\"FeatureCollection\",\"features\":[")
	first := true
	put := func(code, level, parent, name string, special bool, units string, r region) error {
		if !first {
			b.WriteString(",")
		}
		first = false
		q, err := quoted(name)
		if err != nil {
			return err
		}
		more := ""
		if len(r) > 1 {
			more = fmt.Sprintf(",\"parts\":%d", len(r))
		}
		if units != "" {
			more += fmt.Sprintf(",\"units\":\"%s\"", units)
		}
		fmt.Fprintf(b, "\n{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\",\"level\":\"%s\",\"parent\":\"%s\",\"name\":%s,\"special\":%t%s},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[", code, level, parent, q, special, more)
		for i, poly := range r {
			rings := make([][]spot, len(poly))
			for k, ring := range poly {
				for _, n := range ring {
					rings[k] = append(rings[k], g.mesh.spots[n])
				}
			}
			if i > 0 {
				b.WriteString(",")
			}
			writeRings(b, rings)
		}
		b.WriteString("]}}")
		return nil
	}
	label := make([]int32, len(g.faces))
	draw := func(n int, of func(faceInfo) int32) []region {
		for f, w := range g.faces {
			label[f] = -1
			if w.community >= 0 {
				label[f] = of(w)
			}
		}
		return g.mesh.regions(label, n)
	}
	whole := draw(1, func(faceInfo) int32 { return 0 })
	if err := put(g.district.Code, "district", "", g.district.Name, false, "", whole[0]); err != nil {
		return err
	}
	for t, r := range draw(len(g.towns), func(w faceInfo) int32 { return w.town }) {
		if err := put(g.towns[t].code, "town", g.district.Code, g.towns[t].name, false, "", r); err != nil {
			return err
		}
	}
	for c, r := range draw(len(g.communities), func(w faceInfo) int32 { return w.community }) {
		cm := &g.communities[c]
		if err := put(cm.code, "community", g.towns[cm.town].code, cm.name, false, "", r); err != nil {
			return err
		}
	}
	// Grids and micro-grids are numbered through the communities.
	gridBase, microBase := make([]int32, len(g.communities)), make([][]int32, len(g.communities))
	grids, micros := int32(0), int32(0)
	for c, cm := range g.communities {
		gridBase[c] = grids
		for _, gr := range cm.grids {
			microBase[c] = append(microBase[c], micros)
			grids++
			micros += int32(len(gr.micro))
		}
	}
	rs := draw(int(grids), func(w faceInfo) int32 { return gridBase[w.community] + w.grid })
	for c, cm := range g.communities {
		for i, gr := range cm.grids {
			if err := put(gr.code, "grid", cm.code, gr.name, gr.special != "", "", rs[int(gridBase[c])+i]); err != nil {
				return err
			}
		}
	}
	towers := g.towers()
	rs = draw(int(micros), func(w faceInfo) int32 { return microBase[w.community][w.grid] + w.micro })
	for c, cm := range g.communities {
		for i, gr := range cm.grids {
			for k, m := range gr.micro {
				if err := put(m.code, "micro-grid", gr.code, m.name, false, towers[microOf{int32(c), int32(i), int32(k)}], rs[int(microBase[c][i])+k]); err != nil {
					return err
				}
			}
		}
	}
	b.WriteString("\n]}\n")
	_, err := b.WriteTo(w)
	return err
}

// writeRings writes a polygon's coordinates, closing its rings.
func writeRings(b *bytes.Buffer, rings [][]spot) {
	b.WriteString("[")
	for i, ring := range rings {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("[")
		for k := 0; k <= len(ring); k++ {
			if k > 0 {
				b.WriteString(",")
			}
			s := ring[k%len(ring)]
			b.WriteString("[")
			b.WriteString(degrees(s.lon))
			b.WriteString(",")
			b.WriteString(degrees(s.lat))
			b.WriteString("]")
		}
		b.WriteString("]")
	}
	b.WriteString("]")
}

func (g *generator) writeBuildings(w io.Writer) error {
	b := new(bytes.Buffer)
	b.WriteString("{\"type\":\"FeatureCollection\",\"features\":[")
	for i, h := range g.buildings {
		if i > 0 {
			b.WriteString(",")
		}
		name, err := quoted(h.name)
		if err != nil {
			return err
		}
		address, err := quoted(h.address)
		if err != nil {
			return err
		}
		kind, err := quoted(h.kind)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "\n{\"type\":\"Feature\",\"properties\":{\"id\":\"%s\",\"name\":%s,\"kind\":%s,\"address\":%s,\"units\":%d,\"floors\":%d},\"geometry\":{\"type\":", h.id, name, kind, address, h.units, h.floors)
		if len(h.more) == 0 {
			b.WriteString("\"Polygon\",\"coordinates\":")
			writeRings(b, h.rings)
		} else {
			b.WriteString("\"MultiPolygon\",\"coordinates\":[")
			writeRings(b, h.rings)
			for _, rings := range h.more {
				b.WriteString(",")
				writeRings(b, rings)
			}
			b.WriteString("]")
		}
		b.WriteString("}}")
	}
	b.WriteString("\n]}\n")
	_, err := b.WriteTo(w)
	return err
}

// footprints tells whether homes are buildings; along streets without any they
// are only places.
func (g *generator) footprints() bool { return len(g.buildings) > 0 && len(g.buildings[0].rings) > 0 }

func (g *generator) writePopulation(w io.Writer) error {
	return writeTable(w, "building,cell,households,people,over60,over80,under18,disabled,place", func(put func(...string)) error {
		if !g.footprints() {
			return g.populationByCell(put)
		}
		for _, h := range g.buildings {
			if h.people == 0 {
				continue
			}
			n := strconv.Itoa
			put(h.id, "", n(h.households), n(h.people), n(h.over60), n(h.over80), n(h.under18), n(h.disabled), h.place.String())
		}
		return nil
	})
}

// known writes a number, nothing for one that is not known.
func known(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// openHours writes the hours of a facility, nothing if they are not known.
func openHours(hours []planner.Shift) string {
	if hours != nil && len(hours) == 0 {
		return "closed"
	}
	return shiftText(hours)
}
