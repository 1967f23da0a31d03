package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"sanse/data"
)

// StandardRow is one standard of a table, with its words brought to keys. What it
// means is for Env.Standards to judge.
type StandardRow struct {
	Line       int
	ID         string
	Chinese    string
	English    string
	Measure    string
	Services   []string // any of them will do
	Resource   string
	Whom       string
	Minutes    int
	Speed      string
	Level      string
	Per        int
	Days       int
	Target     float64
	Year       int
	Steps      []StandardStep
	Places     string
	Source     string
	SourceYear int
	Note       string
}

// StandardStep is a stage on the way to a target.
type StandardStep struct {
	Year  int
	Value float64
}

// StandardFault is what is wrong with a set: the line of the row (0: the file),
// the key of the column, the value and why.
type StandardFault struct {
	Line   int
	Column string
	Value  string
	Reason string
}

var (
	measures = newVocabulary([]data.Term{
		{Key: "reach", Chinese: "步行可达率", English: "reach", Aliases: []string{"覆盖率", "可达率"}},
		{Key: "per_area", Chinese: "区域设置率", English: "per area", Aliases: []string{"设施覆盖率", "每区一处"}},
		{Key: "per_thousand", Chinese: "每千人数量", English: "per thousand", Aliases: []string{"每千人床位"}},
		{Key: "per_households", Chinese: "按户配备", English: "per households", Aliases: []string{"每户配备"}},
		{Key: "area_m2_per_thousand", Chinese: "每千人面积", English: "square metres per thousand"},
		{Key: "response", Chinese: "及时响应率", English: "response"},
		{Key: "share", Chinese: "完成率", English: "share", Aliases: []string{"按时率"}},
		{Key: "idle", Chinese: "闲置率", English: "idle"},
	})
	resources = newVocabulary([]data.Term{
		{Key: "grid_workers", Chinese: "网格员", English: "grid workers", Aliases: []string{"专职网格员"}},
		{Key: "social_workers", Chinese: "社工", English: "social workers", Aliases: []string{"社会工作者"}},
		{Key: "visits_on_time", Chinese: "按时走访", English: "visits on time"},
	})
	counted = newVocabulary([]data.Term{
		{Key: "people", Chinese: "常住人口", English: "people", Aliases: []string{"全体居民", "人口"}},
		{Key: "over60", Chinese: "老年人", English: "over 60", Aliases: []string{"60岁以上", "60岁及以上"}},
		{Key: "over80", Chinese: "高龄老人", English: "over 80", Aliases: []string{"80岁以上", "80岁及以上"}},
		{Key: "under18", Chinese: "未成年人", English: "under 18", Aliases: []string{"儿童", "18岁以下"}},
		{Key: "disabled", Chinese: "残疾人", English: "disabled"},
		{Key: "residents", Chinese: "关爱对象", English: "residents"},
	})
	paces = newVocabulary([]data.Term{
		{Key: "elderly", Chinese: "老年人", English: "elderly"},
		{Key: "foot", Chinese: "成年人", English: "adult", Aliases: []string{"步行"}},
		{Key: "cane", Chinese: "拄拐", English: "cane", Aliases: []string{"手杖"}},
		{Key: "wheelchair", Chinese: "轮椅", English: "wheelchair"},
	})
	grounds = newVocabulary([]data.Term{
		{Key: "urban", Chinese: "城镇", English: "urban", Aliases: []string{"城市"}},
		{Key: "rural", Chinese: "农村", English: "rural", Aliases: []string{"乡村"}},
	})
)

// maxStandardBytes bounds a set of standards, which is read as a whole.
const maxStandardBytes = 4 << 20

// importStandards reads a set of standards, a table or the JSON of export; it
// takes the place of the one before.
func importStandards(ctx context.Context, j *job, s Sink) error {
	if strings.EqualFold(filepath.Ext(j.opt.Path), ".json") {
		text, err := j.readStandards()
		if err != nil {
			return err
		}
		return j.putStandards(s, nil, text)
	}
	var rows []StandardRow
	check := func(r *row) StandardRow {
		v := checkStandard(r)
		if r.bad {
			j.wholeFile = true
		}
		rows = append(rows, v)
		return v
	}
	if err := runTable(ctx, j, nil, check, func([]StandardRow) error { return nil }, nil); err != nil {
		return err
	}
	if j.wholeFile {
		return ctx.Err()
	}
	if len(rows) == 0 {
		return &InputError{Path: j.base(), Reason: "there is no standard in it"}
	}
	return j.putStandards(s, rows, nil)
}

func (j *job) readStandards() (_ []byte, err error) {
	f, err := os.Open(j.opt.Path)
	if err != nil {
		return nil, &InputError{Reason: "open file", Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, maxStandardBytes+1))
	if err != nil {
		return nil, &InputError{Path: j.base(), Reason: "read file", Err: err}
	}
	if len(text) > maxStandardBytes {
		return nil, &InputError{Path: j.base(), Reason: fmt.Sprintf("more than %d bytes", maxStandardBytes)}
	}
	return []byte(strings.TrimPrefix(string(text), "\uFEFF")), nil
}

// putStandards has a set judged and stores it.
func (j *job) putStandards(s Sink, rows []StandardRow, text []byte) error {
	content, count, faults := j.env.Standards(rows, text)
	if rows == nil {
		j.rep.Read = max(count, 1)
	}
	for _, f := range faults {
		column := f.Column
		if name := j.header.named[column]; name != "" {
			column = name
		}
		j.refuse(f.Line, column, f.Value, f.Reason, public)
		j.wholeFile = true
	}
	if s == nil || j.wholeFile {
		return nil
	}
	if _, err := s.ReplaceStandards(j.district, content, j.env.Now); err != nil {
		return fmt.Errorf("store standards: %w", err)
	}
	j.rep.Stored = count
	return nil
}

func checkStandard(r *row) StandardRow {
	v := StandardRow{
		Line: r.line, ID: r.need("id"), Chinese: r.get("name"), English: r.get("english"), Source: r.need("source"), Note: r.get("note"),
		Minutes: r.count("minutes", 1e6, "分钟", "min"), Per: r.count("per", 1e9, "户"), Days: r.count("days", 1e6, "天"),
		Year: r.count("year", 1e6, "年"), SourceYear: r.count("source_year", 1e6, "年"),
	}
	for key, of := range map[string]struct {
		words vocabulary
		to    *string
		what  string
	}{
		"measure": {measures, &v.Measure, "a measure"}, "resource": {resources, &v.Resource, "a resource"}, "speed": {paces, &v.Speed, "a way to walk"},
		"level": {levels, &v.Level, "a level"}, "places": {grounds, &v.Places, "a kind of ground"},
	} {
		word := r.get(key)
		if word == "" {
			continue
		}
		known, ok := of.words.find(word)
		if !ok {
			r.refuse(key, "not "+of.what+": want one of "+of.words.all)
		}
		*of.to = known
	}
	for _, word := range splitList(r.get("service"), "或/") {
		key, ok := services.find(strings.TrimSpace(word))
		if !ok {
			r.refuse("service", "not a service: want one of "+services.all)
		}
		v.Services = append(v.Services, key)
	}
	v.Whom = standardWhom(r)
	if text := r.need("target"); text != "" {
		n, err := parseNumber(strings.TrimSuffix(fold(text), "%"))
		if err != nil {
			r.refuse("target", err.Error())
		}
		v.Target = n
	}
	v.Steps = standardSteps(r)
	switch v.Measure {
	case "reach", "per_area", "share", "response": // a cell in per cent holds 0.9 for 90 %
		if v.Target > 0 && v.Target <= 1 {
			r.refuse("target", "a share of at most 1 %: write 90 for 90 %, in a cell that is a plain number")
		}
	}
	return v
}

// levels are the areas' and the building.
var levels = func() vocabulary {
	v := newVocabulary([]data.Term{{Key: "building", Chinese: "楼栋", English: "building"}})
	for word, key := range areaLevels.keys {
		v.keys[word] = key
	}
	v.all = areaLevels.all + ", " + v.all
	return v
}()

// standardWhom reads whom a standard is for: a column of the population, all
// residents, a grade or a kind of resident.
func standardWhom(r *row) string {
	word := r.get("whom")
	if word == "" {
		return ""
	}
	for _, prefix := range []string{"grade:", "kind:"} {
		if strings.HasPrefix(word, prefix) {
			return word
		}
	}
	if key, ok := counted.find(word); ok {
		return key
	}
	if key, ok := grades.find(word); ok {
		return "grade:" + key
	}
	if key, ok := residentKinds.find(word); ok {
		return "kind:" + key
	}
	r.refuse("whom", "not people: want one of "+counted.all+", a grade, a kind of resident, grade:… or kind:…")
	return ""
}

var standardStep = regexp.MustCompile(`^(\d{4})年?[:=]([0-9.]+)%?$`)

func standardSteps(r *row) []StandardStep {
	var out []StandardStep
	for _, part := range splitList(r.get("steps"), " ") {
		m := standardStep.FindStringSubmatch(strings.ReplaceAll(fold(part), "：", ":"))
		if m == nil {
			r.refuse("steps", "not steps: want years and values, “2024:65; 2027:85”")
			return nil
		}
		year, err1 := strconv.Atoi(m[1])
		value, err2 := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(err1, err2); err != nil || math.IsInf(value, 0) {
			r.refuse("steps", "not steps: want years and values, “2024:65; 2027:85”")
			return nil
		}
		out = append(out, StandardStep{year, value})
	}
	return out
}
