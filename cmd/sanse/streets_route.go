package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/routing"
	"sanse/routing/directions"
)

type streetsRouteCmd struct {
	streetsFlags
	profileFlag
	snapFlag
	From   lonLatFlag `help:"Where to start." required:"" placeholder:"LON,LAT"`
	To     lonLatFlag `help:"Where to go." required:"" placeholder:"LON,LAT"`
	Format string     `help:"text (turn by turn), geojson, gpx or osrm." enum:"text,geojson,gpx,osrm" default:"text" placeholder:"FORMAT"`
	Lang   string     `help:"Language of the text: zh or en." enum:"zh,en" default:"zh" placeholder:"LANG"`
	Out    string     `short:"o" help:"File to write ('-': standard output)." default:"-" placeholder:"FILE"`
}

func (*streetsRouteCmd) Help() string {
	return `Prints the quickest way turn by turn, the straight walks between places and streets included. The
other formats are a GeoJSON line with the steps as points, a GPX track for a watch or a phone, and
the answer of OSRM's route service, which runs from street to street. If there is no way the exit
code is 1.

  sanse streets route --graph city.graph --from 104.06,30.67 --to 104.07,30.66
  sanse streets route --graph city.graph --from 104.06,30.67 --to 104.07,30.66 --lang en --format gpx -o way.gpx`
}

// told is a way and how it is told.
type told struct {
	path  routing.Path
	steps []directions.Step
	texts []string // one a step
}

func (cmd *streetsRouteCmd) Run(ctx context.Context, s streams) error {
	if err := cmd.check(); err != nil {
		return err
	}
	if err := checkOut(cmd.Out, cmd.Graph, cmd.Profiles); err != nil {
		return err
	}
	from, err := parseLonLat("--from", string(cmd.From))
	if err != nil {
		return err
	}
	to, err := parseLonLat("--to", string(cmd.To))
	if err != nil {
		return err
	}
	return cmd.withStreets(ctx, s, func(st *streets) error {
		e, err := st.engine(ctx, cmd.Profile, 1, 1)
		if err != nil {
			return err
		}
		a, err := st.snap(e, from, cmd.Limit, true)
		if err != nil {
			return err
		}
		b, err := st.snap(e, to, cmd.Limit, true)
		if err != nil {
			return err
		}
		path, err := e.Route(ctx, a.snaps[0], b.snaps[0])
		if errors.Is(err, routing.ErrNoWay) {
			return answerNo("there is no way from %s to %s for profile %s", cmd.From, cmd.To, cmd.Profile)
		}
		if err != nil {
			return err
		}
		if cmd.Format == "osrm" {
			return cmd.writeOSRM(ctx, st, a.all[0].at, b.all[0].at, s)
		}
		w, err := tell(e, path, cmd.Lang)
		if err != nil {
			return err
		}
		write := map[string]func(io.Writer, told) error{"text": writeWayText, "geojson": writeWayGeoJSON, "gpx": writeWayGPX}[cmd.Format]
		return writeResult(cmd.Out, s.out, func(out io.Writer) error { return write(out, w) })
	})
}

func tell(e *routing.Engine, path routing.Path, lang string) (told, error) {
	steps, err := directions.NewGuide(e.Graph()).Steps(e, path, directions.Options{})
	if err != nil {
		return told{}, err
	}
	language, ok := directions.ParseLanguage(lang)
	if !ok {
		return told{}, badInput(nil, "--lang %s: want zh or en", lang)
	}
	return told{path, steps, directions.Texts(steps, language)}, nil
}

func writeWayText(w io.Writer, t told) error {
	b := &strings.Builder{}
	for i, s := range t.steps {
		fmt.Fprintf(b, "%3d. %s", i+1, t.texts[i])
		if s.Metres > 0 {
			fmt.Fprintf(b, "  (%s, %s)", metresText(s.Metres), clockText(int(wholeSeconds(s.Millis))))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "%s, %s\n", metresText(t.path.Metres), clockText(t.path.Seconds))
	_, err := io.WriteString(w, b.String())
	return err
}

func metresText(m float64) string {
	if m < 1000 {
		return fmt.Sprintf("%.0f m", m)
	}
	return fmt.Sprintf("%.2f km", m/1000)
}

// clockText writes seconds as minutes:seconds or hours:minutes:seconds.
func clockText(s int) string {
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

func writeWayGeoJSON(w io.Writer, t told) error {
	out := &featureWriter{w: w}
	if err := out.begin(); err != nil {
		return err
	}
	points := make(orb.LineString, len(t.path.Line))
	for i, p := range t.path.Line {
		points[i] = degrees(p)
	}
	line := geojson.NewFeature(points)
	line.Properties = geojson.Properties{"seconds": t.path.Seconds, "metres": tenths(t.path.Metres)}
	if err := out.write(line); err != nil {
		return err
	}
	for i, s := range t.steps {
		f := geojson.NewFeature(orb.Point(degrees(s.Manoeuvre.Location)))
		f.Properties = geojson.Properties{
			"step": i + 1, "text": t.texts[i], "type": string(s.Manoeuvre.Type), "modifier": string(s.Manoeuvre.Modifier),
			"street": s.Name, "seconds": wholeSeconds(s.Millis), "metres": tenths(s.Metres),
		}
		if err := out.write(f); err != nil {
			return err
		}
	}
	return out.end()
}

// gpxFile is what a way needs of GPX 1.1 (Topografix).
type gpxFile struct {
	XMLName xml.Name   `xml:"http://www.topografix.com/GPX/1/1 gpx"`
	Version string     `xml:"version,attr"`
	Creator string     `xml:"creator,attr"`
	Points  []gpxPoint `xml:"wpt"`
	Track   []gpxPoint `xml:"trk>trkseg>trkpt"`
}

type gpxPoint struct {
	Lat  string `xml:"lat,attr"`
	Lon  string `xml:"lon,attr"`
	Name string `xml:"name,omitempty"`
}

func gpxAt(p orb.Point, name string) gpxPoint { return gpxPoint{decimal(p[1]), decimal(p[0]), name} }

// decimal writes degrees on OpenStreetMap's own grid.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }

func lonLat(p orb.Point) string { return decimal(p[0]) + "," + decimal(p[1]) }

func writeWayGPX(w io.Writer, t told) error {
	file := gpxFile{Version: "1.1", Creator: "sanse"}
	for i, s := range t.steps {
		file.Points = append(file.Points, gpxAt(s.Manoeuvre.Location, t.texts[i]))
	}
	for _, p := range t.path.Line {
		file.Track = append(file.Track, gpxAt(p, ""))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(file); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
