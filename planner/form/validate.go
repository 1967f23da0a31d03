package form

import (
	"fmt"
	"regexp"
)

// Most of what a form may have: it is gone through at a door, on a phone.
const (
	maxItems   = 40
	maxChoices = 20
	maxWords   = 60 // characters of a text
)

var code = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Validate tells whether a form can be used: it has questions, each with a group,
// words in both languages and two answers at least, and the reasons that a record
// may need. The error says where what is missing.
func (f *Form) Validate() error {
	if f.ID != "" && len(f.ID) > MaxCode {
		return fmt.Errorf("id: more than %d characters", MaxCode)
	}
	if len(f.Items) == 0 || len(f.Items) > maxItems {
		return fmt.Errorf("items: want 1 to %d", maxItems)
	}
	seen := map[string]bool{}
	for i := range f.Items {
		it := &f.Items[i]
		at := fmt.Sprintf("items[%d]", i)
		switch {
		case !code.MatchString(it.ID):
			return fmt.Errorf("%s.id: want 1 to %d characters of a-z, 0-9 and _", at, MaxCode)
		case seen[it.ID]:
			return fmt.Errorf("%s.id: is there twice", at)
		case it.Group != Ask && it.Group != Check && it.Group != Clear:
			return fmt.Errorf("%s.group: want %s, %s or %s", at, Ask, Check, Clear)
		case len(it.Answers) < 2:
			return fmt.Errorf("%s.answers: a question has two at least", at)
		}
		seen[it.ID] = true
		if err := words(at, it.ZH, it.EN); err != nil {
			return err
		}
		if err := choices(at+".answers", it.Answers); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		name string
		of   []Choice
	}{{"no_code", f.NoCode}, {"not_seen", f.NotSeen}, {"postpone", f.Postpone}} {
		if len(list.of) == 0 {
			return fmt.Errorf("%s: there is no reason to choose", list.name)
		}
		if err := choices(list.name, list.of); err != nil {
			return err
		}
	}
	return nil
}

func choices(at string, list []Choice) error {
	if len(list) > maxChoices {
		return fmt.Errorf("%s: more than %d", at, maxChoices)
	}
	seen := map[string]bool{}
	for i, c := range list {
		if !code.MatchString(c.Code) {
			return fmt.Errorf("%s[%d].code: want 1 to %d characters of a-z, 0-9 and _", at, i, MaxCode)
		}
		if seen[c.Code] {
			return fmt.Errorf("%s[%d].code: is there twice", at, i)
		}
		seen[c.Code] = true
		if err := words(fmt.Sprintf("%s[%d]", at, i), c.ZH, c.EN); err != nil {
			return err
		}
	}
	return nil
}

func words(at, zh, en string) error {
	for _, w := range []struct{ name, text string }{{"zh", zh}, {"en", en}} {
		if n := len([]rune(w.text)); n == 0 || n > maxWords {
			return fmt.Errorf("%s.%s: want 1 to %d characters", at, w.name, maxWords)
		}
	}
	return nil
}
