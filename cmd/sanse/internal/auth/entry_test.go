package auth_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/geo"
)

const (
	district = "990101"
	good     = "three red lanterns at dusk"
	better   = "a ferry crosses before noon"
)

// bed is a door with a clock that a test can put forward.
type bed struct {
	t     *testing.T
	entry *auth.Entry
	gate  *data.Gate
	off   time.Duration
	rows  []data.Event
}

func (b *bed) now() time.Time { return time.Now().Add(b.off) }

func setup(t *testing.T, change func(*auth.Config)) *bed {
	t.Helper()
	store := datatest.New(t)
	err := store.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(
			tx.PutDistrict(data.District{Code: district, Name: "虚构区", TimeZone: "Asia/Shanghai", MadeUp: true}),
			tx.PutAreas(district, []data.Area{{Area: geo.Area{Code: district, Level: geo.LevelDistrict, Name: "虚构区", Boundary: orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}}}}, ValidFrom: 20000}}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{t: t, gate: store.Gate()}
	c := auth.Config{
		District: district, Name: "Sanse", Store: b.gate, Hasher: hasher(t, cheap, 4), Now: b.now,
		Record: func(_ context.Context, _ string, e ...data.Event) error { b.rows = append(b.rows, e...); return nil },
	}
	if change != nil {
		change(&c)
	}
	b.entry = auth.New(c)
	return b
}

// add makes an account with a password of its holder's own.
func (b *bed) add(login string, roles ...data.Role) data.Account {
	b.t.Helper()
	n := auth.NewAccount{Login: login, Name: "王伟"}
	for _, r := range roles {
		g := data.Grant{Role: r}
		if r.NeedsArea() {
			g.Area = district
		}
		n.Grants = append(n.Grants, g)
	}
	a, secret, err := b.entry.AddAccount(b.t.Context(), n, auth.Operator)
	if err != nil {
		b.t.Fatal(err)
	}
	o := b.must(b.entry.SignIn(b.t.Context(), auth.Attempt{Login: login, Password: secret, From: from(1)}))
	if o.Seated.Session.Stage != data.StagePassword {
		b.t.Fatalf("the first session of %s is at %s", login, o.Seated.Session.Stage)
	}
	b.must(b.entry.ChangePassword(b.t.Context(), o.Token, secret, good))
	if _, err := b.gate.RevokeAll(b.t.Context(), district, a.ID); err != nil {
		b.t.Fatal(err)
	}
	b.rows = nil
	return a
}

func (b *bed) must(o auth.Opened, err error) auth.Opened {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

func (b *bed) try(login, password string, f auth.From) (auth.Opened, error) {
	return b.entry.SignIn(b.t.Context(), auth.Attempt{Login: login, Password: password, From: f})
}

func from(n byte) auth.From {
	return auth.From{Addr: netip.AddrFrom4([4]byte{203, 0, n, 9}), Agent: "test"}
}

func (b *bed) code(secret string, steps int64) string {
	b.t.Helper()
	c, err := auth.CodeAt(secret, auth.StepOf(b.now())+steps)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// stage wants the session of a token to be at a stage; empty: to be over.
func (b *bed) stage(token data.Token, want data.Stage) {
	b.t.Helper()
	_, err := b.entry.Seat(b.t.Context(), token)
	var stage *auth.StageError
	got := data.StageFull
	switch {
	case errors.As(err, &stage):
		got = stage.Stage
	case errors.Is(err, auth.ErrSignIn):
		got = ""
	case err != nil:
		b.t.Fatal(err)
	}
	if got != want {
		b.t.Errorf("the session is at %q, want %q", got, want)
	}
}

func TestWhoKnowsThePasswordComesInAndTheFirstSecretIsNoPassword(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	_, secret, err := b.entry.AddAccount(ctx, auth.NewAccount{Login: " Wang.Wei ", Name: "王伟", Grants: []data.Grant{{Role: data.RoleAuditor}}}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	first := b.must(b.try("wang.wei", secret, from(1)))
	other := b.must(b.try("WANG.WEI", secret, from(1)))
	b.stage(first.Token, data.StagePassword)
	for name, c := range map[string]struct{ old, password string }{
		"a short one": {secret, "short"}, "the login": {secret, "wang.wei-wang.wei"}, "the same": {secret, secret},
	} {
		var weak *auth.WeakError
		if _, err := b.entry.ChangePassword(ctx, first.Token, c.old, c.password); !errors.As(err, &weak) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.entry.ChangePassword(ctx, first.Token, "not the secret", good); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("whoever has the session alone changes the password: %v", err)
	}
	full := b.must(b.entry.ChangePassword(ctx, first.Token, secret, good))
	b.stage(full.Token, data.StageFull)
	b.stage(first.Token, "") // the token is another one after the step
	b.stage(other.Token, "") // and other sessions are over
	if _, err := b.try("wang.wei", secret, from(1)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("the first secret still lets in: %v", err)
	}
	b.stage(b.must(b.try("wang.wei", good, from(1))).Token, data.StageFull)
}

func TestAOneTimeSecretEnds(t *testing.T) {
	b := setup(t, nil)
	_, secret, err := b.entry.AddAccount(t.Context(), auth.NewAccount{Login: "wang.wei"}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	early := b.must(b.try("wang.wei", secret, from(1)))
	b.off = auth.SecretLife + time.Minute
	if _, err := b.try("wang.wei", secret, from(1)); !errors.Is(err, auth.ErrRefused) {
		t.Error(err)
	}
	b.stage(early.Token, "")
}

// Neither the words, nor the work, nor what the store is asked tells whether there
// is an account of that login.
func TestALoginReadsLikeNoOther(t *testing.T) {
	b := setup(t, nil)
	for login, want := range map[string]bool{
		"wang.wei-2@house": true, "王伟": true, "王伟.wang_wei": true, "wáng": true, "абв": true, "ئۇيغۇر": true, "བོད": true, "ﬁne": true,
		"admin\u200bistrator": false, "admin\u00adistrator": false, "\u202enimda": false, "\ufeffadmin": false, "admin\ufe0f": false, "admin\u034f": false, "\u3164admin": false,
		"\u0430dmin": false, "admin\u03bf": false, "王\u0430dmin": false, "\U000e0041admin": false, "admin\ue000": false,
	} {
		_, _, err := b.entry.AddAccount(t.Context(), auth.NewAccount{Login: login, Name: "王伟", MadeUp: true}, auth.Operator)
		var weak *auth.WeakError
		if refused := errors.As(err, &weak) && weak.Code == "login"; refused == want || want && err != nil {
			t.Errorf("%q: %v", login, err)
		}
	}
}

func TestALoginThatNobodyHasCostsAndSaysWhatAWrongPasswordDoes(t *testing.T) {
	b := setup(t, nil)
	b.add("wang.wei", data.RoleAuditor)
	shut := b.add("shut", data.RoleAuditor)
	if err := b.entry.Disable(t.Context(), shut.ID, true); err != nil {
		t.Fatal(err)
	}
	tied := b.add("tied", data.RoleAuditor)
	if _, err := b.entry.NewSecret(t.Context(), tied.ID); err != nil {
		t.Fatal(err)
	}
	if ok, err := b.gate.Tie(t.Context(), district, tied.ID, "https://idp.example", "u1"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for i, c := range []struct{ login, password string }{
		{"wang.wei", "wrong"}, {"nobody", "wrong"}, {"shut", "wrong"}, {"shut", good}, {"tied", good}, {"", ""}, {"wang.wei", ""}, {string(make([]byte, 5000)), "x"},
	} {
		before := b.entry.Hasher.Runs()
		_, err := b.try(c.login, c.password, from(byte(i)))
		if !errors.Is(err, auth.ErrRefused) || err.Error() != auth.ErrRefused.Error() {
			t.Errorf("%d: %v", i, err)
		}
		if n := b.entry.Hasher.Runs() - before; n != 1 {
			t.Errorf("%d: %d hashes", i, n)
		}
	}
	for _, e := range b.rows {
		if e.Outcome != data.OutcomeRefused || e.Action != data.ActSignIn || len(e.IDs) > 0 {
			t.Errorf("recorded %+v", e)
		}
	}
	if len(b.rows) != 5 { // a wrong password of an account that has one is recorded by the store, which counts it
		t.Errorf("%d rows", len(b.rows))
	}
}

func TestTriesAreHeldToARateWhetherThereIsSuchALoginOrNot(t *testing.T) {
	b := setup(t, nil)
	b.add("wang.wei", data.RoleAuditor)
	for _, login := range []string{"wang.wei", "nobody"} {
		tries := 0
		for ; tries < 100; tries++ {
			var wait *auth.WaitError
			if _, err := b.try(login, "wrong", from(7)); errors.As(err, &wait) {
				if wait.For <= 0 || wait.For > time.Minute {
					t.Errorf("wait %v", wait.For)
				}
				break
			}
		}
		if tries != 6 {
			t.Errorf("%s: %d tries", login, tries)
		}
	}
	// Its holder, at another place, is not kept out.
	b.must(b.try("wang.wei", good, from(8)))
}

func TestAStrangerCannotShutAnAccountForGood(t *testing.T) {
	b := setup(t, nil)
	a := b.add("wang.wei", data.RoleAuditor)
	home := b.must(b.try("wang.wei", good, from(1)))
	if home.Device == "" {
		t.Fatal("the browser is not known again")
	}
	for n := range byte(40) {
		if _, err := b.try("wang.wei", "wrong", from(100+n)); !errors.Is(err, auth.ErrRefused) {
			t.Fatal(err)
		}
	}
	// From somewhere new not even the right password lets in, nor does it tell.
	if _, err := b.try("wang.wei", good, from(2)); !errors.Is(err, auth.ErrRefused) {
		t.Error(err)
	}
	known := from(3)
	known.Device = home.Device
	b.must(b.try("wang.wei", good, known))
	// Somebody else's word for a browser does not help, nor one that was made up.
	for _, device := range []string{"x", a.ID + ".x.y", a.ID + "..", "a0000000000000000" + home.Device[17:]} {
		for n := range byte(12) {
			f := from(200 + n)
			f.Device = device
			if _, err := b.try("wang.wei", "wrong", f); !errors.Is(err, auth.ErrRefused) {
				t.Fatal(err)
			}
		}
		f := from(4)
		f.Device = device
		if _, err := b.try("wang.wei", good, f); !errors.Is(err, auth.ErrRefused) {
			t.Errorf("%s: %v", device, err)
		}
	}
	b.off = 16 * time.Minute
	b.must(b.try("wang.wei", good, from(2)))
}

func TestABrowserThatIsKnownGuessesNoFasterFromManyPlaces(t *testing.T) {
	now := time.Now()
	b := setup(t, func(c *auth.Config) { c.Now = func() time.Time { return now } })
	a := b.add("wang.wei", data.RoleAuditor)
	home := b.must(b.try("wang.wei", good, from(1)))
	tries := 0
	for n := range byte(100) {
		f := from(100 + n)
		f.Device = home.Device
		var wait *auth.WaitError
		if _, err := b.try("wang.wei", "wrong", f); errors.As(err, &wait) {
			break
		}
		tries++
	}
	if tries != 6 {
		t.Errorf("%d tries", tries)
	}
	got, err := b.gate.Account(t.Context(), district, a.ID)
	if err != nil || got.LockedUntil != nil || got.Failures != 0 {
		t.Errorf("its tries are counted against its holder: %v, %d, %v", got.LockedUntil, got.Failures, err)
	}
}

func TestAnOpenPageTiesNoAuthenticatorWithoutThePassword(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	a := b.add("wang.wei", data.RoleAuditor)
	o := b.must(b.try("wang.wei", good, from(1)))
	for _, password := range []string{"", "wrong"} {
		if e, err := b.entry.BeginTOTP(ctx, o.Token, password); !errors.Is(err, auth.ErrRefused) || e != (auth.Enrolment{}) {
			t.Errorf("with %q: %v", password, err)
		}
	}
	if got, err := b.gate.Account(ctx, district, a.ID); err != nil || got.TOTP != "" {
		t.Errorf("there is a secret: %v", err)
	}
	if _, err := b.entry.BeginTOTP(ctx, o.Token, good); err != nil {
		t.Errorf("with the password: %v", err)
	}
	for range 3 {
		if _, err := b.entry.BeginTOTP(ctx, o.Token, "wrong"); err == nil {
			t.Error("a wrong password is taken")
		}
	}
	b.stage(o.Token, "") // at the fifth the session ends
}

// meddler is a store in which somebody does something in the moment before a
// change is made.
type meddler struct {
	*data.Gate
	before func()
}

func (m *meddler) meddle() {
	if f := m.before; f != nil {
		m.before = nil
		f()
	}
}

func (m *meddler) ChangePassword(ctx context.Context, district string, h data.Holder, password string) error {
	m.meddle()
	return m.Gate.ChangePassword(ctx, district, h, password)
}

func (m *meddler) SetTOTP(ctx context.Context, district string, h data.Holder, secret data.Sealed, on bool, recovery []string) error {
	m.meddle()
	return m.Gate.SetTOTP(ctx, district, h, secret, on, recovery)
}

func (m *meddler) SetPIN(ctx context.Context, district string, h data.Holder, pin string) error {
	m.meddle()
	return m.Gate.SetPIN(ctx, district, h, pin)
}

func (m *meddler) OpenSession(ctx context.Context, district string, hash []byte, s data.Session) error {
	m.meddle()
	return m.Gate.OpenSession(ctx, district, hash, s)
}

func TestWhatAnAdministratorResetsIsNotUndoneByTheSessionThatItWasToEnd(t *testing.T) {
	var m *meddler
	b := setup(t, func(c *auth.Config) {
		m = &meddler{Gate: c.Store.(*data.Gate)}
		c.Store = m
	})
	ctx := t.Context()
	a := b.add("wang.wei", data.RoleAuditor)
	password := good
	for name, do := range map[string]func(token data.Token) error{
		"another password": func(token data.Token) error {
			_, err := b.entry.ChangePassword(ctx, token, password, better+" twice")
			return err
		},
		"a PIN":            func(token data.Token) error { return b.entry.SetPIN(ctx, token, "204917", password) },
		"an authenticator": func(token data.Token) error { _, err := b.entry.BeginTOTP(ctx, token, password); return err },
		"another session":  func(data.Token) error { _, err := b.try("wang.wei", password, from(9)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			o := b.must(b.try("wang.wei", password, from(1)))
			var secret string
			m.before = func() {
				var err error
				if secret, err = b.entry.NewSecret(ctx, a.ID); err != nil {
					t.Fatal(err)
				}
			}
			if err := do(o.Token); !errors.Is(err, auth.ErrSignIn) && !errors.Is(err, auth.ErrRefused) {
				t.Errorf("done: %v", err)
			}
			got, err := b.gate.Account(ctx, district, a.ID)
			if err != nil || got.PIN != "" || got.TOTP != "" || got.SecretUntil == nil {
				t.Errorf("PIN %t, authenticator %t, secret until %v, %v", got.PIN != "", got.TOTP != "", got.SecretUntil, err)
			}
			if all, err := b.gate.Sessions(ctx, district, a.ID); err != nil || len(all) != 0 {
				t.Errorf("%d sessions are left: %v", len(all), err)
			}
			// The secret that was handed out is good.
			o = b.must(b.try("wang.wei", secret, from(1)))
			b.must(b.entry.ChangePassword(ctx, o.Token, secret, good))
		})
	}
	t.Run("and without all that it is done", func(t *testing.T) {
		b.t = t
		o := b.must(b.try("wang.wei", password, from(1)))
		if err := b.entry.SetPIN(ctx, o.Token, "204917", password); err != nil {
			t.Error(err)
		}
	})
}

func TestAdministratorsAndPlannersHaveASecondFactor(t *testing.T) {
	for _, role := range []data.Role{data.RoleAdministrator, data.RolePlanner} {
		t.Run(string(role), func(t *testing.T) {
			b := setup(t, nil)
			ctx := t.Context()
			b.add("wang.wei", role)
			o := b.must(b.try("wang.wei", good, from(1)))
			b.stage(o.Token, data.StageEnrol)
			if err := b.entry.SetPIN(ctx, o.Token, "204917", good); err == nil {
				t.Error("a PIN was set before the second factor")
			}
			e, err := b.entry.BeginTOTP(ctx, o.Token, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := b.entry.ConfirmTOTP(ctx, o.Token, "000000"); !errors.Is(err, auth.ErrRefused) {
				t.Error(err)
			}
			full, codes, err := b.entry.ConfirmTOTP(ctx, o.Token, b.code(e.Secret, 0))
			if err != nil || len(codes) != 8 {
				t.Fatal(codes, err)
			}
			b.stage(full.Token, data.StageFull)
			b.stage(o.Token, "")
			if _, err := b.entry.BeginTOTP(ctx, full.Token, good); !errors.Is(err, auth.ErrNotNow) {
				t.Errorf("a second factor was put in the place of the first: %v", err)
			}

			next := b.must(b.try("wang.wei", good, from(1)))
			b.stage(next.Token, data.StageTOTP)
			if _, err := b.entry.ChangePassword(ctx, next.Token, good, better); err == nil {
				t.Error("the password was changed without the second factor")
			}
			// The code that turned it on is used up.
			if _, err := b.entry.CheckCode(ctx, next.Token, b.code(e.Secret, 0), from(1)); !errors.Is(err, auth.ErrRefused) {
				t.Errorf("a code was taken twice: %v", err)
			}
			in := b.must(b.entry.CheckCode(ctx, next.Token, b.code(e.Secret, 1), from(1)))
			b.stage(in.Token, data.StageFull)
			b.stage(next.Token, "")

			again := b.must(b.try("wang.wei", good, from(1)))
			if _, err := b.entry.CheckCode(ctx, again.Token, b.code(e.Secret, 1), from(1)); !errors.Is(err, auth.ErrRefused) {
				t.Errorf("a code was taken twice: %v", err)
			}
			b.stage(b.must(b.entry.CheckCode(ctx, again.Token, codes[0], from(1))).Token, data.StageFull)
			third := b.must(b.try("wang.wei", good, from(1)))
			for n, code := range []string{codes[0], "aaaa-bbbb-cccc-dddd", "1", "", "123456"} {
				want := auth.ErrRefused
				if n == 4 {
					want = auth.ErrSignIn // the fifth ends the session
				}
				if _, err := b.entry.CheckCode(ctx, third.Token, code, from(1)); !errors.Is(err, want) {
					t.Errorf("code %d: %v", n, err)
				}
			}
			b.stage(third.Token, "")
		})
	}
}

func TestWhoKnowsThePasswordAloneCannotGuessOnAtTheCode(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	a := b.add("wang.wei", data.RoleAuditor)
	o := b.must(b.try("wang.wei", good, from(1)))
	e, err := b.entry.BeginTOTP(ctx, o.Token, good)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.entry.ConfirmTOTP(ctx, o.Token, b.code(e.Secret, -1)); err != nil {
		t.Fatal(err)
	}
	first := b.must(b.try("wang.wei", good, from(1)))
	if first.Device != "" {
		t.Error("a browser that has shown no code is known again")
	}
	home := b.must(b.entry.CheckCode(ctx, first.Token, b.code(e.Secret, 0), from(1)))
	if home.Device == "" {
		t.Error("a browser that has shown the code is not known again")
	}
	waiting := b.must(b.try("wang.wei", good, from(8)))
	for n := range byte(3) {
		o := b.must(b.try("wang.wei", good, from(10+n)))
		for range 4 {
			if _, err := b.entry.CheckCode(ctx, o.Token, "1", from(10+n)); !errors.Is(err, auth.ErrRefused) {
				t.Fatal(err)
			}
		}
	}
	got, err := b.gate.Account(ctx, district, a.ID)
	if err != nil || got.LockedUntil == nil {
		t.Fatalf("the account is open after twelve wrong codes: %v", err)
	}
	if _, err := b.try("wang.wei", good, from(20)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("the password lets in while codes are guessed: %v", err)
	}
	if _, err := b.entry.CheckCode(ctx, waiting.Token, b.code(e.Secret, 1), from(8)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("a session that waited goes on guessing: %v", err)
	}
	// Its holder is not kept out of the browser that they use.
	known := from(3)
	known.Device = home.Device
	o = b.must(b.try("wang.wei", good, known))
	if got, err = b.gate.Account(ctx, district, a.ID); err != nil || got.LockedUntil == nil {
		t.Errorf("the password alone takes the lock off: %v", err)
	}
	b.must(b.entry.CheckCode(ctx, o.Token, b.code(e.Secret, 1), known))
	if got, err = b.gate.Account(ctx, district, a.ID); err != nil || got.LockedUntil != nil {
		t.Errorf("still locked: %v %v", got.LockedUntil, err)
	}
}

func TestWhoIsMadeAPlannerMeanwhileSetsASecondFactorUpFirst(t *testing.T) {
	b := setup(t, nil)
	a := b.add("wang.wei", data.RoleAuditor)
	o := b.must(b.try("wang.wei", good, from(1)))
	b.stage(o.Token, data.StageFull)
	if _, err := b.entry.Give(t.Context(), data.Grant{Account: a.ID, Role: data.RolePlanner, Area: district}, a.ID); !errors.Is(err, auth.ErrSelf) {
		t.Errorf("somebody made themself a planner: %v", err)
	}
	if _, err := b.entry.Give(t.Context(), data.Grant{Account: a.ID, Role: data.RolePlanner, Area: district}, auth.Operator); err != nil {
		t.Fatal(err)
	}
	b.stage(o.Token, data.StageEnrol)
}

func TestADistrictAsksMoreRolesForASecondFactor(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	b.add("wang.wei", data.RoleLeader)
	b.add("li.na", data.RoleAuditor)
	before := b.must(b.try("wang.wei", good, from(1)))
	b.stage(before.Token, data.StageFull)
	var weak *auth.WeakError
	for what, err := range map[string]error{
		"one that always has it":  b.entry.AskFactor(ctx, data.RolePlanner, "x", "op"),
		"dropped all the same":    b.entry.DropFactor(ctx, data.RoleAdministrator),
		"programs":                b.entry.AskFactor(ctx, data.RoleService, "x", "op"),
		"no role":                 b.entry.AskFactor(ctx, "mayor", "x", "op"),
		"no reason":               b.entry.AskFactor(ctx, data.RoleLeader, " ", "op"),
		"a reason of many lines":  b.entry.AskFactor(ctx, data.RoleLeader, "a\nb", "op"),
		"a reason that is a book": b.entry.AskFactor(ctx, data.RoleLeader, strings.Repeat("三", 501), "op"),
	} {
		if !errors.As(err, &weak) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.entry.AskFactor(ctx, data.RoleLeader, "等保测评要求", "a0000000000000009"); err != nil {
		t.Fatal(err)
	}
	b.stage(before.Token, data.StageEnrol)
	o := b.must(b.try("wang.wei", good, from(1)))
	b.stage(o.Token, data.StageEnrol)
	e, err := b.entry.BeginTOTP(ctx, o.Token, "")
	if err != nil {
		t.Fatal(err)
	}
	full, _, err := b.entry.ConfirmTOTP(ctx, o.Token, b.code(e.Secret, 0))
	if err != nil {
		t.Fatal(err)
	}
	b.stage(full.Token, data.StageFull)
	b.stage(b.must(b.try("li.na", good, from(1))).Token, data.StageFull)
	rules, err := b.entry.Factors(ctx)
	if err != nil || len(rules) != len(data.Roles())-1 {
		t.Fatal(rules, err)
	}
	for _, r := range rules {
		if r.Always != (r.Role == data.RolePlanner || r.Role == data.RoleAdministrator) || r.Asked != (r.Role == data.RoleLeader) || r.Asked && r.Basis != "等保测评要求" {
			t.Errorf("%+v", r)
		}
	}
	if err := b.entry.DropFactor(ctx, data.RoleLeader); err != nil {
		t.Fatal(err)
	}
	if err := b.entry.DropFactor(ctx, data.RoleLeader); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	// Who has one keeps it.
	b.stage(b.must(b.try("wang.wei", good, from(1))).Token, data.StageTOTP)
}

func TestSessionsEnd(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	a := b.add("wang.wei", data.RoleAuditor)
	sign := func() data.Token { return b.must(b.try("wang.wei", good, from(1))).Token }

	t.Run("when they are not used", func(t *testing.T) {
		token := sign()
		b.off = 29 * time.Minute
		b.stage(token, data.StageFull)
		b.off = 0
		idle := sign()
		b.off = 31 * time.Minute
		b.stage(idle, "")
		b.off = 0
		b.stage(idle, "") // for good
	})
	t.Run("after twelve hours", func(t *testing.T) {
		token := sign()
		b.off = 12*time.Hour + time.Minute
		b.stage(token, "")
		b.off = 0
	})
	t.Run("when their holder signs out", func(t *testing.T) {
		token, other := sign(), sign()
		if err := b.entry.SignOut(ctx, token); err != nil {
			t.Fatal(err)
		}
		b.stage(token, "")
		b.stage(other, data.StageFull)
	})
	t.Run("when their holder ends them from elsewhere, and nobody else's", func(t *testing.T) {
		token, other := sign(), sign()
		seated, err := b.entry.Seat(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		b.add("li.na", data.RoleAuditor)
		stranger := b.must(b.try("li.na", good, from(1)))
		if err := b.entry.EndSession(ctx, stranger.Seated.Account.ID, seated.Session.ID); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("somebody ended another's session: %v", err)
		}
		b.stage(other, data.StageFull)
		if err := b.entry.EndSession(ctx, a.ID, seated.Session.ID); err != nil {
			t.Fatal(err)
		}
		b.stage(other, "")
		b.stage(token, data.StageFull)
	})
	t.Run("when the account is disabled", func(t *testing.T) {
		token := sign()
		b.stage(token, data.StageFull)
		if err := b.entry.Disable(ctx, a.ID, true); err != nil {
			t.Fatal(err)
		}
		b.stage(token, "")
		if err := b.entry.Disable(ctx, a.ID, false); err != nil {
			t.Fatal(err)
		}
		b.stage(token, "")
	})
	t.Run("when it gets a new secret", func(t *testing.T) {
		token := sign()
		if _, err := b.entry.NewSecret(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		b.stage(token, "")
	})
	for _, token := range []data.Token{"", "x", data.Token(slices.Repeat([]byte("A"), 43)), data.Token(slices.Repeat([]byte("A"), 5000))} {
		b.stage(token, "")
	}
}

func TestAPhoneComesBackWithAPIN(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	b.add("wang.wei", data.RoleWorker)
	phone := func() data.Token {
		return b.must(b.entry.SignIn(ctx, auth.Attempt{Login: "wang.wei", Password: good, Phone: true, From: from(1)})).Token
	}
	idle := phone()
	b.off = 16 * time.Minute
	b.stage(idle, "") // without a PIN there is no way back
	b.off = 0

	token := phone()
	for _, c := range []struct{ pin, password string }{{"123456", good}, {"204917", "wrong"}} {
		if err := b.entry.SetPIN(ctx, token, c.pin, c.password); err == nil {
			t.Errorf("PIN %v was set", c)
		}
	}
	if err := b.entry.SetPIN(ctx, token, "204917", good); err != nil {
		t.Fatal(err)
	}
	b.stage(token, data.StageFull)
	b.off = 16 * time.Minute
	b.stage(token, data.StagePIN)
	if _, err := b.entry.CheckPIN(ctx, token, "204918"); !errors.Is(err, auth.ErrRefused) {
		t.Error(err)
	}
	back := b.must(b.entry.CheckPIN(ctx, token, "204917"))
	b.stage(token, "")
	b.off = 0
	b.stage(back.Token, data.StageFull)
	b.off = 16 * time.Minute
	b.stage(back.Token, data.StagePIN)
	for n := range 5 {
		want := auth.ErrRefused
		if n == 4 {
			want = auth.ErrSignIn
		}
		if _, err := b.entry.CheckPIN(ctx, back.Token, "204918"); !errors.Is(err, want) {
			t.Errorf("%d: %v", n, err)
		}
	}
	b.stage(back.Token, "")
	b.off = 0
	long := phone()
	b.off = 14*24*time.Hour + time.Minute
	b.stage(long, "")
}

func TestAKeyIsGoodForAProgramAndSignsInToNothing(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	for name, k := range map[string]auth.Key{
		"for nothing": {Area: district}, "for ever": {Area: district, Scopes: []string{"board"}, To: time.Now().Add(2 * auth.KeyLife)},
		"until yesterday": {Area: district, Scopes: []string{"board"}, To: time.Now().Add(-time.Hour)}, "nowhere": {Scopes: []string{"board"}},
	} {
		if _, _, err := b.entry.NewKey(ctx, k, auth.Operator); err == nil {
			t.Errorf("a key %s was made", name)
		}
	}
	a, key, err := b.entry.NewKey(ctx, auth.Key{Name: "platform", Area: district, Scopes: []string{"board"}}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	seated, err := b.entry.Seat(ctx, key)
	if err != nil || seated.Session.Kind != data.SessionKey || len(seated.Grants) != 1 || seated.Grants[0].Role != data.RoleService {
		t.Errorf("%+v %v", seated, err)
	}
	if _, err := b.entry.ChangePassword(ctx, key, "", good); !errors.Is(err, auth.ErrNotNow) {
		t.Error(err)
	}
	if _, err := b.try(a.Login, "", from(1)); !errors.Is(err, auth.ErrRefused) {
		t.Error(err)
	}
	b.off = auth.KeyLife + time.Hour
	b.stage(key, "")
}

func TestMadeUpPeopleComeInWithOneClickWhereThatIsSo(t *testing.T) {
	for _, oneClick := range []bool{true, false} {
		b := setup(t, func(c *auth.Config) { c.OneClick = oneClick })
		ctx := t.Context()
		planner, secret, err := b.entry.AddAccount(ctx, auth.NewAccount{Login: "made.up", Name: "张三", MadeUp: true, Grants: []data.Grant{{Role: data.RolePlanner, Area: district}}}, auth.Operator)
		if err != nil || secret != "" {
			t.Fatal(secret, err)
		}
		own := b.add("wang.wei", data.RoleAuditor)
		o, err := b.entry.SignInMadeUp(ctx, planner.ID, false, from(1))
		if (err == nil) != oneClick {
			t.Fatalf("one click %v: %v", oneClick, err)
		}
		for _, login := range []string{"as-" + district, "local-" + district} { // of servers without sign-in
			if _, _, err := b.entry.AddAccount(ctx, auth.NewAccount{Login: login, Name: "本机", MadeUp: true, Grants: []data.Grant{{Role: data.RolePlanner, Area: district}}}, auth.Operator); err != nil {
				t.Fatal(err)
			}
		}
		people, _, err := b.entry.People(ctx)
		if err != nil || (len(people) == 1) != oneClick {
			t.Errorf("one click %v: %d people %v", oneClick, len(people), err)
		}
		if oneClick {
			b.stage(o.Token, data.StageFull)
		}
		for _, id := range []string{own.ID, "a0000000000000000", ""} {
			if _, err := b.entry.SignInMadeUp(ctx, id, false, from(1)); !errors.Is(err, auth.ErrRefused) {
				t.Errorf("%q: %v", id, err)
			}
		}
		if _, err := b.try("made.up", "", from(1)); !errors.Is(err, auth.ErrRefused) {
			t.Error(err)
		}
		var wait *auth.WaitError
		for n := 0; oneClick && n < 100 && !errors.As(err, &wait); n++ {
			_, err = b.entry.SignInMadeUp(ctx, planner.ID, false, from(2))
		}
		if oneClick && wait == nil {
			t.Error("clicks leave sessions without end")
		}
	}
}

func TestTheFirstStartMakesOneAdministrator(t *testing.T) {
	b := setup(t, nil)
	ctx := t.Context()
	login, secret, err := b.entry.FirstAdministrator(ctx)
	if err != nil || login != "admin" || secret == "" {
		t.Fatal(login, err)
	}
	if _, again, err := b.entry.FirstAdministrator(ctx); err != nil || again != "" {
		t.Errorf("a second one was made: %v", err)
	}
	b.stage(b.must(b.try("admin", secret, from(1))).Token, data.StagePassword)
	a, err := b.gate.AccountByLogin(ctx, district, "admin")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.entry.Disable(ctx, a.ID, true); err != nil {
		t.Fatal(err)
	}
	if login, _, err := b.entry.FirstAdministrator(ctx); err != nil || login != "admin-2" {
		t.Errorf("%s %v", login, err)
	}
}

// What another process changes is heard at once.
func TestWhatIsRememberedIsForgottenWhenAnythingChanges(t *testing.T) {
	b := setup(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := b.add("wang.wei", data.RoleAuditor)
	token := b.must(b.try("wang.wei", good, from(1))).Token
	heard := make(chan struct{}, 1)
	watching := make(chan error, 1)
	c := b.entry.Config
	c.Store = &listening{b.gate, heard}
	other := auth.New(c)
	go func() {
		watching <- other.Watch(ctx, func(_ context.Context, err error) error { return err })
	}()
	<-heard // it listens
	if _, err := other.Seat(ctx, token); err != nil {
		t.Fatal(err)
	}
	if _, err := b.gate.RevokeAll(ctx, district, a.ID); err != nil {
		t.Fatal(err)
	}
	<-heard // it was told
	if _, err := other.Seat(ctx, token); !errors.Is(err, auth.ErrSignIn) {
		t.Errorf("a session that was ended elsewhere is remembered: %v", err)
	}
	cancel()
	if err := <-watching; err != nil {
		t.Error(err)
	}
}

type listening struct {
	auth.Store
	heard chan struct{}
}

func (l *listening) Watch(ctx context.Context, ready func(), changed func(string)) error {
	return l.Store.Watch(ctx, func() { ready(); l.heard <- struct{}{} }, func(d string) { changed(d); l.heard <- struct{}{} })
}

// meanwhile does something just before a hash is put in the place of another.
type meanwhile struct {
	auth.Store
	do func()
}

func (m *meanwhile) RenewPassword(ctx context.Context, district, account, was, password string) (bool, error) {
	do := m.do
	m.do = func() {}
	do()
	return m.Store.RenewPassword(ctx, district, account, was, password)
}

func TestWhoComesInTwiceAtOnceAfterTheCostsChangedIsLetInTwice(t *testing.T) {
	var c auth.Config
	b := setup(t, func(of *auth.Config) { c = *of })
	a := b.add("wangwei", data.RoleLeader)
	old := b.must(b.try("wangwei", good, from(1))).Seated.Account.Password
	between := &meanwhile{Store: b.gate}
	c.Store, c.Hasher = between, hasher(t, auth.Params{Time: 2, MemoryKiB: 64, Lanes: 1}, 4)
	b.entry = auth.New(c)
	var first data.Token
	between.do = func() { first = b.must(b.try("wangwei", good, from(2))).Token }
	second := b.must(b.try("wangwei", good, from(3)))
	b.stage(first, data.StageFull)
	b.stage(second.Token, data.StageFull)
	if now, err := b.gate.Account(t.Context(), district, a.ID); err != nil || now.Password == old {
		t.Errorf("the hash is of the old costs: %v", err)
	}

	// A password that was changed meanwhile lets nobody in who showed the one before.
	c.Hasher = hasher(t, cheap, 4)
	b.entry = auth.New(c)
	between.do = func() {
		b.must(b.entry.ChangePassword(t.Context(), first, good, "three blue lanterns over the lake"))
	}
	if _, err := b.try("wangwei", good, from(4)); !errors.Is(err, auth.ErrRefused) {
		t.Errorf("with a password that is no more: %v", err)
	}
}
