package imports

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"sanse/data"
	"sanse/geo"
)

func importResidents(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	persons := map[[16]byte]int{} // hash of the ID number → line
	check := func(r *row) data.Resident { return checkResident(r, seen, persons) }
	put := func(rs []data.Resident) error { return s.PutResidents(j.district, rs) }
	return runTable(ctx, j, s, check, put, j.judgeAtEnd)
}

func checkResident(r *row, seen ids, persons map[[16]byte]int) data.Resident {
	res := data.Resident{Unit: r.get("unit"), Building: r.get("building")}
	if res.ID = r.need("id"); res.ID != "" {
		if err := checkID(res.ID); err != nil {
			r.refuse("id", err.Error())
		} else {
			seen.take(r, "id", res.ID)
		}
	}
	res.Grade = r.need("grade")
	if key, ok := grades.find(res.Grade); ok {
		res.Grade = key
	} else if res.Grade != "" {
		if len(res.Grade) > 64 {
			r.refuse("grade", "a grade's name is at most 64 bytes long")
		}
		r.warn("the grade is none of " + grades.all + ": visits need a policy for it")
	}
	if held := r.job.env.HeldGrades[res.ID]; held != "" && held == res.Grade {
		r.warn("the grade is the one from before a decision: the decision holds")
	}
	var unknown []string
	res.Kinds, unknown = parseKinds(r.get("kinds"), residentKinds)
	if len(unknown) > 0 {
		r.warn("a kind is none of " + residentKinds.all + ": it is kept as it is")
	}
	res.Minutes = r.count("minutes", 480, "分钟", "分", "min", "minutes")
	if v := r.get("enrolled"); v != "" {
		d, err := parseDate(v, r.job.since1904)
		if err != nil {
			r.refuse("enrolled", err.Error())
		}
		res.Enrolled = d
	} else {
		res.Enrolled = r.job.env.Today
	}
	res.Team = readVisitors(r, "team", "the team names")
	res.Needs = readNeeds(r)
	res.Absent = readAbsent(r)
	checkPerson(r, &res, persons)
	checkResidence(r, &res)
	return res
}

func checkPerson(r *row, res *data.Resident, persons map[[16]byte]int) {
	res.Person = data.Person{
		Name: data.Sealed(r.get("name")), Address: data.Sealed(r.get("address")), Note: data.Sealed(r.get("note")),
	}
	if v := r.get("id_number"); v != "" {
		n, err := parseIDNumber(v)
		if err != nil {
			why := err.Error()
			if isDigits(v) && len(v) > 15 && r.number("id_number") {
				why = spreadsheetNumber
			}
			r.refuse("id_number", why)
		} else {
			sum := sha256.Sum256([]byte(n))
			key := [16]byte(sum[:16])
			if first, ok := persons[key]; ok {
				r.refuse("id_number", fmt.Sprintf("line %d is the same person: one record a person, however many departments report them", first))
			} else {
				persons[key] = r.line
			}
			res.Person.IDNumber = data.Sealed(n)
		}
	}
	if v := r.get("phone"); v != "" {
		n, err := parsePhone(v)
		if err != nil {
			r.refuse("phone", err.Error())
		}
		res.Person.Phone = data.Sealed(n)
	}
}

// checkResidence decides the membership: by the building where it is known,
// else by the point.
func checkResidence(r *row, res *data.Resident) {
	j := r.job
	before := r.refusals
	raw, at, hasPoint := r.point()
	if r.refusals > before {
		return
	}
	see := sighting{at: raw}
	if res.Building != "" && j.env.Buildings != nil {
		see.building, see.hasBuilding = j.env.Buildings[res.Building]
		if !see.hasBuilding {
			r.refuse("building", "no such building is stored: import buildings first, or leave the cell empty")
			return
		}
	}
	if !hasPoint && !see.hasBuilding {
		r.refuse("lon", "no place: give lon and lat, or a building that is stored")
		return
	}
	home := at
	if see.hasBuilding {
		home = see.building
		if !hasPoint {
			at = home
		} else if geo.Distance(at, home) > nearBuilding {
			r.warn(fmt.Sprintf("the point lies more than %d m from the building that is named: the building decides the grid", nearBuilding))
		}
	}
	res.Location = at
	if v := strings.ReplaceAll(r.get("grid"), " ", ""); v != "" {
		if !isAreaCode(v) {
			if looksRounded(strings.ToUpper(v)) {
				r.refuse("grid", spreadsheetNumber)
				return
			}
			r.warn("the grid is not given by a code: the point decides")
		} else if _, ok := j.area(v); !ok {
			r.warn("the grid's code is not one of the district's: the point decides")
		} else {
			see.declared, res.Declared = v, v
		}
	}
	if hasPoint {
		j.place.note(see)
	}
	grid, micro, why := j.place.locateUnit(home, res.Building, res.Unit)
	if why != "" {
		key := "lon"
		if !hasPoint {
			key = "building"
		}
		r.refuse(key, why)
		return
	}
	res.Grid, res.MicroGrid = grid, micro
	if hasPoint && see.hasBuilding {
		// On a building that micro-grids share the point is on one's ground.
		own, _ := j.place.tree.Locate(at, geo.LevelMicroGrid)
		ground, _ := j.place.tree.Locate(home, geo.LevelMicroGrid)
		if own != micro && own != ground {
			r.warn("the address is of one micro-grid and the point lies in another: the address decides")
		}
	}
	if res.Declared != "" && !strings.HasPrefix(grid, res.Declared) && !strings.HasPrefix(micro, res.Declared) {
		r.warn("the point lies in another grid than the one that is declared: the point decides")
	}
}
