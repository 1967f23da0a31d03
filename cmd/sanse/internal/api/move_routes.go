package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// maxMoveBytes is what a change of a day may be: up to 200 doors in another order.
const maxMoveBytes = 64 << 10

func (s *Server) registerMoves(api huma.API) {
	get(api, "move-options", "/v1/today/options", "What else may become of a visit of a day: other days, colleagues, the next of the ladder", s.getMoveOptions)
	get(api, "moves", "/v1/moves", "What was put off, handed over and passed on in an area, and why", s.getMoves)
	errors := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError}
	huma.Register(api, huma.Operation{
		OperationID: "move-visit", Method: http.MethodPost, Path: "/v1/today/moves", Errors: errors, MaxBodyBytes: maxMoveBytes,
		Summary: "A visit put off, handed to a colleague or passed on, once however often it is sent",
	}, s.postMove)
	huma.Register(api, huma.Operation{
		OperationID: "order-day", Method: http.MethodPut, Path: "/v1/today/order", Errors: errors, MaxBodyBytes: maxMoveBytes,
		Summary: "The doors of a day in another order, or what that would break",
	}, s.putOrder)
}

// MoveOptions are what else may become of a visit of a day.
type MoveOptions struct {
	DueBy      string       `json:"due_by" doc:"empty: the plan does not have the visit"`
	Days       []string     `json:"days" doc:"on which whoever was to come may come instead"`
	Colleagues []Colleague  `json:"colleagues" doc:"who may come on the day"`
	Ladder     string       `json:"ladder,omitempty" doc:"the open ladder of the day: it can be passed on, or closed"`
	Reasons    []FormChoice `json:"reasons"`
}

// Colleague is somebody else who may make a visit.
type Colleague struct {
	Visitor     string `json:"visitor"`
	Name        string `json:"name" doc:"empty: not told"`
	Tier        string `json:"tier"`
	WalkSeconds int    `json:"walk_seconds" doc:"by which their way becomes longer, in full minutes"`
}

type moveOptionsInput struct {
	Visitor  string `query:"visitor" maxLength:"100" doc:"empty: who asks"`
	Date     string `query:"date" doc:"empty: today"`
	Resident string `query:"resident" maxLength:"100"`
}

func (s *Server) getMoveOptions(ctx context.Context, in *moveOptionsInput) (*answer[MoveOptions], error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	o, err := s.service.MoveOptions(ctx, s.district, in.Visitor, on, in.Resident)
	if err != nil {
		return nil, s.problem(err)
	}
	out := MoveOptions{Days: []string{}, Colleagues: []Colleague{}, Reasons: choicesOf(o.Reasons)}
	if o.DueBy != 0 {
		out.DueBy = o.DueBy.String()
	}
	if o.Ladder != 0 {
		out.Ladder = strconv.FormatInt(o.Ladder, 10)
	}
	for _, d := range o.Days {
		out.Days = append(out.Days, d.String())
	}
	for _, c := range o.Colleagues {
		out.Colleagues = append(out.Colleagues, Colleague{c.ID, c.Name, c.Tier.String(), c.WalkSeconds})
	}
	return answerOf(out), nil
}

// MoveBody is what is to become of a visit.
type MoveBody struct {
	ID        string `json:"id" maxLength:"36" doc:"UUID, made on the phone: however often it is sent, it is done once"`
	Kind      string `json:"kind" enum:"postpone,hand_over,pass_on"`
	Visitor   string `json:"visitor,omitempty" maxLength:"100" doc:"whose visit it is; empty: who asks"`
	Date      string `json:"date,omitempty" maxLength:"10" doc:"when it is; empty: today"`
	Resident  string `json:"resident" maxLength:"100"`
	ToDay     string `json:"to_day,omitempty" maxLength:"10" doc:"of a postponement: one of the days offered"`
	ToVisitor string `json:"to_visitor,omitempty" maxLength:"100" doc:"of a handover: one of the colleagues offered"`
	Why       string `json:"why" maxLength:"40" doc:"code of one of the reasons offered"`
}

// MoveDone is what became of it.
type MoveDone struct {
	Status string `json:"status" enum:"stored,same"`
	Holder string `json:"holder,omitempty" doc:"of one that was passed on: who holds the visit now"`
	Until  string `json:"until,omitempty" format:"date-time" doc:"and the deadline"`
}

func (s *Server) postMove(ctx context.Context, in *struct{ Body MoveBody }) (*answer[MoveDone], error) {
	b := &in.Body
	on, err := day(b.Date)
	if err != nil {
		return nil, err
	}
	to, err := day(b.ToDay)
	if err != nil {
		return nil, err
	}
	m, err := s.service.Move(ctx, s.district, service.MoveIn{
		ID: b.ID, Kind: data.MoveKind(b.Kind), Visitor: b.Visitor, Day: on, Resident: b.Resident, ToDay: to, To: b.ToVisitor, Why: b.Why,
	})
	if err != nil {
		return nil, s.problem(err)
	}
	out := MoveDone{Status: m.Status, Holder: m.Holder}
	if !m.Until.IsZero() {
		out.Until = m.Until.Format(time.RFC3339)
	}
	return answerOf(out), nil
}

// OrderBody is the order in which somebody walks a day.
type OrderBody struct {
	Visitor string   `json:"visitor,omitempty" maxLength:"100" doc:"empty: who asks"`
	Date    string   `json:"date,omitempty" maxLength:"10" doc:"empty: today"`
	Doors   []string `json:"doors" maxItems:"200" doc:"ids of tasks, and of residents at visits; none: as planned"`
	Why     string   `json:"why,omitempty" maxLength:"40" doc:"where the order breaks what may be broken for a reason"`
	Try     bool     `json:"try,omitempty" doc:"nothing is kept"`
}

// OrderDone is what comes of an order.
type OrderDone struct {
	Kept   bool         `json:"kept"`
	Stops  []OrderStop  `json:"stops"`
	Breaks []OrderBreak `json:"breaks"`
}

// OrderStop is when a door is reached.
type OrderStop struct {
	Door        string `json:"door"`
	Arrive      string `json:"arrive" doc:"HH:MM"`
	WalkSeconds int    `json:"walk_seconds" doc:"in full minutes"`
}

// OrderBreak is what an order breaks.
type OrderBreak struct {
	Code string `json:"code" doc:"a code of the plan's check, or deadline"`
	Door string `json:"door,omitempty" doc:"empty: the day as a whole"`
	Firm bool   `json:"firm" doc:"no reason makes up for it: the order is not kept"`
}

func (s *Server) putOrder(ctx context.Context, in *struct{ Body OrderBody }) (*answer[OrderDone], error) {
	b := &in.Body
	on, err := day(b.Date)
	if err != nil {
		return nil, err
	}
	o, err := s.service.OrderDay(ctx, s.district, service.OrderIn{Visitor: b.Visitor, Day: on, Doors: b.Doors, Why: b.Why, Try: b.Try})
	if err != nil {
		return nil, s.problem(err)
	}
	out := OrderDone{Kept: o.Kept, Stops: make([]OrderStop, len(o.Stops)), Breaks: make([]OrderBreak, len(o.Breaks))}
	for i, st := range o.Stops {
		out.Stops[i] = OrderStop{st.Door, st.Arrive.String(), (st.WalkSeconds + 59) / 60 * 60}
	}
	for i, br := range o.Breaks {
		out.Breaks[i] = OrderBreak(br)
	}
	return answerOf(out), nil
}

// MoveList are the moves of an area, the latest first.
type MoveList struct {
	Items []VisitMove `json:"items"`
}

// VisitMove is a visit that whoever was to make it gave out of their day.
type VisitMove struct {
	ID        string `json:"id"`
	Kind      string `json:"kind" enum:"postpone,hand_over,pass_on"`
	Resident  string `json:"resident"`
	Visitor   string `json:"visitor" doc:"who was to come"`
	Date      string `json:"date"`
	ToVisitor string `json:"to_visitor,omitempty"`
	ToDay     string `json:"to_day,omitempty"`
	Why       string `json:"why"`
	Account   string `json:"account" doc:"who did it"`
	At        string `json:"at" format:"date-time"`
	Loose     string `json:"loose,omitempty" enum:"left,off,area" doc:"of the latest move of somebody whom nobody has visited since: why it does not hold any more, so that the plan finds somebody else: whoever it was given to visits nobody any more, does not work that day, or has another area than the resident lives in"`
	Told      *Told  `json:"told,omitempty" doc:"what became of the message to whom it was given; left out: they did it themselves, or the ladder tells"`
}

func (s *Server) getMoves(ctx context.Context, in *areaInput) (*answer[MoveList], error) {
	list, err := s.service.Moves(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	out := MoveList{Items: make([]VisitMove, len(list))}
	for i := range list {
		m := &list[i]
		out.Items[i] = VisitMove{
			ID: m.ID, Kind: string(m.Kind), Resident: m.Resident, Visitor: m.Visitor, Date: m.Day.String(), ToVisitor: m.ToVisitor, Why: m.Why,
			Account: m.Account, At: *stamp(m.At), Loose: m.Loose,
		}
		if told := m.Told; told.Made {
			out.Items[i].Told = &Told{told.Reached, told.Waiting, timeText(told.Delivered), timeText(told.Read)}
		}
		if m.ToDay != 0 {
			out.Items[i].ToDay = m.ToDay.String()
		}
	}
	return answerOf(out), nil
}
