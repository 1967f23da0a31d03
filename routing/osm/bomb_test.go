package osm_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"sanse/routing/osm"
)

// repeated is a text over and over again, without end.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestAnExtractThatUnpacksToOneEndlessElementIsRefused(t *testing.T) {
	const head = `<osm><node id="1" lon="1.5" lat="42.5"/>`
	for _, c := range []struct{ name, head, text string }{
		{"an attribute without end", head + `<way id="1"><tag k="name" v="`, "a"},
		{"a way without end", head + `<way id="1">`, `<nd ref="1"/>`},
		{"text without end", head + `<way id="1">`, "x"},
		{"a comment without end", head + `<!-- `, "-x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			if _, err := io.Copy(z, io.MultiReader(strings.NewReader(c.head), io.LimitReader(&repeated{text: strings.Repeat(c.text, 1000)}, 40<<20))); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := osm.Read(context.Background(), &packed, osm.Options{})
			if !errors.Is(err, osm.ErrDamaged) || !strings.Contains(err.Error(), "an element of more than") {
				t.Errorf("%v, want one that says how large an element may be", err)
			}
		})
	}
}

func TestEntitiesOfAnExtractAreNotExpanded(t *testing.T) {
	const laughs = `<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>`
	for _, entity := range []string{"&b;", "&f;"} {
		_, err := osm.Read(context.Background(), strings.NewReader(laughs+`<osm><node id="1" lon="1.5" lat="42.5"/><way id="1"><nd ref="1"/><tag k="name" v="`+entity+`"/></way></osm>`), osm.Options{})
		if !errors.Is(err, osm.ErrDamaged) {
			t.Errorf("%s: %v, want %v", entity, err, osm.ErrDamaged)
		}
	}
}
