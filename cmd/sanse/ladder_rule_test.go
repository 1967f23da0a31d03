package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sanse/planner"
)

func TestALadderRuleIsShownAndSetFromAFile(t *testing.T) {
	_, b := makeHouse(t, "ladder_rule", false)
	today := planner.DateOf(time.Now().In(time.FixedZone("CST", 8*3600)))
	b.sanse(t, "ladder-rule", "show").want(t, exitDone).says(t, "no ladder holds today")

	// What show prints as the reference is what set takes.
	shown := parseJSON(t, b.sanse(t, "ladder-rule", "show", "--json").want(t, exitDone).out)
	if len(list(shown["items"])) != 0 || len(list(shown["reference"].(object)["steps"])) != 3 {
		t.Fatalf("show says %v", shown)
	}
	file := func(name, text string) string { return writeText(t, filepath.Join(t.TempDir(), name), text) }
	good := `{"from": "` + today.String() + `", "remind": "07:30", "steps": [{"tier": "grid", "at": "13:00", "deadline": "17:00"}]}`
	for name, bad := range map[string]struct{ text, says string }{
		"no ladder":       {`{"from": "2026-12-01", "remind": "08:00", "steps": []}`, "0 steps"},
		"a word too many": {strings.Replace(good, `"remind"`, `"reminder": "x", "remind"`, 1), "reminder"},
		"two of them":     {good + good, "after it"},
		"no day":          {`{"remind": "08:00", "steps": [{"tier": "grid", "at": "13:00", "deadline": "17:00"}]}`, "--from"},
		"a day gone by":   {strings.Replace(good, today.String(), "2020-01-01", 1), "at the earliest"},
		"no clock":        {strings.Replace(good, "13:00", "soon", 1), "ladder"},
	} {
		t.Run(name, func(t *testing.T) {
			b.sanse(t, "ladder-rule", "set", file("bad.json", bad.text)).want(t, exitInvalid).says(t, bad.says)
		})
	}
	b.sanse(t, "ladder-rule", "set").want(t, exitInvalid).says(t, "--reference")
	b.sanse(t, "ladder-rule", "set", "--reference").want(t, exitInvalid).says(t, "--from")
	b.sanse(t, "ladder-rule", "set", file("good.json", good)).want(t, exitDone).says(t, today.String())
	// One that holds is left to the ladders that go by it: the next begins tomorrow.
	b.sanse(t, "ladder-rule", "set", "--reference", "--from", today.String()).want(t, exitInvalid).says(t, "at the earliest")
	b.sanse(t, "ladder-rule", "set", "--reference", "--from", (today+1).String()).want(t, exitDone)
	b.sanse(t, "ladder-rule", "show").want(t, exitDone).says(t, "holds since "+today.String(), "13:00 to 17:00", "to come on "+(today+1).String(), "master-grid")
}
