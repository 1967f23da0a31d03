package auth_test

import (
	"encoding/base32"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sanse/cmd/sanse/internal/auth"
)

// RFC 6238, appendix B, SHA-1: eight digits there, the last six of them here.
func TestCodesAreThoseOfRFC6238(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		got, err := auth.CodeAt(secret, auth.StepOf(time.Unix(at, 0)))
		if err != nil || got != want[2:] {
			t.Errorf("at %d: %s %v, want %s", at, got, err, want[2:])
		}
	}
}

func TestACodeIsTakenOnceAndForAStepEitherWay(t *testing.T) {
	secret, err := auth.NewTOTP()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_010, 0)
	at := auth.StepOf(now)
	code := func(step int64) string {
		c, err := auth.CodeAt(secret, step)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, c := range map[string]struct {
		code string
		last int64
		ok   bool
		step int64
	}{
		"of now":                   {code(at), 0, true, at},
		"typed with a space":       {code(at)[:3] + " " + code(at)[3:], 0, true, at},
		"of the step before":       {code(at - 1), 0, true, at - 1},
		"of the step after":        {code(at + 1), 0, true, at + 1},
		"of two steps before":      {code(at - 2), 0, false, 0},
		"of two steps after":       {code(at + 2), 0, false, 0},
		"taken already":            {code(at), at, false, 0},
		"of before one taken":      {code(at - 1), at, false, 0},
		"of after the one taken":   {code(at), at - 1, true, at},
		"nothing":                  {"", 0, false, 0},
		"cut off":                  {code(at)[:5], 0, false, 0},
		"with something behind it": {code(at) + "0", 0, false, 0},
	} {
		step, ok, err := auth.CheckTOTP(secret, c.code, now, c.last)
		if ok != c.ok || step != c.step || err != nil {
			t.Errorf("%s: %d %v %v", name, step, ok, err)
		}
	}
	if _, _, err := auth.CheckTOTP("not base32!", "000000", now, 0); err == nil {
		t.Error("a secret that is none was used")
	}
}

func TestNoCodeOfAnEarlierStepIsEverTaken(t *testing.T) {
	secret, err := auth.NewTOTP()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		last := int64(0)
		now := time.Unix(rapid.Int64Range(0, 1<<34).Draw(r, "now"), 0)
		for range 20 {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(r, "seconds")) * time.Second)
			code, err := auth.CodeAt(secret, auth.StepOf(now)+rapid.Int64Range(-2, 2).Draw(r, "off"))
			if err != nil {
				r.Fatal(err)
			}
			step, ok, err := auth.CheckTOTP(secret, code, now, last)
			if err != nil || ok && step <= last {
				r.Fatalf("step %d after %d: %v", step, last, err)
			}
			if ok {
				last = step
			}
		}
	})
}

func TestTheURIAndItsPictureSayWhoseSecretItIs(t *testing.T) {
	uri := auth.TOTPURI("Sanse 三色", "wang.wei", "JBSWY3DPEHPK3PXP")
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Sanse 三色:wang.wei" || u.Query().Get("secret") != "JBSWY3DPEHPK3PXP" || u.Query().Get("issuer") != "Sanse 三色" || strings.Contains(uri, "+") {
		t.Errorf("%s %v", uri, err)
	}
	svg, err := auth.QR(uri)
	if err != nil || strings.Contains(svg, "style") || strings.Contains(svg, "JBSW") {
		t.Errorf("%v %s", err, svg)
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
