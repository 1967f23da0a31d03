package reports

import (
	"fmt"
	"io"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/tkrajina/gpxgo/gpx"
)

// WalkGPX is the way of a day for a device that knows the way: where each door is, by
// number, and the way along the streets. There is no name in it, no address and no
// time: who finds the file learns where somebody walked, not to whom.
type WalkGPX struct {
	Doors []orb.Point           // in their order
	Ways  []orb.MultiLineString // a walk each
	Mark  Marked
}

// WriteWalkGPX writes a way as GPX 1.1: a way point for each door, a track for each walk.
func WriteWalkGPX(w io.Writer, in WalkGPX) error {
	g := gpx.GPX{Creator: "Sanse", Keywords: in.Mark.Hidden, Description: in.Mark.Line(true)}
	for i, at := range in.Doors {
		g.Waypoints = append(g.Waypoints, gpx.GPXPoint{Point: gpx.Point{Longitude: at[0], Latitude: at[1]}, Name: strconv.Itoa(i + 1)})
	}
	for _, way := range in.Ways {
		var track gpx.GPXTrack
		var segment gpx.GPXTrackSegment
		for _, line := range way {
			for _, at := range line {
				segment.Points = append(segment.Points, gpx.GPXPoint{Point: gpx.Point{Longitude: at[0], Latitude: at[1]}})
			}
		}
		track.Segments = append(track.Segments, segment)
		g.Tracks = append(g.Tracks, track)
	}
	b, err := g.ToXml(gpx.ToXmlParams{Version: "1.1", Indent: true})
	if err != nil {
		return fmt.Errorf("write a way as GPX: %w", err)
	}
	_, err = w.Write(b)
	return err
}
