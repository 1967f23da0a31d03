package imports

import (
	"slices"
	"strings"

	"sanse/data"
)

// vocabulary finds the key of a word: the key itself, the Chinese or English
// word or an alias.
type vocabulary struct {
	keys map[string]string
	all  string // for messages: "red (红), yellow (黄), …"
}

// The vocabularies of package data, and those that only files have.
var (
	grades        = newVocabulary(data.Grades)
	residentKinds = newVocabulary(data.ResidentKinds)
	visitorKinds  = newVocabulary(data.VisitorKinds)
	tiers         = newVocabulary(data.Tiers)
	services      = newVocabulary(data.Services)
	modes         = newVocabulary(data.Modes)
	taskKinds     = newVocabulary(data.TaskKinds)
	skills        = newVocabulary(data.Skills)
	needed        = newVocabulary(append(slices.Clone(data.Services), data.Skills...))
	needPlaces    = newVocabulary(data.NeedPlaces)

	facilityStates = newVocabulary([]data.Term{
		{Key: "open", Chinese: "运行", English: "open", Aliases: []string{"正常", "在用", "运营", "开放", "营业"}},
		{Key: "idle", Chinese: "闲置", English: "idle", Aliases: []string{"停用", "停业", "关闭", "closed"}},
		{Key: "planned", Chinese: "规划", English: "planned", Aliases: []string{"拟建", "在建", "筹建"}},
	})
	deviceKinds = newVocabulary([]data.Term{
		{Key: "wristband", Chinese: "手环", English: "wristband", Aliases: []string{"智能手环", "呼叫器", "一键呼叫"}},
		{Key: "door_sensor", Chinese: "门磁", English: "door sensor", Aliases: []string{"门磁感应", "门磁传感器"}},
		{Key: "gas", Chinese: "燃气", English: "gas alarm", Aliases: []string{"燃气报警器", "可燃气体"}},
		{Key: "smoke", Chinese: "烟感", English: "smoke alarm", Aliases: []string{"烟感报警器", "烟雾报警器"}},
	})
	visitResults = newVocabulary([]data.Term{
		{Key: "done", Chinese: "完成", English: "done", Aliases: []string{"已完成", "已走访", "是", "成功", "yes", "1", "true", "见到", "completed"}},
		{Key: "missed", Chinese: "未完成", English: "missed", Aliases: []string{"未走访", "漏访", "否", "未见到", "失败", "no", "0", "false", "不在家"}},
	})
	places = newVocabulary([]data.Term{
		{Key: "town", Chinese: "城区", English: "town", Aliases: []string{"城镇", "镇区"}},
		{Key: "suburb", Chinese: "郊区", English: "suburb", Aliases: []string{"城郊"}},
		{Key: "village", Chinese: "村庄", English: "village", Aliases: []string{"农村", "村"}},
		{Key: "old_estate", Chinese: "老旧小区", English: "old estate", Aliases: []string{"老小区"}},
		{Key: "migrants_quarter", Chinese: "流动人口聚居区", English: "migrants' quarter", Aliases: []string{"城中村"}},
	})
	areaLevels = newVocabulary([]data.Term{
		{Key: "district", Chinese: "区", English: "district", Aliases: []string{"区县", "县", "县级"}},
		{Key: "town", Chinese: "镇街", English: "town", Aliases: []string{"乡镇", "街道", "镇", "镇级"}},
		{Key: "community", Chinese: "村社区", English: "community", Aliases: []string{"社区", "村", "总网格"}},
		{Key: "grid", Chinese: "一般网格", English: "grid", Aliases: []string{"网格"}},
		{Key: "micro-grid", Chinese: "微网格", English: "micro-grid"},
	})
)

func newVocabulary(terms []data.Term) vocabulary {
	v := vocabulary{keys: make(map[string]string, 4*len(terms))}
	add := func(word, key string) {
		for _, w := range [...]string{word, wordKey(word)} {
			if _, taken := v.keys[w]; !taken {
				v.keys[w] = key
			}
		}
	}
	words := make([]string, len(terms))
	for i, t := range terms {
		add(t.Key, t.Key)
		words[i] = t.Key + " (" + t.Chinese + ")"
	}
	for _, t := range terms {
		add(t.Chinese, t.Key)
		add(t.English, t.Key)
		for _, a := range t.Aliases {
			add(a, t.Key)
		}
	}
	v.all = strings.Join(words, ", ")
	return v
}

func (v vocabulary) find(word string) (string, bool) {
	if key, ok := v.keys[word]; ok && word != "" {
		return key, true
	}
	w := wordKey(word)
	key, ok := v.keys[w]
	return key, ok && w != ""
}

// wordKey is what of a word counts: not its case, width, blanks and hyphens.
func wordKey(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ', '’', '\'':
			return -1
		}
		return r
	}, strings.ToLower(fold(s)))
}
