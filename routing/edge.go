package routing

import "github.com/paulmach/orb"

// Ways is a set of directions along an edge's line.
type Ways uint8

// The sets of directions.
const (
	Neither  Ways = 0
	Forward  Ways = 1 // from tail to head, as the line runs
	Backward Ways = 2
	Both     Ways = Forward | Backward
)

// turned is the set seen from the other end.
func (w Ways) turned() Ways { return w&Forward<<1 | w&Backward>>1 }

// Wheels says whether a wheelchair can use an edge.
type Wheels uint8

// What is known of an edge for wheelchairs (OpenStreetMap's wheelchair=*).
const (
	WheelsUnknown Wheels = iota
	WheelsYes
	WheelsLimited
	WheelsNo
)

// Surface is what an edge is paved with.
type Surface uint8

// The surfaces that make a difference.
const (
	SurfaceUnknown Surface = iota
	SurfaceHard
	SurfaceRough // sett, cobbles, gravel
	SurfaceSoft  // sand, mud, grass
)

// EdgeAttr is what is known of a piece of street.
type EdgeAttr struct {
	Class, Name string // the OpenStreetMap highway value, or one's own; the street's name
	// Walk, Ride and Drive are the directions in which it may be walked, ridden
	// (bicycle, e-bike) and driven; one of them at least must be set.
	Walk, Ride, Drive Ways
	Steps             bool // stairs
	Wheels            Wheels
	Surface           Surface
	Incline           int8  // per cent, rising along the line; 0 is level or unknown
	KmPerHour         uint8 // posted limit for driving; 0 is unknown
	// What costs time on the way is counted in halves: a crossing node at a
	// junction gives one half to each of the two pieces that meet there.
	Signals, Crossings, Gates, Lifts uint8
	Roundabout                       bool
	Way                              int64 // where it comes from, for messages; 0 if made up
}

// turned is the same piece of street seen from its other end.
func (a EdgeAttr) turned() EdgeAttr {
	a.Walk, a.Ride, a.Drive = a.Walk.turned(), a.Ride.turned(), a.Drive.turned()
	a.Incline = -max(a.Incline, -127)
	return a
}

// Edge is one piece of street between two nodes. Its values are the caller's.
type Edge struct {
	ID, Tail, Head int32
	EdgeAttr
	Metres    float64
	Component int32
	Line      orb.LineString // lon-lat, from tail to head
}
