package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Of the ground's residents R1 is to be bathed at home, R2 and R3 want somebody who
// does what nobody does.
const (
	groundProviders = "服务商编号,服务商名称,服务项目,每周服务次数,服务范围,服务人员\nH1,安心居家,助浴,1,510198001,V3 V4\n"
	groundNeeds     = "需求编号,关爱对象,服务项目,频次,服务方式,评估,开始日期\nN1,R1,助浴,每周1次,上门,评估,2026-01-01\nN2,R2,看护,每月1次,,评估,2026-01-01\n"
)

func TestNeedsAreImportedMatchedAndPlanned(t *testing.T) {
	b, dir := newGround(t, "needs")
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	b.sanse(t, "import", "visitors", file("helpers.csv", groundHelpers)).want(t, exitDone)
	b.sanse(t, "import", "providers", file("providers.csv", groundProviders)).want(t, exitDone)
	b.sanse(t, "import", "needs", file("needs.csv", groundNeeds)).want(t, exitDone)
	if r := b.sanse(t, "needs", "list", "--status", "open").want(t, exitDone); strings.Count(r.out, "\n") != 3 {
		t.Errorf("before any proposal all are open:\n%s", r.out)
	}
	b.sanse(t, "needs", "match").want(t, exitDone).says(t, "2 needs: 1 matched, 1 unmatched; 2 changed", "nobody_offers  1")
	if r := b.sanse(t, "needs", "list", "--status", "matched").want(t, exitDone); !strings.Contains(r.out, "N1,R1,bathing,1/week,home,") || !strings.Contains(r.out, ",matched,,H1,,proposal,") {
		t.Errorf("got\n%s", r.out)
	}
	b.sanse(t, "needs", "match", "--json").want(t, exitDone).says(t, `"changed": 0`)
	b.sanse(t, "needs", "history", "N1").want(t, exitDone).says(t, "N1: bathing, 1/week, matched", "by proposal  H1 安心居家")
	b.sanse(t, "needs", "history", "N9").want(t, exitInvalid).says(t, `no need "N9"`)
	b.sanse(t, "needs", "match", "--area", "510198999").want(t, exitInvalid).says(t, "no area")
	// What is matched is planned with the rest.
	b.sanse(t, "plan").want(t, exitDone)
	_, plan := b.pair(t)
	if stops := stopsAt(plan, "", "need-N1"); len(stops) < 2 {
		t.Errorf("the bath is planned %d times: %v", len(stops), stops)
	}
}
