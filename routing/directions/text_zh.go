package directions

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	compassZh = [8]string{"北", "东北", "东", "东南", "南", "西南", "西", "西北"}
	turnsZh   = map[Modifier]string{
		Straight: "直行", SlightRight: "向右前方转", Right: "右转", SharpRight: "向右后方转",
		UTurn: "掉头", SharpLeft: "向左后方转", Left: "左转", SlightLeft: "向左前方转",
	}
	kindsZh = map[kind]string{
		road: "道路", footpath: "步行道", path: "小路", pedestrian: "步行区", stairs: "楼梯", service: "内部道路", track: "土路",
		cycleway: "自行车道", corridor: "走廊", lift: "电梯", alley: "居住区道路", platform: "站台", crossing: "人行横道", bridleway: "马道",
		ramp: "匝道", motorway: "高速公路",
	}
	verbsZh  = map[Mode]string{Walking: "走", Pushing: "推车走", Cycling: "骑行", Driving: "行驶"}
	stairsZh = map[Stairs]string{StairsUp: "上楼梯", StairsDown: "下楼梯", StairsEither: "走楼梯"}
	sidesZh  = map[Modifier]string{Left: "左侧", Right: "右侧", Straight: "前方"}
)

func chinese(s *Step) string {
	var b strings.Builder
	m := &s.Manoeuvre
	switch {
	case m.Type == Arrive:
		if side, ok := sidesZh[m.Modifier]; ok {
			b.WriteString("到达，目的地在" + side)
		} else {
			b.WriteString("到达目的地")
		}
		if s.OffStreet >= tellOff {
			b.WriteString("，离街道 " + lengthZh(s.OffStreet))
		}
		return b.String()
	case m.Type == Depart && s.OffStreet >= tellOff:
		fmt.Fprintf(&b, "先走 %s到%s，再", lengthZh(s.OffStreet), strings.TrimRight(streetZh(s), " "))
	case m.Type == Depart, m.Type == Notification, m.Type == NewName:
	case m.Type == Fork:
		b.WriteString(map[Modifier]string{SlightLeft: "在岔路口靠左", SlightRight: "在岔路口靠右"}[m.Modifier] + "，")
	case m.Type == EndOfRoad:
		b.WriteString("到路尽头" + turnsZh[m.Modifier] + "，")
	case m.Type == Roundabout && onFoot(s):
		b.WriteString(map[Modifier]string{Left: "向左", Right: "向右"}[half(m.Modifier)] + "绕环岛走")
		if m.Exit == 0 {
			b.WriteString(" " + lengthZh(s.along()))
			break
		}
		b.WriteString("，" + strings.ReplaceAll(stretchZh(s), " ，", "，"))
	case m.Type == Roundabout:
		b.WriteString("进入环岛")
		if m.Exit > 0 {
			fmt.Fprintf(&b, "，从第 %d 个出口驶出", m.Exit)
		}
		return b.String()
	case m.Type == ExitRoundabout:
		if onFoot(s) {
			b.WriteString("离开环岛，")
		} else {
			b.WriteString("驶出环岛，")
		}
	case m.Type == Continue && m.Modifier == Straight && s.Stairs == NoStairs:
		b.WriteString("继续")
	default:
		b.WriteString(turnsZh[m.Modifier] + "，")
	}
	if m.Type != Roundabout {
		b.WriteString(strings.ReplaceAll(stretchZh(s), " ，", "，"))
	}
	if met := metZh(s); met != "" {
		b.WriteString("，途中" + met)
	}
	return b.String()
}

// tellOff is from how many metres on a walk off the street is told.
const tellOff = 20

// stretchZh says what is walked.
func stretchZh(s *Step) string {
	m := &s.Manoeuvre
	walk := verbsZh[s.Mode] + " " + lengthZh(s.along())
	towards := ""
	if m.Type == Depart {
		towards = "向" + compassZh[eighth(m.BearingAfter)]
	}
	switch {
	case s.Stairs != NoStairs:
		return climbZh(s, towards)
	case isBridge(s.Name):
		return "过" + spaced(s.Name) + towards + "，" + walk
	case m.Type == Depart, m.Type == Continue && m.Modifier == Straight, m.Type == Notification:
		return "沿" + streetZh(s) + towards + walk
	case s.Alike && s.Name == "" && turns(m.Type):
		return walk
	case s.Name != "" && (m.Type == Continue || s.Alike && turns(m.Type)):
		return "继续沿" + streetZh(s) + walk
	case m.Type == NewName:
		return "直行，进入" + streetZh(s) + "，" + walk
	}
	return "进入" + streetZh(s) + "，" + walk
}

// climbZh says what is walked on stairs.
func climbZh(s *Step, towards string) string {
	climb := stairsZh[s.Stairs] + " " + lengthZh(s.along())
	if s.Mode == Pushing {
		climb = "推车" + climb
	}
	if s.Name != "" {
		return "沿" + spaced(s.Name) + towards + climb
	}
	return towards + climb
}

func streetZh(s *Step) string {
	if s.Name != "" {
		return spaced(s.Name)
	}
	return kindsZh[kindOf(s.Class)]
}

// spaced sets a name that is not Chinese apart from the Chinese around it.
func spaced(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	last, _ := utf8.DecodeLastRuneInString(name)
	if !unicode.Is(unicode.Han, first) {
		name = " " + name
	}
	if !unicode.Is(unicode.Han, last) {
		name += " "
	}
	return name
}

func metZh(s *Step) string {
	var met []string
	if s.Signals > 0 {
		met = append(met, countZh(s.Signals, "过", "处红绿灯", "红绿灯路口"))
	}
	if s.Crossings > 0 {
		met = append(met, countZh(s.Crossings, "过", "处人行横道", "人行横道"))
	}
	if s.Gates > 0 && s.Mode == Driving {
		met = append(met, countZh(s.Gates, "经过", "处道闸", "道闸"))
	} else if s.Gates > 0 {
		met = append(met, countZh(s.Gates, "经过", "道门", "大门"))
	}
	if s.Lifts > 0 {
		met = append(met, countZh(s.Lifts, "乘", "部电梯", "电梯"))
	}
	return strings.Join(met, "、")
}

func countZh(n int, verb, many, one string) string {
	if n == 1 {
		return verb + one
	}
	return fmt.Sprintf("%s %d %s", verb, n, many)
}

func lengthZh(metres float64) string {
	n, km := rounded(metres)
	switch {
	case !km:
		return fmt.Sprintf("%d 米", n)
	case n%10 == 0:
		return fmt.Sprintf("%d 公里", n/10)
	}
	return fmt.Sprintf("%d.%d 公里", n/10, n%10)
}
