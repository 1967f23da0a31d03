package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// ground is a small district made by hand: one town, two communities side by
// side, in each four grids of about a kilometre, streets every 250 metres, and
// in the north-east corner an island: a street that meets no other.
const ground = "510198"

type box struct{ west, south, east, north float64 }

type areaSpec struct {
	code, level, name string
	box
}

func groundAreas() []areaSpec {
	all := box{104.30, 30.80, 104.34, 30.82}
	list := []areaSpec{{ground, "district", "试验区", all}, {ground + "001", "town", "一镇", all}}
	for c := range 2 {
		west := all.west + 0.02*float64(c)
		community := fmt.Sprintf("%s001%03d", ground, c+1)
		list = append(list, areaSpec{community, "community", fmt.Sprintf("社区%d", c+1), box{west, all.south, west + 0.02, all.north}})
		for g := range 4 {
			w, s := west+0.01*float64(g%2), all.south+0.01*float64(g/2)
			list = append(list, areaSpec{fmt.Sprintf("%s%03d", community, g+1), "grid", fmt.Sprintf("网格%d", g+1), box{w, s, w + 0.01, s + 0.01}})
		}
	}
	return list
}

// geoJSON writes areas as a FeatureCollection, a feature a line.
func geoJSON(areas []areaSpec) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[` + "\n")
	for i, a := range areas {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"code":%q,"level":%q,"name":%q},"geometry":{"type":"Polygon","coordinates":[[[%[4]f,%[5]f],[%[6]f,%[5]f],[%[6]f,%[7]f],[%[4]f,%[7]f],[%[4]f,%[5]f]]]}}`,
			a.code, a.level, a.name, a.west, a.south, a.east, a.north)
	}
	b.WriteString("\n]}\n")
	return b.String()
}

// island is a place on the street that meets no other.
var island = [2]float64{104.3390, 30.8190}

func groundStreets() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><osm version="0.6">` + "\n")
	const columns, rows = 14, 7 // to 104.3325, 30.8165: 600 m from the island
	id := func(x, y int) int { return 1 + y*columns + x }
	for y := range rows {
		for x := range columns {
			fmt.Fprintf(&b, `<node id="%d" lat="%.4f" lon="%.4f"/>`+"\n", id(x, y), 30.8015+0.0025*float64(y), 104.3000+0.0025*float64(x))
		}
	}
	fmt.Fprintf(&b, `<node id="900" lat="30.8185" lon="104.3390"/><node id="901" lat="30.8195" lon="104.3390"/>`+"\n")
	way := 1000
	line := func(nodes ...int) {
		way++
		fmt.Fprintf(&b, `<way id="%d">`, way)
		for _, n := range nodes {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, n)
		}
		b.WriteString(`<tag k="highway" v="residential"/></way>` + "\n")
	}
	for y := range rows {
		for x := 1; x < columns; x++ {
			line(id(x-1, y), id(x, y))
		}
	}
	for x := range columns {
		for y := 1; y < rows; y++ {
			line(id(x, y-1), id(x, y))
		}
	}
	line(900, 901)
	b.WriteString("</osm>\n")
	return b.String()
}

const (
	residentHeader = "编号,姓名,身份证号,电话,地址,等级,类别,经度,纬度,网格\n"
	visitorHeader  = "id,name,kind,tier,scope,lon,lat,end,shifts\n"
	groundPolicies = `[{"id":"red","grade":"red","every_days":2},{"id":"yellow","grade":"yellow","per_week":1},{"id":"blue","grade":"blue","per_month":1}]`
)

// homes are places in the middle of the eight grids, near streets.
func homes() [][2]float64 {
	var all [][2]float64
	for y := range 2 {
		for x := range 4 {
			all = append(all, [2]float64{104.3040 + 0.01*float64(x), 30.8040 + 0.01*float64(y)})
		}
	}
	return all
}

// gridAt is the code of the grid that holds a place.
func gridAt(p [2]float64) string {
	for _, a := range groundAreas() {
		if a.level == "grid" && p[0] >= a.west && p[0] < a.east && p[1] >= a.south && p[1] < a.north {
			return a.code
		}
	}
	return ""
}

func groundResidents() string {
	var b strings.Builder
	b.WriteString(residentHeader)
	for i, p := range homes() {
		fmt.Fprintf(&b, "R%d,王小%d,,,幸福路%d号,%s,,%.6f,%.6f,%s\n", i+1, i+1, i+1, []string{"黄", "蓝"}[i%2], p[0], p[1], gridAt(p))
	}
	fmt.Fprintf(&b, "R9,李大岛,,13900000009,孤岛路9号,黄,,%.6f,%.6f,%s\n", island[0], island[1], gridAt(island))
	return b.String()
}

func groundVisitors() string {
	return visitorHeader +
		"V1,赵一,grid_worker,grid," + ground + "001001,104.3050,30.8065,same,1-7 09:00-12:00\n" +
		"V2,钱二,grid_worker,grid," + ground + "001002,104.3250,30.8065,same,1-7 09:00-12:00\n"
}

// newGround makes a database that holds the district with people, on streets,
// and a folder for further files.
func newGround(t *testing.T, database string) (*bed, string) {
	t.Helper()
	b, dir := setup(t, database), t.TempDir()
	b.sanse(t, "db", "district", ground, "试验区").want(t, exitDone)
	for _, f := range []struct{ kind, name, content string }{
		{"areas", "areas.geojson", geoJSON(groundAreas())},
		{"streets", "streets.osm", groundStreets()},
		{"policies", "policies.json", groundPolicies},
		{"visitors", "visitors.csv", groundVisitors()},
		{"residents", "residents.csv", groundResidents()},
	} {
		args := []string{"import", f.kind, writeText(t, filepath.Join(dir, f.name), f.content)}
		if f.kind == "areas" {
			args = append(args, "--valid-from", "2020-01-01")
		}
		b.sanse(t, args...).want(t, exitDone)
	}
	return b, dir
}

// stored counts what the database holds, as db status tells it.
func (b *bed) stored(t *testing.T, what string) int {
	t.Helper()
	for _, d := range list(parseJSON(t, b.sanse(t, "db", "status", "--json").want(t, exitDone).out)["districts"]) {
		if d := d.(object); d["code"] == ground {
			return whole(d[what])
		}
	}
	t.Fatalf("there is no district %s", ground)
	return 0
}
