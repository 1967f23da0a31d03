package service

import (
	"fmt"
	"time"

	"sanse/data"
	"sanse/reports"
)

// Purpose is what a file may be taken out of the house for, and how many days it is
// good for that.
type Purpose struct {
	Code string
	Name reports.Label
	Days int // after the day on which it is taken
}

// Purposes are all there are.
var Purposes = []Purpose{
	{"report", reports.Label{Chinese: "上报", English: "a report"}, 90},
	{"meeting", reports.Label{Chinese: "会议", English: "a meeting"}, 14},
	{"inspection", reports.Label{Chinese: "检查", English: "an inspection"}, 30},
	{"daily_work", reports.Label{Chinese: "日常工作", English: "daily work"}, 7},
	{"planning", reports.Label{Chinese: "规划", English: "planning"}, 90},
	{"other", reports.Label{Chinese: "其他", English: "something else"}, 7},
}

// PurposeOf finds a purpose by its code.
func PurposeOf(code string) (Purpose, bool) {
	for _, p := range Purposes {
		if p.Code == code {
			return p, true
		}
	}
	return Purpose{}, false
}

// last is the last day on which a file is good that is taken at some time, and the
// moment at which that day ends; in the time's zone.
func (p Purpose) last(at time.Time) (day string, until time.Time) {
	y, m, d := at.Date()
	return time.Date(y, m, d+p.Days, 0, 0, 0, 0, at.Location()).Format(time.DateOnly), time.Date(y, m, d+p.Days+1, 0, 0, 0, 0, at.Location())
}

// Cap is how much somebody takes out of the house. Records are single residents,
// tasks and rows of the audit that files tell of; sums are none.
type Cap struct {
	Files   int // a day
	Records int // a file
	Day     int // records a day
}

// caps are the most that roles take: a district may decide on less
// (Service.SetExportCap). What is not here takes the files that everybody gets,
// which are not counted.
var caps = map[data.Role]Cap{
	data.RoleWorker:    {Files: 10, Records: 200, Day: 500}, // the sheet and the way of their own day
	data.RoleTaskForce: {Files: 10, Records: 200, Day: 500},
	data.RoleLeader:    {Files: 20, Records: 500, Day: 1_000},
	data.RoleOfficial:  {Files: 30, Records: 1_000, Day: 3_000},
	data.RolePlanner:   {Files: 40, Records: 20_000, Day: 60_000},
	data.RoleAuditor:   {Files: 20, Records: maxExported, Day: 3 * maxExported},
	data.RoleService:   {Files: 200, Records: 20_000, Day: 60_000},
}

// CapKind is which bound was met.
type CapKind string

// The bounds.
const (
	CapFilesADay    CapKind = "files_a_day"
	CapRecordsAFile CapKind = "records_a_file"
	CapRecordsADay  CapKind = "records_a_day"
)

// CapError refuses a file that is more than a role takes.
type CapError struct {
	Kind  CapKind
	Most  int
	Again time.Time // when the day is over; of CapRecordsAFile the zero time: never
}

// Error says which bound it was, and until when.
func (e *CapError) Error() string {
	switch e.Kind {
	case CapFilesADay:
		return fmt.Sprintf("your roles take %d files a day, and those are taken: from midnight on there are more", e.Most)
	case CapRecordsAFile:
		return fmt.Sprintf("this file tells of more than the %d records that your roles take in one: ask for a smaller area or a shorter time", e.Most)
	default:
		return fmt.Sprintf("your roles take files of %d records a day, and this would be more: from midnight on there are more", e.Most)
	}
}

// refuse tells what bound another file of so many records would pass, if any.
func (c Cap) refuse(used data.ExportUse, records int, midnight time.Time) error {
	switch {
	case used.Files >= c.Files:
		return &CapError{CapFilesADay, c.Files, midnight}
	case records > c.Records:
		return &CapError{Kind: CapRecordsAFile, Most: c.Records}
	case used.Records+records > c.Day:
		return &CapError{CapRecordsADay, c.Day, midnight}
	}
	return nil
}
