package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/geo"
	"sanse/planner"
)

func TestWhatWasSentIsLeftOutOfATextUnlessItsTypeCannotHoldIt(t *testing.T) {
	for format, c := range map[string]struct {
		arg  any
		want string
	}{
		"area %q":     {"王五", `area "…"`},
		"a area %s":   {"510113", "a area …"},
		"kinds %v":    {[]string{"王五"}, "kinds …"},
		"goal %q":     {planner.Reason("王五"), `goal "…"`},
		"why: %v":     {errors.New("王五 is no name"), "why: …"},
		"job %d":      {int64(510113199001019005), "job …"},
		"phone %d":    {13800138000, "phone …"},
		"%d minutes":  {15, "15 minutes"},
		"share %.1f":  {0.25, "share 0.2"},
		"own %s":      {service.Own("people, over60"), "own people, over60"},
		"ownlist %s":  {service.OwnList([]string{"a", "b"}), "ownlist a, b"},
		"on %s":       {planner.NewDate(2026, 12, 1), "on 2026-12-01"},
		"level %s":    {geo.LevelGrid, "level grid"},
		"at %v":       {orb.Point{104, 30}, "at [104 30]"},
		"pointer %v":  {&struct{ Name string }{"王五"}, "pointer …"},
		"a struct %v": {struct{ Name string }{"王五"}, "a struct …"},
	} {
		if got := service.Tell(format, c.arg); got != c.want {
			t.Errorf("%q of %v: %q, want %q", format, c.arg, got, c.want)
		}
	}
}

func TestACauseIsToldOnlyIfItWasSaidToBeSafe(t *testing.T) {
	plain := &service.Error{Code: service.CodeInvalid, Message: "no such hour", Err: errors.New("王五 is no hour")}
	if got := service.ToldOf(fmt.Errorf("of 王五: %w", plain)); got != "no such hour" {
		t.Errorf("%q", got)
	}
	if got := service.ToldOf(errors.New("王五")); got != "" {
		t.Errorf("%q", got)
	}
	if !strings.Contains(plain.Error(), "王五") {
		t.Error("at the command line the cause is not told either")
	}
}
