package connect_test

import (
	"fmt"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/connect"
)

func TestAnAnswerIsReadWhereTheMappingSays(t *testing.T) {
	theirs := connect.Pull{Rows: "data.list", Cursor: "data.page.next", More: "data.page.has"}
	for _, c := range []struct {
		name, body, wrong, cursor string
		how                       connect.Pull
		rows                      int
		more                      bool
	}{
		{"ours", `{"rows": [{"id": 1}, {"id": 2}], "cursor": "c2", "more": true}`, "", "c2", connect.Pull{}, 2, true},
		{"ours, the last", "\ufeff" + ` {"cursor": 12345678901234567890, "rows": []}`, "", "12345678901234567890", connect.Pull{}, 0, false},
		{"theirs", `{"data": {"list": [{}], "page": {"next": 7, "has": 1}}}`, "", "7", theirs, 1, true},
		{"theirs, nothing of a cursor", `{"data": {"list": [{}], "page": {"next": null}}}`, "", "", theirs, 1, false},
		{"a bare list", `[{}, {}, {}]`, "", "", connect.Pull{Rows: "."}, 3, false},
		{"a bare list where none is awaited", `[{}]`, connect.PullNoRows, "", connect.Pull{}, 0, false},
		{"no list", `{"data": {"list": {}}}`, connect.PullNoRows, "", theirs, 0, false},
		{"nothing there", `{}`, connect.PullNoRows, "", theirs, 0, false},
		{"no JSON", `<rows/>`, connect.PullNotJSON, "", connect.Pull{}, 0, false},
		{"two answers", `{"rows": []} {}`, connect.PullNotJSON, "", connect.Pull{}, 0, false},
		{"no UTF-8", "{\"rows\": [], \"cursor\": \"\xff\"}", connect.PullNotJSON, "", connect.Pull{}, 0, false},
		{"a cursor of two lines", `{"rows": [], "cursor": "a\nb"}`, connect.PullBadCursor, "", connect.Pull{}, 0, false},
		{"a long cursor", `{"rows": [], "cursor": "` + strings.Repeat("a", 501) + `"}`, connect.PullBadCursor, "", connect.Pull{}, 0, false},
		{"more that is a list", `{"rows": [], "more": []}`, connect.PullBadMore, "", connect.Pull{}, 0, false},
		{"too many", `{"rows": [` + strings.Repeat("1,", connect.MaxPullRows) + `1]}`, connect.PullTooMany, "", connect.Pull{}, 0, false},
	} {
		page, wrong := c.how.Read([]byte(c.body))
		if wrong != c.wrong || len(page.Rows) != c.rows || page.Cursor != c.cursor || page.More != c.more {
			t.Errorf("%s: %q, %d rows, cursor %q, more %t", c.name, wrong, len(page.Rows), page.Cursor, page.More)
		}
	}
	page, wrong := (&connect.Pull{}).Read([]byte(`{"rows": [17, {"text": "\u0000"}, {"text": "` + strings.Repeat("a", 64<<10) + `"}, {"id": "1"}]}`))
	if wrong != "" || page.Rows[0] != nil || page.Rows[1] != nil || page.Rows[2] != nil || page.Rows[3] == nil {
		t.Errorf("rows that cannot be read: %q, %v", wrong, page.Rows)
	}
}

func TestAPlaceGoesOnAndRoundsAreSeen(t *testing.T) {
	for round := 1; round < 40; round++ {
		for lead := range 5 {
			at, n := connect.Place{}, 0
			for loops := false; !loops; n++ {
				if n > 4*(round+lead)+4 {
					t.Fatalf("a round of %d after %d is not seen", round, lead)
				}
				k := n
				if k >= lead {
					k = lead + (k-lead)%round
				}
				at, loops = at.Next(&connect.Page{Cursor: fmt.Sprint(k), More: true})
			}
			if at.Answers != 0 || at.Cursor == "" {
				t.Errorf("after a round of %d it stands at %+v", round, at)
			}
		}
	}
	at := connect.Place{}
	for n := range 10_000 { // a long way is none
		next, loops := at.Next(&connect.Page{Cursor: fmt.Sprint(n), More: true})
		if loops || next.Cursor != fmt.Sprint(n) {
			t.Fatalf("at %d: %+v, %t", n, next, loops)
		}
		at = next
	}
	if next, loops := at.Next(&connect.Page{Cursor: at.Cursor}); loops || next != (connect.Place{Cursor: "9999"}) {
		t.Errorf("at the end: %+v, %t", next, loops)
	}
	if next, loops := at.Next(&connect.Page{}); loops || next.Cursor != "9999" {
		t.Errorf("without a cursor: %+v, %t", next, loops)
	}
}

func TestTheCursorIsAskedWith(t *testing.T) {
	for _, c := range []struct{ address, cursor, parameter, want string }{
		{"https://p.example/v", "", "", "https://p.example/v"},
		{"https://p.example/v?of=1", "a b&c=d", "", "https://p.example/v?cursor=a+b%26c%3Dd&of=1"},
		{"https://p.example/v?since=0", "7", "since", "https://p.example/v?since=7"},
	} {
		if got, err := (&connect.Pull{Parameter: c.parameter}).Address(c.address, c.cursor); err != nil || got != c.want {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestWhatIsWrongWithAPullIsTold(t *testing.T) {
	_, faults := connect.ReadMapping(strings.NewReader(`{"pull": {"visits": {"rows": "data..list", "cursor": ".", "parameter": "a b", "header": "Host"}, "cases": {"signed": true, "header": "X-Key"}}}`))
	var got []string
	for _, f := range faults {
		got = append(got, f.Field)
	}
	if want := "pull.visits.rows pull.visits.cursor pull.visits.parameter pull.visits.header pull.cases.header"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	m := mapping(t, `{"pull": {"visits": {"rows": ".", "header": "X-Api-Key"}, "cases": {"signed": true}}}`)
	if m.PullOf("visit").Header != "X-Api-Key" || !m.PullOf("case").Signed || (&connect.Mapping{}).PullOf("case") != (connect.Pull{}) {
		t.Errorf("%+v", m.Pull)
	}
}

func FuzzAnAnswer(f *testing.F) {
	f.Add([]byte(`{"rows": [{"id": 1}], "cursor": "c", "more": true}`), "data.list")
	f.Add([]byte(`[[[`), ".")
	f.Fuzz(func(t *testing.T, body []byte, rows string) {
		p := connect.Pull{Rows: rows}
		page, wrong := p.Read(body)
		if wrong != "" && (page.Rows != nil || page.Cursor != "" || page.More) {
			t.Errorf("%s, and yet something is read", wrong)
		}
		if len(page.Rows) > connect.MaxPullRows {
			t.Errorf("%d rows", len(page.Rows))
		}
	})
}
