package imports

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/text/width"
)

// Column describes one column of a kind of file: the header that Sanse writes
// and every other header that it understands. Headers are compared without
// regard to case, blanks, punctuation, full-width forms and what stands in
// brackets.
type Column struct {
	Key      string
	Aliases  []string
	Required bool
	privacy  privacy
}

var columnsOf = map[Kind][]Column{
	Residents: {
		{"id", []string{"编号", "对象编号", "关爱对象编号", "resident", "resident id"}, true, opaque},
		{"name", []string{"姓名", "名字", "full name"}, false, nameLike},
		{"id_number", []string{"身份证号", "身份证号码", "身份证", "证件号码", "公民身份号码", "id card"}, false, numberLike},
		{"phone", []string{"电话", "手机", "手机号", "手机号码", "联系电话", "telephone", "mobile"}, false, numberLike},
		{"address", []string{"地址", "住址", "居住地址", "现住址", "家庭住址"}, false, textLike},
		{"grade", []string{"等级", "风险等级", "关爱等级", "级别", "三色等级", "level", "colour", "color"}, true, opaque},
		{"kinds", []string{"类别", "类型", "人员类别", "对象类别", "人群类别", "kind", "type", "types"}, false, opaque},
		{"lon", []string{"经度", "lng", "longitude", "x", "x坐标"}, false, coordinate},
		{"lat", []string{"纬度", "latitude", "y", "y坐标"}, false, coordinate},
		{"building", []string{"楼栋", "楼栋编号", "楼栋号", "building id"}, false, opaque},
		{"unit", []string{"单元", "单元号"}, false, opaque},
		{"grid", []string{"网格", "网格编码", "网格编号", "所属网格", "所在网格", "微网格", "微网格编码", "grid code", "micro-grid"}, false, opaque},
		{"minutes", []string{"时长", "走访时长", "走访分钟", "分钟", "duration"}, false, opaque},
		{"enrolled", []string{"纳入日期", "登记日期", "入库日期", "建档日期", "enrolled on"}, false, opaque},
		{"team", []string{"包联小组", "包联人员", "五包一", "走访人员", "visitors"}, false, opaque},
		{"absent", []string{"外出", "外出日期", "住院日期", "away"}, false, opaque},
		{"hours", []string{"走访时段", "可走访时间", "方便时间", "visiting hours"}, false, opaque},
		{"people", []string{"走访人数", "上门人数", "visitors needed"}, false, opaque},
		{"prefer", []string{"指定走访人员", "指定人员", "优先人员", "preferred visitor"}, false, opaque},
		{"skills", []string{"所需技能", "技能", "skills needed"}, false, opaque},
		{"note", []string{"备注", "说明", "remark", "remarks", "notes"}, false, textLike},
	},
	Visitors: {
		{"id", []string{"编号", "人员编号", "走访力量编号", "visitor", "visitor id"}, true, opaque},
		{"name", []string{"姓名", "名字", "full name"}, false, nameLike},
		{"phone", []string{"电话", "手机", "手机号", "手机号码", "联系电话", "telephone", "mobile"}, false, numberLike},
		{"kind", []string{"类别", "类型", "人员类别", "力量类别", "type"}, true, opaque},
		{"tier", []string{"层级", "补位层级", "网格层级"}, false, opaque},
		{"scope", []string{"范围", "负责范围", "负责区域", "责任区域", "网格", "网格编码", "areas"}, true, opaque},
		{"lon", []string{"经度", "出发经度", "lng", "longitude", "x", "x坐标"}, true, coordinate},
		{"lat", []string{"纬度", "出发纬度", "latitude", "y", "y坐标"}, true, coordinate},
		{"end", []string{"终点", "返回地点", "结束地点"}, false, coordinate},
		{"shifts", []string{"班次", "可用时间", "走访时间", "工作时间", "hours", "working hours"}, true, opaque},
		{"days_off", []string{"休假", "休息日", "请假日期", "休假日期", "leave"}, false, opaque},
		{"left", []string{"离岗日期", "离职日期", "停止走访日期", "left on"}, false, opaque},
		{"mode", []string{"出行方式", "交通方式", "travel mode"}, false, opaque},
		{"capacity", []string{"每日上限", "每日户数", "日走访上限", "visits a day", "max visits"}, false, opaque},
		{"skills", []string{"技能", "服务技能", "特长", "能力", "skill"}, false, opaque},
	},
	Facilities: {
		{"id", []string{"编号", "设施编号", "facility", "facility id"}, true, public},
		{"name", []string{"名称", "设施名称"}, true, public},
		{"service", []string{"服务", "服务类别", "设施类别", "类别", "类型", "kind", "type"}, true, public},
		{"capacity", []string{"容量", "服务能力", "床位数", "座位数", "places"}, false, public},
		{"in_use", []string{"在用", "使用数", "已用", "used"}, false, public},
		{"status", []string{"状态", "运行状态", "state"}, false, public},
		{"address", []string{"地址"}, false, public},
		{"area_m2", []string{"面积", "服务用房面积", "建筑面积", "使用面积", "floor area"}, false, public},
		{"staff", []string{"工作人员", "员工数", "从业人员", "employees"}, false, public},
		{"hours", []string{"开放时间", "营业时间", "服务时间", "opening hours"}, false, public},
		{"lon", []string{"经度", "lng", "longitude", "x", "x坐标"}, true, public},
		{"lat", []string{"纬度", "latitude", "y", "y坐标"}, true, public},
	},
	Visits: {
		{"resident", []string{"对象编号", "关爱对象编号", "关爱对象", "编号", "resident id"}, true, opaque},
		{"date", []string{"日期", "走访日期", "走访时间", "visit date", "visited on"}, true, opaque},
		{"visitor", []string{"走访人员", "走访人员编号", "人员编号", "走访力量", "visitor id"}, false, opaque},
		{"result", []string{"结果", "走访结果", "是否完成", "完成情况", "outcome", "status"}, true, opaque},
	},
	Tasks: {
		{"id", []string{"编号", "任务编号", "task", "task id"}, true, opaque},
		{"kind", []string{"类型", "任务类型", "类别", "type"}, true, opaque},
		{"what", []string{"内容", "名称", "服务内容", "服务项目", "项目", "service", "title"}, false, opaque},
		{"resident", []string{"关爱对象", "对象编号", "关爱对象编号", "resident id"}, false, opaque},
		{"address", []string{"地址", "住址", "地点"}, false, textLike},
		{"lon", []string{"经度", "lng", "longitude", "x", "x坐标"}, false, coordinate},
		{"lat", []string{"纬度", "latitude", "y", "y坐标"}, false, coordinate},
		{"grid", []string{"网格", "网格编码", "网格编号", "所属网格", "所在网格", "微网格", "微网格编码", "grid code", "micro-grid"}, false, opaque},
		{"minutes", []string{"时长", "服务时长", "分钟", "duration"}, true, opaque},
		{"rule", []string{"频次", "频率", "周期", "规则", "rules", "frequency", "how often"}, true, opaque},
		{"skills", []string{"技能", "所需技能", "skill", "skills needed"}, false, opaque},
		{"visitor_kinds", []string{"人员类别", "执行人员类别", "由谁执行", "visitor kind", "by whom"}, false, opaque},
		{"people", []string{"人数", "所需人数", "visitors needed"}, false, opaque},
		{"hours", []string{"时段", "服务时段", "可上门时间", "开放时间"}, false, opaque},
		{"prefer", []string{"指定人员", "优先人员", "preferred visitor"}, false, opaque},
		{"absent", []string{"暂停日期", "停用日期", "closed"}, false, opaque},
		{"weight", []string{"权重", "重要性", "importance"}, false, opaque},
	},
	TaskVisits: {
		{"task", []string{"任务编号", "任务", "编号", "task id"}, true, opaque},
		{"date", []string{"日期", "完成日期", "服务日期", "done on"}, true, opaque},
		{"visitor", []string{"执行人员", "服务人员", "人员编号", "走访人员", "visitor id"}, false, opaque},
		{"result", []string{"结果", "是否完成", "完成情况", "outcome", "status"}, true, opaque},
	},
	Devices: {
		{"id", []string{"编号", "设备编号", "设备号", "device", "device id"}, true, opaque},
		{"kind", []string{"类型", "设备类型", "类别", "type"}, true, opaque},
		{"resident", []string{"对象编号", "关爱对象编号", "关爱对象", "resident id"}, false, opaque},
		{"area", []string{"网格", "网格编码", "微网格", "微网格编码", "位置", "place"}, false, opaque},
		{"ended", []string{"停用", "已停用", "拆除", "removed"}, false, opaque},
	},
	Needs: {
		{"id", []string{"编号", "需求编号", "need", "need id"}, true, opaque},
		{"resident", []string{"对象编号", "关爱对象编号", "关爱对象", "resident id"}, true, opaque},
		{"service", []string{"服务", "需求", "服务项目", "需求项目", "服务内容", "what"}, true, opaque},
		{"rule", []string{"频次", "频率", "周期", "rules", "frequency", "how often"}, true, opaque},
		{"place", []string{"方式", "服务方式", "服务地点", "where"}, false, opaque},
		{"minutes", []string{"时长", "服务时长", "分钟", "duration"}, false, opaque},
		{"hours", []string{"时段", "服务时段", "方便时间", "可服务时间"}, false, opaque},
		{"kind", []string{"类别", "人员类别", "对象类别", "type"}, false, opaque},
		{"source", []string{"来源", "评估", "评估来源", "评估名称", "assessment"}, false, opaque},
		{"from", []string{"开始日期", "起始日期", "评估日期", "valid from"}, false, opaque},
		{"to", []string{"结束日期", "截止日期", "valid to", "until"}, false, opaque},
	},
	Providers: {
		{"id", []string{"编号", "服务商编号", "机构编号", "provider", "provider id"}, true, public},
		{"name", []string{"名称", "服务商", "服务商名称", "机构名称"}, true, public},
		{"services", []string{"服务", "服务项目", "服务内容", "技能", "service", "skills"}, true, public},
		{"capacity", []string{"容量", "服务能力", "每周服务次数", "每周次数", "services a week"}, false, public},
		{"hours", []string{"服务时间", "营业时间", "工作时间", "working hours"}, false, public},
		{"scope", []string{"范围", "服务范围", "服务区域", "负责区域", "areas"}, false, public},
		{"lon", []string{"经度", "lng", "longitude", "x", "x坐标"}, false, public},
		{"lat", []string{"纬度", "latitude", "y", "y坐标"}, false, public},
		{"radius", []string{"半径", "服务半径", "服务距离", "metres"}, false, public},
		{"workers", []string{"服务人员", "人员", "员工", "staff"}, false, opaque},
	},
	Population: {
		{"building", []string{"楼栋", "楼栋编号", "楼栋号", "building id"}, false, public},
		{"cell", []string{"六边形", "六边形编号", "h3", "h3 cell", "h3 index"}, false, public},
		{"households", []string{"户数", "家庭户数"}, false, public},
		{"people", []string{"人数", "人口", "总人口", "常住人口", "population"}, true, public},
		{"over60", []string{"60岁以上", "60岁及以上", "六十岁以上", "老年人", "老年人数", "60+"}, false, public},
		{"over80", []string{"80岁以上", "80岁及以上", "八十岁以上", "高龄老人", "80+"}, false, public},
		{"under18", []string{"18岁以下", "未成年人", "儿童", "children"}, false, public},
		{"disabled", []string{"残疾人", "残疾人数"}, false, public},
		{"place", []string{"地方类型", "地域类型", "区域类型", "place type"}, false, public},
	},
	Policies: {
		{"id", []string{"编号", "规则编号", "policy"}, false, public},
		{"grade", []string{"等级", "级别"}, false, public},
		{"kind", []string{"类别", "人员类别"}, false, public},
		{"every_days", []string{"间隔天数", "每几天", "间隔", "interval"}, false, public},
		{"per_week", []string{"每周次数", "每周"}, false, public},
		{"per_month", []string{"每月次数", "每月"}, false, public},
		{"patterns", []string{"走访星期", "允许星期", "weekdays"}, false, public},
		{"once", []string{"单次", "一次", "once only"}, false, public},
		{"pause", []string{"暂停", "paused"}, false, public},
		{"from", []string{"开始日期", "起始日期", "valid from"}, false, public},
		{"to", []string{"结束日期", "截止日期", "valid to", "until"}, false, public},
	},
	Standards: {
		{"id", []string{"编号", "标准编号", "standard"}, true, public},
		{"name", []string{"名称", "标准名称"}, false, public},
		{"english", []string{"英文名称", "name in english"}, false, public},
		{"measure", []string{"指标", "指标类型", "衡量方式"}, true, public},
		{"service", []string{"服务", "服务类别", "服务项目"}, false, public},
		{"resource", []string{"资源", "资源类别"}, false, public},
		{"whom", []string{"对象", "服务对象", "适用人群", "for"}, false, public},
		{"minutes", []string{"分钟", "时限", "时限分钟"}, false, public},
		{"speed", []string{"步速", "步行方式", "pace"}, false, public},
		{"level", []string{"层级", "适用层级"}, false, public},
		{"per", []string{"户数", "每多少户", "households"}, false, public},
		{"days", []string{"每周天数", "每周至少天数", "days a week"}, false, public},
		{"target", []string{"目标", "目标值"}, true, public},
		{"year", []string{"年份", "目标年份", "target year"}, true, public},
		{"steps", []string{"分步目标", "阶段目标", "stages"}, false, public},
		{"places", []string{"城乡", "适用地区", "ground"}, false, public},
		{"source", []string{"来源", "依据", "出处"}, true, public},
		{"source_year", []string{"来源年份", "依据年份"}, true, public},
		{"note", []string{"备注", "说明", "remark"}, false, public},
	},
	Areas: {
		{"code", []string{"编码", "代码", "区划代码", "网格编码", "区域编码", "id", "adcode"}, true, public},
		{"level", []string{"层级", "级别"}, false, public},
		{"parent", []string{"上级", "上级编码", "父级编码", "parent code", "parent_cod"}, false, public},
		{"name", []string{"名称", "网格名称", "区域名称"}, true, public},
		{"special", []string{"专属网格", "是否专属", "专属"}, false, public},
		{"parts", []string{"块数", "分块数", "number of parts"}, false, public},
		{"units", []string{"单元", "楼栋单元", "分管单元", "building units"}, false, public},
	},
	Buildings: {
		{"id", []string{"编号", "楼栋编号", "building", "building id"}, true, public},
		{"name", []string{"名称", "楼栋名称"}, false, public},
		{"kind", []string{"类型", "类别", "建筑类型", "type"}, false, public},
		{"address", []string{"地址"}, false, public},
		{"units", []string{"单元数", "单元"}, false, public},
		{"floors", []string{"层数", "楼层", "楼层数", "levels", "building levels"}, false, public},
	},
}

// Columns lists the columns of a kind of file; nil for streets, which have
// none.
func Columns(k Kind) []Column {
	cols := columnsOf[k]
	out := make([]Column, len(cols))
	for i, c := range cols {
		out[i] = c
		out[i].Aliases = append([]string(nil), c.Aliases...)
	}
	return out
}

// headerKey is what of a header counts.
func headerKey(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(' || r == '[' || r == '【':
			depth++
		case r == ')' || r == ']' || r == '】':
			depth = max(0, depth-1)
		case depth > 0:
		case strings.ContainsRune(" \t\r\n_-*.:、'’/\u00A0\u200B\u3000\uFEFF", r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// header maps columns to positions.
type header struct {
	line    int
	at      map[string]int    // key → position
	named   map[string]string // key → the header in the file
	unknown []string
	width   int
}

// readHeader finds out which column is which. It fails with a sentence that
// names the column that is missing and the headers found.
func readHeader(cols []Column, cells []string) (header, error) {
	h := matchHeader(cols, cells)
	var missing []string
	for _, c := range cols {
		if _, ok := h.at[c.Key]; c.Required && !ok {
			missing = append(missing, fmt.Sprintf("%s (or %s)", c.Key, strings.Join(c.Aliases[:min(3, len(c.Aliases))], ", ")))
		}
	}
	if len(missing) > 0 {
		var found []string
		show := shorten
		if looksLikeData(cells) { // no header at all: these may be people
			show = func(s string) string { return keep(s, 1, 0) }
		}
		for _, c := range cells {
			if t := strings.TrimSpace(c); t != "" {
				found = append(found, show(strings.ToValidUTF8(t, "\uFFFD")))
			}
		}
		if len(found) > 40 {
			found = append(found[:40], "…")
		}
		return h, fmt.Errorf("missing column %s; found %s", strings.Join(missing, " and "), quoteAll(found))
	}
	for key, positions := range h.doubles(cols, cells) {
		return h, fmt.Errorf("two columns, %s, both give %s: remove one", quoteAll(positions), key)
	}
	return h, nil
}

// looksLikeData tells that a row holds a number or a date, which no header
// does.
func looksLikeData(cells []string) bool {
	for _, c := range cells {
		if _, err := parseNumber(c); err == nil {
			return true
		}
		if _, err := parseDate(c, false); err == nil {
			return true
		}
		if _, err := parseIDNumber(c); err == nil {
			return true
		}
	}
	return false
}

func matchHeader(cols []Column, cells []string) header {
	keys := headerKeys(cols)
	h := header{at: map[string]int{}, named: map[string]string{}}
	for i, c := range cells {
		t := cleanCell(c)
		if t == "" {
			continue
		}
		h.width = i + 1
		key, ok := keys[headerKey(t)]
		if !ok {
			h.unknown = append(h.unknown, shorten(t))
			continue
		}
		if _, taken := h.at[key]; !taken {
			h.at[key], h.named[key] = i, t
		}
	}
	return h
}

func headerKeys(cols []Column) map[string]string {
	keys := map[string]string{}
	for _, c := range cols {
		for _, a := range c.Aliases {
			keys[headerKey(a)] = c.Key
		}
	}
	for _, c := range cols { // a key is never somebody else's alias
		keys[headerKey(c.Key)] = c.Key
	}
	return keys
}

func (h header) doubles(cols []Column, cells []string) map[string][]string {
	keys := headerKeys(cols)
	all := map[string][]string{}
	for _, c := range cells {
		if key, ok := keys[headerKey(cleanCell(c))]; ok {
			all[key] = append(all[key], cleanCell(c))
		}
	}
	for key, names := range all {
		if len(names) < 2 {
			delete(all, key)
		}
	}
	return all
}

// findHeader reads the first rows up to the header: tables often begin with a
// title above it. Where none fits, the first row with something in it is taken
// for the header, so that the error can show it.
func findHeader(t table, path string, cols []Column) (header, error) {
	base := filepath.Base(path)
	var first *record
	for range 8 {
		rec, err := t.next()
		if err != nil {
			if first == nil {
				return header{}, &InputError{Path: base, Reason: "the file is empty", Err: notEOF(err)}
			}
			break
		}
		if rec.bad != "" {
			return header{}, &InputError{Path: base, Reason: fmt.Sprintf("line %d, where the header should be: %s", rec.line, rec.bad)}
		}
		h := matchHeader(cols, rec.cells)
		if len(h.at) >= 2 || len(h.at) == 1 && len(h.unknown) == 0 {
			if h, err = readHeader(cols, rec.cells); err != nil {
				return header{}, &InputError{Path: base, Reason: err.Error()}
			}
			h.line = rec.line
			return h, nil
		}
		if first == nil {
			rec.cells = append([]string(nil), rec.cells...)
			first = &rec
		}
	}
	_, err := readHeader(cols, first.cells)
	if err == nil {
		err = fmt.Errorf("no header found in the first rows")
	}
	return header{}, &InputError{Path: base, Reason: err.Error()}
}
