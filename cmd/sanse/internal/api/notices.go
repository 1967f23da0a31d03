package api

import (
	"context"
	"time"

	"sanse/data"
)

// NoticeList is what pages and devices ask for each minute.
type NoticeList struct {
	DataVersion int64    `json:"data_version" doc:"a page that shows another version asks again for what it shows"`
	Today       string   `json:"today" format:"date" doc:"in the district's time zone"`
	Items       []Notice `json:"items" doc:"the first to come into force first"`
}

// Notice tells of boundaries that are to come into force, or did so in the last
// two weeks.
type Notice struct {
	Kind        string     `json:"kind" enum:"boundaries"`
	Publication int64      `json:"publication"`
	Effective   string     `json:"effective" format:"date" doc:"they hold from the midnight that begins it"`
	At          string     `json:"at" format:"date-time" doc:"when they were published"`
	Areas       []string   `json:"areas" doc:"codes of all that begin, end or change"`
	Mine        bool       `json:"mine" doc:"some of them are the visitor's, before or after"`
	MineAreas   []AreaTurn `json:"mine_areas" doc:"those"`
	Stale       *StalePlan `json:"stale_plan" doc:"the plan in force, where it was made under the boundaries before and reaches these; null: it does not"`
}

// AreaTurn is what becomes of an area.
type AreaTurn struct {
	Area
	Change string `json:"change" enum:"created,retired,changed"`
}

func turnsOf(list []data.AreaChange) []AreaTurn {
	out := make([]AreaTurn, len(list))
	for i, c := range list {
		out[i] = AreaTurn{Area{c.Code, c.Name, c.Level.String()}, string(c.Turn)}
	}
	return out
}

type noticesInput struct {
	Visitor string `query:"visitor" maxLength:"100" doc:"id; whose areas are told apart"`
}

func (s *Server) getNotices(ctx context.Context, in *noticesInput) (*answer[NoticeList], error) {
	list, err := s.service.Notices(ctx, s.district, in.Visitor)
	if err != nil {
		return nil, s.problem(err)
	}
	out := NoticeList{DataVersion: list.DataVersion, Today: list.Today.String(), Items: make([]Notice, len(list.Items))}
	for i := range list.Items {
		n := &list.Items[i]
		out.Items[i] = Notice{
			Kind: "boundaries", Publication: n.ID, Effective: n.Effective.String(), At: n.At.Format(time.RFC3339),
			Areas: make([]string, len(n.Areas)), Mine: len(n.Mine) > 0, MineAreas: turnsOf(n.Mine),
		}
		for k := range n.Areas {
			out.Items[i].Areas[k] = n.Areas[k].Code
		}
		if n.Stale != nil {
			out.Items[i].Stale = &StalePlan{n.Stale.ID, n.Stale.From.String(), n.Stale.Itineraries}
		}
	}
	return answerOf(out), nil
}
