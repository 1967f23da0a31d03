package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
)

// ConnectCases opens the cases that a platform tells of and takes them further as it
// does, and says what became of each, in their order. A case is the same by the
// platform's own number. Nothing goes back: of what comes late, or says less than is
// known, nothing is left but that it came.
func (s *Service) ConnectCases(ctx context.Context, district, connector string, in []ConnectIn) ([]ConnectOut, error) {
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 || len(in) > MaxConnectRows {
		return nil, invalid("rows: 1 to %d are sent at once", MaxConnectRows)
	}
	cases, out := make([]connect.Case, len(in)), make([]ConnectOut, len(in))
	var residents []string
	for i := range in {
		if in[i].Unread {
			out[i] = connectRefused("", RefusedInvalid, "a row is a JSON object")
			continue
		}
		var bad *connect.Fault
		if cases[i], bad = l.mapping.Case(in[i].Row, l.zone); bad != nil {
			out[i] = connectRefused(cases[i].ID, RefusedInvalid, bad.Error())
		}
		residents = append(residents, cases[i].Resident)
	}
	resident, err := s.whose(ctx, l, l.mapping.Cases, "resident", residents)
	if err != nil {
		return nil, err
	}
	for i := range cases {
		c := &cases[i]
		if named := c.Resident; named != "" {
			if c.Resident = resident(named); c.Resident == "" && out[i].Status == "" {
				out[i] = connectRefused(c.ID, RefusedNotYours, unknownNumber)
			}
		}
		if c.ID == "" {
			continue
		}
		if out[i], err = s.storeCase(ctx, l, c, out[i]); err != nil {
			return nil, err // those that are stored are the same when they come again
		}
	}
	return out, nil
}

// storeCase stores a case of a platform, in a transaction of its own: what the
// database does not take is refused, and holds up no other. A refusal that is given
// is kept.
func (s *Service) storeCase(ctx context.Context, l *link, c *connect.Case, given ConnectOut) (out ConnectOut, err error) {
	err = s.atDesk(ctx, func(d *data.Desk) error {
		if out, err = s.caseRow(ctx, d, l, c, given); err != nil {
			return err
		}
		return nil
	})
	switch CodeOf(err) {
	case CodeForbidden, CodeNotFound:
		given = connectRefused(c.ID, RefusedNotYours, unknownNumber)
	case CodeInvalid:
		given = connectRefused(c.ID, RefusedInvalid, MessageOf(err))
	case CodeNo:
		given = connectRefused(c.ID, RefusedConflict, MessageOf(err))
	default:
		return out, err
	}
	err = s.atDesk(ctx, func(d *data.Desk) error {
		out, err = s.caseRow(ctx, d, l, c, given)
		return err
	})
	return out, err
}

// caseRow decides on a case and stores it, at the desk.
func (s *Service) caseRow(ctx context.Context, d *data.Desk, l *link, c *connect.Case, given ConnectOut) (ConnectOut, error) {
	if err := d.LockConnector(ctx, l.Code, l.connector.ID); err != nil {
		return given, err
	}
	rows, err := d.Reads().ConnectRows(ctx, l.Code, l.connector.ID, data.ConnectCase, []string{c.ID})
	if err != nil {
		return given, err
	}
	old, there := rows[c.ID]
	good := there && old.Refused == ""
	if given.Status == RecordRefused {
		if good {
			return given, nil
		}
		return given, d.PutConnectRow(ctx, l.Code, l.connector.ID, data.ConnectCase, data.ConnectRow{External: c.ID, Last: s.now(), Refused: given.Code})
	}
	b, err := json.Marshal(c)
	if err != nil {
		return given, fmt.Errorf("compare a case: %w", err)
	}
	content, err := d.ConnectContent(ctx, l.Code, data.ConnectCase, string(b))
	if err != nil {
		return given, err
	}
	row := data.ConnectRow{External: c.ID, Last: s.now(), Content: content, Resident: c.Resident, Area: c.Area, Stage: c.Stage, TheirAt: c.At, Incident: old.Incident}
	out := ConnectOut{ID: c.ID, Status: RecordStored, Case: old.Incident}
	switch {
	case !good:
		opened, err := s.openCaseAt(ctx, d, l.District, NewCase{Kind: c.Kind, Source: c.Source, Resident: c.Resident, Area: c.Area, Text: caseWords(c)})
		if err != nil {
			return given, err
		}
		row.Incident, row.Area, out.Case = opened.ID, opened.Area, opened.ID
		if stage := data.CaseStage(c.Stage); stage != data.CaseCall {
			_, err = s.moveCaseAt(ctx, d, l.District, opened.ID, "", func(mine *data.Case) error { mine.Stage = stage; return nil })
			if err != nil {
				return given, err
			}
		}
	case string(old.Content) == string(content) || len(old.Content) == 0 || !c.At.After(old.TheirAt):
		// Sent again, or overtaken by what came before it.
		out.Status = RecordSame
		return out, nil
	case old.Resident != c.Resident || c.Resident == "" && old.Area != c.Area:
		return connectRefused(c.ID, RefusedConflict, "id: another case has it"), nil
	default:
		row.Area = old.Area
		if out.Detail, err = s.goOn(ctx, d, l, c, old.Incident); err != nil {
			return given, err
		}
	}
	return out, d.PutConnectRow(ctx, l.Code, l.connector.ID, data.ConnectCase, row)
}

// caseWords is what is written of a case that a platform says nothing of in words.
func caseWords(c *connect.Case) string {
	if text := cleanText(c.Text); text != "" {
		return text
	}
	return "来自已有平台 · from the platform"
}

// goOn takes our case as far as the platform says that it is; one that is farther, or
// closed, stays as it is, and the reconciliation shows that the two differ.
func (s *Service) goOn(ctx context.Context, d *data.Desk, l *link, c *connect.Case, id string) (string, error) {
	if id == "" {
		return "our case is no longer kept", nil
	}
	mine, _, err := s.caseOf(ctx, d, l.Code, id)
	if err != nil {
		return "", err
	}
	stage, text := data.CaseStage(c.Stage), cleanText(c.Text)
	ahead := slices.Index(data.CaseStages, stage) > slices.Index(data.CaseStages, mine.Stage)
	switch {
	case mine.Stage == data.CaseClosed && stage != data.CaseClosed:
		return "our case is closed", nil
	case !ahead && (text == "" || mine.Stage == data.CaseClosed):
		return "", nil
	}
	_, err = s.moveCaseAt(ctx, d, l.District, id, text, func(m *data.Case) error {
		if ahead {
			m.Stage = stage
		}
		return nil
	})
	return "", err
}
