package service

import (
	"context"
	"io"

	"sanse/data"
	"sanse/reports"
)

// retentionZH names kinds of data for people.
var retentionZH = map[string]string{
	data.KindPersons: "已停止服务者的身份信息", data.KindVisits: "走访记录", data.KindTaskVisits: "任务记录", data.KindRecords: "上门记录与佐证", data.KindRecordTexts: "上门所见和评价的文字", data.KindNeeds: "已结束的需求",
	data.KindVisitorNames: "已离岗走访人员的姓名、电话", data.KindAccounts: "已停用账号的姓名与登录名", data.KindLadders: "补位过程", data.KindCases: "事件办理过程", data.KindGrades: "等级变更、异议与评估事实", data.KindMessages: "提醒消息",
	data.KindPlans: "过往计划", data.KindPlanProblems: "计划的计算底稿", data.KindHandovers: "交办记录", data.KindRequests: "权利请求原文",
	data.KindConnect: "平台往来数据", data.KindConnectTasks: "下发平台的任务", data.KindDeliveries: "推送记录", data.KindDeviceEvents: "设备报警", data.KindImports: "导入日志", data.KindSessions: "登录会话", data.KindAudit: "审计记录", data.KindExports: "导出登记",
}

var requestZH = map[data.RequestKind]string{
	data.RequestErasure: "删除", data.RequestCorrection: "更正", data.RequestRestriction: "限制处理", data.RequestAccess: "查阅、复制",
}

// RetentionName names a kind of data in Chinese; the kind itself if it has no name.
func RetentionName(kind string) string {
	if n, there := retentionZH[kind]; there {
		return n
	}
	return kind
}

// roleSees says what each role is told, as the table of rules has it.
var roleSees = []reports.ProcessingRecipient{
	{Role: "worker", Name: "走访人员", Sees: "本人负责区域内对象的姓名、电话、住址、备注、等级与走访安排"},
	{Role: "leader", Name: "网格长", Sees: "所辖网格内对象的姓名、电话、住址、备注、等级与走访安排"},
	{Role: "planner", Name: "规划人员", Sees: "编号、等级、粗化位置与数量；姓名须说明理由临时调阅，全程留痕"},
	{Role: "official", Name: "区、镇街、村社区负责人", Sees: "本区域数量；村社区一级可见姓名与住址"},
	{Role: "department", Name: "职能部门", Sees: "仅移交给本部门的对象"},
	{Role: "task_force", Name: "工作专班", Sees: "本区域编号与数量；姓名仅限移交"},
	{Role: "provider", Name: "服务机构", Sees: "仅与本机构对接的对象"},
	{Role: "auditor", Name: "审计人员", Sees: "审计记录，不见任何个人"},
	{Role: "administrator", Name: "管理员", Sees: "账号与设置，不见任何个人"},
	{Role: "public", Name: "公众", Sees: "按季度发布、隐去小数的统计"},
}

// personalKinds are the kinds of personal information that are kept.
var personalKinds = []reports.ProcessingKind{
	{Name: "姓名、电话、住址、备注", Of: "关爱对象", Sensitive: true, Stored: "列级加密（信封加密，绑定区、表、列、记录）"},
	{Name: "身份证号码", Of: "关爱对象", Sensitive: true, Stored: "列级加密；另存带密钥的散列用于去重"},
	{Name: "住处位置", Of: "关爱对象", Sensitive: true, Stored: "数据库内明文坐标，行级访问控制；无权见姓名者只得粗化位置"},
	{Name: "等级、类别（独居、残疾等）、需求", Of: "关爱对象", Sensitive: true, Stored: "仅以编号关联，与身份信息分表存放"},
	{Name: "走访与任务记录", Of: "关爱对象、走访人员", Sensitive: false, Stored: "仅以编号关联"},
	{Name: "上门所见、事件、异议、移交的文字", Of: "关爱对象", Sensitive: true, Stored: "列级加密；无权见姓名者不见"},
	{Name: "设备报警、已有平台中的编号", Of: "关爱对象", Sensitive: true, Stored: "仅以编号关联；平台只见其授权区域，姓名须另行授权"},
	{Name: "记录时与门口的距离", Of: "走访人员", Sensitive: false, Stored: "以五十米为一档，不存位置，不留轨迹"},
	{Name: "姓名、电话", Of: "走访人员", Sensitive: false, Stored: "列级加密"},
	{Name: "账号、登录记录", Of: "使用人员", Sensitive: false, Stored: "口令仅存 argon2id 散列；姓名加密；网络地址只存网段"},
}

var privacyMeasures = []string{
	"个人信息逐列加密后才进入数据库；备份、日志、预写日志中无明文；密钥与数据分开存放，可在线轮换，可用国密算法（SM4、SM3）。",
	"按角色、区域、期限授权；数据库行级访问控制与应用程序各判一次，两者不一致即告警。",
	"每一次读取、修改、导出均写入只增不改、环环相扣的审计记录，由审计人员核查。",
	"对外只发布按季度、隐去五人以下小数的统计，差分不能还原。",
	"走访单等在住户处可见的打印件不出现等级字样与颜色。",
	"到期数据每日自动清除并留下数量凭证；删除请求执行后，从旧备份恢复时会再次删除。",
	"登录须口令，管理、规划人员及本区指定的其他角色另须第二因素；会话可随时收回。",
	"提醒消息、日历与推送不含姓名、住址、等级；经本区短信网关或浏览器推送时，对方只知何时、几户。",
	"手机离线时只留当日名单，当日结束、退出登录或换人登录即清除。",
}

var privacyRisks = []reports.ProcessingRisk{
	{Risk: "名单泄露，被用于诈骗或推销", Measure: "列级加密、最小权限、导出留痕、审计告警"},
	{Risk: "等级、病情、残疾等被邻居或同事得知，造成歧视", Measure: "打印件无等级与颜色；无权者只见编号；小数隐去"},
	{Risk: "由位置推断身份", Measure: "位置粗化；热力图与统计不能还原到户"},
	{Risk: "数据有误导致漏访或错访", Measure: "对象可请求更正；导入逐行校验；漏访说明原因"},
	{Risk: "超期保存", Measure: "各类数据设保存期限，每日清除"},
	{Risk: "工作人员越权查看", Measure: "行级访问控制；夜间、跨区、大量查看提示审计人员"},
}

// ProcessingRecord is the record of what is done with personal data, for those who
// decide on it.
func (s *Service) ProcessingRecord(ctx context.Context, district string) (reports.ProcessingRecord, error) {
	var r reports.ProcessingRecord
	p, err := s.Privacy(ctx, district)
	if err != nil {
		return r, err
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return r, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return r, err
	}
	r = reports.ProcessingRecord{
		Handler: d.Name, Made: today.String(), MadeUp: d.MadeUp,
		Kinds: personalKinds, Recipients: roleSees, Measures: privacyMeasures, Risks: privacyRisks,
		Requests: []reports.ProcessingCount{},
	}
	for _, v := range DataPurposes {
		r.Purposes = append(r.Purposes, reports.ProcessingPurpose{Code: v.Code, Name: v.ZH, Basis: v.Basis, Consent: v.Consent})
	}
	for _, v := range p.Retention {
		r.Retention = append(r.Retention, reports.ProcessingRetention{Kind: v.Kind, Name: RetentionName(v.Kind), Days: v.Days, Basis: v.Basis, Source: v.Source, Set: v.Set})
	}
	for _, kind := range data.RequestKinds {
		for _, status := range []string{"open", "accepted", "refused", "done"} {
			n := 0
			for i := range p.Requests {
				if p.Requests[i].Kind == kind && p.Requests[i].Status() == status {
					n++
				}
			}
			if n > 0 {
				r.Requests = append(r.Requests, reports.ProcessingCount{Kind: string(kind), Name: requestZH[kind], Status: status, Count: n})
			}
		}
	}
	return r, nil
}

// ProcessingPDF writes the record as a PDF to print and sign. ErrNoFont says that
// the machine has nothing to print with.
func (s *Service) ProcessingPDF(ctx context.Context, district string, w io.Writer) error {
	font, err := s.font()
	if err != nil {
		return err
	}
	r, err := s.ProcessingRecord(ctx, district)
	if err != nil {
		return err
	}
	return s.Leave(ctx, 0, w, func(w io.Writer, m reports.Marked) error { return reports.WriteProcessingPDF(w, &r, font, s.now(), m) })
}
