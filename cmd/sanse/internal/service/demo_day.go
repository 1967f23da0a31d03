package service

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// madeUpCase is a case of a demo's first day.
type madeUpCase struct {
	kind, source string
	ago          time.Duration // since when it is there
	resident     bool          // of somebody, and not of a place
	near         bool          // where those sit whom a visitor to the demo can look as
	text         string
	stage        data.CaseStage // that it has come to
	body         string         // the department that it was passed to
	then         string         // what was written of that
}

// madeUpCases show each sort of case at another stage: one is to be answered at once,
// one is overdue, one is with a department.
var madeUpCases = []madeUpCase{
	{kind: "emergency", source: "found", ago: 6 * time.Minute, resident: true, near: true, text: "敲门无人应答，屋内有水声（虚构）", stage: data.CaseCall},
	{kind: "general", source: "found", ago: 50 * time.Minute, near: true, text: "楼道照明损坏，老人晚间出门不便（虚构）", stage: data.CaseArrival, then: "已到现场查看（虚构）"},
	{kind: "general", source: "resident", ago: 3 * time.Hour, resident: true, near: true, text: "家属来电：助浴服务已两周没有上门（虚构）", stage: data.CaseCall},
	{kind: "general", source: "above", ago: 26 * time.Hour, resident: true, text: "上级转办：核实困难补贴是否到账（虚构）", stage: data.CaseHandling, body: "civil_affairs", then: "请民政科核实（虚构）"},
	{kind: "general", source: "found", ago: 30 * time.Hour, text: "无障碍坡道被杂物占用（虚构）", stage: data.CaseClosed, then: "已清理（虚构）"},
	{kind: "emergency", source: "resident", ago: 70 * time.Minute, resident: true, text: "邻居反映闻到燃气味（虚构）", stage: data.CaseHandling, then: "已关阀通风，燃气公司在途（虚构）"},
}

// demoDone is how many of ten visits of a demo's day are made by their time.
const demoDone = 9

// beginDay makes the first day of a made-up district one that is under way: most
// visits planned up to now are made, and some cases are open. Whose phone a visitor to the demo
// looks at is left to do all of theirs. The same seed and moment make the same day.
func (s *Service) beginDay(ctx context.Context, district string, seed uint64) error {
	v, err := s.view(ctx, district)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	at := s.now()
	dice := rand.New(rand.NewPCG(seed, uint64(v.today)))
	own, _ := v.busiest()
	err = s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutVisits(district, v.madeByNow(momentAt(at, zone), own.ID, dice)) })
	if err != nil {
		return fmt.Errorf("make the visits of today: %w", err)
	}
	return s.openMadeUpCases(ctx, v, own, at, zone, dice)
}

// madeByNow are the care visits that a day under way has seen, but for those of one visitor.
func (v *view) madeByNow(now planner.Moment, but string, dice *rand.Rand) []data.Visit {
	var out []data.Visit
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Date != now.Date || it.Visitor == but {
			continue
		}
		for k := range it.Stops {
			st := &it.Stops[k]
			r := v.residents[st.Resident]
			if made := dice.IntN(10) < demoDone; made && r != nil && st.Task == "" && st.Leave <= now.Clock {
				out = append(out, data.Visit{Resident: st.Resident, Date: now.Date, Done: true, Visitor: it.Visitor, Grid: r.Grid})
			}
		}
	}
	return out
}

// openMadeUpCases opens the cases of a demo, each with the steps that it has had.
func (s *Service) openMadeUpCases(ctx context.Context, v *view, near planner.Visitor, at time.Time, zone *time.Location, dice *rand.Rand) error {
	district := v.snap.District.Code
	community := v.above(near.Scope)[geo.LevelCommunity]
	ctx = asOperator(ctx, district)
	return s.atDesk(ctx, func(d *data.Desk) error {
		for i := range madeUpCases {
			m := &madeUpCases[i]
			in := district
			if m.near && community != "" {
				in = community
			}
			r := v.anybody(in, dice)
			if r == nil {
				continue // nobody lives there
			}
			kind, _ := caseKind(m.kind)
			c := data.Case{
				ID: fmt.Sprintf("k%016x", dice.Uint64()), Kind: m.kind, Source: m.source, Area: smallest(r.Grid, r.MicroGrid), Level: data.CaseGrid, Stage: data.CaseCall,
				Opened: at.Add(-m.ago), N: 1,
			}
			if m.resident {
				c.Resident = r.ID
			}
			c.Deadline = deadlineOf(kind.Answer, c.Opened, zone)
			if err := d.OpenCase(ctx, district, c, data.Sealed(m.text)); err != nil {
				return err
			}
			if m.stage == data.CaseCall {
				continue
			}
			if c.Stage = m.stage; m.body != "" {
				c.Level, c.Body = data.CaseDepartments, m.body
			}
			then := c.Opened.Add(m.ago / 4)
			if c.Deadline = deadlineOf(kind.limit(c.Stage, c.Level), then, zone); c.Stage == data.CaseClosed {
				c.Closed = then
			}
			if err := d.MoveCase(ctx, district, c, then, "", data.Sealed(m.then)); err != nil {
				return err
			}
		}
		return nil
	})
}

// anybody is some resident of an area; nil where there is none.
func (v *view) anybody(area string, dice *rand.Rand) *planner.Resident {
	var there []*planner.Resident
	for i := range v.problem.Residents {
		if r := &v.problem.Residents[i]; strings.HasPrefix(r.Grid, area) {
			there = append(there, r)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return there[dice.IntN(len(there))]
}
