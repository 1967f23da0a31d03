package message

import (
	"fmt"
	"time"
)

// Content is all that the words of a message are made from.
type Content struct {
	Kind  Kind
	Count int       // how many visits, cases or people
	Due   time.Time // until when; zero: it does not say. In the zone of the district
}

// words of a kind: with one thing, with several (%d), each with a deadline (%s) if
// when is true.
type words struct {
	zh, one, more string
	when          bool
}

var texts = map[Kind]words{
	Reminder: {"今天是 %d 户走访的最后一天，请安排上门。", "Today is the last day for %d visit: please go.", "Today is the last day for %d visits: please go.", false},
	Holder:   {"有 %d 户的走访现由您负责，请在%s 前上门。", "%d visit is yours now: please go before %s.", "%d visits are yours now: please go before %s.", true},
	Passed:   {"有 %d 户的走访已由他人接手，您不必再去。", "%d visit was taken over by somebody else: you need not go.", "%d visits were taken over by somebody else: you need not go.", false},
	Again:    {"有 %d 户的走访就要到时限（%s），请尽快上门。", "%d visit is due soon (%s): please go.", "%d visits are due soon (%s): please go.", true},
	Case:     {"有 %d 件事件交到您这里，请在%s 前受理。", "%d case is yours: please take it up before %s.", "%d cases are yours: please take them up before %s.", true},
	CaseNear: {"有 %d 件事件就要到时限（%s），请尽快处理。", "%d case is due soon (%s).", "%d cases are due soon (%s).", true},
	CaseOver: {"有 %d 件事件已过时限（%s），请马上处理。", "%d case is past its deadline (%s).", "%d cases are past their deadline (%s).", true},
	Plan:     {"您今明两天的走访安排有 %d 处变动，请打开查看。", "Your plan of today and tomorrow has %d change: please look.", "Your plan of today and tomorrow has %d changes: please look.", false},
	Handed:   {"有 %d 位居民交到您这里，请打开查看。", "%d resident was handed to you: please look.", "%d residents were handed to you: please look.", false},
}

// The test counts nothing.
const (
	testZH = "这是一条测试消息：消息能送到这里。"
	testEN = "This is a test: messages arrive here."
)

// Text is the words of a message in Chinese, or in English where the language is en.
// Now says what today is.
func Text(language string, c Content, now time.Time) string {
	english := language == "en"
	if c.Kind == Test {
		if english {
			return testEN
		}
		return testZH
	}
	w := texts[c.Kind]
	text := w.zh
	switch {
	case english && c.Count == 1:
		text = w.one
	case english:
		text = w.more
	}
	if w.when {
		return fmt.Sprintf(text, c.Count, moment(english, c.Due, now))
	}
	return fmt.Sprintf(text, c.Count)
}

// Title is what stands above a message on a screen.
func Title(language string) string {
	if language == "en" {
		return "Sanse"
	}
	return "三色"
}

// moment writes a time as people say it: of today by the hour alone.
func moment(english bool, at, now time.Time) string {
	now = now.In(at.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, at.Location())
	hour := at.Format("15:04")
	switch {
	case at.Equal(today.AddDate(0, 0, 1)): // the end of today
		if english {
			return "24:00 today"
		}
		return "今天 24:00"
	case !at.Before(today) && at.Before(today.AddDate(0, 0, 1)):
		if english {
			return hour + " today"
		}
		return "今天 " + hour
	case english:
		return at.Format("15:04 on 2 January")
	default:
		return fmt.Sprintf("%d月%d日 %s", at.Month(), at.Day(), hour)
	}
}
