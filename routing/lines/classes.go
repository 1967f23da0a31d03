package lines

import (
	"strings"

	"sanse/routing"
)

// Class is one kind of road: the OpenStreetMap highway value that it becomes,
// who may use it when no other column says so, and the words for it.
type Class struct {
	Highway           string
	Walk, Ride, Drive bool
	Words             []string
}

// Ordinary is the class of a road whose class is unknown.
const Ordinary = "unclassified"

// Classes lists the kinds of road that are understood. Words are compared as
// headers are; 城市 before one and _link behind an OpenStreetMap value are
// passed over. Who may use what follows the OpenStreetMap access defaults for
// China: no one walks or rides on 高速公路 and 快速路.
func Classes() []Class {
	return []Class{
		{"motorway", false, false, true, []string{"高速公路", "高速", "高速路"}},
		{"trunk", false, false, true, []string{"快速路", "快速", "快速干道", "expressway"}},
		{"primary", true, true, true, []string{"主干路", "主干道", "主干", "国道", "一级公路"}},
		{"secondary", true, true, true, []string{"次干路", "次干道", "次干", "省道", "二级公路"}},
		{"tertiary", true, true, true, []string{"支路", "支线", "支道", "县道", "三级公路", "连接道"}},
		{"unclassified", true, true, true, []string{"乡道", "村道", "四级公路", "等外公路", "乡村道路", "农村公路", "农村道路", "一般道路", "普通道路", "道路", "其他道路", "专用公路", "street", "ordinary", "road"}},
		{"residential", true, true, true, []string{"街道", "街巷", "巷", "巷道", "里弄", "弄堂", "胡同", "居住区道路", "小区道路", "住宅区道路"}},
		{"living_street", true, true, true, []string{"生活街道", "共享街道", "宅间路", "宅前路"}},
		{"service", true, true, true, []string{"内部道路", "内部路", "单位内部道路", "厂区道路", "校园道路", "停车场道路", "辅路", "匝道"}},
		{"track", true, true, true, []string{"机耕路", "机耕道", "田间道", "田间路", "生产路", "大车路"}},
		{"pedestrian", true, false, false, []string{"步行街", "商业步行街", "广场"}},
		{"footway", true, false, false, []string{"人行道", "步道", "人行路", "步行道", "便道", "人行横道", "斑马线", "天桥", "人行天桥", "过街天桥", "地下通道", "人行地道", "过街地道", "sidewalk"}},
		{"path", true, false, false, []string{"小路", "小道", "小径", "山路", "田埂", "乡间小路", "登山道", "园路", "trail", "bridleway", "马道"}},
		{"cycleway", true, true, false, []string{"非机动车道", "自行车道", "绿道", "骑行道", "bikeway"}},
		{"steps", true, false, false, []string{"台阶", "台阶路", "阶梯", "阶梯路", "梯道", "石阶", "楼梯", "stairs"}},
		{"elevator", true, false, false, []string{"电梯", "升降梯"}},
		{"platform", true, false, false, []string{"站台", "月台"}},
		{"corridor", true, false, false, []string{"连廊", "走廊", "廊道", "骑楼"}},
	}
}

// levelOf gives the level that some words imply; 0 for the ground.
func levelOf(word string) int {
	switch {
	case strings.HasSuffix(word, "天桥"):
		return 1
	case strings.HasSuffix(word, "地下通道"), strings.HasSuffix(word, "地道"):
		return -1
	}
	return 0
}

// ClassOf returns the kind of road that a word is, as Read understands it.
func ClassOf(word string) (Class, bool) { return newClassTable().find(word) }

type classTable map[string]Class

func newClassTable() classTable {
	t := classTable{}
	for _, c := range Classes() {
		for _, w := range append([]string{c.Highway}, c.Words...) {
			if _, ok := t[plain(w)]; !ok {
				t[plain(w)] = c
			}
		}
	}
	return t
}

// find returns the class of a word. A link keeps its own highway value.
func (t classTable) find(word string) (Class, bool) {
	word = plain(word)
	word = strings.TrimPrefix(word, "城市")
	if c, ok := t[word]; ok {
		return c, true
	}
	if base, ok := strings.CutSuffix(word, "link"); ok {
		switch c := t[base]; c.Highway {
		case "motorway", "trunk", "primary", "secondary", "tertiary":
			c.Highway += "_link"
			return c, true
		}
	}
	return Class{}, false
}

// surfaceOf reads a word for what a road is paved with.
func surfaceOf(word string) (routing.Surface, bool) {
	switch word := plain(word); word {
	case "paved", "asphalt", "concrete", "paving", "pavingstones", "bricks", "wood", "metal", "沥青", "柏油", "水泥", "混凝土", "水泥混凝土", "沥青混凝土", "砖", "地砖", "木", "塑胶", "硬化":
		return routing.SurfaceHard, true
	case "gravel", "finegravel", "compacted", "sett", "cobblestone", "unhewncobblestone", "pebblestone", "碎石", "砂石", "石子", "砾石", "卵石", "石板", "青石板", "条石":
		return routing.SurfaceRough, true
	case "unpaved", "ground", "dirt", "earth", "sand", "mud", "grass", "土", "土路", "泥土", "泥", "沙", "草", "草地", "未硬化", "自然":
		return routing.SurfaceSoft, true
	}
	return routing.SurfaceUnknown, false
}
