package service

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"sanse/data"
	"sanse/planner/worktime"
)

// CaseKind is a kind of case and the clocks that run on it.
type CaseKind struct {
	Code, ZH, EN string
	Answer       worktime.Limit // until somebody has taken it up
	Solve        worktime.Limit // until it is solved, from then on
}

// CaseKinds are all there are.
var CaseKinds = []CaseKind{
	{caseEmergency, "紧急", "emergency", worktime.Limit{Minutes: 15}, worktime.Limit{Minutes: 24 * 60}},
	{"general", "一般", "general", worktime.Limit{Minutes: 2 * 60}, worktime.Limit{WorkDays: 3}},
	{"missed", "漏访", "missed visit", worktime.Limit{Minutes: 10 * 60}, worktime.Limit{WorkDays: 1}},
}

// caseMissed is the kind of a lapse, caseEmergency that of what cannot wait.
const (
	caseMissed    = "missed"
	caseEmergency = "emergency"
)

// acrossDepartments is how long departments have together.
var acrossDepartments = worktime.Limit{WorkDays: 3}

func caseKind(code string) (CaseKind, bool) {
	for _, k := range CaseKinds {
		if k.Code == code {
			return k, true
		}
	}
	return CaseKind{}, false
}

// limit is the clock of a case of the kind that is at a stage, with whom.
func (k *CaseKind) limit(stage data.CaseStage, level data.CaseLevel) worktime.Limit {
	switch {
	case stage == data.CaseCall:
		return k.Answer
	case level == data.CaseDepartments:
		return acrossDepartments
	default:
		return k.Solve
	}
}

// deadlineOf is when a limit that begins now is over.
func deadlineOf(l worktime.Limit, now time.Time, zone *time.Location) time.Time {
	if l.WorkDays == 0 {
		return now.Add(time.Duration(l.Minutes) * time.Minute)
	}
	calendar := worktime.China()
	return instant(calendar.By(momentAt(now, zone), l), zone)
}

func newCaseID() (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("open case: %w", err)
	}
	return "k" + hex.EncodeToString(b[:]), nil
}

// lapseCase is the case of a lapse: the task force has it.
func lapseCase(l *data.DueLadder, now time.Time, zone *time.Location) (data.Case, error) {
	id, err := newCaseID()
	if err != nil {
		return data.Case{}, err
	}
	kind, _ := caseKind(caseMissed)
	return data.Case{
		ID: id, Kind: kind.Code, Source: "missed", Resident: l.Resident, Area: cmp.Or(l.MicroGrid, l.Grid), Ladder: l.ID, Level: data.CaseTaskForce, Stage: data.CaseCall,
		Opened: now, Deadline: deadlineOf(kind.Answer, now, zone),
	}, nil
}
