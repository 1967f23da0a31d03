package routing

import (
	"fmt"

	"github.com/paulmach/orb"
)

// ObstacleKind is a line that nobody walks across.
type ObstacleKind uint8

// The kinds of obstacles.
const (
	ObstacleWall ObstacleKind = iota // a wall or a fence
	ObstacleWater
	ObstacleMotorway
	ObstacleRailway
)

// String returns "wall", "water", "motorway" or "railway".
func (k ObstacleKind) String() string {
	names := [...]string{ObstacleWall: "wall", ObstacleWater: "water", ObstacleMotorway: "motorway", ObstacleRailway: "railway"}
	if int(k) >= len(names) {
		return fmt.Sprintf("obstacle(%d)", uint8(k))
	}
	return names[k]
}

// EachObstacle calls visit with each line (lon-lat) that nobody walks across,
// the banks of waters among them and the walls of buildings not, until it
// returns false. A graph has those that its source names.
func (g *Graph) EachObstacle(visit func(k ObstacleKind, line orb.LineString) bool) {
	b := barrierLines{&g.land}
	for i := range uint32(b.Len()) {
		what := b.of(i)
		if what.footprint >= 0 {
			continue
		}
		points := b.points(i)
		line := make(orb.LineString, len(points))
		for k, p := range points {
			line[k] = p.point()
		}
		if !visit(what.kind, line) {
			return
		}
	}
}

// land is what lies between the streets, in flat arrays that a file can hold.
// List i of any of them has the items first[i] to first[i+1]; an empty array of
// firsts means no lists.
type land struct {
	obstacleKind  []uint32 // an ObstacleKind each
	obstacleFirst []uint32 // into obstaclePoint
	obstaclePoint []position

	footprintFirst []uint32 // into the rings of ringFirst
	entranceFirst  []uint32 // by footprint, into entrance
	entrance       []position

	waterFirst []uint32 // into the rings of waterRingFirst

	ringFirst      []uint32 // rings of footprints, into ringPoint
	ringPoint      []position
	waterRingFirst []uint32 // rings of waters, into waterPoint
	waterPoint     []position
}

func (l *land) clone() land {
	copyOf := func(a []uint32) []uint32 { return append([]uint32(nil), a...) }
	points := func(a []position) []position { return append([]position(nil), a...) }
	return land{
		obstacleKind: copyOf(l.obstacleKind), obstacleFirst: copyOf(l.obstacleFirst), obstaclePoint: points(l.obstaclePoint),
		footprintFirst: copyOf(l.footprintFirst), entranceFirst: copyOf(l.entranceFirst), entrance: points(l.entrance),
		waterFirst: copyOf(l.waterFirst), ringFirst: copyOf(l.ringFirst), ringPoint: points(l.ringPoint),
		waterRingFirst: copyOf(l.waterRingFirst), waterPoint: points(l.waterPoint),
	}
}

// next closes a list at its present end.
func next(first []uint32, end int) []uint32 {
	if len(first) == 0 {
		first = append(first, 0)
	}
	return append(first, uint32(end))
}

// lists is how many lists there are.
func lists(first []uint32) int { return max(0, len(first)-1) }

func positionsOf(line []orb.Point) ([]position, error) {
	out := make([]position, len(line))
	for i, p := range line {
		if out[i] = positionOf(p); out[i] == nowhere {
			return nil, fmt.Errorf("%v is no position in degrees of longitude and latitude", p)
		}
	}
	return out, nil
}

// AddObstacle adds a line (lon-lat) that nobody walks across: snapping and
// outlines look at it.
func (b *Builder) AddObstacle(k ObstacleKind, line orb.LineString) error {
	if k > ObstacleRailway {
		return fmt.Errorf("add obstacle: no kind %d", k)
	}
	if len(line) < 2 {
		return fmt.Errorf("add obstacle: a line of %d points", len(line))
	}
	points, err := positionsOf(line)
	if err != nil {
		return fmt.Errorf("add obstacle: %w", err)
	}
	l := &b.land
	l.obstaclePoint = append(l.obstaclePoint, points...)
	l.obstacleKind = append(l.obstacleKind, uint32(k))
	l.obstacleFirst = next(l.obstacleFirst, len(l.obstaclePoint))
	return nil
}

// rings packs a polygon's rings.
func rings(p orb.Polygon) ([][]position, error) {
	if len(p) == 0 {
		return nil, fmt.Errorf("a polygon without rings")
	}
	out := make([][]position, len(p))
	for i, r := range p {
		if len(r) < 4 || r[0] != r[len(r)-1] {
			return nil, fmt.Errorf("ring %d of %d points is not closed", i, len(r))
		}
		points, err := positionsOf(r)
		if err != nil {
			return nil, err
		}
		out[i] = points
	}
	return out, nil
}

// AddFootprint adds a building: an obstacle for others, which those inside
// leave by its entrances, if there are any.
func (b *Builder) AddFootprint(p orb.Polygon, entrances []orb.Point) error {
	packed, err := rings(p)
	if err != nil {
		return fmt.Errorf("add footprint: %w", err)
	}
	doors, err := positionsOf(entrances)
	if err != nil {
		return fmt.Errorf("add footprint: %w", err)
	}
	l := &b.land
	for _, r := range packed {
		l.ringPoint = append(l.ringPoint, r...)
		l.ringFirst = next(l.ringFirst, len(l.ringPoint))
	}
	l.footprintFirst = next(l.footprintFirst, lists(l.ringFirst))
	l.entrance = append(l.entrance, doors...)
	l.entranceFirst = next(l.entranceFirst, len(l.entrance))
	return nil
}

// AddWater adds a water surface (rings with holes), which outlines leave out;
// its rings are obstacles of kind ObstacleWater as well.
func (b *Builder) AddWater(p orb.Polygon) error {
	packed, err := rings(p)
	if err != nil {
		return fmt.Errorf("add water: %w", err)
	}
	l := &b.land
	for _, r := range packed {
		l.waterPoint = append(l.waterPoint, r...)
		l.waterRingFirst = next(l.waterRingFirst, len(l.waterPoint))
	}
	l.waterFirst = next(l.waterFirst, lists(l.waterRingFirst))
	return nil
}
