package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sanse/data"
)

// Viewer is who asks: the areas for whose people they answer. The zero value is
// the public, which answers for nobody. There are no accounts yet, so whoever
// starts the server says who looks at its pages.
type Viewer struct {
	// Areas are codes of areas; all that lies in them is answered for as well.
	// The empty code stands for all there is.
	Areas []string
}

// Everyone is the viewer who answers for the whole district of that code: who
// plans there, and who works at the command line. An empty code stands for the
// only district there is.
func Everyone(district string) Viewer { return Viewer{Areas: []string{district}} }

// AnswersFor tells whether the viewer answers for all of an area.
func (v Viewer) AnswersFor(code string) bool {
	return slices.ContainsFunc(v.Areas, func(a string) bool { return strings.HasPrefix(code, a) })
}

// Public tells whether the viewer answers for nobody.
func (v Viewer) Public() bool { return len(v.Areas) == 0 }

// Narrow is the viewer who answers for one of the areas alone; "public" is for
// none. What the viewer does not answer for is refused, so that asking for less
// is all that can be asked for.
func (v Viewer) Narrow(as string) (Viewer, error) {
	switch {
	case as == "public":
		return Viewer{}, nil
	case as != "" && v.AnswersFor(as):
		return Viewer{Areas: []string{as}}, nil
	}
	return Viewer{}, forbidden("area %q is not among those answered for here", as)
}

type viewerKey struct{}

// WithViewer says who asks. Without it everything is asked by the public.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// viewerOf is who asks.
func viewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer) // nobody named: the public
	return v
}

// mustAnswerFor refuses whoever does not answer for all of an area.
func mustAnswerFor(ctx context.Context, code string) error {
	if viewerOf(ctx).AnswersFor(code) {
		return nil
	}
	return forbidden("only those who answer for the people of area %s may see this", code)
}

// mustAnswerForAll refuses whoever does not answer for all of several areas, and
// the public even where there are none.
func mustAnswerForAll(ctx context.Context, codes []string) error {
	if len(codes) == 0 && viewerOf(ctx).Public() {
		return forbidden("only those who answer for people may see this")
	}
	for _, c := range codes {
		if err := mustAnswerFor(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func forbidden(format string, args ...any) error {
	return &Error{Code: CodeForbidden, Message: fmt.Sprintf(format, args...)}
}

// ParseViewer reads who is meant by the word public, the code of an area, or
// several with commas between them; empty stands for the whole district. Codes
// must be of areas that there are.
func (s *Service) ParseViewer(ctx context.Context, d data.District, text string) (Viewer, error) {
	switch text {
	case "":
		return Everyone(d.Code), nil
	case "public":
		return Viewer{}, nil
	}
	view, err := s.view(ctx, d.Code)
	if err != nil {
		return Viewer{}, err
	}
	var v Viewer
	for code := range strings.SplitSeq(text, ",") {
		a, err := view.area(strings.TrimSpace(code))
		if err != nil || strings.TrimSpace(code) == "" {
			return Viewer{}, invalid("nobody answers for %q: want public, or codes of areas with commas between them", text)
		}
		v.Areas = append(v.Areas, a.Code)
	}
	return v, nil
}
