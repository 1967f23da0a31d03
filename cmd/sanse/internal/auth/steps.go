package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sanse/data"
)

// at finds the session of a token, which must be at one of the stages. It is read
// anew: a step is never taken on what is remembered.
func (e *Entry) at(ctx context.Context, token data.Token, stages ...data.Stage) (data.Seated, error) {
	if !wellFormed(token) {
		return data.Seated{}, ErrSignIn
	}
	seated, err := e.Store.Seat(ctx, token.Hash())
	if errors.Is(err, data.ErrNotFound) {
		return data.Seated{}, ErrSignIn
	}
	if err != nil {
		return data.Seated{}, err
	}
	seated, err = e.judge(ctx, seated, e.Now())
	var stage *StageError
	if err != nil && !errors.As(err, &stage) {
		return data.Seated{}, err
	}
	if seated.Session.Kind == data.SessionKey {
		return data.Seated{}, ErrNotNow
	}
	if !slices.Contains(stages, seated.Session.Stage) {
		if stage != nil {
			return seated, stage
		}
		return seated, ErrNotNow
	}
	return seated, nil
}

// wrong counts a wrong secret within a session, which ends at the fifth.
func (e *Entry) wrong(ctx context.Context, s data.Session) error {
	n, err := e.Store.SessionFailed(ctx, e.District, s.ID)
	if err != nil {
		return err
	}
	if n < maxWrongInSession {
		return ErrRefused
	}
	defer e.seats.drop()
	if err := e.Store.Revoke(ctx, e.District, s.ID); err != nil && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	return ErrSignIn
}

// acting says in the context whose session it is that does something.
func acting(ctx context.Context, s data.Session) context.Context {
	a := data.ActorOf(ctx)
	a.Account, a.Session = s.Account, s.ID
	if a.Address == "" {
		a.Address = s.Address
	}
	return data.WithActor(ctx, a)
}

// holder is whoever's session it is, by what they have shown.
func holder(seated data.Seated) data.Holder {
	return data.Holder{Account: seated.Account.ID, Session: seated.Session.ID, Password: seated.Account.Password}
}

// held says what comes of a change that a holder made: where the session or the
// password went meanwhile, nobody is signed in any more.
func held(err error) error {
	switch {
	case errors.Is(err, data.ErrNoSeat):
		return ErrSignIn
	case errors.Is(err, data.ErrNotFound):
		return ErrNotNow
	}
	return err
}

// shown sees that whoever's session it is knows the password, where there is one:
// an open page is not enough to change how its holder signs in.
func (e *Entry) shown(ctx context.Context, seated data.Seated, password string) error {
	if seated.Account.Password == "" {
		return nil
	}
	ok, _, err := e.Hasher.Verify(ctx, seated.Account.Password, password)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return e.wrong(ctx, seated.Session)
	}
	return nil
}

// ChangePassword gives the account of a session another password. The old one is
// asked for again, all other sessions of the account end, and this one goes on to
// its next stage under a new token. A password that is not good enough is a
// *WeakError.
func (e *Entry) ChangePassword(ctx context.Context, token data.Token, old, password string) (Opened, error) {
	seated, err := e.at(ctx, token, data.StageFull, data.StagePassword)
	if err != nil {
		return Opened{}, err
	}
	a, s := seated.Account, seated.Session
	ctx = acting(ctx, s)
	if a.Password == "" || a.Issuer != "" {
		return Opened{}, ErrNotNow
	}
	if err := e.shown(ctx, seated, old); err != nil {
		return Opened{}, err
	}
	if a.SecretUntil != nil && !a.SecretUntil.After(e.Now()) {
		return Opened{}, ErrSignIn
	}
	if err := CheckPassword(password, append([]string{a.Login, a.Name.Reveal()}, e.Context...)...); err != nil {
		return Opened{}, err
	}
	if password == old {
		return Opened{}, &WeakError{"common", "the new password is the old one"}
	}
	hash, err := e.Hasher.Hash(ctx, password)
	if err != nil {
		return Opened{}, err
	}
	if err := held(e.Store.ChangePassword(ctx, e.District, holder(seated), hash)); err != nil {
		return Opened{}, err
	}
	a.Password, a.MustChange = hash, false
	opened, err := e.advance(ctx, s, e.stageOf(a, seated.Grants, seated.Factor, true))
	if err != nil {
		return Opened{}, err
	}
	if opened.Device, err = newDevice(a); err != nil {
		return Opened{}, err
	}
	return opened, nil
}

// CheckCode takes the code of an authenticator, or one of the recovery codes, from
// somebody whose session asks for it. Wrong codes count like wrong passwords, and
// over all sessions: an account that they have shut takes no code either, from
// browsers that were not let in before.
func (e *Entry) CheckCode(ctx context.Context, token data.Token, code string, from From) (Opened, error) {
	seated, err := e.at(ctx, token, data.StageTOTP)
	if err != nil {
		return Opened{}, err
	}
	a, s := seated.Account, seated.Session
	ctx = acting(ctx, s)
	if err := e.slow(a, from, e.Now()); err != nil {
		return Opened{}, err
	}
	if lockedFor(a, from, e.Now()) {
		return Opened{}, e.wrong(ctx, s)
	}
	ok, err := e.takeCode(ctx, a, code)
	if err != nil {
		return Opened{}, err
	}
	if !ok {
		// Whoever gets here knows the password: their guesses shut the account too.
		if n, err := e.Store.Failed(ctx, e.District, a.ID); err != nil {
			return Opened{}, err
		} else if n >= lockAfter {
			if err := e.Store.Lock(ctx, e.District, a.ID, e.Now().Add(lockMost)); err != nil {
				return Opened{}, err
			}
		}
		return Opened{}, e.wrong(ctx, s)
	}
	if err := e.came(ctx, a, from); err != nil {
		return Opened{}, err
	}
	opened, err := e.advance(ctx, s, e.stageOf(a, seated.Grants, seated.Factor, true))
	if err != nil {
		return Opened{}, err
	}
	if a.Password != "" && !knownDevice(a, from.Device) {
		if opened.Device, err = newDevice(a); err != nil {
			return Opened{}, err
		}
	}
	return opened, nil
}

// takeCode uses a code up, and tells whether it was good.
func (e *Entry) takeCode(ctx context.Context, a data.Account, code string) (bool, error) {
	if !a.TOTPOn {
		return false, nil
	}
	if looksLikeRecovery(code) {
		return e.Store.TakeRecovery(ctx, e.District, a.ID, RecoveryHash(code))
	}
	step, ok, err := CheckTOTP(a.TOTP.Reveal(), code, e.Now(), a.TOTPStep)
	if err != nil || !ok {
		return false, err
	}
	return e.Store.TakeStep(ctx, e.District, a.ID, step)
}

// Enrolment is what an authenticator needs to know.
type Enrolment struct {
	Secret string // base32
	URI    string // otpauth://…
	SVG    string // the URI as a QR code
}

// BeginTOTP makes a secret for the authenticator of whoever's session this is. It
// counts once a code of it was shown (ConfirmTOTP). Where there is one already it
// is ErrNotNow: an administrator takes it away first. Whoever is signed in fully
// shows their password again: somebody else may sit at the page they left.
func (e *Entry) BeginTOTP(ctx context.Context, token data.Token, password string) (Enrolment, error) {
	seated, err := e.at(ctx, token, data.StageFull, data.StageEnrol)
	if err != nil {
		return Enrolment{}, err
	}
	a := seated.Account
	ctx = acting(ctx, seated.Session)
	if a.TOTPOn || madeUp(a) {
		return Enrolment{}, ErrNotNow
	}
	if seated.Session.Stage == data.StageFull {
		if err := e.shown(ctx, seated, password); err != nil {
			return Enrolment{}, err
		}
	}
	secret, err := NewTOTP()
	if err != nil {
		return Enrolment{}, err
	}
	if err := held(e.Store.SetTOTP(ctx, e.District, holder(seated), data.Sealed(secret), false, nil)); err != nil {
		return Enrolment{}, err
	}
	out := Enrolment{Secret: secret, URI: TOTPURI(e.Name, a.Login, secret)}
	out.SVG, err = QR(out.URI)
	return out, err
}

// ConfirmTOTP turns the second factor on with a first code of it, and gives the
// recovery codes, which are shown this once.
func (e *Entry) ConfirmTOTP(ctx context.Context, token data.Token, code string) (Opened, []string, error) {
	seated, err := e.at(ctx, token, data.StageFull, data.StageEnrol)
	if err != nil {
		return Opened{}, nil, err
	}
	a, s := seated.Account, seated.Session
	ctx = acting(ctx, s)
	if a.TOTPOn || a.TOTP == "" {
		return Opened{}, nil, ErrNotNow
	}
	step, ok, err := CheckTOTP(a.TOTP.Reveal(), code, e.Now(), a.TOTPStep)
	if err != nil {
		return Opened{}, nil, err
	}
	if ok {
		ok, err = e.Store.TakeStep(ctx, e.District, a.ID, step)
		if err != nil {
			return Opened{}, nil, err
		}
	}
	if !ok {
		return Opened{}, nil, e.wrong(ctx, s)
	}
	codes, hashes, err := NewRecovery()
	if err != nil {
		return Opened{}, nil, err
	}
	if err := held(e.Store.SetTOTP(ctx, e.District, holder(seated), a.TOTP, true, hashes)); err != nil {
		return Opened{}, nil, err
	}
	a.TOTPOn = true
	opened, err := e.advance(ctx, s, e.stageOf(a, seated.Grants, seated.Factor, true))
	if err != nil {
		return Opened{}, nil, err
	}
	return opened, codes, nil
}

// SetPIN gives whoever is signed in a PIN to come back with on a phone. The
// password is asked for again where there is one.
func (e *Entry) SetPIN(ctx context.Context, token data.Token, pin, password string) error {
	seated, err := e.at(ctx, token, data.StageFull)
	if err != nil {
		return err
	}
	a, s := seated.Account, seated.Session
	ctx = acting(ctx, s)
	if madeUp(a) {
		return ErrNotNow // it would no longer be one that anybody can look as
	}
	if err := e.shown(ctx, seated, password); err != nil {
		return err
	}
	pin = strings.TrimSpace(pin)
	if err := CheckPIN(pin); err != nil {
		return err
	}
	hash, err := e.Hasher.Hash(ctx, pin)
	if err != nil {
		return err
	}
	if err := held(e.Store.SetPIN(ctx, e.District, holder(seated), hash)); err != nil {
		return err
	}
	defer e.seats.drop()
	return nil
}

// CheckPIN lets a phone go on whose session asks for the PIN. At the fifth wrong
// one the session ends.
func (e *Entry) CheckPIN(ctx context.Context, token data.Token, pin string) (Opened, error) {
	seated, err := e.at(ctx, token, data.StagePIN)
	if err != nil {
		return Opened{}, err
	}
	a, s := seated.Account, seated.Session
	ctx = acting(ctx, s)
	ok, _, err := e.Hasher.Verify(ctx, a.PIN, strings.TrimSpace(pin))
	if err != nil {
		return Opened{}, fmt.Errorf("check PIN: %w", err)
	}
	if !ok {
		return Opened{}, e.wrong(ctx, s)
	}
	opened, err := e.advance(ctx, s, e.stageOf(a, seated.Grants, seated.Factor, true))
	if err != nil {
		return Opened{}, err
	}
	return opened, nil
}

// SignOut ends the session of a token, at whatever stage it is.
func (e *Entry) SignOut(ctx context.Context, token data.Token) error {
	if !wellFormed(token) {
		return ErrSignIn
	}
	seated, err := e.Store.Seat(ctx, token.Hash())
	if errors.Is(err, data.ErrNotFound) || err == nil && (seated.District != e.District || seated.Session.Kind == data.SessionKey) {
		return ErrSignIn
	}
	if err != nil {
		return err
	}
	defer e.seats.drop()
	if err := e.Store.Revoke(acting(ctx, seated.Session), e.District, seated.Session.ID); err != nil && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	return nil
}

// EndSession ends one of an account's own sessions; data.ErrNotFound if it has
// none of that id.
func (e *Entry) EndSession(ctx context.Context, account, session string) error {
	all, err := e.Store.Sessions(ctx, e.District, account)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(s data.Session) bool { return s.ID == session }) {
		return data.ErrNotFound
	}
	defer e.seats.drop()
	return e.Store.Revoke(ctx, e.District, session)
}

// MarshalJSON keeps the secret of an enrolment out of whatever writes values down
// by itself: who shows it does so field by field.
func (Enrolment) MarshalJSON() ([]byte, error) { return json.Marshal("•••") }
