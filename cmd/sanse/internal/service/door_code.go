package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/boombuler/barcode/qr"

	"sanse/data"
	"sanse/geo"
)

// NewCode is a door code that was made: its token is told this once.
type NewCode struct {
	ID    string
	Token data.Token
	SVG   string // the QR code, as it is printed
}

// tokenSigns are what tokens are written with: no vowels, so that none reads like a
// word, and nothing that is taken for another. 27 of them carry 128 bits.
const (
	tokenSigns  = "bcdfghjkmnpqrstvwxz23456789"
	tokenLength = 27
)

// newToken draws a token.
func newToken() (data.Token, error) {
	const fair = 256 / len(tokenSigns) * len(tokenSigns) // above it some signs would come more often
	out := make([]byte, 0, tokenLength)
	for len(out) < tokenLength {
		var b [2 * tokenLength]byte
		if _, err := rand.Read(b[:]); err != nil {
			return "", fmt.Errorf("draw a token: %w", err)
		}
		for _, c := range b {
			if int(c) < fair && len(out) < tokenLength {
				out = append(out, tokenSigns[int(c)%len(tokenSigns)])
			}
		}
	}
	return data.Token(out), nil
}

// MakeCode makes a door code for a resident's home or card, or a plate for a
// building. The QR code holds site, such as https://HOST, with /c# and the token: a
// browser sends nothing of what stands after the #.
func (s *Service) MakeCode(ctx context.Context, district, kind, resident, building, site string) (NewCode, error) {
	area, err := s.codeArea(ctx, district, resident, building)
	if err != nil {
		return NewCode{}, err
	}
	if err := mustSee(ctx, CapCodes, district, []string{area}); err != nil || area == "" {
		return NewCode{}, forbidden(notTheirs)
	}
	if (kind == data.CodePlate) != (building != "") || (kind != data.CodePlate) != (resident != "") {
		return NewCode{}, invalid("a home or a card is a resident's, a plate a building's")
	}
	token, err := newToken()
	if err != nil {
		return NewCode{}, err
	}
	svg, err := qrSVG(site + "/c#" + token.Reveal())
	if err != nil {
		return NewCode{}, err
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return NewCode{}, fmt.Errorf("make a door code: %w", err)
	}
	c := data.DoorCode{ID: "c" + hex.EncodeToString(b[:]), Kind: kind, Resident: resident, Building: building, Hash: token.Hash(), MadeAt: s.now(), MadeBy: viewerOf(ctx).Account}
	if err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutDoorCode(district, &c) }); err != nil {
		return NewCode{}, err
	}
	return NewCode{ID: c.ID, Token: token, SVG: svg}, nil
}

// codeArea is where what a code is for is; empty: there is no such resident or
// building.
func (s *Service) codeArea(ctx context.Context, district, resident, building string) (string, error) {
	if resident != "" {
		homes, err := s.store.RecordHomes(ctx, district, []string{resident})
		h := homes[resident]
		return smallest(h.Grid, h.Micro), err
	}
	points, err := s.store.BuildingPointsOf(ctx, district, []string{building})
	if err != nil || len(points) == 0 {
		return "", err
	}
	f, err := s.frame(ctx, district)
	if err != nil {
		return "", err
	}
	grid, _ := f.tree.Locate(points[0].Point, geo.LevelGrid)
	return grid, nil
}

// RetireWhy are the reasons for which a code is taken out of force.
var RetireWhy = []string{"lost", "damaged", "copied", "moved", "replaced", "other"}

// RetireCode takes a door code out of force. Records that were made with it before
// stay as they are.
func (s *Service) RetireCode(ctx context.Context, district, id, why string) error {
	if !slices.Contains(RetireWhy, why) {
		return invalid("why: want one of %s", OwnList(RetireWhy))
	}
	c, err := s.store.DoorCode(ctx, district, id)
	if errors.Is(err, data.ErrNotFound) {
		return missing(ctx, CapCodes, district, "there is no such code")
	}
	if err != nil {
		return err
	}
	area, err := s.codeArea(ctx, district, c.Resident, c.Building)
	if err != nil {
		return err
	}
	if err := mustSee(ctx, CapCodes, district, []string{area}); err != nil || area == "" {
		return forbidden(notTheirs)
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error { return tx.RetireDoorCode(district, id, why, viewerOf(ctx).Account, s.now()) })
	if errors.Is(err, data.ErrNotFound) {
		return &Error{Code: CodeNo, Message: "that code is out of force already"}
	}
	return err
}

// maxCodes is how many codes a list holds at most.
const maxCodes = 1000

// Codes lists the door codes of an area, the latest first.
func (s *Service) Codes(ctx context.Context, district, area string) ([]data.DoorCode, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapCodes, a.Code); err != nil {
		return nil, err
	}
	codes, err := s.store.DoorCodes(ctx, v.snap.District.Code, a.Code, maxCodes)
	if err != nil {
		return nil, err
	}
	var residents []string
	for _, c := range codes {
		residents = append(residents, c.Resident)
	}
	return codes, s.shown(ctx, v.snap, residents, data.Event{Action: data.ActRead, Object: "door_code", Area: a.Code, IDs: behindCodes(codes)})
}

// behindCodes are those whose doors codes are of, each once, and the codes that are
// nobody's, as the audit has them.
func behindCodes(codes []data.DoorCode) []string {
	var residents, plates []string
	for i := range codes {
		if codes[i].Resident != "" {
			residents = append(residents, codes[i].Resident)
		} else {
			plates = append(plates, codes[i].ID)
		}
	}
	return append(eachOnce(residents), plates...)
}

// DoorView is what a code opens for whoever asks.
type DoorView struct {
	Resident string // of a home or a card
	Stops    []TodayStop
}

// errNothing is all that is said of a code that opens nothing for who asks, whether
// there is such a one or not.
var errNothing = notFound("this code opens nothing here")

// OpenDoor tells what a code opens: of a home or a card the resident, of a plate
// those who live there, those of them whom the day has first and alone, if there
// are any. Whoever may not record their visits is told nothing.
func (s *Service) OpenDoor(ctx context.Context, district string, token data.Token) (DoorView, error) {
	if token == "" {
		return DoorView{}, errNothing
	}
	found, err := s.store.DoorCodesByHash(ctx, district, [][]byte{token.Hash()})
	if err != nil {
		return DoorView{}, err
	}
	c, known := found[string(token.Hash())]
	if !known || !c.Retired.IsZero() {
		return DoorView{}, errNothing
	}
	behind := []string{c.Resident}
	if c.Kind == data.CodePlate {
		if behind, err = s.store.ResidentsOfBuilding(ctx, district, c.Building); err != nil {
			return DoorView{}, err
		}
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return DoorView{}, err
	}
	stops, err := s.behindDoor(ctx, v, behind)
	if err != nil {
		return DoorView{}, err
	}
	if len(stops) == 0 {
		return DoorView{}, errNothing
	}
	look := data.Event{Object: "door", Area: v.snap.District.Code, Detail: map[string]string{"code": c.ID}}
	_, err = s.fillStops(ctx, v, stops, v.today, look, "")
	return DoorView{Resident: c.Resident, Stops: stops}, err
}

// behindDoor are the stops of residents whose visits who asks may record.
func (s *Service) behindDoor(ctx context.Context, v *view, residents []string) ([]TodayStop, error) {
	viewer := viewerOf(ctx)
	var handed []string
	if viewer.Handed(CapVisit) {
		err := s.atDesk(ctx, func(d *data.Desk) (err error) {
			handed, err = d.Handed(ctx, v.snap.District.Code)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var planned []TodayStop
	if viewer.Visitor != "" {
		var err error
		if planned, err = s.stopsOn(ctx, v, viewer.Visitor, v.today); err != nil {
			return nil, err
		}
	}
	var due, others []TodayStop
	for _, id := range residents {
		r := v.residents[id]
		if r == nil {
			continue
		}
		stop := TodayStop{Resident: id, Why: "unplanned", area: smallest(r.Grid, r.MicroGrid), handed: slices.Contains(handed, id)}
		if !viewer.May(CapVisit, stop.area) && !stop.handed {
			continue
		}
		at := slices.IndexFunc(planned, func(p TodayStop) bool { return p.Resident == id })
		if at < 0 {
			v.place(&stop)
			others = append(others, stop)
			continue
		}
		planned[at].handed = stop.handed
		due = append(due, planned[at])
	}
	if len(due) > 0 {
		return due, nil
	}
	return others, nil
}

// qrSVG draws a text as a QR code: one unit a module, with the quiet zone of four
// that readers want, black on white whatever the page.
func qrSVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	const quiet = 4
	n := code.Bounds().Dx()
	var path strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n {
				if r, _, _, _ := code.At(x, y).RGBA(); r != 0 {
					break
				}
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	side := n + 2*quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		side, side, side, side, path.String()), nil
}
