package audit

import (
	"encoding/json"
	"fmt"
	"io"

	"sanse/data"
)

// ocsfVersion is the version of the Open Cybersecurity Schema Framework
// (schema.ocsf.io) that events are written in.
const ocsfVersion = "1.3.0"

// Classes of OCSF that rows of the audit become.
const (
	classAuthentication   = 3002 // of category 3, Identity & Access Management
	classEntityManagement = 3004
	classAPIActivity      = 6003 // of category 6, Application Activity
)

type ocsfEvent struct {
	ActivityID   int               `json:"activity_id"`
	ActivityName string            `json:"activity_name"`
	CategoryUID  int               `json:"category_uid"`
	CategoryName string            `json:"category_name"`
	ClassUID     int               `json:"class_uid"`
	ClassName    string            `json:"class_name"`
	TypeUID      int               `json:"type_uid"`
	Time         int64             `json:"time"` // milliseconds since 1970
	SeverityID   int               `json:"severity_id"`
	Severity     string            `json:"severity"`
	StatusID     int               `json:"status_id"`
	Status       string            `json:"status"`
	StatusDetail string            `json:"status_detail,omitempty"`
	Count        int               `json:"count,omitempty"`
	Metadata     ocsfMetadata      `json:"metadata"`
	User         *ocsfUser         `json:"user,omitempty"`
	Session      *ocsfUID          `json:"session,omitempty"`
	Service      *ocsfName         `json:"service,omitempty"`
	Actor        *ocsfActor        `json:"actor,omitempty"`
	Entity       *ocsfEntity       `json:"entity,omitempty"`
	API          *ocsfAPI          `json:"api,omitempty"`
	Resources    []ocsfResource    `json:"resources,omitempty"`
	Src          *ocsfEndpoint     `json:"src_endpoint,omitempty"`
	Unmapped     map[string]string `json:"unmapped,omitempty"`
}

type (
	ocsfMetadata struct {
		Version     string      `json:"version"`
		UID         string      `json:"uid"`
		LogName     string      `json:"log_name"`
		Correlation string      `json:"correlation_uid,omitempty"`
		Product     ocsfProduct `json:"product"`
	}
	ocsfProduct struct {
		Name   string `json:"name"`
		Vendor string `json:"vendor_name"`
	}
	ocsfUID struct {
		UID string `json:"uid"`
	}
	ocsfName struct {
		Name string `json:"name"`
	}
	ocsfUser struct {
		UID  string `json:"uid"`
		Type string `json:"type,omitempty"`
	}
	ocsfActor struct {
		User    *ocsfUser `json:"user,omitempty"`
		Session *ocsfUID  `json:"session,omitempty"`
		App     string    `json:"app_name,omitempty"`
	}
	ocsfEntity struct {
		UID  string `json:"uid,omitempty"`
		Name string `json:"name,omitempty"`
		Type string `json:"type"`
	}
	ocsfAPI struct {
		Operation string   `json:"operation"`
		Request   *ocsfUID `json:"request,omitempty"`
		Service   ocsfName `json:"service"`
	}
	ocsfResource struct {
		UID  string `json:"uid,omitempty"`
		Type string `json:"type"`
	}
	ocsfEndpoint struct {
		Name string `json:"name"`
	}
)

// WriteOCSF writes an event as one line of JSON in the Open Cybersecurity Schema
// Framework: sign-ins as Authentication, what is done to accounts, grants,
// sessions, keys and handovers as Entity Management, everything else as API
// Activity. A reason is not written.
func WriteOCSF(w io.Writer, district string, e *data.Event) error {
	o := ocsfEvent{
		Time: e.At.UnixMilli(), Count: e.N,
		Metadata: ocsfMetadata{
			Version: ocsfVersion, UID: fmt.Sprintf("%s-%d", district, e.ID), LogName: "audit", Correlation: e.Request,
			Product: ocsfProduct{Name: "Sanse", Vendor: "Sanse"},
		},
		Unmapped: map[string]string{"action": string(e.Action), "outcome": string(e.Outcome)},
	}
	for k, v := range e.Detail {
		o.Unmapped["detail_"+k] = v
	}
	for k, v := range map[string]string{"area": e.Area, "purpose": e.Purpose, "role": e.Role} {
		if v != "" {
			o.Unmapped[k] = v
		}
	}
	if e.Address != "" {
		o.Src = &ocsfEndpoint{e.Address}
	}
	o.outcome(e)
	o.class(e)
	b, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write event %d as OCSF: %w", e.ID, err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// outcome fills in what came of it and how grave it is.
func (o *ocsfEvent) outcome(e *data.Event) {
	o.StatusID, o.Status = 1, "Success"
	o.SeverityID, o.Severity = 1, "Informational"
	if e.Outcome != data.OutcomeOK {
		o.StatusID, o.Status, o.StatusDetail = 2, "Failure", string(e.Outcome)
		o.SeverityID, o.Severity = 2, "Low"
	}
	switch {
	case e.Outcome == data.OutcomeRefusedByDatabase:
		o.SeverityID, o.Severity = 4, "High"
	case e.Action == data.ActBreak:
		o.SeverityID, o.Severity = 3, "Medium"
	}
}

// class fills in what kind of event it is.
func (o *ocsfEvent) class(e *data.Event) {
	user := &ocsfUser{UID: orNone(e.Account, "unknown"), Type: e.Role}
	actor := &ocsfActor{User: user, App: "sanse"}
	if e.Session != "" {
		actor.Session = &ocsfUID{e.Session}
	}
	o.CategoryUID, o.CategoryName = 3, "Identity & Access Management"
	switch {
	case e.Action == data.ActSignIn, e.Action == data.ActSignOut, e.Action == data.ActStage:
		o.ClassUID, o.ClassName = classAuthentication, "Authentication"
		o.User, o.Session, o.Service, o.Count = user, actor.Session, &ocsfName{"sanse"}, 0
		o.ActivityID, o.ActivityName = 1, "Logon"
		switch e.Action {
		case data.ActSignOut:
			o.ActivityID, o.ActivityName = 2, "Logoff"
		case data.ActStage:
			o.ActivityID, o.ActivityName = 99, "stage"
		default:
		}
	case managed(e.Object):
		o.ClassUID, o.ClassName = classEntityManagement, "Entity Management"
		o.Actor, o.Entity = actor, &ocsfEntity{Type: e.Object, Name: e.Object}
		if len(e.IDs) > 0 {
			o.Entity.UID = e.IDs[0]
		}
		o.activity(e)
	default:
		o.CategoryUID, o.CategoryName = 6, "Application Activity"
		o.ClassUID, o.ClassName = classAPIActivity, "API Activity"
		o.Actor = actor
		o.API = &ocsfAPI{Operation: string(e.Action) + " " + e.Object, Service: ocsfName{"sanse"}}
		if e.Request != "" {
			o.API.Request = &ocsfUID{e.Request}
		}
		if o.Src == nil {
			o.Src = &ocsfEndpoint{"local"} // the class asks for one; the command line is on the machine itself
		}
		for _, id := range e.IDs {
			o.Resources = append(o.Resources, ocsfResource{UID: id, Type: e.Object})
		}
		if len(e.IDs) == 0 {
			o.Resources = []ocsfResource{{Type: e.Object}}
		}
		o.activity(e)
	}
	o.TypeUID = o.ClassUID*100 + o.ActivityID
}

// managed tells whether an object is something that people who look after the
// program look after.
func managed(object string) bool {
	switch object {
	case "account", "grant", "session", "key", "handover":
		return true
	default:
		return false
	}
}

// activity fills in what was done, for both classes that share the numbers.
func (o *ocsfEvent) activity(e *data.Event) {
	switch e.Action {
	case data.ActCreate, data.ActGrant, data.ActBreak, data.ActImport:
		o.ActivityID, o.ActivityName = 1, "Create"
	case data.ActRead, data.ActName, data.ActExport, data.ActAuditing:
		o.ActivityID, o.ActivityName = 2, "Read"
	case data.ActUpdate, data.ActPublish:
		o.ActivityID, o.ActivityName = 3, "Update"
	case data.ActDelete, data.ActEnd, data.ActRevoke:
		o.ActivityID, o.ActivityName = 4, "Delete"
	default:
		o.ActivityID, o.ActivityName = 99, string(e.Action)
	}
}
