package lines

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/geo/features"
)

var (
	errCoordinates = errors.New("its coordinates cannot be read")
	errShort       = errors.New("a position has fewer than two coordinates")
)

// lineStrings returns the lines of a LineString or MultiLineString; heights
// and whatever follows them are dropped.
func lineStrings(g features.Geometry) (orb.MultiLineString, error) {
	switch g.Type {
	case "LineString":
		line, rest, err := parseLine(g.Coordinates)
		if err != nil {
			return nil, err
		}
		if len(skipBlanks(rest)) > 0 {
			return nil, errCoordinates
		}
		return orb.MultiLineString{line}, nil
	case "MultiLineString":
		var out orb.MultiLineString
		_, err := parseList(g.Coordinates, func(raw []byte) ([]byte, error) {
			line, rest, err := parseLine(raw)
			out = append(out, line)
			return rest, err
		})
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	return nil, fmt.Errorf("a LineString or MultiLineString is needed, this is %s", quoted(g.Type))
}

func parseLine(raw []byte) (line orb.LineString, rest []byte, err error) {
	rest, err = parseList(raw, func(raw []byte) ([]byte, error) {
		var p orb.Point
		n := 0
		rest, err := parseList(raw, func(raw []byte) ([]byte, error) {
			end := 0
			for end < len(raw) && raw[end] != ',' && raw[end] != ']' && !blank(raw[end]) {
				end++
			}
			if n < 2 {
				x, err := strconv.ParseFloat(string(raw[:end]), 64)
				if err != nil {
					return nil, errCoordinates
				}
				p[n] = x
			}
			n++
			return raw[end:], nil
		})
		if err == nil && n < 2 {
			err = errShort
		}
		line = append(line, p)
		return rest, err
	})
	return line, rest, err
}

// parseList reads a JSON array whose elements are read by one, which returns
// what follows its element.
func parseList(raw []byte, one func(raw []byte) (rest []byte, err error)) (rest []byte, err error) {
	raw = skipBlanks(raw)
	if len(raw) == 0 || raw[0] != '[' {
		return nil, errCoordinates
	}
	raw = skipBlanks(raw[1:])
	if len(raw) > 0 && raw[0] == ']' {
		return raw[1:], nil
	}
	for {
		if raw, err = one(skipBlanks(raw)); err != nil {
			return nil, err
		}
		raw = skipBlanks(raw)
		if len(raw) == 0 {
			return nil, errCoordinates
		}
		switch raw[0] {
		case ']':
			return raw[1:], nil
		case ',':
			raw = raw[1:]
		default:
			return nil, errCoordinates
		}
	}
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

func skipBlanks(raw []byte) []byte {
	for len(raw) > 0 && blank(raw[0]) {
		raw = raw[1:]
	}
	return raw
}
