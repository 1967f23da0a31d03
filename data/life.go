package data

import (
	"time"
)

// RetentionRule says how long a kind of data is kept.
type RetentionRule struct {
	Kind   string // see RetentionReference
	Days   int    // from the end of what it tells of
	Least  int    // fewer days are against the law; 0: there is no such rule
	Basis  string // why that long, in Chinese; the district's own where it decided
	Source string // the law or standard behind it
	Set    bool   // the district decided; otherwise it is the reference
	SetBy  string
	Due    int64     // records whose time is over; filled in by Retention
	Oldest time.Time // of what is there; zero: nothing
}

// Kinds of data with a time of their own.
const (
	KindVisits       = "visits"
	KindTaskVisits   = "task_visits"
	KindRecords      = "visit_records"
	KindRecordTexts  = "visit_record_texts"
	KindNeeds        = "needs"
	KindPlans        = "plans"
	KindPlanProblems = "plan_problems"
	KindImports      = "imports"
	KindSessions     = "sessions"
	KindHandovers    = "handovers"
	KindRequests     = "requests"
	KindLadders      = "ladders"
	KindCases        = "cases"
	KindGrades       = "grades"
	KindConnect      = "connect_rows"
	KindConnectTasks = "connect_tasks"
	KindDeliveries   = "connect_deliveries"
	KindDeviceEvents = "device_events"
	KindMessages     = "messages"
	KindPersons      = "persons"
	KindVisitorNames = "visitor_names"
	KindAccounts     = "accounts"
	KindAudit        = "audit"
	KindExports      = "exports"
)

// RetentionReference is how long each kind is kept where a district has decided
// nothing: as short as the work allows (PIPL article 19), and never shorter than
// a law asks.
func RetentionReference() []RetentionRule {
	const necessary = "个人信息保护法第19条：实现处理目的所必要的最短时间"
	return []RetentionRule{
		{Kind: KindPersons, Days: 365, Basis: "停止服务满一年，不再需要联系", Source: "个人信息保护法第47条第1款第1项"},
		{Kind: KindVisitorNames, Days: 90, Basis: "离岗后交接与申诉；此后走访记录只留编号", Source: "个人信息保护法第47条第1款第1项"},
		{Kind: KindAccounts, Days: 1095, Least: 180, Basis: "停用后与审计同期，以便由编号查到人；此后只留编号", Source: "网络安全法第21条；个人信息保护法第47条第1款第1项、第54条"},
		{Kind: KindVisits, Days: 1095, Basis: "服务质量复核与年度对比；每位对象的最近一次走访另行保留", Source: necessary},
		{Kind: KindTaskVisits, Days: 1095, Basis: "服务质量复核与年度对比", Source: necessary},
		{Kind: KindRecords, Days: 1095, Basis: "服务质量复核；走访佐证与存疑一并删除", Source: necessary},
		{Kind: KindRecordTexts, Days: 400, Basis: "上门所见和评价时所说的文字，供下一年度走访参考", Source: necessary},
		{Kind: KindNeeds, Days: 730, Basis: "需求结束后两年内可能复评", Source: necessary},
		{Kind: KindPlans, Days: 400, Basis: "与上一年度同期对比", Source: necessary},
		{Kind: KindPlanProblems, Days: 60, Basis: "解释与复算近期计划；内含住处位置，早于计划删除", Source: necessary},
		{Kind: KindHandovers, Days: 730, Basis: "说明交办经过", Source: necessary},
		{Kind: KindRequests, Days: 1095, Least: 1095, Basis: "权利请求原文；处理结果长期保留为凭证", Source: "个人信息保护法第56条：处理情况记录至少保存三年"},
		{Kind: KindLadders, Days: 1095, Basis: "漏访追责与补位质量复核，与走访记录同期", Source: necessary},
		{Kind: KindCases, Days: 1095, Basis: "事件办理过程追溯与质量复核", Source: necessary},
		{Kind: KindConnect, Days: 400, Basis: "与已有平台对账，并识别重复推送", Source: necessary},
		{Kind: KindConnectTasks, Days: 400, Basis: "与已有平台对账", Source: necessary},
		{Kind: KindDeliveries, Days: 60, Basis: "查明推送经过；送达后不留内容", Source: necessary},
		{Kind: KindDeviceEvents, Days: 400, Basis: "设备报警追溯与误报分析", Source: necessary},
		{Kind: KindMessages, Days: 30, Basis: "提醒过后即无用处，留一个月以便核对是否送达", Source: necessary},
		{Kind: KindGrades, Days: 1095, Basis: "等级变更与异议的追溯；每位对象最近一次变更另行保留", Source: necessary},
		{Kind: KindImports, Days: 1095, Basis: "说明数据来源", Source: "个人信息保护法第56条"},
		{Kind: KindSessions, Days: 180, Least: 180, Basis: "登录日志", Source: "网络安全法第21条：网络日志不少于六个月"},
		{Kind: KindExports, Days: 1095, Least: 180, Basis: "凭编号追查流出的文件", Source: "网络安全法第21条；个人信息保护法第54条"},
		{Kind: KindAudit, Days: 1095, Least: 180, Basis: "合规审计与事件追溯", Source: "网络安全法第21条；个人信息保护法第54条"},
	}
}

// RequestKind is what a resident asks of their data.
type RequestKind string

// The kinds of requests; PIPL articles 47, 46, 44 and 45.
const (
	RequestErasure     RequestKind = "erasure"
	RequestCorrection  RequestKind = "correction"
	RequestRestriction RequestKind = "restriction"
	RequestAccess      RequestKind = "access"
)

// RequestKinds are all kinds.
var RequestKinds = []RequestKind{RequestErasure, RequestCorrection, RequestRestriction, RequestAccess}

// RightsRequest is a resident's request, what was decided and what was done.
type RightsRequest struct {
	ID       string
	Resident string
	Kind     RequestKind
	Lift     bool // of a restriction: that it end
	Reason   Sealed
	Fields   map[string]Sealed // of a correction: name, id_number, phone, address, note; on the way in only
	Corrects []string          // the columns of a correction
	Asked    time.Time
	AskedBy  string // account

	Accepted       bool
	Decided        time.Time // zero: it is open
	DecidedBy      string
	DecisionReason Sealed
	Done           time.Time // zero: it is not
	Outcome        map[string]int64
}

// Status is open, refused, accepted or done.
func (r *RightsRequest) Status() string {
	switch {
	case r.Decided.IsZero():
		return "open"
	case !r.Accepted:
		return "refused"
	case r.Done.IsZero():
		return "accepted"
	}
	return "done"
}

// Consent is what a resident agreed to or took back for a purpose.
type Consent struct {
	N       int
	Purpose string // see Purposes of service
	Given   bool
	How     string // written, spoken or guardian
	At      time.Time
	By      string // account that wrote it down
}

// LifeRun is what a run took away.
type LifeRun struct {
	At   time.Time
	Gone map[string]int64 // by kind, and erasure, correction, restriction, erased_again
}
