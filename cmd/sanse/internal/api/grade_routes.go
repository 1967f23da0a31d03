package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

func (s *Server) registerGrades(api huma.API) {
	get(api, "grade-rules", "/v1/grades/rules", "By what facts which grade is suggested, and since when that holds", s.getGradeRules)
	get(api, "grade-suggestions", "/v1/grades/suggestions", "Grades that the facts speak for, and nobody has decided on yet", s.getGradeSuggestions)
	get(api, "grade-changes", "/v1/grades", "Which grades were changed, the latest first", s.getGradeChanges)
	get(api, "grade-history", "/v1/residents/{id}/grades", "What became of the grade of a resident, and what is known", s.getGradeHistory)
	write := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("put-grade-rules", http.MethodPut, "/v1/grades/rules", "The rules by which grades are suggested from a day on", http.StatusNoContent), s.putGradeRules)
	huma.Register(api, write("regrade", http.MethodPost, "/v1/grades", "A grade decided, or a suggestion not followed", http.StatusCreated), s.postGrade)
	huma.Register(api, write("note-fact", http.MethodPut, "/v1/residents/{id}/facts/{code}", "What somebody knows of a resident, written down", http.StatusNoContent), s.putFact)
	huma.Register(api, write("drop-fact", http.MethodDelete, "/v1/residents/{id}/facts/{code}", "What was written down, taken back", http.StatusNoContent), s.deleteFact)
	huma.Register(api, write("appeal", http.MethodPost, "/v1/residents/{id}/appeals", "What somebody says against a grade, written down", http.StatusCreated), s.postAppeal)
	huma.Register(api, write("answer-appeal", http.MethodPost, "/v1/residents/{id}/appeals/{n}", "What was said against a grade, answered", http.StatusNoContent), s.postAppealAnswer)
}

// GradeFact is a fact that made a rule hold.
type GradeFact struct {
	What string `json:"what" enum:"kind,noted,age,unanswered,lapses,found,case,raised"`
	Code string `json:"code,omitempty" doc:"which kind, note, item of the form, or case; of raised the grade before"`
	Word string `json:"word,omitempty" doc:"the answer, of what was found"`
	N    int    `json:"n,omitempty" doc:"years, visits, lapses, cases"`
	Day  string `json:"day,omitempty" doc:"the latest"`
}

// GradeReason is a rule that holds.
type GradeReason struct {
	Code   string      `json:"code" doc:"of the rule; over: what the grade was raised for is over"`
	Points int         `json:"points,omitempty"`
	Facts  []GradeFact `json:"facts"`
}

// GradeSuggestion is a grade that the facts speak for.
type GradeSuggestion struct {
	ID       int64         `json:"id"`
	Resident string        `json:"resident"`
	Grid     string        `json:"grid"`
	Where    []string      `json:"where,omitempty" doc:"names of the areas from the town down to it"`
	Was      string        `json:"was" doc:"the present grade"`
	Grade    string        `json:"grade" doc:"the one that is suggested"`
	Lower    bool          `json:"lower,omitempty" doc:"it is less strict"`
	Reasons  []GradeReason `json:"reasons"`
	Made     string        `json:"made"`
}

// GradeSuggestionList is a list of suggestions.
type GradeSuggestionList struct {
	Items []GradeSuggestion `json:"items" doc:"those to raise a grade first, the latest first among them"`
	Where []string          `json:"where,omitempty" doc:"names of the areas from the town down to the one that was asked for; left out: the district"`
	More  bool              `json:"more,omitempty" doc:"there are others: ask for a smaller area"`
}

type gradeSuggestionsInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
}

// dayText writes a day; empty for none.
func dayText(d planner.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func (s *Server) getGradeSuggestions(ctx context.Context, in *gradeSuggestionsInput) (*answer[GradeSuggestionList], error) {
	list, more, err := s.service.GradeSuggestions(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	codes := []string{in.Area}
	for i := range list {
		codes = append(codes, list[i].Grid)
	}
	names, err := s.service.AreaPaths(ctx, s.district, codes...)
	if err != nil {
		return nil, s.problem(err)
	}
	out := GradeSuggestionList{Items: make([]GradeSuggestion, len(list)), Where: names[in.Area], More: more}
	for i := range list {
		g := &list[i]
		o := GradeSuggestion{ID: g.ID, Resident: g.Resident, Grid: g.Grid, Where: names[g.Grid], Was: g.Was, Grade: g.Grade, Lower: g.Lower, Made: timeText(g.Made), Reasons: make([]GradeReason, len(g.Reasons))}
		for k := range g.Reasons {
			r := &g.Reasons[k]
			o.Reasons[k] = GradeReason{Code: r.Code, Points: r.Points, Facts: make([]GradeFact, len(r.Facts))}
			for n, f := range r.Facts {
				o.Reasons[k].Facts[n] = GradeFact{What: f.What, Code: f.Code, Word: f.Word, N: f.N, Day: dayText(f.Day)}
			}
		}
		out.Items[i] = o
	}
	return answerOf(out), nil
}

// GradeChange is a decision on a grade.
type GradeChange struct {
	Resident   string `json:"resident"`
	Grid       string `json:"grid,omitempty"`
	N          int    `json:"n" doc:"numbers the changes of a resident"`
	Day        string `json:"day" doc:"the first day of the new grade"`
	Was        string `json:"was"`
	Grade      string `json:"grade" doc:"as before: a suggestion was not followed"`
	How        string `json:"how" enum:"decision,import"`
	At         string `json:"at"`
	By         string `json:"by,omitempty" doc:"the account"`
	Suggestion int64  `json:"suggestion,omitempty" doc:"that was decided on"`
	Flagged    bool   `json:"flagged,omitempty" doc:"the strictest grade was taken away: somebody should look at it"`
	Entered    bool   `json:"entered" doc:"the plan was made again since, or did not need to be"`
	Reason     string `json:"reason,omitempty" doc:"in words; told with the history of one resident alone"`
}

func gradeChangeOf(c *service.GradeChange) GradeChange {
	how := "import"
	if c.Decided {
		how = "decision"
	}
	return GradeChange{
		Resident: c.Resident, Grid: c.Grid, N: c.N, Day: c.Day.String(), Was: c.Was, Grade: c.Grade, How: how, At: timeText(c.At), By: c.By,
		Suggestion: c.Suggestion, Flagged: c.Flagged, Entered: c.Entered, Reason: c.Reason.Reveal(),
	}
}

// GradeChangeList is a list of changes of grade.
type GradeChangeList struct {
	Items []GradeChange `json:"items"`
	More  bool          `json:"more,omitempty" doc:"there are others: ask for a smaller area"`
}

type gradeChangesInput struct {
	Area    string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Flagged bool   `query:"flagged" doc:"those alone that took the strictest grade away"`
}

func (s *Server) getGradeChanges(ctx context.Context, in *gradeChangesInput) (*answer[GradeChangeList], error) {
	list, more, err := s.service.GradeChanges(ctx, s.district, in.Area, in.Flagged)
	if err != nil {
		return nil, s.problem(err)
	}
	out := GradeChangeList{Items: make([]GradeChange, len(list)), More: more}
	for i := range list {
		out.Items[i] = gradeChangeOf(&list[i])
	}
	return answerOf(out), nil
}

// GradeAppeal is what somebody said against a grade.
type GradeAppeal struct {
	N         int    `json:"n" doc:"numbers the appeals of a resident"`
	Who       string `json:"who" enum:"resident,family,other"`
	At        string `json:"at"`
	By        string `json:"by" doc:"the account that wrote it down"`
	Said      string `json:"said,omitempty"`
	Outcome   string `json:"outcome,omitempty" enum:"stays,changed" doc:"left out: it is not answered yet"`
	Decided   string `json:"decided,omitempty"`
	DecidedBy string `json:"decided_by,omitempty"`
	Answer    string `json:"answer,omitempty"`
}

// ResidentFact is what somebody wrote down of a resident.
type ResidentFact struct {
	Code string `json:"code"`
	Day  string `json:"day"`
	By   string `json:"by" doc:"the account"`
	At   string `json:"at"`
}

// GradeHistory is what became of the grade of a resident.
type GradeHistory struct {
	Resident string         `json:"resident"`
	Grade    string         `json:"grade" doc:"the present one"`
	Changes  []GradeChange  `json:"changes" doc:"the latest first"`
	Appeals  []GradeAppeal  `json:"appeals" doc:"the latest first"`
	Facts    []ResidentFact `json:"facts" doc:"written down by hand"`
}

func (s *Server) getGradeHistory(ctx context.Context, in *ResidentPath) (*answer[GradeHistory], error) {
	h, err := s.service.GradeHistory(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.problem(err)
	}
	out := GradeHistory{Resident: in.ID, Grade: h.Grade, Changes: make([]GradeChange, len(h.Changes)), Appeals: make([]GradeAppeal, len(h.Appeals)), Facts: make([]ResidentFact, len(h.Noted))}
	for i := range h.Changes {
		out.Changes[i] = gradeChangeOf(&service.GradeChange{GradeChange: h.Changes[i]})
	}
	for i, a := range h.Appeals {
		out.Appeals[i] = GradeAppeal{
			N: a.N, Who: a.Who, At: timeText(a.At), By: a.By, Said: a.Said.Reveal(), Outcome: a.Outcome, Decided: timeText(a.Decided), DecidedBy: a.DecidedBy,
			Answer: a.Answer.Reveal(),
		}
	}
	for i, f := range h.Noted {
		out.Facts[i] = ResidentFact{Code: f.Code, Day: f.Day.String(), By: f.By, At: timeText(f.At)}
	}
	return answerOf(out), nil
}

// GradeInput is what somebody decides on a grade.
type GradeInput struct {
	Resident   string `json:"resident" minLength:"1" maxLength:"100"`
	Grade      string `json:"grade" minLength:"1" maxLength:"64" doc:"the present one: the suggestion is not followed"`
	Suggestion int64  `json:"suggestion,omitempty" minimum:"1" doc:"that is decided on"`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"in words, kept sealed; wanted but where a suggestion to raise the grade is followed"`
}

type postGradeInput struct{ Body GradeInput }

func (s *Server) postGrade(ctx context.Context, in *postGradeInput) (*answer[GradeChange], error) {
	c, err := s.service.Regrade(ctx, s.district, service.GradeDecision(in.Body))
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(gradeChangeOf(&service.GradeChange{GradeChange: c})), nil
}

// FactPath names a fact of a resident.
type FactPath struct {
	ResidentPath

	Code string `path:"code" maxLength:"40" doc:"one of the notes of the rules"`
}

type putFactInput struct {
	FactPath
	Body struct {
		Day string `json:"day" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"on which it was so"`
	}
}

func (s *Server) putFact(ctx context.Context, in *putFactInput) (*struct{}, error) {
	day, err := planner.ParseDate(in.Body.Day)
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "this is no day", &huma.ErrorDetail{Location: "body.day", Message: err.Error()})
	}
	if err := s.service.NoteFact(ctx, s.district, in.ID, in.Code, day); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}

func (s *Server) deleteFact(ctx context.Context, in *FactPath) (*struct{}, error) {
	if err := s.service.DropFact(ctx, s.district, in.ID, in.Code); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}

type postAppealInput struct {
	ResidentPath
	Body struct {
		Who  string `json:"who" enum:"resident,family,other"`
		Said string `json:"said" minLength:"1" maxLength:"500" doc:"in words; kept sealed"`
	}
}

// NewAppeal names an appeal that was written down.
type NewAppeal struct {
	N int `json:"n"`
}

func (s *Server) postAppeal(ctx context.Context, in *postAppealInput) (*answer[NewAppeal], error) {
	n, err := s.service.Appeal(ctx, s.district, in.ID, in.Body.Who, in.Body.Said)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(NewAppeal{n}), nil
}

type postAppealAnswerInput struct {
	ResidentPath

	N    int `path:"n" minimum:"1"`
	Body struct {
		Outcome string `json:"outcome" enum:"stays,changed" doc:"changed: by a decision of its own"`
		Answer  string `json:"answer" minLength:"1" maxLength:"500" doc:"in words; kept sealed"`
	}
}

func (s *Server) postAppealAnswer(ctx context.Context, in *postAppealAnswerInput) (*struct{}, error) {
	if err := s.service.DecideAppeal(ctx, s.district, in.ID, in.N, in.Body.Outcome, in.Body.Answer); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}
