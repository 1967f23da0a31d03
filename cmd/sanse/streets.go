package main

// streetsCmd are the verbs of the walking network. They work on files alone; no
// database is opened.
type streetsCmd struct {
	Build     streetsBuildCmd     `cmd:"" help:"Build a graph file from extracts or road lines."`
	Info      streetsInfoCmd      `cmd:"" help:"Tell what a graph file holds."`
	Route     streetsRouteCmd     `cmd:"" help:"Find the quickest way between two places, turn by turn."`
	Table     streetsTableCmd     `cmd:"" help:"Make the table of times between two files of places."`
	Nearest   streetsNearestCmd   `cmd:"" help:"Find the facilities nearest to each place."`
	Isochrone streetsIsochroneCmd `cmd:"" help:"Draw what can be reached within some minutes."`
	Serve     streetsServeCmd     `cmd:"" help:"Serve routes, tables and isochrones over HTTP, in OSRM's and openrouteservice's shape."`
}

func (*streetsCmd) Help() string {
	return `Streets come as a graph built by 'sanse streets build', which is ready at once, or as an
OpenStreetMap extract (.osm.pbf, .osm, .osm.bz2) or a district's own road lines (.geojson, .shp,
.gpkg), which are read anew by every call. Places are lon,lat in WGS 84; files of places are CSV
with a header that names the columns id, lon and lat (编号, 经度, 纬度).

  sanse streets build city.osm.pbf -o city.graph --profile foot,elderly
  sanse streets route --graph city.graph --from 104.06,30.67 --to 104.07,30.66
  sanse streets table --graph city.graph --from homes.csv --to clinics.csv -o walk.json`
}

// streetsFlags name the streets that a verb works on.
type streetsFlags struct {
	Graph    string `help:"The streets: a built graph, an OpenStreetMap extract or a file of road lines." short:"g" required:"" type:"existingfile" placeholder:"FILE"`
	Profiles string `help:"Table of the district's own profiles (JSON); they come before the built-in ones." type:"existingfile" placeholder:"FILE"`
	linesFlags
}

// profileFlag names how one gets about.
type profileFlag struct {
	Profile string `help:"How one gets about: foot, elderly, cane, wheelchair, e-bike, car, or one of --profiles." default:"foot" placeholder:"NAME"`
}

// linesFlags tell how road lines are to be read.
type linesFlags struct {
	CRS   string `name:"crs" help:"System of the coordinates of road lines: wgs84, cgcs2000, gcj02, bd09 or EPSG:code (default: the file's own, else wgs84)." placeholder:"CRS"`
	Layer string `help:"Layer of a GeoPackage of road lines (default: the only one)." placeholder:"NAME"`
	Cross bool   `help:"Join road lines on the ground that cross without a vertex in common."`
}

// snapFlag bounds the walk from a place to its street.
type snapFlag struct {
	Limit float64 `help:"Places farther than so many metres from every street have no way." default:"1000" placeholder:"METRES"`
}

func (f snapFlag) check() error {
	if !(f.Limit > 0 && f.Limit <= maxLimitMetres) {
		return badInput(nil, "--limit %v: want metres, more than 0 and at most %d", f.Limit, maxLimitMetres)
	}
	return nil
}

// maxLimitMetres keeps a limit from meaning everywhere.
const maxLimitMetres = 100_000
