package reports_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sanse/reports"
	"sanse/reports/shortfall"
)

// drawn is what of a chart's options the tests look at.
type drawn struct {
	YAxis []struct {
		Data []string `json:"data"`
	} `json:"yAxis"`
	Series []struct {
		Type string `json:"type"`
		Name string `json:"name"`
		Data []struct {
			Value     any `json:"value"`
			ItemStyle struct {
				Color string `json:"color"`
			} `json:"itemStyle"`
		} `json:"data"`
	} `json:"series"`
}

func drawnOf(t *testing.T, c reports.Chart) (drawn, string) {
	t.Helper()
	b, err := json.Marshal(c.Option)
	if err != nil {
		t.Fatal(err)
	}
	var out drawn
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v in %s", c.ID, err, b)
	}
	return out, string(b)
}

func chartRow(id string, share float64, status shortfall.Status) shortfall.Row {
	r := shortfall.Row{Standard: id, Name: shortfall.Text{Chinese: id, English: "the " + id}, Measure: shortfall.Reach, Unit: "%", Target: shortfall.Target{Value: 90, Unit: "%", Year: 2030}}
	r.Status = status
	if share >= 0 {
		r.Share = &share
	}
	return r
}

func ids(list []reports.Chart) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

func TestChartsOfAShortfallShowWhatIsKnownAndNothingElse(t *testing.T) {
	beds := chartRow("beds", 0.4321, shortfall.Short)
	beds.Measure, beds.Unit = shortfall.PerThousand, "/1000"
	more := chartRow("more", 1.3, shortfall.Met)
	more.Measure, more.Unit = shortfall.PerThousand, "/1000"
	idle := chartRow("idle", 0.05, shortfall.Met)
	idle.Measure = shortfall.Idle
	in := reports.ShortfallPicture{
		Rows: []shortfall.Row{
			chartRow("meals", 0.5, shortfall.Short), chartRow("almost", 0.99996, shortfall.Short), beds, more, idle,
			chartRow("unknown", -1, shortfall.NoData), chartRow("not asked", -1, shortfall.NotApplicable),
		},
		Before: map[string]float64{"meals": 0.25},
	}
	list := reports.ShortfallCharts(&in, false)
	if got := ids(list); !slices.Equal(got, []string{"standards"}) {
		t.Fatalf("charts %v, want that of the standards alone", got)
	}
	got, _ := drawnOf(t, list[0])
	if want := []string{"meals", "almost", "beds", "more"}; len(got.YAxis) != 1 || !slices.Equal(got.YAxis[0].Data, want) {
		t.Errorf("the chart names %v, want %v: what has no data has no bar", got.YAxis, want)
	}
	if len(got.Series) != 3 {
		t.Fatalf("%d series, want now, before and the target", len(got.Series))
	}
	now, before, goal := got.Series[0].Data, got.Series[1].Data, got.Series[2].Data
	for i, want := range []any{50.0, 99.9, 43.2, 100.0} {
		if now[i].Value != want {
			t.Errorf("bar %d is %v, want %v", i, now[i].Value, want)
		}
	}
	if now[0].ItemStyle.Color == now[3].ItemStyle.Color {
		t.Error("short and met have the same colour")
	}
	if before[0].Value != 25.0 || before[1].Value != "-" {
		t.Errorf("before: %v, want 25 and nothing", before)
	}
	for i, want := range []any{90.0, 90.0, 100.0, 100.0} {
		if at := goal[i].Value.([]any); at[0] != want {
			t.Errorf("target %d lies at %v, want %v", i, at, want)
		}
	}
}

func TestAreasThatMissMostComeFirst(t *testing.T) {
	area := func(name string, states ...shortfall.Status) reports.ShortfallPart {
		c := reports.ShortfallPart{Name: name}
		for _, s := range states {
			c.Rows = append(c.Rows, chartRow("x", -1, s))
		}
		return c
	}
	in := reports.ShortfallPicture{Children: []reports.ShortfallPart{
		area("a", shortfall.Met, shortfall.Short, shortfall.NotApplicable), area("b", shortfall.Short, shortfall.Short, shortfall.NoData),
		area("nothing asked", shortfall.NotApplicable), area("", shortfall.Met),
	}}
	list := reports.ShortfallCharts(&in, true)
	if got := ids(list); !slices.Equal(got, []string{"children"}) {
		t.Fatalf("charts %v, want that of the areas alone", got)
	}
	got, _ := drawnOf(t, list[0])
	if want := []string{"b", "a"}; !slices.Equal(got.YAxis[0].Data, want) {
		t.Errorf("areas %v, want %v", got.YAxis[0].Data, want)
	}
	for i, want := range [][]any{{2.0, 1.0}, {0.0, 1.0}, {1.0, 0.0}} {
		for j := range want {
			if v := got.Series[i].Data[j].Value; v != want[j] {
				t.Errorf("%s of area %d: %v, want %v", got.Series[i].Name, j, v, want[j])
			}
		}
	}
}

func TestPeopleAreChartedForThoseAloneWhoAreTold(t *testing.T) {
	in := reports.ShortfallPicture{
		Uncovered: map[string]shortfall.Uncovered{"meals": {Total: 7, ByGrade: map[string]int{"red": 3, "blue": 4}}, "clinic": {}},
		Places:    []shortfall.PlaceRow{{Place: "old_estate", Expected: 12.6, Enrolled: 5}, {Place: ""}},
		Services:  []string{"clinic", "meals"}, Grades: []string{"red", "yellow", "blue"},
		Labels: reports.Labels{"meals": {Chinese: "助餐", English: "meals"}},
	}
	list := reports.ShortfallCharts(&in, false)
	if got := ids(list); !slices.Equal(got, []string{"uncovered", "places"}) {
		t.Fatalf("charts %v", got)
	}
	got, _ := drawnOf(t, list[0])
	if !slices.Equal(got.YAxis[0].Data, []string{"助餐"}) || got.Series[0].Data[0].Value != 3.0 || got.Series[1].Data[0].Value != 0.0 || got.Series[2].Data[0].Value != 4.0 {
		t.Errorf("uncovered: %+v", got)
	}
	got, _ = drawnOf(t, list[1])
	if got.Series[0].Data[0].Value != 13.0 || got.Series[1].Data[0].Value != 5.0 {
		t.Errorf("places: %+v", got)
	}
	in.Uncovered, in.Places = nil, nil
	if list := reports.ShortfallCharts(&in, false); len(list) != 0 {
		t.Errorf("outsiders get the charts %v", ids(list))
	}
}

func TestANameIsDataInAChart(t *testing.T) {
	const name = `</script><script>alert(1)`
	in := reports.ShortfallPicture{Rows: []shortfall.Row{chartRow(name, 0.5, shortfall.Short)}}
	c := reports.ShortfallCharts(&in, false)[0]
	got, text := drawnOf(t, c)
	if got.YAxis[0].Data[0] != name {
		t.Errorf("the name has become %q", got.YAxis[0].Data[0])
	}
	if strings.Contains(text, "function") || strings.Contains(text, "__f__") || strings.Contains(text, "formatter") {
		t.Errorf("the options hold code: %s", text)
	}
}
