package lines

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"sanse/routing"
)

// narrowMetres is the width under which nobody drives, when no column says who
// may: the narrowest lane that GB 50763 and GB 50180 let vehicles into is wider.
const narrowMetres = 2.0

// road is what the columns of a feature make of it.
type road struct {
	attr  routing.EdgeAttr
	level int // 0 on the ground, above for bridges, below for tunnels
	// unknown is a class that no table has; noClass tells that there is none.
	unknown string
	noClass bool
}

// roadOf reads the columns. ok is false for a road that nobody may use.
func (x *reader) roadOf(values map[string]any, number int) (road, bool) {
	var out road
	class := Class{Highway: Ordinary, Walk: true, Ride: true, Drive: true}
	word := text(values["class"])
	if word == "" {
		out.noClass = true
	} else if c, ok := x.classes.find(word); ok {
		class = c
		out.level = levelOf(plain(word))
	} else {
		out.unknown = word
	}
	walk, ride, drive := class.Walk, class.Ride, class.Drive
	if w, ok := metresOf(values["width"]); ok && w < narrowMetres {
		drive = false
	}
	if yes, ok := truth(values["access"]); ok && !yes {
		walk, ride, drive = false, false, false
	}
	steps := class.Highway == "steps"
	if yes, ok := truth(values["steps"]); ok && yes {
		steps = true
	}
	if steps {
		ride, drive = false, false
	}
	for _, m := range []struct {
		column string
		may    *bool
	}{{"foot", &walk}, {"bicycle", &ride}, {"car", &drive}} {
		if yes, ok := truth(values[m.column]); ok {
			*m.may = yes
		}
	}
	wheels := onewayOf(values["oneway"])
	ways := func(may bool, w routing.Ways) routing.Ways {
		if !may {
			return routing.Neither
		}
		return w
	}
	out.attr = routing.EdgeAttr{
		Class: class.Highway, Name: text(values["name"]),
		Walk: ways(walk, routing.Both), Ride: ways(ride, wheels), Drive: ways(drive, wheels),
		Steps: steps, Way: wayOf(values["id"], number),
	}
	if s, ok := surfaceOf(text(values["surface"])); ok {
		out.attr.Surface = s
	}
	if v, ok := number64(values["speed"], "km/h", "kmph", "公里/小时", "千米/小时", "公里"); ok && v >= 1 && v <= 200 {
		out.attr.KmPerHour = uint8(math.Round(v))
	}
	if v, ok := number64(values["incline"], "%", "％"); ok && math.Abs(v) <= 100 {
		out.attr.Incline = int8(math.Round(v))
	}
	if yes, ok := truth(values["wheelchair"]); ok {
		out.attr.Wheels = routing.WheelsNo
		if yes {
			out.attr.Wheels = routing.WheelsYes
		}
	} else if plain(text(values["wheelchair"])) == "limited" {
		out.attr.Wheels = routing.WheelsLimited
	}
	if yes, ok := truth(values["bridge"]); ok && out.level == 0 && yes {
		out.level = 1
	}
	if yes, ok := truth(values["tunnel"]); ok && out.level == 0 && yes {
		out.level = -1
	}
	if v, ok := number64(values["layer"]); ok && v != 0 && math.Abs(v) <= 20 {
		out.level = int(v)
	}
	a := out.attr
	return out, a.Walk|a.Ride|a.Drive != routing.Neither
}

// wayOf is the number that an edge keeps: the file's own if it is one, else the
// feature's place in the file.
func wayOf(v any, number int) int64 {
	if n, err := strconv.ParseInt(text(v), 10, 64); err == nil && n > 0 {
		return n
	}
	return int64(number)
}

// text returns a value as a trimmed text, empty for what is none.
func text(v any) string {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return strings.TrimSpace(strings.ToValidUTF8(v, "\uFFFD"))
		}
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// truth reads yes and no in the words of road files and OpenStreetMap.
func truth(v any) (yes, ok bool) {
	switch word := plain(text(v)); word {
	case "":
		return false, false
	case "yes", "true", "1", "y", "t", "designated", "permissive", "public", "destination", "customers", "viaduct", "是", "有", "可", "可以", "能", "允许", "开放", "公共", "通行", "可通行", "双向", "高架", "桥梁", "桥", "隧道":
		return true, true
	case "no", "false", "0", "n", "f", "private", "否", "无", "不可", "不可以", "不能", "禁止", "禁行", "不开放", "封闭", "私有", "不通行", "不可通行", "不允许":
		return false, true
	}
	return false, false
}

// onewayOf reads the direction of wheels along the line. F, T and B are those
// of the extracts of Geofabrik: from, to, both.
func onewayOf(v any) routing.Ways {
	switch plain(text(v)) {
	case "yes", "true", "1", "y", "f", "ft", "forward", "是", "单行", "单向", "正向", "顺向", "顺行", "正向单行", "顺方向":
		return routing.Forward
	case "-1", "t", "tf", "backward", "reverse", "逆向", "反向", "逆行", "反向单行", "逆方向":
		return routing.Backward
	}
	return routing.Both
}

// number64 reads a finite number, with a unit behind it or none.
func number64(v any, units ...string) (float64, bool) {
	s := plain(text(v))
	for _, u := range units {
		s = strings.TrimSuffix(s, u)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func metresOf(v any) (float64, bool) {
	f, ok := number64(v, "m", "米")
	return f, ok && f > 0
}
