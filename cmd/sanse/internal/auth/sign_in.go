package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sanse/data"
)

// Attempt is somebody who tries to sign in.
type Attempt struct {
	Login    string
	Password string
	Phone    bool // a session for a phone: long, with a PIN after a while
	From     From
}

// Login brings a login to the form in which it is kept: NFKC, lower case, no
// spaces around.
func Login(s string) string { return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s))) }

// maxLogin is the length of the longest login, in bytes.
const maxLogin = 128

// plausible tells whether an account can have that login at all.
func plausible(login string) bool {
	return login != "" && len(login) <= maxLogin && utf8.ValidString(login) && !strings.ContainsFunc(login, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// readable tells whether a login reads like no other: nothing in it is without a mark
// of its own on the screen, turns the writing round or is of a script that is mixed
// with others, whose letters look alike (the restrictions of UTS #39, section 5.2, as
// far as they are of use for people who write Chinese).
func readable(login string) bool {
	var of *unicode.RangeTable // the script of its letters
	for _, r := range login {
		if !unicode.IsGraphic(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return false
		}
		if unicode.In(r, unicode.Common, unicode.Inherited, unicode.Han, unicode.Bopomofo) {
			continue
		}
		for _, script := range unicode.Scripts {
			if !unicode.Is(script, r) {
				continue
			}
			if of != nil && of != script {
				return false
			}
			of = script
		}
	}
	return true
}

// SignIn lets somebody in who knows the password of an account: to the next step,
// or all the way. Refusals are ErrRefused, whatever the reason, after the same
// work; too many tries are a *WaitError, of whatever login.
//
// Tries are held to a rate for each login from each address, and for each
// address. Where an account has seen too many wrong passwords from many places it
// is shut for some minutes, to all but browsers that were let in before: so a
// stranger can neither guess on nor keep its holder out.
func (e *Entry) SignIn(ctx context.Context, a Attempt) (Opened, error) {
	ctx = standing(ctx, a.From)
	now, login, place := e.Now(), Login(a.Login), LimitKey(a.From.Addr)
	if wait, ok := e.addresses.Take(place, now); !ok {
		return Opened{}, &WaitError{wait}
	}
	if wait, ok := e.pairs.Take(pairKey(login, place), now); !ok {
		return Opened{}, &WaitError{wait}
	}
	if !plausible(login) {
		login = "no one" // which is no login: the same is asked of the store
	}
	account, err := e.Store.AccountByLogin(ctx, e.District, login)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return Opened{}, err
	}
	if err := e.slow(account, a.From, now); err != nil {
		return Opened{}, err
	}
	hash := account.Password
	if account.Issuer != "" {
		hash = "" // another house signs in for it
	}
	ok, old, err := e.Hasher.Verify(ctx, hash, a.Password)
	if err != nil {
		return Opened{}, fmt.Errorf("check password: %w", err)
	}
	known := account.ID != "" && knownDevice(account, a.From.Device)
	locked := lockedFor(account, a.From, now)
	why := ""
	switch {
	case locked:
		why = "locked"
	case !ok:
		why = "password"
	case account.DisabledAt != nil && !account.DisabledAt.After(now):
		why = "disabled"
	case account.SecretUntil != nil && !account.SecretUntil.After(now):
		why = "expired"
	}
	if why != "" {
		return Opened{}, e.refused(ctx, account, why, known, now)
	}
	// Where a code is asked for as well, tries are forgotten with the code: whoever
	// knows the password alone gains nothing by showing it again.
	if !account.TOTPOn {
		if err := e.came(ctx, account, a.From); err != nil {
			return Opened{}, err
		}
	}
	if old {
		if account.Password, err = e.renew(ctx, account, a.Password); err != nil {
			return Opened{}, err
		}
	}
	kind := data.SessionPage
	if a.Phone {
		kind = data.SessionPhone
	}
	return e.letIn(ctx, account, kind, a.From, known)
}

// pairKey is what tries of a login from an address are counted by.
func pairKey(login, place string) string {
	digest := sha256.Sum256([]byte(login)) // a login may be long
	return string(digest[:]) + place
}

// came forgets the tries of an account whose holder has shown all that it asks for.
func (e *Entry) came(ctx context.Context, account data.Account, from From) error {
	e.pairs.Forget(pairKey(account.Login, LimitKey(from.Addr)))
	e.pairs.Forget(deviceKey(from.Device))
	return e.Store.Succeeded(ctx, e.District, account.ID)
}

// slow holds a browser that was let in before to a rate of its own, wherever it
// comes from: its tries shut no account.
func (e *Entry) slow(account data.Account, from From, now time.Time) error {
	if account.ID == "" || !knownDevice(account, from.Device) {
		return nil
	}
	if wait, ok := e.pairs.Take(deviceKey(from.Device), now); !ok {
		return &WaitError{wait}
	}
	return nil
}

// deviceKey is what tries of a browser that was let in before are counted by.
func deviceKey(device string) string { return "device " + device }

// lockedFor tells whether an account is shut to whoever comes from there.
func lockedFor(a data.Account, from From, now time.Time) bool {
	return a.LockedUntil != nil && a.LockedUntil.After(now) && !knownDevice(a, from.Device)
}

// letIn opens a session at the stage that comes next.
func (e *Entry) letIn(ctx context.Context, account data.Account, kind data.SessionKind, from From, known bool) (Opened, error) {
	grants, err := e.Store.Grants(ctx, e.District, account.ID)
	if err != nil {
		return Opened{}, err
	}
	asked, err := e.askedRoles(ctx)
	if err != nil {
		return Opened{}, err
	}
	opened, err := e.open(ctx, account, kind, e.stageOf(account, inForce(grants, e.Now()), asked, false), from)
	if err != nil {
		return Opened{}, err
	}
	if opened.Seated.Account.Password != account.Password {
		// What they showed was taken back while it was looked at.
		if err := e.Store.Revoke(ctx, e.District, opened.Seated.Session.ID); err != nil && !errors.Is(err, data.ErrNotFound) {
			return Opened{}, err
		}
		return Opened{}, ErrRefused
	}
	// A browser that has not shown the code is not known yet.
	if !known && account.Password != "" && !account.TOTPOn {
		if opened.Device, err = newDevice(opened.Seated.Account); err != nil {
			return Opened{}, err
		}
	}
	return opened, nil
}

// refused counts and records a try that failed. The same is asked of the store
// whether there is such an account or not.
func (e *Entry) refused(ctx context.Context, account data.Account, why string, known bool, now time.Time) error {
	id := account.ID
	if why != "password" || known || account.Issuer != "" {
		id = "" // not counted: nobody's guess, one of a browser that is held to its own rate, or of a password that is not there
	}
	failures, err := e.Store.Failed(ctx, e.District, id)
	switch {
	case errors.Is(err, data.ErrNotFound):
		err = e.Record(ctx, e.District, data.Event{
			Account: account.ID, Action: data.ActSignIn, Object: "account", Outcome: data.OutcomeRefused, Detail: map[string]string{"why": why},
		})
	case err == nil && failures >= lockAfter:
		wait := lockMost
		if n := failures - lockAfter; n < 4 {
			wait = min(lockMost, lockFirst<<n)
		}
		err = e.Store.Lock(ctx, e.District, id, now.Add(wait))
	}
	if err != nil {
		return err
	}
	return ErrRefused
}

// renew hashes a password again where its hash was made at other costs, and returns
// the hash that it has then. Who comes in twice at once finds that the other one did
// it: theirs is as good, if it is of the same password.
func (e *Entry) renew(ctx context.Context, account data.Account, password string) (string, error) {
	hash, err := e.Hasher.Hash(ctx, password)
	if errors.Is(err, ErrBusy) {
		return account.Password, nil // next time
	}
	if err != nil {
		return "", err
	}
	done, err := e.Store.RenewPassword(ctx, e.District, account.ID, account.Password, hash)
	if done || err != nil {
		return hash, err
	}
	now, err := e.Store.Account(ctx, e.District, account.ID)
	if err != nil {
		return "", err
	}
	if same, _, err := e.Hasher.Verify(ctx, now.Password, password); err != nil || !same {
		return account.Password, err // it was changed: letIn refuses it
	}
	return now.Password, nil
}

// A device is a browser that was let in before, with the password and the code
// where there is one: it holds a random word under a key that only the hash of that
// password gives, so nothing has to be kept, and another password ends it. Whoever
// has the cookie guesses without shutting the account, from as many addresses as
// they have: each word is held to a rate of its own, wherever it comes from.

func newDevice(a data.Account) (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make a word for the browser: %w", err)
	}
	word := base64.RawURLEncoding.EncodeToString(b[:])
	return a.ID + "." + word + "." + deviceMark(a, word), nil
}

func knownDevice(a data.Account, device string) bool {
	id, rest, ok := strings.Cut(device, ".")
	word, mark, more := strings.Cut(rest, ".")
	return ok && more && id == a.ID && a.Password != "" && hmac.Equal([]byte(mark), []byte(deviceMark(a, word)))
}

func deviceMark(a data.Account, word string) string {
	mac := hmac.New(sha256.New, []byte(a.Password))
	mac.Write([]byte("sanse device " + a.ID + " " + word))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// fixedSeat tells by their login whom a server without sign-in looks as: it makes
// them for itself, and they are nobody of the demo.
func fixedSeat(login string) bool {
	return strings.HasPrefix(login, "as-") || strings.HasPrefix(login, "local-")
}

// People are the made-up people who can be signed in as with one click, with what
// they are granted; nobody where that is not so.
func (e *Entry) People(ctx context.Context) ([]data.Account, []data.Grant, error) {
	if !e.OneClick {
		return nil, nil, nil
	}
	all, err := e.Store.Accounts(ctx, e.District)
	if err != nil {
		return nil, nil, err
	}
	var people []data.Account
	for _, a := range all {
		if madeUp(a) && a.DisabledAt == nil && !fixedSeat(a.Login) {
			people = append(people, a)
		}
	}
	grants, err := e.Store.GrantsOfAll(ctx, e.District)
	if err != nil {
		return nil, nil, err
	}
	return people, inForce(grants, e.Now()), nil
}

// SignInMadeUp lets in whoever wants to look as a made-up person does.
func (e *Entry) SignInMadeUp(ctx context.Context, id string, phone bool, from From) (Opened, error) {
	if !e.OneClick {
		return Opened{}, ErrRefused
	}
	if wait, ok := e.addresses.Take(LimitKey(from.Addr), e.Now()); !ok { // each leaves a session
		return Opened{}, &WaitError{wait}
	}
	account, err := e.Store.Account(ctx, e.District, id)
	if errors.Is(err, data.ErrNotFound) {
		return Opened{}, ErrRefused
	}
	if err != nil {
		return Opened{}, err
	}
	if !madeUp(account) || account.DisabledAt != nil {
		return Opened{}, ErrRefused
	}
	kind := data.SessionPage
	if phone {
		kind = data.SessionPhone
	}
	return e.letIn(ctx, account, kind, from, true)
}

// standing says in the context from where somebody tries to come in.
func standing(ctx context.Context, from From) context.Context {
	a := data.ActorOf(ctx)
	a.Address = Neighbourhood(from.Addr)
	return data.WithActor(ctx, a)
}
