package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// DraftCheck says what stands between a draft and its publication.
type DraftCheck struct {
	Draft     data.Draft
	Problems  []string       // areas that do not make a tree
	Findings  []DraftFinding // where they do not tile, and did before
	Conflicts []string       // codes that others have changed as well
}

// OK tells that nothing stands between: some findings are but told.
func (c *DraftCheck) OK() bool {
	return len(c.Problems)+len(c.Conflicts) == 0 && !slices.ContainsFunc(c.Findings, DraftFinding.Blocks)
}

// DraftFinding is a fault among the areas of a draft.
type DraftFinding struct {
	// Key names the finding as long as kind, areas and place are the same.
	Key string
	topology.Finding
	Building  string   // of a list of units: the building's id
	Units     []string // there: names of the units
	Residents int      // FindAddressElsewhere: how many
}

// Blocks tells that no draft with the finding is published. Spikes tile, and of
// people whose point is elsewhere the address decides: both are but told.
func (f DraftFinding) Blocks() bool {
	return f.Kind != topology.Spike && f.Kind != FindAddressElsewhere
}

// findingKey is a digest of a finding's kind, areas and place, and what else
// tells it from others.
func findingKey(f *topology.Finding, more ...string) string {
	const digits = 16
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %v %v %q", f.Kind, f.Codes, f.At, f.Place, more))
	return hex.EncodeToString(sum[:])[:digits]
}

// CheckDraft looks at a draft as publishing it would: on the latest boundaries
// that there are, whatever those were when it was begun.
func (s *Service) CheckDraft(ctx context.Context, district string, id int64) (out DraftCheck, err error) {
	rec, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	var ground draftGround
	var addresses []DraftFinding
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out.Draft, err = readDraft(ctx, r, rec.Code, id); err != nil {
			return err
		}
		last, err := r.LastBoundaryDay(ctx, rec.Code)
		if err != nil {
			return err
		}
		_, err = checkBase(ctx, r, rec.Code, out.Draft, last)
		var conflict *DraftError
		on := last
		if errors.As(err, &conflict) && conflict.Reason == DraftBaseChanged {
			out.Conflicts, on, err = conflict.Areas, out.Draft.Base, nil
		}
		if err != nil {
			return err
		}
		if ground, err = readDraftGround(ctx, r, rec.Code, out.Draft, on); err != nil {
			return err
		}
		var tree *geo.Tree
		if tree, out.Problems = treeOfDraft(ground.after); tree == nil {
			return nil
		}
		addresses, err = addressFaults(ctx, r, rec.Code, ground.before, tree)
		return err
	})
	if err != nil || len(out.Problems) > 0 {
		return out, err
	}
	out.Findings, err = faults(ground.before, ground.after)
	out.Findings = append(out.Findings, addresses...)
	return out, err
}

// checkGround tells where areas do not make a tree, or else do not tile and did
// before.
func checkGround(before, after map[string]geo.Area) (problems []string, findings []DraftFinding, err error) {
	if _, problems = treeOfDraft(after); len(problems) > 0 {
		return problems, nil, nil
	}
	findings, err = faults(before, after)
	return nil, findings, err
}

// treeOfDraft is the areas as a tree; nil, and what is wrong, if they make none.
func treeOfDraft(areas map[string]geo.Area) (*geo.Tree, []string) {
	tree, err := geo.NewTree(areaList(areas))
	if err != nil {
		return nil, treeProblems(err)
	}
	return tree, nil
}

// faults tells where areas do not tile. What was so before is let pass where it
// has not grown: a gap that a district has always had keeps nobody from moving
// a border elsewhere. So only the communities in which something differs are
// looked at, with those around them, or all where a border between communities
// does.
func faults(before, after map[string]geo.Area) ([]DraftFinding, error) {
	scope := checkScope(before, after)
	if scope.empty() {
		return nil, nil
	}
	found, err := topology.CheckTree(scope.of(after))
	if err != nil {
		return nil, fmt.Errorf("check the areas as they would be: %w", err)
	}
	found = slices.DeleteFunc(found, func(f topology.Finding) bool { return !scope.asks(&f) })
	if len(found) == 0 {
		return nil, nil
	}
	known, err := topology.CheckTree(scope.of(before))
	if err != nil {
		return nil, fmt.Errorf("check the areas as they are: %w", err)
	}
	var out []DraftFinding
	for i := range found {
		was, err := found[i].Within(known)
		if err != nil {
			return nil, err
		}
		if !was {
			out = append(out, DraftFinding{Key: findingKey(&found[i]), Finding: found[i]})
		}
	}
	return out, nil
}

// scoped is the part of a district that is checked.
type scoped struct {
	all     bool
	touched map[string]bool // communities, by code
	around  map[string]bool // the same and those that they may reach into
}

// checkScope finds the communities in which areas differ.
func checkScope(before, after map[string]geo.Area) scoped {
	s := scoped{touched: make(map[string]bool), around: make(map[string]bool)}
	var boxes []orb.Bound
	differs := func(a geo.Area) {
		if a.Level < geo.LevelGrid {
			s.all = true
			return
		}
		s.touched[blockOf(a.Code)] = true
		boxes = append(boxes, a.Boundary.Bound())
	}
	for code, a := range after {
		if was, ok := before[code]; !ok || !sameShape(was.Boundary, a.Boundary) {
			differs(a)
		}
	}
	for code, a := range before {
		if _, ok := after[code]; !ok {
			differs(a)
		}
	}
	for code, a := range after {
		if a.Level != geo.LevelCommunity {
			continue
		}
		box := a.Boundary.Bound()
		if s.touched[code] || slices.ContainsFunc(boxes, box.Intersects) {
			s.around[code] = true
		}
	}
	return s
}

func (s *scoped) empty() bool { return !s.all && len(s.touched) == 0 }

// of returns the areas in scope, by code.
func (s *scoped) of(areas map[string]geo.Area) []geo.Area {
	if s.all {
		return areaList(areas)
	}
	return slices.DeleteFunc(areaList(areas), func(a geo.Area) bool {
		return a.Level < geo.LevelCommunity || !s.around[blockOf(a.Code)]
	})
}

// asks tells that a finding is about a community that differs, not about one
// that is only there to be reached into.
func (s *scoped) asks(f *topology.Finding) bool {
	return s.all || slices.ContainsFunc(f.Codes, func(code string) bool {
		return len(code) >= communityDigits && s.touched[blockOf(code)]
	})
}

// treeProblems lists what is wrong with each area of a list.
func treeProblems(err error) (out []string) {
	switch e := err.(type) { //nolint:errorlint // every joined error is wanted, not the first of its kind
	case nil:
	case *geo.AreaError:
		out = append(out, e.Error())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			out = append(out, treeProblems(one)...)
		}
	case interface{ Unwrap() error }:
		out = treeProblems(e.Unwrap())
	default:
		out = append(out, err.Error())
	}
	return out
}
