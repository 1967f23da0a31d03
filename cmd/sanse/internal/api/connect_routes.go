package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
	"sanse/reports"
)

// maxConnectBytes is what a request of a platform may be.
const maxConnectBytes = 2 << 20

func (s *Server) registerConnect(api huma.API) {
	// One row that cannot be read must not hold up the others: they are read one by
	// one, not checked as a whole beforehand.
	push := func(id, path, summary string, body reflect.Type, h func(context.Context, *connectInput) (*answer[ConnectAnswer], error)) {
		huma.Register(api, huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, MaxBodyBytes: maxConnectBytes, SkipValidateBody: true,
			Errors: []int{http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}, h)
		schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, body)
		api.OpenAPI().Paths[path].Post.RequestBody.Content["application/json"].Schema = schema
	}
	push("connect-visits", "/v1/connect/visits", "Visits that a platform tells of, stored once by its own numbers", reflect.TypeFor[ConnectBody](), s.postConnectVisits)
	push("connect-cases", "/v1/connect/cases", "Cases that a platform tells of, opened once and taken further", reflect.TypeFor[ConnectBody](), s.postConnectCases)
	huma.Register(api, huma.Operation{
		OperationID: "put-device-events", Method: http.MethodPost, Path: "/v1/devices/events", Summary: "What devices say: a case is opened, or it counts",
		MaxBodyBytes: maxConnectBytes, SkipValidateBody: true,
		Errors: []int{http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postDeviceEvents)
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[DeviceEventsBody]())
	api.OpenAPI().Paths["/v1/devices/events"].Post.RequestBody.Content["application/json"].Schema = schema
	get(api, "connect-tasks", "/v1/connect/tasks", "What is to be done, for the platform that asks: all, or what has changed since", s.getConnectTasks)
	tasks := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[service.ConnectTasks]())
	api.OpenAPI().Paths["/v1/connect/tasks"].Get.Responses["200"].Content = map[string]*huma.MediaType{typeJSON: {Schema: tasks}}
	get(api, "connect-reconciliation", "/v1/connect/reconciliation", "What a platform was told of an area, held against what it has told", s.getReconciliation)
	get(api, "connect-reconciliation-workbook", "/v1/connect/reconciliation.xlsx", "The same as a workbook, each figure with the rows behind it", s.getReconciliationWorkbook, http.StatusForbidden)
	get(api, "connect-platforms", "/v1/connect/platforms", "The platforms of a district, and how it goes with what is told to them and what they tell", s.getPlatforms)
}

// connectInput is the body of a request as it came.
type connectInput struct {
	RawBody []byte `contentType:"application/json"`
}

// ConnectBody are rows in the words of the platform, which its mapping reads.
type ConnectBody struct {
	Rows []map[string]any `json:"rows" minItems:"1" maxItems:"200" doc:"objects with the fields that the mapping names; without a mapping those of docs/connect.md"`
}

// ConnectAnswer is what became of each row, in their order.
type ConnectAnswer struct {
	Rows []ConnectRowAnswer `json:"rows"`
}

// ConnectRowAnswer is what became of a row.
type ConnectRowAnswer struct {
	ID     string `json:"id" doc:"the platform's number; empty: it could not be read"`
	Status string `json:"status" enum:"stored,same,refused"`
	Code   string `json:"code,omitempty" enum:"invalid,not_yours,conflict,too_old,time" doc:"of a refused one: why"`
	Detail string `json:"detail,omitempty"`
	Case   string `json:"case,omitempty" doc:"of a case: ours"`
}

// readParts reads the list of a body, item by item.
func readParts(body []byte, name string, most int) ([]json.RawMessage, error) {
	refuse := func() ([]json.RawMessage, error) {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "body: want JSON with a list of "+name)
	}
	if err := bounded(body); err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, service.Tell("body: %s", service.Own(err.Error())))
	}
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &envelope) != nil {
		return refuse()
	}
	var list []json.RawMessage
	if json.Unmarshal(envelope[name], &list) != nil || len(list) > most {
		return refuse()
	}
	return list, nil
}

func readConnect(body []byte) ([]service.ConnectIn, error) {
	list, err := readParts(body, "rows", service.MaxConnectRows)
	if err != nil {
		return nil, err
	}
	out := make([]service.ConnectIn, len(list))
	for i, raw := range list {
		row, err := connect.ReadRow(raw)
		out[i] = service.ConnectIn{Row: row, Unread: err != nil}
	}
	return out, nil
}

func connectAnswer(list []service.ConnectOut) *answer[ConnectAnswer] {
	out := ConnectAnswer{Rows: make([]ConnectRowAnswer, len(list))}
	for i, r := range list {
		out.Rows[i] = ConnectRowAnswer(r)
	}
	return answerOf(out)
}

func (s *Server) postConnectVisits(ctx context.Context, in *connectInput) (*answer[ConnectAnswer], error) {
	rows, err := readConnect(in.RawBody)
	if err != nil {
		return nil, err
	}
	list, err := s.service.ConnectVisits(ctx, s.district, "", rows)
	if err != nil {
		return nil, s.problem(err)
	}
	return connectAnswer(list), nil
}

func (s *Server) postConnectCases(ctx context.Context, in *connectInput) (*answer[ConnectAnswer], error) {
	rows, err := readConnect(in.RawBody)
	if err != nil {
		return nil, err
	}
	list, err := s.service.ConnectCases(ctx, s.district, "", rows)
	if err != nil {
		return nil, s.problem(err)
	}
	return connectAnswer(list), nil
}

// DeviceEventsBody are events of devices.
type DeviceEventsBody struct {
	Events []DeviceEventBody `json:"events" minItems:"1" maxItems:"100"`
}

// DeviceEventBody is what a device says.
type DeviceEventBody struct {
	ID     string   `json:"id" maxLength:"100" doc:"of the event: the same however often it is sent; a number is taken as well"`
	Device string   `json:"device" maxLength:"100" doc:"a number is taken as well"`
	Kind   string   `json:"kind" enum:"sos,fall,no_movement,gas,smoke,opened,low_battery,offline"`
	At     string   `json:"at,omitempty" format:"date-time" doc:"by the device's clock; one that cannot be is flagged, and the event is taken all the same"`
	Value  *float64 `json:"value,omitempty" doc:"what was measured"`
}

// DeviceEventsAnswer is what became of each event, in their order.
type DeviceEventsAnswer struct {
	Events []DeviceEventAnswer `json:"events"`
}

// DeviceEventAnswer is what became of an event.
type DeviceEventAnswer struct {
	ID     string `json:"id"`
	Status string `json:"status" enum:"stored,same,refused"`
	Code   string `json:"code,omitempty" enum:"invalid,unknown,kind" doc:"of a refused one: why"`
	Detail string `json:"detail,omitempty"`
	Opened bool   `json:"opened" doc:"it opened the case; otherwise it counts"`
	Case   string `json:"case,omitempty" doc:"which it opened, or to which it counts"`
	Clock  bool   `json:"clock,omitempty" doc:"its clock is wrong, or it came more than a day late"`
}

func (s *Server) postDeviceEvents(ctx context.Context, in *connectInput) (*answer[DeviceEventsAnswer], error) {
	parts, err := readParts(in.RawBody, "events", service.MaxDeviceEvents)
	if err != nil {
		return nil, err
	}
	events := make([]service.DeviceEventIn, len(parts))
	for i, raw := range parts {
		events[i] = readDeviceEvent(raw)
	}
	list, err := s.service.PutDeviceEvents(ctx, s.district, events)
	if err != nil {
		return nil, s.problem(err)
	}
	out := DeviceEventsAnswer{Events: make([]DeviceEventAnswer, len(list))}
	for i, e := range list {
		out.Events[i] = DeviceEventAnswer(e)
	}
	return answerOf(out), nil
}

// readDeviceEvent reads an event. No alarm is lost to a time or a measure that is
// not as it should be: it has none then.
func readDeviceEvent(raw []byte) service.DeviceEventIn {
	var b struct {
		ID     named           `json:"id"`
		Device named           `json:"device"`
		Kind   string          `json:"kind"`
		At     json.RawMessage `json:"at"`
		Value  json.RawMessage `json:"value"`
	}
	if json.Unmarshal(raw, &b) != nil {
		return service.DeviceEventIn{Unread: true}
	}
	out := service.DeviceEventIn{ID: string(b.ID), Device: string(b.Device), Kind: b.Kind}
	var at string
	if json.Unmarshal(b.At, &at) == nil {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			out.At = t
		}
	}
	var value *float64
	if json.Unmarshal(b.Value, &value) == nil {
		out.Value = value
	}
	return out
}

// named is a text by which something is called; a number is one as it is written, as in
// rows of platforms.
type named string

// UnmarshalJSON reads it.
func (n *named) UnmarshalJSON(b []byte) error {
	var number json.Number
	if len(b) > 0 && b[0] != '"' && b[0] != 'n' && json.Unmarshal(b, &number) == nil {
		*n = named(number)
		return nil
	}
	var text string
	err := json.Unmarshal(b, &text)
	*n = named(text)
	return unread(err)
}

type connectTasksInput struct {
	Area    string `query:"area" maxLength:"30" doc:"code; empty: all that the key may see"`
	Date    string `query:"date" doc:"of that day alone; one that goes to another day is then withdrawn"`
	Since   string `query:"since" maxLength:"20" doc:"the cursor of the answer before; empty: all there is"`
	Names   bool   `query:"names" doc:"with name, telephone and address, for keys with the scope names: such an answer leaves the house as a file does"`
	Purpose string `query:"purpose" maxLength:"20" doc:"wanted with names: what they are for (daily_work)"`
}

func (s *Server) getConnectTasks(ctx context.Context, in *connectTasksInput) (*document, error) {
	on, err := day(in.Date)
	if err != nil {
		return nil, err
	}
	q := service.ConnectQuery{Area: in.Area, Day: on, Since: in.Since}
	var b bytes.Buffer
	if in.Names {
		err = s.service.ConnectTasksNamed(ctx, s.district, in.Purpose, q, &b)
	} else {
		var list service.ConnectTasks
		if list, err = s.service.ConnectTasks(ctx, s.district, q); err == nil {
			err = json.NewEncoder(&b).Encode(list)
		}
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return &document{ContentType: typeJSON, CacheControl: fresh, Body: b.Bytes()}, nil
}

type reconciliationInput struct {
	Area      string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Connector string `query:"connector" maxLength:"40" doc:"which platform; empty: the only one"`
	From      string `query:"from" doc:"first day; empty: six days ago"`
	To        string `query:"to" doc:"last day; empty: today"`
}

// maxReconcileRows is how many rows of each list are told; the counts are of all.
const maxReconcileRows = 1000

func (s *Server) getReconciliation(ctx context.Context, in *reconciliationInput) (*answer[reports.Reconciliation], error) {
	from, to, err := in.days()
	if err != nil {
		return nil, err
	}
	r, err := s.service.Reconcile(ctx, s.district, in.Connector, in.Area, from, to)
	if err != nil {
		return nil, s.problem(err)
	}
	for _, list := range []*[]reports.ReconcileTask{&r.Matched, &r.NoVisit, &r.NotAcked} {
		*list = (*list)[:min(len(*list), maxReconcileRows)]
	}
	r.NoTask = r.NoTask[:min(len(r.NoTask), maxReconcileRows)]
	return answerOf(r), nil
}

func (in *reconciliationInput) days() (from, to planner.Date, err error) {
	from, err1 := day(in.From)
	to, err2 := day(in.To)
	if err := errors.Join(err1, err2); err != nil {
		return 0, 0, huma.NewError(http.StatusUnprocessableEntity, "from, to: want days such as 2026-12-01")
	}
	return from, to, nil
}

func (s *Server) getReconciliationWorkbook(ctx context.Context, in *reconciliationInput) (*attached, error) {
	from, to, err := in.days()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.service.ReconcileWorkbook(ctx, s.district, in.Connector, in.Area, from, to, &b); err != nil {
		return nil, s.problem(err)
	}
	return s.reckoned("reconciliation", in.Area, "attachment", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()), nil
}

// Platforms are the platforms of a district.
type Platforms struct {
	Items []Platform `json:"items"`
}

// Platform is a platform of others, and how it goes with it.
type Platform struct {
	ID     string         `json:"id"`
	Off    bool           `json:"off" doc:"it is let in no more"`
	Key    bool           `json:"key" doc:"it has a key; otherwise it comes by file alone"`
	Came   *time.Time     `json:"came" doc:"when it last told of a visit or a case"`
	Asked  *time.Time     `json:"asked" doc:"when it last asked for its tasks"`
	Pushed *PlatformPush  `json:"pushed" doc:"changes to tasks that are sent to it; null: it asks for them"`
	Pulls  []PlatformPull `json:"pulls" doc:"what it is asked for; none: it tells by itself"`
}

// PlatformPush is how it goes with what is sent.
type PlatformPush struct {
	Sent    *time.Time `json:"sent" doc:"when a delivery last arrived"`
	Waiting int        `json:"waiting" doc:"deliveries"`
	Tries   int        `json:"tries" doc:"of the first that waits"`
	Code    string     `json:"code,omitempty" doc:"what its last try came to"`
	Next    *time.Time `json:"next" doc:"when it is tried"`
	Dead    int        `json:"dead" doc:"deliveries that were tried to the end"`
}

// PlatformPull is how it goes with what a platform is asked for.
type PlatformPull struct {
	Kind    string     `json:"kind" enum:"visit,case"`
	Every   int        `json:"every_seconds"`
	Asked   *time.Time `json:"asked"`
	Taken   *time.Time `json:"taken" doc:"when an answer was last taken"`
	Next    *time.Time `json:"next" doc:"when it is asked again"`
	Code    string     `json:"code,omitempty" doc:"how it fails; left out: it does not"`
	Since   *time.Time `json:"since" doc:"since when it fails"`
	Fails   int        `json:"fails" doc:"in a row"`
	Stored  int64      `json:"stored" doc:"rows, since it was set"`
	Same    int64      `json:"same"`
	Refused int64      `json:"refused"`
}

type platformsInput struct {
	Area string `query:"area" maxLength:"30" doc:"code of an area whose records are seen; empty: the district"`
}

func (s *Server) getPlatforms(ctx context.Context, in *platformsInput) (*answer[Platforms], error) {
	list, err := s.service.Platforms(ctx, s.district, in.Area)
	if err != nil {
		return nil, s.problem(err)
	}
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	out := Platforms{Items: make([]Platform, len(list))}
	for i := range list {
		p := &list[i]
		out.Items[i] = Platform{ID: p.ID, Off: !p.Off.IsZero(), Key: p.Account != "", Came: at(p.Mail.Came), Asked: at(p.Mail.Asked), Pulls: make([]PlatformPull, len(p.Pulls))}
		if p.PushURL != "" {
			out.Items[i].Pushed = &PlatformPush{Sent: at(p.Mail.Sent), Waiting: p.Mail.Waiting, Tries: p.Mail.Tries, Code: p.Mail.Code, Next: at(p.Mail.Next), Dead: p.Mail.Dead}
		}
		for k := range p.Pulls {
			l := &p.Pulls[k]
			out.Items[i].Pulls[k] = PlatformPull{
				Kind: l.Kind, Every: int(l.Every / time.Second), Asked: at(l.Asked), Taken: at(l.Taken), Next: at(l.Next), Code: l.Code, Since: at(l.Failed), Fails: l.Fails,
				Stored: l.Stored, Same: l.Same, Refused: l.Refused,
			}
		}
	}
	return answerOf(out), nil
}
