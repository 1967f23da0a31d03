package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sanse/planner"
	"sanse/reports/shortfall"
)

// ShortfallInput is what the one-page print and the workbook of a shortfall are
// made from.
type ShortfallInput struct {
	About Shortfall
	// Rows are those of the area, Below those of all areas in it, the area
	// itself left out, ascending by level and code.
	Rows  []shortfall.Row
	Below []ShortfallArea
	// Was holds the shares of the report before, by the id of the standard.
	Was       map[string]float64
	Standards []shortfall.Standard
	Uncovered map[string]shortfall.Uncovered // by service
	Unmatched map[string]shortfall.Unmatched // by service
	Expected  []shortfall.Expectation
	Places    []shortfall.PlaceRow // of the first of Expected
	Team      shortfall.Team
	Supply    shortfall.Supply
	// Minutes of visits that nobody has time for, by the planner's own proof, and
	// in how many communities.
	Minutes, Blocks int
	Labels          Labels
	Mark            Marked
}

// Shortfall says what a print or a workbook of a shortfall is of.
type Shortfall struct {
	Area     shortfall.Area
	Path     []string          // names of the areas it lies in, the district first
	Day      planner.Date      // on which it was so
	Previous *planner.Date     // of the report that Was is from; nil: there is none
	Kept     bool              // a report that was kept, not the records of now
	Released bool              // for outsiders: who is graded or ill is not counted in it
	English  bool              // the page to print; workbooks are in both languages
	MadeUp   bool              // the people are invented
	Note     string            // what is made up, in whole sentences
	Source   string            // who is to be named for the map
	Review   string            // the review number (审图号) of the map; empty: none
	Made     string            // when the file was made, local, as it is to be shown
	Version  int64             // of the data; 0: not said, for it moves with records that outsiders are not told of
	Ground   []ShortfallGround // of the areas right below, for the map
}

// ShortfallGround is the outline of an area, lon-lat degrees, WGS 84.
type ShortfallGround struct {
	Code     string
	Boundary orb.MultiPolygon
}

// ShortfallArea is an area with its rows.
type ShortfallArea struct {
	Area shortfall.Area
	Rows []shortfall.Row
}

// shortfallCount counts rows by status.
type shortfallCount struct{ met, short, noData, other int }

func countRows(rows []shortfall.Row) (c shortfallCount) {
	for i := range rows {
		switch rows[i].Status {
		case shortfall.Met:
			c.met++
		case shortfall.Short:
			c.short++
		case shortfall.NoData:
			c.noData++
		default:
			c.other++
		}
	}
	return c
}

var shortfallStatuses = map[shortfall.Status]Label{
	shortfall.Met:           {"达标", "met"},
	shortfall.Short:         {"不足", "short"},
	shortfall.NoData:        {"无数据", "no data"},
	shortfall.NotApplicable: {"不适用", "not asked"},
}

// measureUnits are what have, need and short count.
var measureUnits = map[shortfall.Measure]Label{
	shortfall.Reach:           {"人", "people"},
	shortfall.PerArea:         {"处", "areas"},
	shortfall.PerThousand:     {"床/位", "places"},
	shortfall.PerHouseholds:   {"人", "persons"},
	shortfall.AreaPerThousand: {"m²", "m²"},
	shortfall.Response:        {"次", "calls"},
	shortfall.Share:           {"次", "visits"},
	shortfall.Idle:            {"床/位", "places"},
}

// unmetReasons are why nobody meets a need, in the order in which they are told:
// first what more room would mend, last what nobody has looked at.
var unmetReasons = []struct {
	key string
	Label
}{
	{"full", Label{"都满了（只在纸面上有）", "all full: on paper only"}},
	{"too_far", Label{"步行太远", "too far on foot"}},
	{"out_of_scope", Label{"不在服务范围内", "outside the area served"}},
	{"closed", Label{"开放时间不合", "closed when it is needed"}},
	{"no_skill", Label{"没有这项技能", "nobody has the skill"}},
	{"nobody_offers", Label{"没有谁提供", "nobody offers it"}},
	{"off_streets", Label{"住处不在步行道路附近", "home near no street"}},
	{"by_hand", Label{"手工决定不安排", "left without by hand"}},
	{"open", Label{"还没有匹配过", "not yet proposed"}},
}

func (l Label) in(english bool) string {
	if english {
		return l.English
	}
	return l.Chinese
}

func textIn(t shortfall.Text, english bool) string {
	if english && t.English != "" {
		return t.English
	}
	return t.Chinese
}

// count writes a figure that may be missing.
func countOr(n *int) string {
	if n == nil {
		return "–"
	}
	return showCount(*n)
}

func shareOr(v *float64) string {
	if v == nil {
		return "–"
	}
	return percentText(*v)
}

// percentText writes a share with one digit, and never rounds what is short of all
// up to all.
func percentText(v float64) string {
	p := v * 100
	if p < 100 && p > 99.9 {
		p = 99.9
	}
	return strings.TrimSuffix(strconv.FormatFloat(p, 'f', 1, 64), ".0") + " %"
}

// targetText is a target as people say it.
func targetText(t shortfall.Target) string {
	unit := t.Unit
	if unit == "%" {
		unit = " %"
	}
	return strconv.FormatFloat(t.Value, 'f', -1, 64) + unit
}

// change tells how a row stands against the report before, in points of the share.
func (in *ShortfallInput) change(r *shortfall.Row) string {
	was, ok := in.Was[r.Standard]
	if !ok || r.Share == nil {
		return "–"
	}
	return signed((*r.Share-was)*100, 1)
}

func signed(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		return "±0"
	}
	if v > 0 {
		return "+" + s
	}
	return "−" + strings.TrimPrefix(s, "-")
}

// worst are the rows that are short, those with the least of what they need
// first.
func worst(rows []shortfall.Row) []*shortfall.Row {
	var out []*shortfall.Row
	for i := range rows {
		if rows[i].Status == shortfall.Short {
			out = append(out, &rows[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *shortfall.Row) int {
		switch x, y := fulfilled(a), fulfilled(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}

// fulfilled is how much of its target a row has, 0 to 1.
func fulfilled(r *shortfall.Row) float64 {
	if r.Need == nil || r.Have == nil {
		return 1
	}
	if r.Measure == shortfall.Idle { // less is better
		if *r.Have == 0 {
			return 1
		}
		return min(1, float64(*r.Need)/float64(*r.Have))
	}
	if *r.Need == 0 {
		return 1
	}
	return min(1, float64(*r.Have)/float64(*r.Need))
}

// sentences say the whole in a few lines.
func (in *ShortfallInput) sentences() []string {
	c, en := countRows(in.Rows), in.About.English
	asked := c.met + c.short + c.noData
	var out []string
	if en {
		out = append(out, fmt.Sprintf("Of %d standards that apply, %d are met and %d are not; of %d there are no data.", asked, c.met, c.short, c.noData))
	} else {
		out = append(out, fmt.Sprintf("适用的 %d 项标准中，%d 项达标，%d 项不足，%d 项无数据。", asked, c.met, c.short, c.noData))
	}
	var parts []string
	for i, r := range worst(in.Rows) {
		if i == 3 {
			break
		}
		unit := measureUnits[r.Measure].in(en)
		if en {
			parts = append(parts, fmt.Sprintf("%s (short: %s %s)", textIn(r.Name, true), countOr(r.Short), unit))
		} else {
			parts = append(parts, fmt.Sprintf("%s，缺 %s %s", textIn(r.Name, false), countOr(r.Short), unit))
		}
	}
	if len(parts) > 0 {
		if en {
			out = append(out, "Farthest from the target: "+strings.Join(parts, "; ")+".")
		} else {
			out = append(out, "离目标最远："+strings.Join(parts, "；")+"。")
		}
	}
	if in.Minutes > 0 {
		if en {
			out = append(out, fmt.Sprintf("Visits of %s minutes in %d communities have nobody with time for them, by proof.", showCount(in.Minutes), in.Blocks))
		} else {
			out = append(out, fmt.Sprintf("经证明，%d 个村社区有 %s 分钟走访无人有时间承担。", in.Blocks, showCount(in.Minutes)))
		}
	}
	return out
}
