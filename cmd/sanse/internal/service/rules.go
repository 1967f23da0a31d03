package service

import "sanse/data"

// Capability is a thing that somebody may do, or may be told.
type Capability string

// The capabilities.
const (
	CapNumbers    Capability = "numbers"     // true numbers, however small
	CapRecords    Capability = "records"     // single residents, by opaque id
	CapNames      Capability = "names"       // names, telephones, addresses and exact points of residents
	CapDays       Capability = "days"        // the days of all who visit; one's own takes records alone
	CapVisit      Capability = "visit"       // visits recorded
	CapCodes      Capability = "codes"       // door codes made and retired
	CapReview     Capability = "review"      // visit records looked at: what is doubtful in them, and a sample
	CapReplan     Capability = "replan"      // the plan in force made again
	CapPlan       Capability = "plan"        // drafts, sites, standards
	CapPublish    Capability = "publish"     // drafts brought into force, and taken back
	CapMatch      Capability = "match"       // who meets which need
	CapLadder     Capability = "ladder"      // a visit that others would cover closed for a reason
	CapCase       Capability = "case"        // cases opened, taken further and passed on
	CapConnect    Capability = "connect"     // another platform's visits, cases and alarms brought in, and tasks told to it
	CapGrade      Capability = "grade"       // changes of grade decided
	CapFacts      Capability = "facts"       // what is known of a resident written down, and what they say against a grade
	CapReport     Capability = "report"      // reports taken, to be kept
	CapExport     Capability = "export"      // files with true numbers
	CapHandOver   Capability = "hand_over"   // a resident handed to a department or a helper
	CapBreakGlass Capability = "break_glass" // names for half an hour, for a reason
	CapRequests   Capability = "requests"    // what a resident asks of their data, written down
	CapPrivacy    Capability = "privacy"     // that decided, how long data are kept, the processing record
	CapAccounts   Capability = "accounts"    // accounts, roles and keys
	CapSettings   Capability = "settings"    // of the district
	CapAudit      Capability = "audit"       // who looked at what
)

// Capabilities are all there are, in the order in which people are told of them.
var Capabilities = []Capability{
	CapNumbers, CapRecords, CapNames, CapDays, CapVisit, CapCodes, CapReview, CapReplan, CapPlan, CapPublish, CapMatch, CapLadder, CapCase, CapConnect, CapGrade, CapFacts, CapReport, CapExport,
	CapHandOver, CapBreakGlass, CapRequests, CapPrivacy, CapAccounts, CapSettings, CapAudit,
}

// where says in which places, or of whom, a role has a capability: bits, of which
// one is enough.
type where uint8

const (
	inArea  where = 1 << iota // in the area of the grant, and all that lies in it
	inSmall                   // the same, where that area is a community or less
	handed                    // of residents handed to the account or its body, or matched to it
	inKey                     // what a key was made for, in its area
	inNames                   // the same, of keys that were made for names too
)

// rules is the table of who may do what: what is not in it, nobody may.
var rules = map[data.Role]map[Capability]where{
	data.RoleWorker: {
		CapNumbers: inArea, CapRecords: inArea | handed, CapNames: inArea | handed, CapVisit: inArea | handed, CapLadder: inArea, CapCase: inArea,
		CapFacts: inArea,
	},
	data.RoleLeader: {
		CapNumbers: inArea, CapRecords: inArea | handed, CapNames: inArea | handed, CapDays: inArea, CapReplan: inArea,
		CapVisit: inArea | handed, CapCodes: inArea, CapReview: inArea, CapLadder: inArea, CapCase: inArea, CapGrade: inArea, CapFacts: inArea, CapExport: inArea, CapHandOver: inArea, CapRequests: inArea,
	},
	data.RolePlanner: {
		CapNumbers: inArea, CapRecords: inArea, CapNames: handed, CapDays: inArea, CapReplan: inArea, CapPlan: inArea, CapPublish: inArea,
		CapCodes: inArea, CapReview: inArea, CapMatch: inArea, CapLadder: inArea, CapCase: inArea, CapGrade: inArea, CapFacts: inArea, CapReport: inArea, CapExport: inArea, CapHandOver: inArea, CapBreakGlass: inArea, CapRequests: inArea,
	},
	data.RoleOfficial: {
		CapNumbers: inArea, CapRecords: inArea, CapNames: inSmall | handed, CapDays: inArea, CapLadder: inArea, CapCase: inArea, CapGrade: inArea, CapFacts: inArea, CapReport: inArea, CapExport: inArea,
		CapVisit: inSmall | handed, CapCodes: inArea, CapReview: inArea, CapHandOver: inArea, CapBreakGlass: inArea, CapRequests: inArea, CapPrivacy: inArea,
	},
	data.RoleDepartment: {CapRecords: handed, CapNames: handed, CapVisit: handed, CapCase: handed},
	data.RoleTaskForce: {
		CapNumbers: inArea, CapRecords: inArea, CapNames: handed, CapDays: inArea, CapVisit: inArea | handed, CapReview: inArea, CapLadder: inArea, CapCase: inArea, CapFacts: inArea, CapBreakGlass: inArea,
	},
	data.RoleProvider:      {CapRecords: handed, CapNames: handed, CapVisit: handed},
	data.RoleAuditor:       {CapAudit: inArea},
	data.RoleAdministrator: {CapAccounts: inArea, CapSettings: inArea},
	data.RoleService: {
		CapNumbers: inKey, CapRecords: inKey, CapNames: inNames, CapDays: inKey, CapReplan: inKey, CapPlan: inKey,
		CapPublish: inKey, CapMatch: inKey, CapConnect: inKey, CapFacts: inKey, CapReport: inKey, CapExport: inKey,
	},
}
