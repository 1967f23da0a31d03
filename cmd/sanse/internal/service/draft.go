package service

import (
	"context"
	"errors"
	"strings"

	"sanse/data"
)

// CreateDraft begins a draft on the latest boundaries that there are, those of
// a day to come included.
func (s *Service) CreateDraft(ctx context.Context, district, name, note string) (out data.Draft, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return out, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return out, badDraft(DraftBadChange, nil, "a draft needs a name")
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		if err := tx.LockDistrict(d.Code); err != nil {
			return err
		}
		last, err := tx.Reads().LastBoundaryDay(ctx, d.Code)
		if err != nil {
			return err
		}
		if last == 0 {
			return invalid("district %s has no areas: import areas first", Own(d.Code))
		}
		if out, err = tx.AddDraft(d.Code, data.Draft{Name: name, Note: note, Base: max(today, last), CreatedAt: s.now()}); err != nil {
			return err
		}
		return tx.Record(d.Code, wrote(data.ActCreate, "draft", out.ID))
	})
	return out, err
}

// Drafts lists the drafts of a district, those changed last first.
func (s *Service) Drafts(ctx context.Context, district string) ([]data.Draft, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	return s.store.Drafts(ctx, d.Code)
}

// Draft returns a draft with its changes, those undone included, without their
// boundaries.
func (s *Service) Draft(ctx context.Context, district string, id int64) (out data.Draft, changes []data.DraftChange, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, nil, err
	}
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out, err = readDraft(ctx, r, d.Code, id); err != nil {
			return err
		}
		changes, err = r.DraftChanges(ctx, d.Code, id)
		return err
	})
	return out, changes, err
}

func readDraft(ctx context.Context, r *data.Reads, district string, id int64) (data.Draft, error) {
	d, err := r.Draft(ctx, district, id)
	if errors.Is(err, data.ErrNotFound) {
		return d, notFound("there is no draft %d", id)
	}
	return d, err
}

// DescribeDraft gives a draft another name or note; nil leaves what is there.
func (s *Service) DescribeDraft(ctx context.Context, district string, id, version int64, name, note *string) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		if name != nil {
			if d.Name = strings.TrimSpace(*name); d.Name == "" {
				return d, badDraft(DraftBadChange, nil, "a draft needs a name")
			}
		}
		if note != nil {
			d.Note = *note
		}
		return tx.PutDraft(code, d, "describe", nil, s.now())
	})
}

// DropDraft gives a draft up. It is kept, and so are the codes that it took.
func (s *Service) DropDraft(ctx context.Context, district string, id, version int64) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		d.State = data.DraftDropped
		return tx.PutDraft(code, d, "drop", nil, s.now())
	})
}

// UndoDraft takes the last change of a draft back.
func (s *Service) UndoDraft(ctx context.Context, district string, id, version int64) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		if d.Position == 0 {
			return d, badDraft(DraftNoUndo, nil, "there is nothing to undo")
		}
		changes, err := tx.Reads().DraftChanges(ctx, code, id)
		if err != nil {
			return d, err
		}
		d.Position--
		return tx.PutDraft(code, d, "undo", changes[d.Position].Codes(), s.now())
	})
}

// RedoDraft makes the change hold again that was undone last.
func (s *Service) RedoDraft(ctx context.Context, district string, id, version int64) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		if d.Position == d.Changes {
			return d, badDraft(DraftNoRedo, nil, "there is nothing to redo")
		}
		changes, err := tx.Reads().DraftChanges(ctx, code, id)
		if err != nil {
			return d, err
		}
		d.Position++
		return tx.PutDraft(code, d, "redo", changes[d.Position-1].Codes(), s.now())
	})
}

// RebaseDraft carries the changes of a draft over to the latest boundaries that
// there are. It is a conflict, with the codes, where others have changed areas
// that the draft changes too. What was undone is dropped.
func (s *Service) RebaseDraft(ctx context.Context, district string, id, version int64) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		// Nobody may change boundaries between the comparison and the new digests.
		if err := tx.LockDistrict(code); err != nil {
			return d, err
		}
		r := tx.Reads()
		last, err := r.LastBoundaryDay(ctx, code)
		if err != nil {
			return d, err
		}
		changed, err := checkBase(ctx, r, code, d, last)
		if err != nil {
			return d, err
		}
		if err := tx.ForgetUndone(code, d); err != nil {
			return d, err
		}
		d.Base, d.Changes = max(d.Base, last), d.Position
		return tx.PutDraft(code, d, "rebase", changed, s.now())
	})
}

// editDraft runs f on an open draft of that version, which nobody else edits
// meanwhile, and returns the draft as f leaves it.
func (s *Service) editDraft(
	ctx context.Context, district string, id, version int64, f func(tx *data.Tx, code string, d data.Draft) (data.Draft, error),
) (out data.Draft, err error) {
	rec, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		d, err := tx.LockDraft(rec.Code, id, version)
		switch {
		case errors.Is(err, data.ErrNotFound):
			return notFound("there is no draft %d", id)
		case errors.Is(err, data.ErrVersion):
			edits, err := tx.Reads().DraftEdits(ctx, rec.Code, id, version)
			if err != nil {
				return err
			}
			return draftError(CodeChanged, DraftError{Reason: DraftChanged, Version: d.Version, Meanwhile: edits},
				"draft %d has been changed meanwhile: it is at version %d, not %d", id, d.Version, version)
		case err != nil:
			return err
		case d.State != data.DraftOpen:
			return draftError(CodeNo, DraftError{Reason: DraftClosed}, "draft %d is %s", id, Own(d.State))
		}
		if out, err = f(tx, rec.Code, d); err != nil {
			return err
		}
		return tx.Record(rec.Code, wrote(data.ActUpdate, "draft", id))
	})
	return out, err
}
