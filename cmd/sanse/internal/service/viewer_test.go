package service_test

import (
	"slices"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func TestAViewerAnswersForTheirAreasAndAllBelow(t *testing.T) {
	for name, c := range map[string]struct {
		areas []string
		code  string
		want  bool
	}{
		"the public answers for nobody":          {nil, "990101", false},
		"nor for what has no code":               {nil, "", false},
		"a town answers for itself":              {[]string{"990101001"}, "990101001", true},
		"and for a grid in it":                   {[]string{"990101001"}, "990101001002003", true},
		"but not for the district":               {[]string{"990101001"}, "990101", false},
		"nor for all when no area is named":      {[]string{"990101001"}, "", false},
		"nor for the town beside it":             {[]string{"990101001"}, "990101002", false},
		"one of several areas is enough":         {[]string{"990101001", "990101003"}, "990101003001", true},
		"the only district answers for anything": {[]string{""}, "990101", true},
	} {
		if got := (service.Viewer{Areas: c.areas}).AnswersFor(c.code); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAViewerCanOnlyBecomeLess(t *testing.T) {
	town := service.Viewer{Areas: []string{"990101001"}}
	if v, err := town.Narrow("public"); err != nil || !v.Public() {
		t.Errorf("the public: %v, %v", v, err)
	}
	if v, err := town.Narrow("990101001004"); err != nil || v.AnswersFor("990101001") || !v.AnswersFor("990101001004") {
		t.Errorf("a community of the town: %v, %v", v, err)
	}
	for _, as := range []string{"990101", "990101002", "", "99"} {
		if v, err := town.Narrow(as); service.CodeOf(err) != service.CodeForbidden || !v.Public() {
			t.Errorf("%q: %v, %v", as, v, err)
		}
	}
	if _, err := (service.Viewer{}).Narrow("990101001"); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("the public becomes a town: %v", err)
	}
}

func TestWhoLooksIsThePublicOrWhoAnswersForAreasThatThereAre(t *testing.T) {
	b := newReleaseBed(t)
	d := data.District{Code: lattice}
	for text, want := range map[string][]string{
		"": {lattice}, "public": nil, west: {west}, west + "," + lattice + "001": {west, lattice + "001"}, west + ", " + east: {west, east},
	} {
		v, err := b.ParseViewer(t.Context(), d, text)
		if err != nil || !slices.Equal(v.Areas, want) {
			t.Errorf("%q: %v, %v", text, v.Areas, err)
		}
	}
	for _, text := range []string{"everybody", "510197999", ",", west + ",", "51", " "} {
		if v, err := b.ParseViewer(t.Context(), d, text); service.CodeOf(err) != service.CodeInvalid || !v.Public() {
			t.Errorf("%q: %v, %v", text, v.Areas, err)
		}
	}
}
