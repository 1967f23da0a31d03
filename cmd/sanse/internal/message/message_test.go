package message_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/message"
)

var zone = time.FixedZone("CST", 8*3600)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 12, day, hour, minute, 0, 0, zone)
}

func TestAMessageSaysHowManyAndUntilWhen(t *testing.T) {
	for _, test := range []struct {
		language string
		content  message.Content
		want     string
	}{
		{"zh", message.Content{Kind: message.Reminder, Count: 3}, "今天是 3 户走访的最后一天，请安排上门。"},
		{"", message.Content{Kind: message.Holder, Count: 1, Due: at(2, 16, 0)}, "有 1 户的走访现由您负责，请在今天 16:00 前上门。"},
		{"zh", message.Content{Kind: message.Case, Count: 1, Due: at(3, 10, 0)}, "有 1 件事件交到您这里，请在12月3日 10:00 前受理。"},
		{"zh", message.Content{Kind: message.CaseNear, Count: 2, Due: at(3, 0, 0)}, "有 2 件事件就要到时限（今天 24:00），请尽快处理。"},
		{"en", message.Content{Kind: message.Holder, Count: 1, Due: at(2, 16, 0)}, "1 visit is yours now: please go before 16:00 today."},
		{"en", message.Content{Kind: message.Holder, Count: 2, Due: at(3, 0, 0)}, "2 visits are yours now: please go before 24:00 today."},
		{"en", message.Content{Kind: message.CaseOver, Count: 1, Due: at(1, 9, 30)}, "1 case is past its deadline (09:30 on 1 December)."},
		{"en", message.Content{Kind: message.Test}, "This is a test: messages arrive here."},
	} {
		if got := message.Text(test.language, test.content, at(2, 14, 0)); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// What a lock screen shows tells nobody who is cared for, and how.
func TestNoTextHasAGradeAColourOrAPlaceholderLeft(t *testing.T) {
	telling := regexp.MustCompile(`红|黄|蓝|独居|失能|残疾|重点|等级|高危|red|yellow|blue|grade|lone|disab|%`)
	seen := map[string]bool{}
	for _, k := range append(slices.Clone(message.Kinds), message.Test) {
		for _, language := range []string{"zh", "en"} {
			for _, n := range []int{1, 12} {
				text := message.Text(language, message.Content{Kind: k, Count: n, Due: at(2, 16, 0)}, at(2, 14, 0))
				if text == "" || telling.MatchString(text) {
					t.Errorf("%s in %s says %q", k, language, text)
				}
				if k != message.Test && (n == 12) != strings.Contains(text, "12") {
					t.Errorf("%s in %s of %d says %q", k, language, n, text)
				}
				if language == "zh" && n == 1 {
					if seen[text] {
						t.Errorf("two kinds say %q", text)
					}
					seen[text] = true
				}
			}
		}
	}
}

func TestWhatCanWaitIsNotSentInQuietHours(t *testing.T) {
	night := message.Rules{Quiet: &message.Quiet{From: 21 * 60, To: 7 * 60}}
	noon := message.Rules{Quiet: &message.Quiet{From: 12 * 60, To: 14 * 60}}
	for _, test := range []struct {
		name      string
		rules     message.Rules
		kind      message.Kind
		emergency bool
		now, want time.Time
	}{
		{"by day", night, message.Plan, false, at(2, 20, 59), at(2, 20, 59)},
		{"in the evening", night, message.Plan, false, at(2, 21, 0), at(3, 7, 0)},
		{"at midnight", night, message.Case, false, at(3, 0, 0), at(3, 7, 0)},
		{"early", night, message.CaseOver, false, at(3, 6, 59), at(3, 7, 0)},
		{"in the morning", night, message.Plan, false, at(3, 7, 0), at(3, 7, 0)},
		{"an emergency", night, message.Case, true, at(3, 3, 0), at(3, 3, 0)},
		{"a ladder's own hour", night, message.Holder, false, at(3, 22, 0), at(3, 22, 0)},
		{"at noon", noon, message.Plan, false, at(2, 12, 30), at(2, 14, 0)},
		{"after noon", noon, message.Plan, false, at(2, 14, 0), at(2, 14, 0)},
		{"without quiet hours", message.Rules{}, message.Plan, false, at(2, 23, 0), at(2, 23, 0)},
	} {
		if got := test.rules.From(test.kind, test.emergency, test.now); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestNobodyIsToldByAWayThatTheDistrictOrTheyTurnedOff(t *testing.T) {
	both := message.Reference()
	if got := both.Lets(message.Holder); len(got) != 0 {
		t.Errorf("before the district has decided %v", got)
	}
	both.Push, both.Webhook = true, true
	choice := message.Choice{Off: map[message.Kind][]message.Channel{message.Holder: {message.Push}, message.Plan: {message.Push, message.Webhook}}}
	for _, test := range []struct {
		kind      message.Kind
		emergency bool
		want      []message.Channel
	}{
		{message.Reminder, false, []message.Channel{message.Push, message.Webhook}},
		{message.Holder, false, []message.Channel{message.Webhook}},
		{message.Plan, false, nil},
		{message.Handed, false, []message.Channel{message.Push}},
		{message.Case, true, []message.Channel{message.Push, message.Webhook}},
		{message.Test, false, []message.Channel{message.Push, message.Webhook}},
	} {
		if got := message.Ways(&both, &choice, test.kind, test.emergency); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.kind, got, test.want)
		}
	}
	choice.Off[message.Case] = message.Channels
	if got := message.Ways(&both, &choice, message.Case, true); len(got) != 2 {
		t.Errorf("an emergency comes by %v", got)
	}
}

func TestRulesAndChoicesAreRefusedByTheNameOfTheField(t *testing.T) {
	for field, r := range map[string]message.Rules{
		"kinds:":        {Kinds: map[message.Kind][]message.Channel{"marker": {message.Push}}},
		"kinds.plan:":   {Kinds: map[message.Kind][]message.Channel{message.Plan: {"marker"}}},
		"kinds.holder:": {Kinds: map[message.Kind][]message.Channel{message.Holder: {message.Push, message.Push}}},
		"quiet:":        {Quiet: &message.Quiet{From: 60, To: 60}},
	} {
		if err := r.Validate(); err == nil || !strings.HasPrefix(err.Error(), field) || strings.Contains(err.Error(), "marker") {
			t.Errorf("%s %v", field, err)
		}
	}
	for field, c := range map[string]message.Choice{
		"language:":   {Language: "marker"},
		"off:":        {Off: map[message.Kind][]message.Channel{message.Test: {message.Push}}},
		"off.holder:": {Off: map[message.Kind][]message.Channel{message.Holder: {"marker"}}},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), field) || strings.Contains(err.Error(), "marker") {
			t.Errorf("%s %v", field, err)
		}
	}
	reference := message.Reference()
	if err := reference.Validate(); err != nil {
		t.Error(err)
	}
}

func TestSomebodyIsToldAgainWhileThereIsTime(t *testing.T) {
	for _, test := range []struct{ span, before time.Duration }{
		{15 * time.Minute, 5 * time.Minute},
		{2 * time.Hour, 30 * time.Minute},
		{10 * time.Hour, 30 * time.Minute},
		{72 * time.Hour, 8 * time.Hour},
	} {
		if got := at(4, 12, 0).Sub(message.NearAt(at(4, 12, 0).Add(-test.span), at(4, 12, 0))); got != test.before || got > message.MaxNear {
			t.Errorf("of %v: %v before, want %v", test.span, got, test.before)
		}
	}
	last := time.Duration(0)
	for n := range 20 {
		wait := message.Backoff(n)
		if wait < last || wait < 30*time.Second || wait > time.Hour {
			t.Errorf("after %d tries %v", n, wait)
		}
		last = wait
	}
}

// The signature was made by openssl: printf '1700000000.{"id":"1"}' | openssl dgst -sha256 -hmac secret
func TestABodyIsSigned(t *testing.T) {
	got := message.Sign("secret", time.Unix(1_700_000_000, 0), []byte(`{"id":"1"}`))
	if got[message.HeaderTime] != "1700000000" || got[message.HeaderSignature] != "v1=086f6aff7bd084c98679825129c5a64dbad88c760016d6d2c0fb123f27951d54" {
		t.Errorf("signed %v", got)
	}
}
