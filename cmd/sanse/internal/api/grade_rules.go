package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/planner"
	"sanse/planner/grading"
)

// GradeCondition is of one fact.
type GradeCondition struct {
	Kind       string   `json:"kind,omitempty" maxLength:"64" doc:"one of these seven: of that kind"`
	Noted      string   `json:"noted,omitempty" maxLength:"40" doc:"written down by hand"`
	AgeFrom    int      `json:"age_from,omitempty" doc:"years, by the note born"`
	Unanswered int      `json:"unanswered,omitempty" doc:"visits in a row at which nobody was seen"`
	Lapses     int      `json:"lapses,omitempty" doc:"windows that closed without a visit"`
	Found      string   `json:"found,omitempty" maxLength:"40" doc:"an item of the form, with one of the answers when it was last asked"`
	Answers    []string `json:"answers,omitempty" maxItems:"20"`
	Case       string   `json:"case,omitempty" maxLength:"40" doc:"a case of that kind"`
	WithinDays int      `json:"within_days,omitempty" doc:"of noted, lapses, found and case; 0: at any time"`
	Not        bool     `json:"not,omitempty" doc:"it must not be so"`
}

// GradeRule speaks for a grade, or adds points, where all its conditions hold.
type GradeRule struct {
	Code   string           `json:"code" maxLength:"40"`
	ZH     string           `json:"zh" maxLength:"200"`
	EN     string           `json:"en" maxLength:"200"`
	Grade  string           `json:"grade,omitempty" maxLength:"64"`
	Points int              `json:"points,omitempty"`
	If     []GradeCondition `json:"if" maxItems:"20"`
}

// GradeNote is a fact that is written down by hand.
type GradeNote struct {
	Code string `json:"code" maxLength:"40"`
	ZH   string `json:"zh" maxLength:"200"`
	EN   string `json:"en" maxLength:"200"`
}

// GradePoints is how many points speak for a grade.
type GradePoints struct {
	Points int    `json:"points"`
	Grade  string `json:"grade" maxLength:"64"`
}

// GradeRules are what a district goes by from a day on.
type GradeRules struct {
	From           string        `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	Grades         []string      `json:"grades" maxItems:"20" doc:"the strictest first"`
	LowerAfterDays int           `json:"lower_after_days,omitempty" doc:"after how many days it is suggested to take a raise back; 0: never"`
	AgainAfterDays int           `json:"again_after_days,omitempty" doc:"for how many days what was not followed is not suggested again for the same reasons"`
	Notes          []GradeNote   `json:"notes" maxItems:"60"`
	Rules          []GradeRule   `json:"rules" maxItems:"120"`
	Points         []GradePoints `json:"points,omitempty" maxItems:"20" doc:"the strictest grade first"`
}

// GradeRuleSet are the rules of a district, and those to begin with.
type GradeRuleSet struct {
	Items     []GradeRules `json:"items" doc:"dated, the first first; those that began last hold; none: nothing is suggested"`
	Today     string       `json:"today"`
	Reference GradeRules   `json:"reference"`
}

func gradeRulesOf(r *grading.Rules) GradeRules {
	out := GradeRules{
		From: r.From.String(), Grades: r.Grades, LowerAfterDays: r.LowerAfter, AgainAfterDays: r.AgainAfter,
		Notes: make([]GradeNote, len(r.Notes)), Rules: make([]GradeRule, len(r.Rules)),
	}
	for i, n := range r.Notes {
		out.Notes[i] = GradeNote(n)
	}
	for i, q := range r.Rules {
		o := GradeRule{Code: q.Code, ZH: q.ZH, EN: q.EN, Grade: q.Grade, Points: q.Points, If: make([]GradeCondition, len(q.If))}
		for k, c := range q.If {
			o.If[k] = GradeCondition{
				Kind: c.Kind, Noted: c.Noted, AgeFrom: c.Age, Unanswered: c.Unanswered, Lapses: c.Lapses, Found: c.Found, Answers: c.Answers,
				Case: c.Case, WithinDays: c.Days, Not: c.Not,
			}
		}
		out.Rules[i] = o
	}
	for _, t := range r.Points {
		out.Points = append(out.Points, GradePoints(t))
	}
	return out
}

func (s *Server) getGradeRules(ctx context.Context, _ *struct{}) (*answer[GradeRuleSet], error) {
	rules, today, err := s.service.GradeRules(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	reference := grading.Reference(today)
	out := GradeRuleSet{Items: make([]GradeRules, len(rules)), Today: today.String(), Reference: gradeRulesOf(&reference)}
	for i := range rules {
		out.Items[i] = gradeRulesOf(&rules[i])
	}
	return answerOf(out), nil
}

type putGradeRulesInput struct{ Body GradeRules }

func (s *Server) putGradeRules(ctx context.Context, in *putGradeRulesInput) (*struct{}, error) {
	b := &in.Body
	rules := grading.Rules{Grades: b.Grades, LowerAfter: b.LowerAfterDays, AgainAfter: b.AgainAfterDays}
	var err error
	if rules.From, err = planner.ParseDate(b.From); err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "these are no rules for grades", &huma.ErrorDetail{Location: "body.from", Message: err.Error()})
	}
	for _, n := range b.Notes {
		rules.Notes = append(rules.Notes, grading.Note(n))
	}
	for _, q := range b.Rules {
		r := grading.Rule{Code: q.Code, ZH: q.ZH, EN: q.EN, Grade: q.Grade, Points: q.Points}
		for _, c := range q.If {
			r.If = append(r.If, grading.Condition{
				Kind: c.Kind, Noted: c.Noted, Age: c.AgeFrom, Unanswered: c.Unanswered, Lapses: c.Lapses, Found: c.Found, Answers: c.Answers,
				Case: c.Case, Days: c.WithinDays, Not: c.Not,
			})
		}
		rules.Rules = append(rules.Rules, r)
	}
	for _, t := range b.Points {
		rules.Points = append(rules.Points, grading.Threshold(t))
	}
	if err := s.service.PutGradeRules(ctx, s.district, rules); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}
