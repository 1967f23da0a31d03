package form

import (
	"fmt"

	"sanse/planner"
)

// Group is the kind of a question: what is asked of the resident, what is checked
// in the house, what is cleared away.
type Group string

// The groups, in the order in which they are gone through.
const (
	Ask   Group = "ask"
	Check Group = "check"
	Clear Group = "clear"
)

// MaxCode is how long an id or a code may be.
const MaxCode = 40

// Choice is an answer or a reason to choose.
type Choice struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	Bad  bool   `json:"bad,omitempty"` // somebody has to look into it
}

// Item is a question with its answers, of which one is chosen.
type Item struct {
	ID      string   `json:"id"`
	Group   Group    `json:"group"`
	ZH      string   `json:"zh"`
	EN      string   `json:"en"`
	Answers []Choice `json:"answers"`
}

// Form is what is asked and looked at on a visit from a day on, until the first
// day of the next form.
type Form struct {
	ID    string       `json:"id"`
	From  planner.Date `json:"from"`
	Items []Item       `json:"items"`
	// Reasons for a record without a code, for nobody having been seen, and for a
	// visit put off.
	NoCode   []Choice `json:"no_code"`
	NotSeen  []Choice `json:"not_seen"`
	Postpone []Choice `json:"postpone"`
}

// On returns the form of a day: of those that have begun the one that began last,
// of equal first days the later in the list. Where none has begun it is the
// reference.
func On(forms []Form, day planner.Date) *Form {
	var on *Form
	for i := range forms {
		if f := &forms[i]; f.From <= day && (on == nil || f.From >= on.From) {
			on = f
		}
	}
	if on == nil {
		return Reference()
	}
	return on
}

// ByID returns the form of that id, the reference included; nil if there is none.
func ByID(forms []Form, id string) *Form {
	for i := range forms {
		if forms[i].ID == id {
			return &forms[i]
		}
	}
	if ref := Reference(); ref.ID == id {
		return ref
	}
	return nil
}

// AnswerError says which answer a form does not have. It holds nothing that was
// answered.
type AnswerError struct {
	Item    string // id of the item; empty: one that the form does not have
	Unknown bool   // the item is not in the form
}

// Error says what is wrong, without the answer.
func (e *AnswerError) Error() string {
	if e.Unknown {
		return "answers: the form has no such item"
	}
	return fmt.Sprintf("answers.%s: the form has no such answer", e.Item)
}

// CheckAnswers tells whether answers, code by id of item, are among those of the
// form (*AnswerError). An item without an answer was not asked: that is no error.
func (f *Form) CheckAnswers(answers map[string]string) error {
	known := 0
	for i := range f.Items {
		it := &f.Items[i]
		code, answered := answers[it.ID]
		if !answered {
			continue
		}
		known++
		if !Has(it.Answers, code) {
			return &AnswerError{Item: it.ID}
		}
	}
	if known < len(answers) {
		return &AnswerError{Unknown: true}
	}
	return nil
}

// Bad returns the ids of the items whose answers somebody has to look into, in
// the order of the form.
func (f *Form) Bad(answers map[string]string) []string {
	var out []string
	for i := range f.Items {
		it := &f.Items[i]
		for _, a := range it.Answers {
			if a.Bad && a.Code == answers[it.ID] {
				out = append(out, it.ID)
			}
		}
	}
	return out
}

// Has tells whether a code is one of the choices.
func Has(choices []Choice, code string) bool {
	for i := range choices {
		if choices[i].Code == code {
			return true
		}
	}
	return false
}
