package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

func (s *Server) registerLadders(api huma.API) {
	get(api, "ladders", "/v1/ladders", "Who covers the visits that are due today and not made", s.getLadders)
	get(api, "ladder-rule", "/v1/ladder-rule", "When a visit goes to whom, and since when that holds", s.getLadderRule)
	write := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: http.StatusNoContent,
			Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("put-ladder-rule", http.MethodPut, "/v1/ladder-rule", "The ladder that holds from a day on"), s.putLadderRule)
	huma.Register(api, write("close-ladder", http.MethodPost, "/v1/ladders/{id}/close", "A ladder ended because of what is known of the resident"), s.postCloseLadder)
}

// LadderStep is what happened on a ladder.
type LadderStep struct {
	N        int    `json:"n" doc:"0 the reminder, then the steps, then the lapse"`
	Kind     string `json:"kind" enum:"remind,cover,lapse"`
	Tier     string `json:"tier,omitempty" doc:"of a step"`
	Holder   string `json:"holder,omitempty" doc:"the visitor whom it came to, or was reminded; left out: nobody was left"`
	Due      string `json:"due"`
	Deadline string `json:"deadline,omitempty"`
	Taken    string `json:"taken"`
	Told     *Told  `json:"told,omitempty" doc:"what became of the message; left out: there was none"`
}

// Told is what became of a message: when, not to whom.
type Told struct {
	Accounts  int    `json:"accounts" doc:"that were told; 0: whoever it is for has no account, or waiting"`
	Waiting   bool   `json:"waiting,omitempty" doc:"nobody has been told yet, or it was over before"`
	Delivered string `json:"delivered,omitempty" doc:"when it first arrived: a channel took it, or the app showed it"`
	Read      string `json:"read,omitempty"`
}

// Ladder is one resident on the last day of a window.
type Ladder struct {
	ID       int64        `json:"id"`
	Resident string       `json:"resident"`
	Grid     string       `json:"grid"`
	DueBy    string       `json:"due_by"`
	Visitor  string       `json:"visitor,omitempty" doc:"who was to come"`
	Holder   string       `json:"holder,omitempty" doc:"who is to come since the last step"`
	Tier     string       `json:"tier,omitempty" doc:"of the holder"`
	Deadline string       `json:"deadline,omitempty" doc:"of the holder"`
	Next     string       `json:"next,omitempty" doc:"when it goes on"`
	Closed   string       `json:"closed,omitempty"`
	How      string       `json:"how,omitempty" enum:"visit,away,hospital,moved,deceased,refused,lapsed,regraded"`
	Steps    []LadderStep `json:"steps"`
}

// LadderList is a list of ladders.
type LadderList struct {
	Items []Ladder `json:"items"`
	More  bool     `json:"more,omitempty" doc:"there are others: ask for a smaller area, or a day"`
	Told  ToldSum  `json:"told" doc:"of the messages on the ladders that are listed"`
}

// ToldSum counts messages on ladders.
type ToldSum struct {
	Messages  int `json:"messages" doc:"that were to be told"`
	Nobody    int `json:"nobody" doc:"of them, that reached nobody: whoever they are for has no account"`
	Delivered int `json:"delivered"`
	Read      int `json:"read"`
}

func (s *ToldSum) add(t *data.Told) {
	s.Messages++
	if t.Reached == 0 && !t.Waiting {
		s.Nobody++
	}
	if !t.Delivered.IsZero() {
		s.Delivered++
	}
	if !t.Read.IsZero() {
		s.Read++
	}
}

type laddersInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Open bool   `query:"open" doc:"those alone that have not ended"`
	Date string `query:"date" maxLength:"10" doc:"the day; empty: all"`
}

// timeText writes a time; empty for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// tierText writes a tier; empty for none.
func tierText(t planner.Tier) string {
	if t == 0 {
		return ""
	}
	return t.String()
}

func (s *Server) getLadders(ctx context.Context, in *laddersInput) (*answer[LadderList], error) {
	q := service.LadderQuery{Area: in.Area, Open: in.Open}
	if in.Date != "" {
		var err error
		if q.Day, err = planner.ParseDate(in.Date); err != nil {
			return nil, huma.NewError(http.StatusUnprocessableEntity, "date: "+wantDay)
		}
	}
	list, more, err := s.service.Ladders(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := LadderList{Items: make([]Ladder, len(list)), More: more}
	for i := range list {
		l := &list[i]
		o := Ladder{
			ID: l.ID, Resident: l.Resident, Grid: l.Grid, DueBy: l.DueBy.String(), Visitor: l.Visitor, Holder: l.Holder, Tier: tierText(l.Tier),
			Deadline: timeText(l.Deadline), Next: timeText(l.Next), Closed: timeText(l.Closed), How: string(l.How), Steps: []LadderStep{},
		}
		for _, st := range l.Steps {
			step := LadderStep{
				N: st.N, Kind: st.Kind.String(), Tier: tierText(st.Tier), Holder: st.Holder, Due: timeText(st.Due), Deadline: timeText(st.Deadline), Taken: timeText(st.Taken),
			}
			if told := st.Told; told.Made {
				step.Told = &Told{told.Reached, told.Waiting, timeText(told.Delivered), timeText(told.Read)}
				out.Told.add(&told)
			}
			o.Steps = append(o.Steps, step)
		}
		out.Items[i] = o
	}
	return answerOf(out), nil
}

// CloseLadderInput says how a ladder ends.
type CloseLadderInput struct {
	How    string `json:"how" enum:"away,hospital,moved,deceased,refused"`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"in words; kept sealed"`
}

type closeLadderInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body CloseLadderInput
}

func (s *Server) postCloseLadder(ctx context.Context, in *closeLadderInput) (*struct{}, error) {
	if err := s.service.CloseLadder(ctx, s.district, in.ID, data.LadderEnd(in.Body.How), in.Body.Reason); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}

// LadderRuleStep hands a visit to a tier.
type LadderRuleStep struct {
	Tier     string `json:"tier" enum:"micro-grid,grid,master-grid,task-force"`
	At       string `json:"at" pattern:"^[0-9]{2}:[0-9]{2}$"`
	Deadline string `json:"deadline" pattern:"^[0-9]{2}:[0-9]{2}$"`
}

// LadderRule is the ladder from a day on.
type LadderRule struct {
	From   string           `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	Remind string           `json:"remind" pattern:"^[0-9]{2}:[0-9]{2}$" doc:"when the visitor is reminded"`
	Steps  []LadderRuleStep `json:"steps" minItems:"1" maxItems:"4"`
}

// LadderRules are the ladders of the district, and the one to begin with.
type LadderRules struct {
	Items     []LadderRule `json:"items" doc:"dated, the first first; the one that began last holds; none: the district has no ladder"`
	Reference LadderRule   `json:"reference"`
}

func ladderRuleOf(r *ladder.Rule) LadderRule {
	out := LadderRule{From: r.From.String(), Remind: r.Remind.String(), Steps: make([]LadderRuleStep, len(r.Steps))}
	for i, st := range r.Steps {
		out.Steps[i] = LadderRuleStep{Tier: st.Tier.String(), At: st.At.String(), Deadline: st.Deadline.String()}
	}
	return out
}

func (s *Server) getLadderRule(ctx context.Context, _ *struct{}) (*answer[LadderRules], error) {
	rules, err := s.service.LadderRules(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	reference := ladder.Reference(planner.NewDate(2026, time.January, 1))
	out := LadderRules{Items: make([]LadderRule, len(rules)), Reference: ladderRuleOf(&reference)}
	for i := range rules {
		out.Items[i] = ladderRuleOf(&rules[i])
	}
	return answerOf(out), nil
}

type putLadderRuleInput struct{ Body LadderRule }

func (s *Server) putLadderRule(ctx context.Context, in *putLadderRuleInput) (*struct{}, error) {
	var rule ladder.Rule
	var err error
	fail := func(where, want string) error {
		return huma.NewError(http.StatusUnprocessableEntity, "this is no ladder", &huma.ErrorDetail{Location: "body." + where, Message: want})
	}
	if rule.From, err = planner.ParseDate(in.Body.From); err != nil {
		return nil, fail("from", wantDay)
	}
	if rule.Remind, err = planner.ParseClock(in.Body.Remind); err != nil {
		return nil, fail("remind", wantClock)
	}
	for _, st := range in.Body.Steps {
		var step ladder.Step
		if step.Tier, err = planner.ParseTier(st.Tier); err != nil {
			return nil, fail("steps", "tier: there is no such tier")
		}
		if step.At, err = planner.ParseClock(st.At); err != nil {
			return nil, fail("steps", "at: "+wantClock)
		}
		if step.Deadline, err = planner.ParseClock(st.Deadline); err != nil {
			return nil, fail("steps", "deadline: "+wantClock)
		}
		rule.Steps = append(rule.Steps, step)
	}
	if err := s.service.PutLadderRule(ctx, s.district, rule); err != nil {
		return nil, s.problem(err)
	}
	return nil, nil
}
