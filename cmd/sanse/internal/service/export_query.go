package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"sanse/data"
	"sanse/reports/mark"
)

// ExportRow is a file that left the house with the login of its account.
type ExportRow struct {
	data.Export
	Login string
	Last  string // the last day on which it is good
	Over  bool   // it is not good any more
}

// maxExports is how many files are told at once.
const maxExports = 500

// Exports returns files that left the house, the last first, to who may read the
// audit; that they were read is recorded.
func (s *Service) Exports(ctx context.Context, district string, f data.ExportFilter) ([]ExportRow, error) {
	if f.Limit <= 0 || f.Limit > maxExports {
		f.Limit = maxExports
	}
	logins, err := s.logins(ctx, district)
	if err != nil {
		return nil, err
	}
	out := []ExportRow{}
	err = s.atAudit(ctx, district, "exports", func(d data.District, r *data.Reads) error {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return invalid("there is no time zone %q", d.TimeZone)
		}
		rows, err := r.Exports(ctx, d.Code, f)
		for _, e := range rows {
			out = append(out, ExportRow{e, logins[e.Account].Login, e.Until.In(zone).Add(-time.Second).Format(time.DateOnly), s.now().After(e.Until)})
		}
		return err
	})
	return out, err
}

// FoundMark is what the mark of a file says, and what is known of it here.
type FoundMark struct {
	Mark   mark.Mark
	Sealed bool       // the seal is of this store: what the mark says is so
	Same   bool       // the file is as it was when it was taken
	Row    *ExportRow // as it was written down; nil: it is not, or not any more
	// Numbers are those of exports that stand in the file where anybody can see and
	// write them, if there is no mark.
	Numbers []ExportRow
	// Taken are files that left without a mark and were the same, byte for byte.
	Taken []ExportRow
}

// ErrNoMark is the error of a file without a mark.
var ErrNoMark = &Error{Code: CodeNo, Message: "the file holds no mark"}

// ReadMark finds out who took a file, for who may read the audit; that they asked
// is recorded. ErrNoMark says that nothing in it leads to anybody.
func (s *Service) ReadMark(ctx context.Context, district string, file []byte) (out FoundMark, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return out, err
	}
	found, err := mark.Read(file)
	var bare *mark.Bare
	if err != nil { // none, or nothing that could hold one
		digest := sha256.Sum256(file)
		rows, err := s.Exports(ctx, d.Code, data.ExportFilter{Digest: digest[:]})
		if err != nil {
			return out, err
		}
		if len(rows) > 0 {
			out.Taken = rows
			return out, nil
		}
	}
	switch {
	case errors.As(err, &bare):
		for _, n := range bare.Numbers {
			rows, err := s.Exports(ctx, d.Code, data.ExportFilter{ID: n})
			if err != nil {
				return out, err
			}
			out.Numbers = append(out.Numbers, rows...)
		}
		if len(out.Numbers) == 0 {
			return out, ErrNoMark
		}
		return out, nil
	case errors.Is(err, mark.ErrNone):
		return out, ErrNoMark
	case err != nil:
		return out, invalidCause(err, "the file cannot be read")
	}
	out.Mark, out.Same = found.Mark, found.Same()
	if found.District == d.Code {
		seal, err := s.store.SealExport(ctx, d.Code, found.Facts(found.Said)...)
		if err != nil {
			return out, err
		}
		out.Sealed = hmac.Equal(seal, found.Seal)
	}
	rows, err := s.Exports(ctx, d.Code, data.ExportFilter{ID: found.Export})
	if err == nil && len(rows) == 1 {
		out.Row = &rows[0]
	}
	return out, err
}

// Over tells whether a file is not good any more at some time.
func (f *FoundMark) Over(now time.Time) bool { return now.After(f.Mark.Until) }
