package webpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The example of RFC 8291, section 5 and appendix A.
func TestTheExampleOfTheStandardIsSealedToTheLetter(t *testing.T) {
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml" +
		"mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT" +
		"pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	once, err := ecdh.P256().NewPrivateKey(bytesOf(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := seal(Subscription{
		Endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
		P256dh:   "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
		Auth:     "BTBZMqHH6r4Tts7J_aSIgg",
	}, []byte("When I grow up, I want to be a watermelon"), once, bytesOf(t, "DGv6ra1nlYgDCS1FRnbzlw"))
	if err != nil || base64.RawURLEncoding.EncodeToString(got) != want {
		t.Errorf("sealed %s (%v)", base64.RawURLEncoding.EncodeToString(got), err)
	}
}

// browser is the other end: it opens what is sealed for it.
type browser struct {
	private *ecdh.PrivateKey
	auth    []byte
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return browser{private, []byte("sixteen bytes ok")}
}

func (b browser) subscription() Subscription {
	encode := base64.RawURLEncoding.EncodeToString
	return Subscription{"https://push.example.net/x", encode(b.private.PublicKey().Bytes()), encode(b.auth)}
}

func (b browser) open(body []byte) ([]byte, error) {
	salt, point := body[:16], body[21:86]
	sender, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, err
	}
	shared, err := b.private.ECDH(sender)
	if err != nil {
		return nil, err
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		k, e := hkdf.Key(sha256.New, secret, salt, info, n)
		if e != nil {
			err = e
		}
		return k
	}
	ikm := derive(shared, b.auth, "WebPush: info\x00"+string(b.private.PublicKey().Bytes())+string(point), 32)
	block, e := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if e != nil || err != nil {
		return nil, fmt.Errorf("%w %w", e, err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	text, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), body[86:], nil)
	if err != nil || text[len(text)-1] != 2 {
		return nil, fmt.Errorf("the record does not end as the last one does (%w)", err)
	}
	return text[:len(text)-1], nil
}

func TestTheBrowserAloneReadsWhatIsSealedForIt(t *testing.T) {
	b, other := newBrowser(t), newBrowser(t)
	for _, text := range []string{"", "有 1 户今天要走访", strings.Repeat("x", MaxText)} {
		body, err := Seal(b.subscription(), []byte(text))
		if err != nil || len(body) > 4096 {
			t.Fatalf("%d bytes (%v)", len(body), err)
		}
		if got, err := b.open(body); err != nil || string(got) != text {
			t.Errorf("read %q (%v)", got, err)
		}
		if _, err := other.open(body); err == nil {
			t.Error("another browser reads it")
		}
		if again, err := Seal(b.subscription(), []byte(text)); err != nil || bytes.Equal(again[:86], body[:86]) {
			t.Errorf("two bodies share a salt and a key (%v)", err)
		}
	}
	if _, err := Seal(b.subscription(), make([]byte, MaxText+1)); err == nil {
		t.Error("a text that is too long is taken")
	}
}

func TestWhatIsNoSubscriptionIsRefusedAndNotRepeated(t *testing.T) {
	good := newBrowser(t).subscription()
	for name, change := range map[string]func(*Subscription){
		"no endpoint":         func(s *Subscription) { s.Endpoint = "" },
		"a file":              func(s *Subscription) { s.Endpoint = "file:///etc/marker" },
		"a name and password": func(s *Subscription) { s.Endpoint = "https://marker:marker@push.example.net/" },
		"no key":              func(s *Subscription) { s.P256dh = "" },
		"half a key":          func(s *Subscription) { s.P256dh = s.P256dh[:40] },
		"not on the curve":    func(s *Subscription) { s.P256dh = "BA" + strings.Repeat("marker", 15)[:85] },
		"a short secret":      func(s *Subscription) { s.Auth = "marker" },
		"no base64":           func(s *Subscription) { s.Auth = "marker!" },
	} {
		s := good
		change(&s)
		if err := s.Validate(); err == nil || strings.Contains(err.Error(), "marker") {
			t.Errorf("%s: %v", name, err)
		}
	}
	padded := good
	padded.Auth += "=="
	if err := padded.Validate(); err != nil {
		t.Errorf("with padding: %v", err)
	}
}

func TestAPushServiceKnowsTheServerByItsKey(t *testing.T) {
	made, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := made.Secret()
	if err != nil {
		t.Fatal(err)
	}
	if printed := fmt.Sprintf("%v %+v %s", made, made, made); strings.Contains(printed, secret) {
		t.Error("a key prints itself")
	}
	key, err := ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 2, 4, 0, 0, 0, time.UTC)
	word, err := key.Authorization("https://push.example.net:8443/a/b?c", "mailto:ops@example.gov.cn", now)
	if err != nil {
		t.Fatal(err)
	}
	token, public, ok := strings.Cut(strings.TrimPrefix(word, "vapid t="), ", k=")
	if want, err := made.Public(); !ok || err != nil || public != want {
		t.Fatalf("%q (%v)", word, err)
	}
	parts := strings.Split(token, ".")
	var claims map[string]any
	if err := json.Unmarshal(bytesOf(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if claims["aud"] != "https://push.example.net:8443" || claims["sub"] != "mailto:ops@example.gov.cn" || claims["exp"] != float64(now.Add(12*time.Hour).Unix()) {
		t.Errorf("it says %v", claims)
	}
	point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytesOf(t, public))
	if err != nil {
		t.Fatal(err)
	}
	signature, digest := bytesOf(t, parts[2]), sha256.Sum256([]byte(parts[0]+"."+parts[1]))
	if !ecdsa.Verify(point, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the signature does not hold")
	}
	for _, bad := range []string{"", "marker", strings.Repeat("A", 43), secret + "AAAA"} {
		if _, err := ParseKey(bad); err == nil || strings.Contains(err.Error(), "marker") {
			t.Errorf("%q is taken for a key: %v", bad, err)
		}
	}
}
