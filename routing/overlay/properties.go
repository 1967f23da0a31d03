package overlay

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sanse/routing"
	"sanse/routing/lines"
)

// Property is one property of a feature.
type Property struct {
	Name   string
	Of     []Kind // the changes that may have it; nil for all
	Needed bool
	Values string
	Means  string
	read   func(c *Change, v any) error
}

// Properties lists what a feature may say. Anything else with a value is
// refused, so that a slip of the pen is not a change that does nothing; "fid",
// which geographic programs put in, is passed over.
func Properties() []Property {
	const dates = "a day, YYYY-MM-DD"
	return []Property{
		{"id", nil, true, "text or a whole number", "names the change for good; unique in the file", readText(func(c *Change, s string) { c.ID = s })},
		{"change", nil, true, "add, close, gate or open (新增, 封闭, 门禁, 开放)", "what is done", readKind},
		{"from", nil, false, dates, "the first day in force; always, if not given", readDay(func(c *Change, d Day) { c.From = d })},
		{"until", nil, false, dates, "the last day in force; no end, if not given", readDay(func(c *Change, d Day) { c.Until = d })},
		{"class", []Kind{Add}, false, "an OpenStreetMap highway value or a word of routing/lines", "the kind of way: says who may use it if modes does not; a footway, if not given", readClass},
		{"name", []Kind{Add}, false, "text", "the way's name", readText(func(c *Change, s string) { c.Name = s })},
		{"modes", nil, false, "walk, ride, drive (步行, 骑行, 机动车): a list, or a text with commas", "for whom; add: as class says; close and gate: everybody; open: walk, and whoever was let in before an earlier change", readModes},
		{"oneway", []Kind{Add, Open}, false, "yes, no or -1", "the direction along the line, -1 against it, in which wheels may go", readOneway},
		{"steps", []Kind{Add}, false, "true or false", "the way has stairs", readBool(func(c *Change, b bool) { c.Steps = b })},
		{"alone", []Kind{Add}, false, "true or false", "the way may meet no street", readBool(func(c *Change, b bool) { c.Alone = b })},
		{"keys", []Kind{Gate}, false, "text, such as residents", "who has keys; noted only, the gate is shut to them as well", readText(func(c *Change, s string) { c.Keys = s })},
		{"note", nil, false, "text", "for people", readText(func(c *Change, s string) { c.Note = s })},
		{"source", nil, false, "text", "who says so", readText(func(c *Change, s string) { c.Source = s })},
	}
}

// maxText is how many bytes a text property may have.
const maxText = 1000

func readText(set func(*Change, string)) func(*Change, any) error {
	return func(c *Change, v any) error {
		var s string
		switch v := v.(type) {
		case string:
			s = strings.TrimSpace(v)
		case json.Number:
			s = v.String()
		default:
			return errors.New("a text is needed")
		}
		if len(s) > maxText {
			return fmt.Errorf("a text of %d bytes is longer than %d", len(s), maxText)
		}
		if strings.ContainsRune(s, '\uFFFD') {
			return errors.New("bytes that are not UTF-8")
		}
		set(c, s)
		return nil
	}
}

func readBool(set func(*Change, bool)) func(*Change, any) error {
	return func(c *Change, v any) error {
		switch word(v) {
		case "true", "yes", "1", "是":
			set(c, true)
		case "false", "no", "0", "否", "":
			set(c, false)
		default:
			return errors.New("true or false is needed")
		}
		return nil
	}
}

func readDay(set func(*Change, Day)) func(*Change, any) error {
	return func(c *Change, v any) error {
		d, err := ParseDay(word(v))
		if err != nil {
			return errors.New("a day is needed, YYYY-MM-DD")
		}
		set(c, d)
		return nil
	}
}

func readKind(c *Change, v any) error {
	switch word(v) {
	case "add", "新增":
		c.Kind = Add
	case "close", "封闭":
		c.Kind = Close
	case "gate", "门禁":
		c.Kind = Gate
	case "open", "开放":
		c.Kind = Open
	default:
		return errors.New("add, close, gate or open is needed")
	}
	return nil
}

func readClass(c *Change, v any) error {
	class, ok := lines.ClassOf(word(v))
	if !ok {
		return errors.New("no such class of way")
	}
	c.Class = class.Highway
	return nil
}

func readModes(c *Change, v any) error {
	var words []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			words = append(words, word(x))
		}
	default:
		words = strings.FieldsFunc(word(v), func(r rune) bool { return strings.ContainsRune(",;、，；|", r) })
	}
	for _, w := range words {
		switch strings.TrimSpace(w) {
		case "walk", "foot", "步行", "行人":
			c.Modes |= Walk
		case "ride", "bicycle", "e-bike", "骑行", "非机动车":
			c.Modes |= Ride
		case "drive", "car", "机动车", "车行":
			c.Modes |= Drive
		default:
			return fmt.Errorf("%q is no mode: want walk, ride or drive", strings.TrimSpace(w))
		}
	}
	if c.Modes == 0 {
		return errors.New("no mode in it: want walk, ride or drive")
	}
	return nil
}

func readOneway(c *Change, v any) error {
	switch word(v) {
	case "yes", "true", "1", "是":
		c.Oneway = routing.Forward
	case "-1", "reverse", "逆向":
		c.Oneway = routing.Backward
	case "no", "false", "0", "否":
		c.Oneway = routing.Both
	default:
		return errors.New("yes, no or -1 is needed")
	}
	return nil
}

// word is a value in small letters.
func word(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ToLower(strings.TrimSpace(v))
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return fmt.Sprintf("%T", v) // no word of any property
}

// readProperties fills a change and returns what is wrong with it.
func readProperties(c *Change, props map[string]any) []Problem {
	var out []Problem
	wrong := func(name string, v any, why string) {
		out = append(out, Problem{Feature: c.Feature, Property: name, Value: shown(v), Why: why})
	}
	known := Properties()
	for _, p := range known {
		v, given := props[p.Name]
		if !given || v == nil || v == "" {
			if p.Needed {
				wrong(p.Name, nil, "it is needed")
			}
			continue
		}
		if p.Of != nil && c.Kind != "" && !slices.Contains(p.Of, c.Kind) {
			if word(v) == "false" || word(v) == "no" {
				continue // a column of a table that all kinds share
			}
			wrong(p.Name, v, fmt.Sprintf("a change of kind %s has no such property", c.Kind))
			continue
		}
		if err := p.read(c, v); err != nil {
			wrong(p.Name, v, err.Error())
		}
	}
	names := make([]string, 0, len(props))
	for name := range props {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if v := props[name]; v == nil || v == "" || name == "fid" || slices.ContainsFunc(known, func(p Property) bool { return p.Name == name }) {
			continue
		}
		wrong(name, props[name], "there is no such property")
	}
	if c.From != "" && c.Until != "" && c.From > c.Until {
		wrong("until", string(c.Until), fmt.Sprintf("it is before the first day, %s", c.From))
	}
	return out
}

// shown is a value as a message shows it, shortened.
func shown(v any) string {
	if v == nil {
		return ""
	}
	const most = 60
	s := strings.ToValidUTF8(fmt.Sprint(v), "\uFFFD")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
