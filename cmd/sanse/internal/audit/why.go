package audit

import "fmt"

// Why says in words what made a look unusual, in English or in Chinese.
func (l *Look) Why(english bool) string {
	who := l.Address
	if english {
		switch l.Kind {
		case Many:
			return fmt.Sprintf("%d records within an hour; nine of ten hours of this account had at most %d, of its role at most %d", l.Count, l.Own, l.Usual)
		case ManyNames:
			return fmt.Sprintf("the names of %d people on one day (purpose: %s); nine of ten days of this account had at most %d, of its role at most %d", l.Count, orNone(l.Purpose, "several or none"), l.Own, l.Usual)
		case OutOfArea:
			return fmt.Sprintf("%d records in area %s, where this account has not looked for four weeks", l.Count, l.Area)
		case Night:
			return fmt.Sprintf("%d records at night or outside the hours of this account", l.Count)
		case Refused:
			return fmt.Sprintf("refused %d times within an hour (network %s)", l.Count, orNone(who, "not known"))
		case Database:
			return "the program would have shown it and the database did not: one of the two is wrong"
		case BreakGlass:
			return "seen in an emergency, without a right to it; the reason is in the audit"
		case NewNetwork:
			return fmt.Sprintf("signed in from network %s, from which this account has not come for four weeks", orNone(who, "not known"))
		case SameHand:
			return fmt.Sprintf("signed in from network %s, from which an administrator had made the account, its secret or its visitor within a day: was it its holder?", orNone(who, "not known"))
		case Sequence:
			return fmt.Sprintf("%d records asked for one after another by the order of their ids", l.Count)
		}
		return string(l.Kind)
	}
	switch l.Kind {
	case Many:
		return fmt.Sprintf("一小时内查看%d条记录；该账号平时九成的小时不超过%d条，同角色不超过%d条", l.Count, l.Own, l.Usual)
	case ManyNames:
		return fmt.Sprintf("一天内查看%[2]d人的姓名（用途：%[1]s）；该账号平时九成的日子不超过%[3]d人，同角色不超过%[4]d人", orNone(l.Purpose, "多种或未说明"), l.Count, l.Own, l.Usual)
	case OutOfArea:
		return fmt.Sprintf("在区域%s查看%d条记录，该账号四周内未曾查看此处", l.Area, l.Count)
	case Night:
		return fmt.Sprintf("在夜间或班次之外查看%d条记录", l.Count)
	case Refused:
		return fmt.Sprintf("一小时内被拒绝%d次（来源网段 %s）", l.Count, orNone(who, "未知"))
	case Database:
		return "程序本要给出而数据库拒绝：两者之一有误"
	case BreakGlass:
		return "无权限而紧急查看，理由见审计记录"
	case NewNetwork:
		return fmt.Sprintf("从网段 %s 登录，该账号四周内未曾从此处登录", orNone(who, "未知"))
	case SameHand:
		return fmt.Sprintf("从网段 %s 登录；一天之内，管理员从同一网段新建了该账号、重发了密码或改了对应的走访人员：是本人吗？", orNone(who, "未知"))
	case Sequence:
		return fmt.Sprintf("按编号顺序连续查看%d条记录", l.Count)
	}
	return string(l.Kind)
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}
