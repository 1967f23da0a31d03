package service

import (
	"maps"
	"slices"

	"sanse/planner"
)

// follow gives visitors the areas that stand in the place of theirs.
func (e *effecting) follow() error {
	e.next.Visitors = e.base.Visitors
	if len(e.opt.Follow) == 0 {
		return nil
	}
	for _, code := range slices.Sorted(maps.Keys(e.opt.Follow)) {
		if _, known := e.base.Tree.Area(code); !known {
			return invalid("nothing can stand in the place of area %s: there is none on %s", code, e.opt.From)
		}
		if len(e.opt.Follow[code]) == 0 {
			return invalid("nothing is named in the place of area %s", code)
		}
		for _, to := range e.opt.Follow[code] {
			if _, known := e.next.Tree.Area(to); !known {
				return invalid("area %s cannot stand in the place of %s: the proposal has none", to, code)
			}
		}
	}
	e.next.Visitors = slices.Clone(e.base.Visitors)
	for i := range e.next.Visitors {
		v := &e.next.Visitors[i]
		v.Scope = e.followed(v.Scope)
	}
	return nil
}

// followed is a scope under the proposal.
func (e *effecting) followed(scope []string) []string { return followed(scope, e.opt.Follow) }

// followed is a scope after others have taken the places of some areas.
func followed(scope []string, follow map[string][]string) []string {
	if !slices.ContainsFunc(scope, func(code string) bool { return follow[code] != nil }) {
		return scope
	}
	var out []string
	for _, code := range scope {
		to := follow[code]
		if to == nil {
			to = []string{code}
		}
		for _, c := range to {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// scopeBlocks lists the blocks in which a visitor whose scope is another under
// the proposal may go, before or after.
func scopeBlocks(before, after []planner.Visitor, blocks []string) []string {
	var out []string
	for i := range before {
		if was, is := before[i].Scope, after[i].Scope; !slices.Equal(was, is) {
			out = append(append(out, blocksOf(was, blocks)...), blocksOf(is, blocks)...)
		}
	}
	return out
}
