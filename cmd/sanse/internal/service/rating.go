package service

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// maxRatingWords is the most characters of what is said with a rating.
const maxRatingWords = 500

// errUnrated is all that is said of a rating that is not taken, whatever the reason:
// the code is not known, over, closed or forged, or the visit has not come in yet.
var errUnrated = notFound("this visit is not known here yet, or it can no longer be rated: if it has just been made, try again this evening")

// RateVisit takes how a resident or a family rates a visit, from whoever has a code of
// it, within 30 days; for a day after the first time it may be changed by the same code.
// Nobody is signed in, and nothing is told but that it was taken, or errUnrated. What can
// be wrong with what is said shows whatever the code is.
func (s *Service) RateVisit(ctx context.Context, district, code string, rating int, by, words string) error {
	switch {
	case rating < 1 || rating > 5:
		return invalid("rating: want 1 to 5")
	case !slices.Contains(data.RatedBy, by):
		return invalid("by: want one of %s", strings.Join(data.RatedBy, ", "))
	case utf8.RuneCountInString(words) > maxRatingWords:
		return invalid("words: at most %d characters", maxRatingWords)
	}
	token := readToken(code)
	if token == "" {
		return errUnrated
	}
	taken, err := s.store.Gate().Rate(ctx, district, token, data.Rating{Rating: rating, By: by, Words: data.Sealed(cleanText(words))})
	if err != nil {
		return err
	}
	if !taken {
		return errUnrated
	}
	return nil
}

// readToken is a token as somebody typed it, in groups or in capitals; empty: it is none.
func readToken(text string) data.Token {
	token := strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(text))
	if len(token) != tokenLength || strings.Trim(token, tokenSigns) != "" {
		return ""
	}
	return data.Token(token)
}

// ratingDigest reads the digest of a code that a phone made; nil: it is none.
func ratingDigest(text string) []byte {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != sha256.Size {
		return nil
	}
	return b
}

// maxSlipAge is how many days back slips are made for.
const maxSlipAge = 7

// DaySlips writes slips to leave at the doors of a visitor's day as a PDF, each with a
// code of its own by which whoever lives there rates the visit of that day. Nothing on
// them says who that is; they are numbered as the doors of the day's sheet. It leaves the
// house with a mark. The QR code holds site, such as https://HOST, with /r# and the token.
func (s *Service) DaySlips(ctx context.Context, district, visitor string, day planner.Date, english bool, site string, w io.Writer) error {
	font, err := s.font()
	if err != nil {
		return err
	}
	v, err := s.VisitDay(ctx, district, visitor, day)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		return invalid("there is no time zone %q", v.Zone)
	}
	if today := planner.DateOf(s.now().In(zone)); v.Date < today-maxSlipAge {
		return invalid("date: slips are made for at most %d days back", maxSlipAge)
	}
	in := reports.DaySlips{Date: v.Date, English: english, Site: site}
	var codes []data.RatingCode
	end := instant(planner.Moment{Date: v.Date + 1, Clock: 0}, zone)
	for i := range v.Stops {
		st := &v.Stops[i]
		if st.Resident == "" || st.Task != "" {
			continue // nobody is visited there
		}
		token, err := newToken()
		if err != nil {
			return err
		}
		codes = append(codes, data.RatingCode{Hash: token.Hash(), Resident: st.Resident, Day: v.Date, Until: end.Add(data.RatingLife)})
		in.Slips = append(in.Slips, reports.Slip{Door: i + 1, Code: token.Reveal()})
	}
	return s.Leave(ctx, len(codes), w, func(w io.Writer, m reports.Marked) error {
		in.Mark = m
		if err := reports.WriteDaySlips(w, in, font, s.now().In(zone)); err != nil || len(codes) == 0 {
			return err
		}
		return s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutRatingCodes(district, codes) })
	})
}

// hideRatings takes out of a record as it is looked at what who asks is not told: the
// words where they are not told the name, and of a visit that they made themself how it
// was rated, for nobody is held up against single ratings.
func hideRatings(viewer Viewer, r *RecordRow) {
	if viewer.Account != "" && cmp.Or(r.Account, "-") == viewer.Account || viewer.Visitor != "" && r.Visitor == viewer.Visitor {
		r.Ratings = nil
		for i := range r.Calls {
			r.Calls[i].Rating, r.Calls[i].Words = 0, ""
		}
	}
	if !r.Named {
		for i := range r.Ratings {
			r.Ratings[i].Words = ""
		}
	}
}
