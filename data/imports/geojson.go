package imports

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sanse/geo"
)

// declaredCRS reads the name in a "crs" member, such as
// urn:ogc:def:crs:EPSG::4490; empty for none.
func declaredCRS(name string) (geo.CRS, error) {
	if name == "" {
		return "", nil
	}
	if up := strings.ToUpper(name); strings.HasSuffix(up, ":CRS84") {
		return geo.WGS84, nil
	}
	crs, err := geo.ParseCRS(name)
	if err != nil {
		return "", fmt.Errorf("the crs member names %s, which is not known: declare the coordinate system with --crs", quote(shorten(name)))
	}
	return crs, nil
}

// isText tells that all of a feature's properties are UTF-8.
func isText(properties map[string]any) bool {
	for k, v := range properties {
		if s, ok := v.(string); ok && (!utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError)) || strings.ContainsRune(k, utf8.RuneError) {
			return false
		}
	}
	return true
}
