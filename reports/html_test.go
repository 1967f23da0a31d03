package reports_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// echartsScript is the script that the program puts into the page, where it is
// installed; else a small stand-in that draws nothing.
func echartsScript(tb testing.TB) (script []byte, real bool) {
	tb.Helper()
	for _, p := range []string{os.Getenv("ECHARTS_JS"), "../cmd/sanse/internal/web/node_modules/echarts/dist/echarts.min.js"} {
		if p == "" {
			continue
		}
		b, err := os.ReadFile(p)
		if err == nil {
			return b, true
		}
	}
	return []byte(`var echarts={init:function(){return{setOption:function(){},resize:function(){}}}};`), false
}

func writePage(tb testing.TB, in reports.HTMLInput) string {
	tb.Helper()
	var b bytes.Buffer
	if err := reports.WriteHTML(&b, in); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func pageOf(tb testing.TB, d *district) reports.HTMLInput {
	script, _ := echartsScript(tb)
	return reports.HTMLInput{
		About: d.about, Labels: reports.Labels{"meals": {Chinese: "助餐", English: "meals"}},
		Board: d.board, Coverage: d.coverage, Areas: d.areas, EChartsJS: script,
	}
}

func TestPageAsksNothingOfAnyNetwork(t *testing.T) {
	page := writePage(t, pageOf(t, makeDistrict(t)))
	if dir := os.Getenv("SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "report.html"), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	markup := regexp.MustCompile(`(?s)<script[^>]*>.*?</script>`).ReplaceAllString(page, "")
	for _, m := range regexp.MustCompile(`(?i)(src|href|action|url)\s*[=(]\s*["']?([^"')\s>]+)`).FindAllStringSubmatch(markup, -1) {
		if m[2] != "data:," {
			t.Errorf("the page asks for %s", m[0])
		}
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("the page has no policy")
	}
	if n := strings.Count(page, "<script"); n != 3 {
		t.Errorf("%d scripts, want the data, echarts and the page's own", n)
	}
	for _, want := range []string{"示范区（虚构）", "虚构数据", "青松街道", "© Sanse demo", "每周走访", "Visits by week", "助餐"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPageWithoutCoverageOrAreasIsStillAPage(t *testing.T) {
	d := makeDistrict(t)
	in := pageOf(t, d)
	in.Coverage, in.Areas = nil, nil
	page := writePage(t, in)
	if strings.Contains(page, `id="map"`) || strings.Contains(page, "chart-coverage") {
		t.Error("a map or a coverage of nothing")
	}
}

func TestPageRefusesWhatCannotStandInIt(t *testing.T) {
	d := makeDistrict(t)
	for name, script := range map[string]string{"none": "", "one that ends the page's": "var a='</SCRIPT>'", "a comment": "var a='<!--'"} {
		in := pageOf(t, d)
		in.EChartsJS = []byte(script)
		if err := reports.WriteHTML(&bytes.Buffer{}, in); err == nil {
			t.Errorf("script %s: no error", name)
		}
	}
	if err := reports.WriteHTML(&bytes.Buffer{}, reports.HTMLInput{EChartsJS: []byte("1")}); err == nil {
		t.Error("a page without a board")
	}
}

// evil is every way to break out of a page that a name can try.
const evil = `</script><script>document.documentElement.setAttribute("data-broken","yes")</script><img src=x onerror='document.documentElement.setAttribute("data-broken","yes")'>"'{{.}}` + "\u2028`${alert(1)}"

// evilDistrict carries the evil name in every text that reaches the page.
func evilDistrict(tb testing.TB) reports.HTMLInput {
	d := makeDistrict(tb)
	d.about.Name, d.about.Note, d.about.Attribution, d.about.Made = evil, evil, evil, evil
	areas := append([]geo.Area(nil), d.areas...)
	for i := range areas {
		areas[i].Name = evil
	}
	for i := range d.problem.Areas {
		d.problem.Areas[i].Name = evil
	}
	for i := range d.problem.Visitors {
		d.problem.Visitors[i].Kind = evil
	}
	for i := range d.plan.Unplanned {
		d.plan.Unplanned[i].Detail = evil
	}
	p := *d.problem
	p.Policies = append(append([]planner.Policy(nil), p.Policies...), planner.Policy{Grade: evil, PerMonth: 1})
	p.Residents = append([]planner.Resident(nil), p.Residents...)
	p.Residents[5].Grade = evil
	board, err := reports.NewBoard(tb.Context(), reports.BoardInput{Problem: &p, Plan: d.plan})
	if err != nil {
		tb.Fatal(err)
	}
	in := pageOf(tb, d)
	in.About, in.Board, in.Areas = d.about, board, areas
	in.Labels = reports.Labels{"meals": {Chinese: evil, English: evil}, "red": {Chinese: evil, English: evil}, "no_free_time": {Chinese: evil, English: evil}}
	return in
}

func TestALabelCannotBecomeAScript(t *testing.T) {
	in := evilDistrict(t)
	in.EChartsJS = []byte("var echarts={};")
	page := writePage(t, in)
	if strings.Count(page, "<script") != 3 || strings.Contains(page, "<img") {
		t.Error("a label has opened an element")
	}
}

func TestChromiumRunsThePageAndNoLabel(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	_, real := echartsScript(t)
	if !real {
		t.Skip("echarts is not installed")
	}
	for _, c := range []struct {
		name string
		in   reports.HTMLInput
	}{{"evil labels", evilDistrict(t)}, {"usual labels", pageOf(t, makeDistrict(t))}} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "report.html")
			if err := os.WriteFile(file, []byte(writePage(t, c.in)), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
				"--user-data-dir="+filepath.Join(dir, "profile"), "--enable-logging=stderr", "--v=0", "--dump-dom", "file://"+file)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			dom, err := cmd.Output()
			if err != nil {
				t.Fatalf("run chromium: %v\n%s", err, stderr.String())
			}
			if bytes.Contains(dom, []byte("data-broken=")) {
				t.Error("a label ran as a script")
			}
			// echarts draws SVG: that it did says that the policy let it, and that
			// the data came through.
			if n := bytes.Count(dom, []byte("_echarts_instance_")); n < 3 {
				t.Errorf("%d charts are drawn, want 3 or more", n)
			}
			for _, line := range strings.Split(stderr.String(), "\n") {
				// The browser's own pages (chrome://) grumble about a slow network.
				if strings.Contains(line, "CONSOLE") && !strings.Contains(line, "chrome://") {
					t.Errorf("the console says: %s", line)
				}
			}
		})
	}
}

func TestEveryReasonAndLevelHasWordsInBothLanguages(t *testing.T) {
	var keys []string
	for _, r := range planner.Reasons() {
		keys = append(keys, string(r))
	}
	keys = append(keys, "district", "town", "community", "grid", "micro-grid")
	for _, key := range keys {
		if w := (reports.Labels{}).Of(key); w.Chinese == key || w.Chinese == "" || w.English == key || w.English == "" {
			t.Errorf("%s is called %q and %q", key, w.Chinese, w.English)
		}
	}
	if w := (reports.Labels{}).Of("一类"); w.Chinese != "一类" || w.English != "一类" {
		t.Errorf("a key without words is called %q and %q", w.Chinese, w.English)
	}
}
