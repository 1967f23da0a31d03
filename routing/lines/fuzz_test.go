package lines_test

import (
	"errors"
	"strings"
	"testing"

	"sanse/routing"
	"sanse/routing/lines"
)

func FuzzRead(f *testing.F) {
	f.Add(collection(f, line(props{"道路类型": "主干路", "单行": "是"}, 0, 0, 100, 0), line(props{"layer": 1}, 50, -50, 50, 50)), true)
	f.Add(collection(f, line(nil, 0, 0, 50, 0, 50, 0.2, 0, 0.2), line(nil, 0.3, 0, 0, 60)), false)
	f.Add(`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[]]}}`, false)
	f.Add(`{"type":"Feature","geometry":{"type":"LineString","coordinates":[[180,90],[-180,-90],[0,0]]}}`, true)
	f.Fuzz(func(t *testing.T, raw string, cross bool) {
		res, err := lines.Read(strings.NewReader(raw), lines.Options{Cross: cross})
		if err != nil {
			if res != nil && !errors.Is(err, routing.ErrEmpty) && res.Counts.Features == 0 {
				t.Errorf("a result of nothing beside %v", err)
			}
			return
		}
		c := res.Counts
		if res.Graph.Edges() == 0 || c.Lines == 0 || c.Refused > c.Features || len(res.Refused) > c.Refused || len(res.Gaps) > c.Gaps {
			t.Errorf("%+v", c)
		}
	})
}
