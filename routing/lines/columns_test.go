package lines_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
	"sanse/routing/lines"
)

func TestColumnsAreReadInBothLanguages(t *testing.T) {
	const f, b, both, none = routing.Forward, routing.Backward, routing.Both, routing.Neither
	for _, c := range []struct {
		name  string
		props props
		want  routing.EdgeAttr
	}{
		{"nothing said is an ordinary street", nil, routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: both, Drive: both}},
		{"main road", props{"道路类型": "城市主干路", "道路名称": "人民路"}, routing.EdgeAttr{Class: "primary", Name: "人民路", Walk: both, Ride: both, Drive: both}},
		{"expressway", props{"道路等级": "快速路"}, routing.EdgeAttr{Class: "trunk", Drive: both}},
		{"openstreetmap's own", props{"highway": "footway", "name": "x"}, routing.EdgeAttr{Class: "footway", Name: "x", Walk: both}},
		{"link", props{"fclass": "primary_link"}, routing.EdgeAttr{Class: "primary_link", Walk: both, Ride: both, Drive: both}},
		{"one way for wheels", props{"class": "支路", "单行": "是"}, routing.EdgeAttr{Class: "tertiary", Walk: both, Ride: f, Drive: f}},
		{"one way against the line", props{"class": "支路", "通行方向": "逆向"}, routing.EdgeAttr{Class: "tertiary", Walk: both, Ride: b, Drive: b}},
		{"geofabrik both ways", props{"fclass": "tertiary", "oneway": "B"}, routing.EdgeAttr{Class: "tertiary", Walk: both, Ride: both, Drive: both}},
		{"geofabrik forward", props{"fclass": "tertiary", "oneway": "F"}, routing.EdgeAttr{Class: "tertiary", Walk: both, Ride: f, Drive: f}},
		{"steps column", props{"类型": "小路", "台阶": "有"}, routing.EdgeAttr{Class: "path", Walk: both, Steps: true}},
		{"stairs class", props{"类型": "阶梯路"}, routing.EdgeAttr{Class: "steps", Walk: both, Steps: true}},
		{"no walking", props{"class": "primary", "foot": "no"}, routing.EdgeAttr{Class: "primary", Ride: both, Drive: both}},
		{"walking beside the expressway", props{"class": "快速路", "步行": "可"}, routing.EdgeAttr{Class: "trunk", Walk: both, Drive: both}},
		{"too narrow for cars", props{"class": "巷道", "宽度（米）": "1.5米"}, routing.EdgeAttr{Class: "residential", Walk: both, Ride: both, Drive: none}},
		{"limits", props{"class": "支路", "限速": "40 km/h", "坡度": "-6%", "路面": "碎石", "无障碍": "否"}, routing.EdgeAttr{Class: "tertiary", Walk: both, Ride: both, Drive: both, KmPerHour: 40, Incline: -6, Surface: routing.SurfaceRough, Wheels: routing.WheelsNo}},
		{"numbers for texts", props{"道路类型": "ROAD", "ONEWAY": 1, "maxspeed": 30}, routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: f, Drive: f, KmPerHour: 30}},
		{"its own id", props{"编号": "4711"}, routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: both, Drive: both, Way: 4711}},
		{"an unknown class", props{"class": "飞行道"}, routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: both, Drive: both}},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, lines.Options{}, line(c.props, 0, 0, 100, 0))
			got := res.Graph.Edge(0).EdgeAttr
			if c.want.Way == 0 {
				c.want.Way = 1
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if (res.Counts.UnknownClass == 1) != (c.name == "an unknown class") {
				t.Errorf("%+v", res.Counts)
			}
		})
	}
}

func TestHeadersThatAShapefileCutOffAreFound(t *testing.T) {
	const both = routing.Both
	ordinary := routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: both, Drive: both, Way: 1}
	main := ordinary
	main.Class, main.Name = "primary", "人民路"
	for _, c := range []struct {
		name  string
		props props
		want  routing.EdgeAttr
	}{
		{"after three characters", props{"道路类": "主干路", "道路名": "人民路"}, main},
		{"with what is left of the fourth", props{"道路类\uFFFD": "主干路", "街道名\uFFFD": "人民路"}, main},
		{"the whole header is before a cut one", props{"道路类": "支路", "类型": "主干路", "道路等级": "主干路", "名称": "人民路", "class": "primary"}, main},
		{"English", props{"motor_vehi": "no", "motor_vehx": "yes"}, routing.EdgeAttr{Class: "unclassified", Walk: both, Ride: both, Way: 1}},
		{"what is too short to be cut off", props{"道路": "主干路", "道": "人民路", "roa": "x"}, ordinary},
		{"what is too long to be cut off", props{"wheelchairs": "no", "motor_vehicl": "no"}, ordinary},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := read(t, lines.Options{}, line(c.props, 0, 0, 100, 0))
			if diff := cmp.Diff(c.want, res.Graph.Edge(0).EdgeAttr); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryWordOfTheTablesIsOneClassOnly(t *testing.T) {
	seen := map[string]string{}
	for _, c := range lines.Classes() {
		for _, w := range append([]string{c.Highway}, c.Words...) {
			if other, ok := seen[w]; ok {
				t.Errorf("%s is %s and %s", w, other, c.Highway)
			}
			seen[w] = c.Highway
			res, err := lines.Read(strings.NewReader(collection(t, line(props{"class": w}, 0, 0, 100, 0))), lines.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := res.Graph.Edge(0).Class; got != c.Highway || res.Counts.UnknownClass > 0 {
				t.Errorf("%s is read as %s, want %s", w, got, c.Highway)
			}
		}
	}
	columns := map[string]string{}
	for _, c := range lines.Columns() {
		for _, a := range append([]string{c.Key}, c.Aliases...) {
			if other, ok := columns[a]; ok {
				t.Errorf("%s is %s and %s", a, other, c.Key)
			}
			columns[a] = c.Key
		}
	}
}
