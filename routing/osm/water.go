package osm

// waterKind names the water that tags make, empty if none.
func waterKind(t tags) string {
	switch n := t.get("natural"); n {
	case "water", "bay", "coastline":
		return n
	}
	switch w := t.get("waterway"); w {
	case "riverbank", "dock", "river", "stream", "canal", "drain":
		return w
	}
	switch l := t.get("landuse"); l {
	case "reservoir", "basin":
		return l
	}
	return ""
}

func isWaterLine(kind string) bool {
	switch kind {
	case "coastline", "river", "stream", "canal", "drain":
		return true
	}
	return false
}
