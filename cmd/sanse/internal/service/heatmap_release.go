package service

import (
	"fmt"
	"maps"
	"slices"

	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/planner"
)

// toldCount is a count of a release and the day of which it is.
type toldCount struct {
	n   int
	day planner.Date
}

// figureOf returns what a release tells of a layer of the heatmap, by place.
func (r *Release) figureOf(layer string) func(place string) (toldCount, bool) {
	part := func(detail, part string) func(string) (toldCount, bool) {
		return func(place string) (toldCount, bool) {
			parts, day, ok := r.stored.Figure(place, detail)
			n, has := parts[part]
			return toldCount{n, day}, ok && has
		}
	}
	switch layer {
	case "residents":
		return part(detailEnrolled, "all")
	case "disabled":
		return part(detailDisabled, partYes)
	}
	for _, d := range r.stored.Details {
		if d.Name == detailKind+layer {
			return part(d.Name, partYes)
		}
	}
	each, most := part(detailGrade, layer), part(detailGrades, layer)
	return func(place string) (toldCount, bool) {
		if t, ok := each(place); ok {
			return t, true
		}
		return most(place)
	}
}

// heatOfRelease draws what a release tells. A cell shows the sum of its pieces
// that are told. Pieces that are not told are drawn together, with what the
// place that holds them has beside those that are.
type heatOfRelease struct {
	out      *Heatmap
	figure   func(place string) (toldCount, bool)
	children map[int][]int
	cells    map[h3.Cell]int
	rolled   []rolledUp
}

// rolledUp is what a place has beside those of its pieces that are told.
type rolledUp struct {
	of    string
	count *int // nil: not told for the same day
	cells []h3.Cell
}

func (h *heatOfRelease) draw(area string) error {
	places := h.out.Release.stored.Places
	h.children, h.cells = make(map[int][]int), make(map[h3.Cell]int)
	top := -1
	for i, p := range places {
		if p.Parent >= 0 {
			h.children[p.Parent] = append(h.children[p.Parent], i)
		}
		if p.Key == area {
			top = i
		}
	}
	if top < 0 {
		return forbidden("only those who answer for the people of area %s may see this", area)
	}
	if t, ok := h.figure(area); ok {
		h.out.Total = &t.n
	}
	if err := h.walk(top); err != nil {
		return err
	}
	partly := make(map[h3.Cell]bool)
	for _, r := range h.rolled {
		outline, err := geo.Outline(r.cells)
		if err != nil {
			return fmt.Errorf("outline of cells of %s: %w", r.of, err)
		}
		f := geojson.NewFeature(outline)
		f.ID = "rest-" + r.of
		f.Properties = geojson.Properties{"cell": "", "of": r.of, "cells": len(r.cells), "count": nil, "hidden": r.count == nil, "rolled_up": true}
		if r.count != nil {
			f.Properties["count"] = *r.count
		}
		h.out.Cells.Append(f)
		for _, c := range r.cells {
			partly[c] = true
		}
	}
	for _, c := range slices.Sorted(maps.Keys(h.cells)) {
		if err := appendCell(h.out.Cells, c, geojson.Properties{"count": h.cells[c], "hidden": false, "rolled_up": false, "partly": partly[c]}); err != nil {
			return err
		}
	}
	return nil
}

func (h *heatOfRelease) walk(p int) error {
	places := h.out.Release.stored.Places
	told, ok := h.figure(places[p].Key)
	_, cell := pieceOf(places[p].Key)
	if ok && cell != 0 && cell.Resolution() == h.out.Resolution {
		h.cells[cell] += told.n
		return nil
	}
	rest, known := told.n, ok
	untold := make(map[h3.Cell]bool)
	if len(h.children[p]) == 0 {
		if err := h.gather(p, untold); err != nil {
			return err
		}
	}
	for _, c := range h.children[p] {
		t, ok := h.figure(places[c].Key)
		if !ok {
			if err := h.gather(c, untold); err != nil {
				return err
			}
			continue
		}
		rest -= t.n
		known = known && t.day == told.day
		if err := h.walk(c); err != nil {
			return err
		}
	}
	if len(untold) == 0 || known && rest == 0 {
		return nil
	}
	r := rolledUp{of: places[p].Key, cells: slices.Sorted(maps.Keys(untold))}
	if known && rest > 0 {
		r.count = &rest
	}
	h.rolled = append(h.rolled, r)
	return nil
}

// gather collects the cells of a place at the resolution of the map.
func (h *heatOfRelease) gather(p int, into map[h3.Cell]bool) error {
	if _, cell := pieceOf(h.out.Release.stored.Places[p].Key); cell != 0 {
		res := cell.Resolution()
		if res > h.out.Resolution {
			up, err := cell.Parent(h.out.Resolution)
			if err != nil {
				return fmt.Errorf("find parent of cell %s: %w", cell, err)
			}
			into[up] = true
			return nil
		}
		if res == h.out.Resolution {
			into[cell] = true
			return nil
		}
	}
	for _, c := range h.children[p] {
		if err := h.gather(c, into); err != nil {
			return err
		}
	}
	return nil
}
