package grading

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// Most of what rules may have.
const (
	maxGrades     = 10
	maxNotes      = 30
	maxRules      = 60
	maxConditions = 6
	maxAnswers    = 20
	maxWords      = 60 // characters of a text
	maxPoints     = 100
	maxDays       = 3660
)

var code = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Over is the reason of a suggestion to take a raise back: what it was for is over. No
// rule may have this code.
const Over = "over"

// Validate tells whether rules can be used. The error says where what is wrong.
func (r *Rules) Validate() error {
	if err := r.validateGrades(); err != nil {
		return err
	}
	if r.LowerAfter < 0 || r.LowerAfter > maxDays {
		return fmt.Errorf("lower_after_days: want 0 to %d", maxDays)
	}
	if r.AgainAfter < 0 || r.AgainAfter > maxDays {
		return fmt.Errorf("again_after_days: want 0 to %d", maxDays)
	}
	if len(r.Notes) > maxNotes {
		return fmt.Errorf("notes: at most %d", maxNotes)
	}
	seen := map[string]bool{}
	for i, n := range r.Notes {
		if err := validateWords(fmt.Sprintf("notes[%d]", i), n.Code, n.ZH, n.EN, seen); err != nil {
			return err
		}
	}
	if len(r.Rules) == 0 || len(r.Rules) > maxRules {
		return fmt.Errorf("rules: want 1 to %d", maxRules)
	}
	seen, points := map[string]bool{Over: true}, false
	for i := range r.Rules {
		q, at := &r.Rules[i], fmt.Sprintf("rules[%d]", i)
		if err := validateWords(at, q.Code, q.ZH, q.EN, seen); err != nil {
			return err
		}
		switch {
		case (q.Grade == "") == (q.Points == 0):
			return fmt.Errorf("%s: it speaks for a grade or adds points: set one of grade and points", at)
		case q.Grade != "" && r.rank(q.Grade) == len(r.Grades):
			return fmt.Errorf("%s.grade: is none of grades", at)
		case q.Points < -maxPoints || q.Points > maxPoints:
			return fmt.Errorf("%s.points: want -%d to %d", at, maxPoints, maxPoints)
		case len(q.If) == 0 || len(q.If) > maxConditions:
			return fmt.Errorf("%s.if: want 1 to %d conditions", at, maxConditions)
		}
		points = points || q.Points != 0
		for k := range q.If {
			if err := r.validateCondition(fmt.Sprintf("%s.if[%d]", at, k), &q.If[k]); err != nil {
				return err
			}
		}
	}
	return r.validatePoints(points)
}

func (r *Rules) validateGrades() error {
	if len(r.Grades) < 2 || len(r.Grades) > maxGrades {
		return fmt.Errorf("grades: want 2 to %d, the strictest first", maxGrades)
	}
	for i, g := range r.Grades {
		switch {
		case g == "" || len(g) > 64:
			return fmt.Errorf("grades[%d]: want 1 to 64 bytes", i)
		case r.rank(g) != i:
			return fmt.Errorf("grades[%d]: is there twice", i)
		}
	}
	return nil
}

// validateWords looks at a code, which may be there once, and what it is called.
func validateWords(at, c, zh, en string, seen map[string]bool) error {
	switch {
	case !code.MatchString(c):
		return fmt.Errorf("%s.code: want 1 to 40 characters of a-z, 0-9 and _", at)
	case c == Over:
		return fmt.Errorf("%s.code: %s is a reason of its own", at, Over)
	case seen[c]:
		return fmt.Errorf("%s.code: is there twice", at)
	}
	seen[c] = true
	for _, w := range [...]struct{ name, text string }{{"zh", zh}, {"en", en}} {
		if w.text == "" || utf8.RuneCountInString(w.text) > maxWords || !utf8.ValidString(w.text) {
			return fmt.Errorf("%s.%s: want 1 to %d characters", at, w.name, maxWords)
		}
	}
	return nil
}

func (r *Rules) validateCondition(at string, c *Condition) error {
	set := 0
	for _, s := range [...]string{c.Kind, c.Noted, c.Found, c.Case} {
		if s != "" {
			set++
		}
		if len(s) > 64 {
			return fmt.Errorf("%s: a word is at most 64 bytes long", at)
		}
	}
	for _, n := range [...]int{c.Age, c.Unanswered, c.Lapses} {
		if n != 0 {
			set++
		}
	}
	switch {
	case set != 1:
		return fmt.Errorf("%s: set one of kind, noted, age_from, unanswered, lapses, found and case", at)
	case c.Age < 0 || c.Age > 150:
		return fmt.Errorf("%s.age_from: want 1 to 150", at)
	case c.Unanswered < 0 || c.Unanswered > maxUnanswered:
		return fmt.Errorf("%s.unanswered: want 1 to %d", at, maxUnanswered)
	case c.Lapses < 0 || c.Lapses > maxDays:
		return fmt.Errorf("%s.lapses: want 1 to %d", at, maxDays)
	case c.Lapses > 0 && (c.Days < 1 || c.Days > maxLapseDays):
		return fmt.Errorf("%s.within_days: lapses are counted over 1 to %d days", at, maxLapseDays)
	case c.Days < 0 || c.Days > maxDays:
		return fmt.Errorf("%s.within_days: want 0 to %d", at, maxDays)
	case c.Days > 0 && (c.Kind != "" || c.Age > 0 || c.Unanswered > 0):
		return fmt.Errorf("%s.within_days: is of what has a day: noted, lapses, found and case", at)
	case c.Noted != "" && !r.Notable(c.Noted):
		return fmt.Errorf("%s.noted: is none of notes", at)
	case c.Age > 0 && !r.Notable(Born):
		return fmt.Errorf("%s.age_from: goes by the note %s, which is none of notes", at, Born)
	case (c.Found != "") != (len(c.Answers) > 0) || len(c.Answers) > maxAnswers:
		return fmt.Errorf("%s.answers: found, and found alone, goes with 1 to %d answers", at, maxAnswers)
	}
	return nil
}

func (r *Rules) validatePoints(wanted bool) error {
	if wanted != (len(r.Points) > 0) {
		return fmt.Errorf("points: rules with points, and they alone, need thresholds")
	}
	for i, t := range r.Points {
		at := fmt.Sprintf("points[%d]", i)
		switch {
		case r.rank(t.Grade) == len(r.Grades):
			return fmt.Errorf("%s.grade: is none of grades", at)
		case t.Points < 1 || t.Points > maxRules*maxPoints:
			return fmt.Errorf("%s.points: want 1 to %d", at, maxRules*maxPoints)
		case i > 0 && (t.Points >= r.Points[i-1].Points || r.rank(t.Grade) <= r.rank(r.Points[i-1].Grade)):
			return fmt.Errorf("%s: thresholds stand strictest first, with fewer points each", at)
		}
	}
	return nil
}
