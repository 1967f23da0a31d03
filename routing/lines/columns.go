package lines

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Column is one thing that a file may say of a road, with the headers it may
// stand under. Headers are compared without regard to case, blanks, low lines,
// full-width forms and what stands in brackets; where a file has several, the
// one that is earliest here counts. A header that a Shapefile has cut off after
// ten bytes (three Chinese characters in UTF-8) is found by what is left of it,
// unless that could begin two columns.
type Column struct {
	Key     string
	Aliases []string
}

// Columns lists what is understood; everything else in a file is passed over.
func Columns() []Column {
	return []Column{
		{"id", []string{"osm_id", "objectid", "fid", "gid", "编号", "道路编号", "道路代码", "路段编号", "标识码"}},
		{"class", []string{"highway", "fclass", "road class", "road type", "type", "kind", "道路类型", "道路类别", "道路等级", "技术等级", "路段类型", "类型", "类别", "等级"}},
		{"name", []string{"road name", "street", "name_zh", "name:zh", "道路名称", "道路名", "路名", "街道名称", "名称"}},
		{"oneway", []string{"one way", "direction", "单行", "单行线", "单行道", "单向", "是否单行", "通行方向", "交通方向", "行驶方向"}},
		{"foot", []string{"walk", "pedestrian", "步行", "行人", "可步行", "行人通行"}},
		{"bicycle", []string{"bike", "ride", "自行车", "非机动车", "非机动车通行"}},
		{"car", []string{"motor_vehicle", "motorcar", "drive", "机动车", "机动车通行", "车行"}},
		{"access", []string{"通行", "通行权", "开放", "是否开放", "对外开放"}},
		{"bridge", []string{"桥", "桥梁", "是否桥梁"}},
		{"tunnel", []string{"隧道", "是否隧道"}},
		{"layer", []string{"zlevel", "z level", "层", "层级", "层次"}},
		{"steps", []string{"stairs", "台阶", "阶梯", "梯道", "有台阶"}},
		{"width", []string{"宽度", "路宽", "路面宽度", "道路宽度"}},
		{"speed", []string{"maxspeed", "speed limit", "限速", "车速", "设计速度", "设计时速"}},
		{"surface", []string{"pavement", "路面", "路面类型", "路面材质", "铺装"}},
		{"incline", []string{"slope", "gradient", "坡度", "纵坡"}},
		{"wheelchair", []string{"无障碍", "轮椅", "轮椅通行"}},
	}
}

// plain makes headers and values comparable: narrow, small, without brackets,
// blanks and low lines.
func plain(s string) string {
	simple := len(s) < 24
	for i := 0; simple && i < len(s); i++ {
		simple = s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9'
	}
	if simple {
		return s
	}
	s = strings.ToLower(width.Narrow.String(s))
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '[', '（', '【':
			depth++
		case ')', ']', '）', '】':
			depth = max(0, depth-1)
		case ' ', '\t', '_', '\u00a0', '\u3000':
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// header finds the columns of features. The properties of all features of a
// file are mostly alike, so what was found is kept by the header's spelling.
type header struct {
	keys  map[string]heading // plain header → column
	seen  map[string]heading // header as spelled → column, none where rank < 0
	found map[string]string  // key → the header, as spelled, that gave it first
}

// fieldBytes is how much a Shapefile (dBASE) keeps of a header.
const fieldBytes = 10

// find returns the column of a header as spelled; false if it is none.
func (h *header) find(spelled string) (heading, bool) {
	if at, ok := h.keys[plain(spelled)]; ok {
		return at, true
	}
	// A character cut in two is lost, or replaced.
	spelled = strings.TrimRight(strings.ToValidUTF8(spelled, ""), "\uFFFD")
	if len(spelled) <= fieldBytes-utf8.UTFMax+1 || len(spelled) > fieldBytes {
		return heading{}, false
	}
	begin := plain(spelled)
	if begin == "" {
		return heading{}, false
	}
	var at heading
	for whole, of := range h.keys {
		switch {
		case !strings.HasPrefix(whole, begin):
		case at.key == "" || at.key == of.key && of.rank < at.rank:
			at = of
		case at.key != of.key:
			return heading{}, false
		}
	}
	return at, at.key != ""
}

// heading is a column and how early the header stands in its list.
type heading struct {
	key  string
	rank int
}

func newHeader() *header {
	h := &header{keys: map[string]heading{}, seen: map[string]heading{}, found: map[string]string{}}
	for _, c := range Columns() {
		for rank, alias := range append([]string{c.Key}, c.Aliases...) {
			h.keys[plain(alias)] = heading{c.Key, rank}
		}
	}
	return h
}

// values returns what a feature says, by column. Empty values say nothing.
func (h *header) values(props map[string]any) map[string]any {
	out := make(map[string]any, 8)
	ranks := make(map[string]int, 8)
	spelled := make([]string, 0, len(props))
	for name := range props {
		spelled = append(spelled, name)
	}
	slices.Sort(spelled) // two headers alike but for case: the same one in every run
	for _, name := range spelled {
		at, ok := h.seen[name]
		if !ok {
			if at, ok = h.find(name); !ok {
				at.rank = -1
			}
			h.seen[name] = at
		}
		v := props[name]
		if at.rank < 0 || v == nil || v == "" {
			continue
		}
		if rank, taken := ranks[at.key]; taken && rank <= at.rank {
			continue
		}
		out[at.key], ranks[at.key] = v, at.rank
		if _, ok := h.found[at.key]; !ok {
			h.found[at.key] = name
		}
	}
	return out
}
