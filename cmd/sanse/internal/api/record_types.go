package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner/form"
)

// VisitDay is what a visitor takes along on a day. There is no grade in it.
type VisitDay struct {
	Date        string       `json:"date"`
	Now         string       `json:"now" format:"date-time" doc:"the server's clock"`
	Zone        string       `json:"zone"`
	Visitor     string       `json:"visitor" doc:"empty: who asks is no visitor, and has a day without stops"`
	VisitorName string       `json:"visitor_name" doc:"empty: not told"`
	Plan        *int64       `json:"plan"`
	Stops       []VisitStop  `json:"stops"`
	Reordered   bool         `json:"reordered" doc:"the visitor walks in another order than the plan's"`
	Form        VisitForm    `json:"form"`
	Reasons     VisitReasons `json:"reasons"`
	ClosesAt    string       `json:"closes_at" format:"date-time" doc:"the midnight that ends the day"`
}

// VisitStop is a door of a day.
type VisitStop struct {
	Key         string      `json:"key" doc:"to be given back with the record, as it is; empty: it is in no plan"`
	Resident    string      `json:"resident,omitempty"`
	Task        string      `json:"task,omitempty"`
	Service     string      `json:"service,omitempty" doc:"what is done at a task"`
	Arrive      string      `json:"arrive" doc:"HH:MM; empty: it is in no plan"`
	Minutes     int         `json:"minutes"`
	WalkSeconds int         `json:"walk_seconds" doc:"from the stop before"`
	DueBy       string      `json:"due_by" doc:"empty: it is in no plan, and covered by nobody"`
	Why         string      `json:"why" enum:"due_today,overdue,newly_listed,owed,covering,moved,planned,unplanned"`
	Covering    *Covering   `json:"covering,omitempty" doc:"of a visit that came to the visitor by a ladder"`
	Moved       *GivenVisit `json:"moved,omitempty" doc:"of a visit that was put off to this day, or handed to the visitor"`
	Name        string      `json:"name" doc:"empty, with phone, address and note: not told"`
	Phone       string      `json:"phone"`
	Address     string      `json:"address"`
	Note        string      `json:"note"`
	Location    [2]float64  `json:"location" doc:"lon, lat"`
	Last        *LastVisit  `json:"last,omitempty"`
	Codes       []string    `json:"codes" doc:"SHA-256 of the tokens in force for this door, in base64 for URLs without padding"`
	Done        string      `json:"done,omitempty" doc:"id of the record of that day; of a task at no home its own"`
}

// Covering is what a visit that came to somebody by a ladder is held to.
type Covering struct {
	Ladder   string `json:"ladder"`
	Tier     string `json:"tier" enum:"micro-grid,grid,master-grid,task-force"`
	Deadline string `json:"deadline" format:"date-time" doc:"in the district's offset"`
}

// GivenVisit says who gave a visit into a day, and why.
type GivenVisit struct {
	Kind string `json:"kind" enum:"postpone,hand_over"`
	From string `json:"from" doc:"whose it was"`
	Date string `json:"date" doc:"and when"`
	Why  string `json:"why" doc:"code of a reason of the form"`
}

// LastVisit is the last visit before a day.
type LastVisit struct {
	Day    string `json:"day"`
	Result string `json:"result" enum:"seen,not_seen"`
}

// VisitForm is what is asked and looked at on a visit.
type VisitForm struct {
	ID    string     `json:"id"`
	Items []FormItem `json:"items"`
}

// FormItem is a question with its answers.
type FormItem struct {
	ID      string       `json:"id"`
	Group   string       `json:"group" enum:"ask,check,clear"`
	ZH      string       `json:"zh"`
	EN      string       `json:"en"`
	Answers []FormChoice `json:"answers"`
}

// FormChoice is an answer or a reason to choose.
type FormChoice struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	Bad  bool   `json:"bad,omitempty" doc:"somebody has to look into it"`
}

// VisitReasons are the reasons for what could not be done.
type VisitReasons struct {
	NoCode   []FormChoice `json:"no_code"`
	NotSeen  []FormChoice `json:"not_seen"`
	Postpone []FormChoice `json:"postpone"`
}

func choicesOf(list []form.Choice) []FormChoice {
	out := make([]FormChoice, len(list))
	for i, c := range list {
		out[i] = FormChoice{c.Code, c.ZH, c.EN, c.Bad}
	}
	return out
}

func visitDayOf(v *service.TodayView) VisitDay {
	out := VisitDay{
		Date: v.Date.String(), Now: v.Now.UTC().Format(time.RFC3339), Zone: v.Zone, Visitor: v.Visitor, VisitorName: v.VisitorName,
		Stops: visitStopsOf(v.Stops), Reordered: v.Reordered, Form: VisitForm{ID: v.Form.ID, Items: itemsOf(v.Form.Items)}, Reasons: reasonsOf(v.Form),
		ClosesAt: v.ClosesAt.Format(time.RFC3339),
	}
	if v.Plan != 0 {
		out.Plan = &v.Plan
	}
	return out
}

func visitStopsOf(stops []service.TodayStop) []VisitStop {
	out := make([]VisitStop, len(stops))
	for i := range stops {
		st := &stops[i]
		out[i] = VisitStop{
			Key: st.Key, Resident: st.Resident, Task: st.Task, Service: st.Service, Minutes: st.Minutes, WalkSeconds: st.WalkSeconds, Why: st.Why,
			Name: st.Name, Phone: st.Phone, Address: st.Address, Note: st.Note, Location: st.Location, Codes: append([]string{}, st.Codes...), Done: st.Done,
		}
		if st.Arrive != nil {
			out[i].Arrive = st.Arrive.String()
		}
		if st.DueBy != nil {
			out[i].DueBy = st.DueBy.String()
		}
		if c := st.Covering; c != nil {
			out[i].Covering = &Covering{strconv.FormatInt(c.Ladder, 10), c.Tier.String(), c.Deadline.Format(time.RFC3339)}
		}
		if m := st.Moved; m != nil {
			out[i].Moved = &GivenVisit{string(m.Kind), m.From, m.Day.String(), m.Why}
		}
		if l := st.Last; l != nil {
			out[i].Last = &LastVisit{l.Day.String(), map[bool]string{true: "seen", false: "not_seen"}[l.Done]}
		}
	}
	return out
}

// RecordsBody are visit records as a phone sends them.
type RecordsBody struct {
	Sent    string       `json:"sent" format:"date-time" doc:"what the phone's clock says now"`
	Records []RecordBody `json:"records" minItems:"1" maxItems:"50"`
}

// RecordBody is a visit record. The times are the phone's.
type RecordBody struct {
	ID       string            `json:"id" format:"uuid" doc:"made on the phone: however often it is sent, it is stored once"`
	Resident string            `json:"resident"`
	Stop     string            `json:"stop,omitempty" doc:"key of the stop"`
	Arrived  time.Time         `json:"arrived"`
	Left     *time.Time        `json:"left,omitempty"`
	How      string            `json:"how,omitempty" enum:"code,card,plate,hand" doc:"what the phone took the code for; the token decides"`
	Token    string            `json:"token,omitempty" doc:"what stands after the # of the code"`
	NoCode   string            `json:"no_code,omitempty" doc:"without a token: why"`
	At       *RecordAt         `json:"at,omitempty" doc:"where the phone was: held against the door and forgotten"`
	Result   string            `json:"result" enum:"seen,not_seen"`
	NotSeen  string            `json:"not_seen,omitempty"`
	Form     string            `json:"form" doc:"the one that was asked by; empty: that of the day"`
	Answers  map[string]string `json:"answers,omitempty" doc:"code of the answer by id of the item"`
	Text     string            `json:"text,omitempty" doc:"at most 4000 characters"`
	Corrects string            `json:"corrects,omitempty" format:"uuid" doc:"the record that this one corrects"`
	Rating   string            `json:"rating,omitempty" doc:"of a visit in which somebody was seen: SHA-256 of the code by which they can rate it, in base64 for URLs without padding; the code is made on the phone and shown there"`
}

// RecordAt is where a phone was.
type RecordAt struct {
	Lon      float64 `json:"lon"`
	Lat      float64 `json:"lat"`
	Accuracy float64 `json:"accuracy" doc:"metres"`
}

// RecordsAnswer says what became of each record, in the order in which they came.
type RecordsAnswer struct {
	Records []RecordAnswer `json:"records"`
}

// RecordAnswer says what became of a record.
type RecordAnswer struct {
	ID     string `json:"id"`
	Status string `json:"status" enum:"stored,same,refused"`
	Code   string `json:"code,omitempty" enum:"invalid,not_yours,conflict,too_old,too_long,corrects,waiting_for" doc:"waiting_for: to be sent again later, for what it corrects has not come yet"`
	Detail string `json:"detail,omitempty"`
}

// readRecords reads what a phone sends, record by record, so that one that cannot
// be read does not keep the others from being stored: that one says why.
func readRecords(body []byte) (sent time.Time, records []service.RecordIn, err error) {
	var envelope struct {
		Sent    json.RawMessage   `json:"sent"`
		Records []json.RawMessage `json:"records"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return sent, nil, &service.Error{Code: service.CodeInvalid, Message: "body: not JSON of sent and records"}
	}
	if len(envelope.Records) == 0 || len(envelope.Records) > service.MaxRecords {
		return sent, nil, &service.Error{Code: service.CodeInvalid, Message: "records: 1 to 50 are sent at once"}
	}
	if json.Unmarshal(envelope.Sent, &sent) != nil {
		sent = time.Time{} // then nobody knows how the phone's clock is off
	}
	for _, raw := range envelope.Records {
		records = append(records, readRecord(raw))
	}
	return sent, records, nil
}

func readRecord(raw json.RawMessage) service.RecordIn {
	var b RecordBody
	err := json.Unmarshal(raw, &b)
	if err != nil {
		out := service.RecordIn{Unread: "it cannot be read"}
		var id struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(raw, &id) == nil && len(id.ID) <= 100 {
			out.ID = id.ID // so that the phone knows which it was
		}
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			out.Unread = wrong.Field + ": of another type than is wanted"
		}
		return out
	}
	out := service.RecordIn{
		ID: strings.ToLower(b.ID), Resident: b.Resident, Stop: b.Stop, Arrived: b.Arrived, How: b.How, Token: data.Token(b.Token), NoCode: b.NoCode,
		Result: b.Result, NotSeen: b.NotSeen, Form: b.Form, Answers: b.Answers, Text: b.Text, Corrects: strings.ToLower(b.Corrects), Rating: b.Rating,
	}
	if b.Left != nil {
		out.Left = *b.Left
	}
	if b.At != nil {
		out.At = &service.RecordPlace{Lon: b.At.Lon, Lat: b.At.Lat, Accuracy: b.At.Accuracy}
	}
	return out
}

// DoorBody is a code that was scanned.
type DoorBody struct {
	Token string `json:"token" maxLength:"200"`
}

// DoorOpened is what it opens.
type DoorOpened struct {
	Resident string      `json:"resident,omitempty" doc:"of a home or a card"`
	Stops    []VisitStop `json:"stops"`
}

// DoorCodeBody says for what a code is made.
type DoorCodeBody struct {
	Kind     string `json:"kind" enum:"home,card,plate"`
	Resident string `json:"resident,omitempty" maxLength:"100"`
	Building string `json:"building,omitempty" maxLength:"100"`
}

// DoorCodeMade is a code that was made. The token is told this once.
type DoorCodeMade struct {
	ID    string `json:"id"`
	Token string `json:"token"`
	SVG   string `json:"svg" doc:"the QR code, to be printed"`
}

// DoorCodeRetired says why a code is taken out of force.
type DoorCodeRetired struct {
	Why string `json:"why" enum:"lost,damaged,copied,moved,replaced,other"`
}

// DoorCodeList are the codes of an area.
type DoorCodeList struct {
	Items []DoorCode `json:"items"`
}

// DoorCode is a code at a door, without the token.
type DoorCode struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"`
	Resident  string  `json:"resident,omitempty"`
	Building  string  `json:"building,omitempty"`
	MadeAt    string  `json:"made_at" format:"date-time"`
	RetiredAt *string `json:"retired_at" format:"date-time" doc:"null: in force"`
	Why       string  `json:"why,omitempty"`
}
