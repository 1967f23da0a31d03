package connect_test

import (
	"testing"
	"time"

	"sanse/cmd/sanse/internal/connect"
)

func TestASignatureIsOfTheBodyTheTimeAndTheSecret(t *testing.T) {
	now := time.Unix(1_764_547_200, 0)
	secret, body := []byte("a secret of 32 bytes, or of more"), []byte(`{"tasks":[]}`)
	stamp, signature := connect.Sign(secret, now, body)
	// docs/connect.md has this one.
	if stamp != "1764547200" || signature != "sha256=ec28e0b1c22caabcf55be9ca5d43ce1eb10af1030bcd5d5d51c5c40ab3945f2f" {
		t.Errorf("%s %s", stamp, signature)
	}
	for _, c := range []struct {
		name             string
		secret           string
		now              time.Time
		stamp, signature string
		body             string
		good             bool
	}{
		{"as it was sent", string(secret), now.Add(time.Minute), stamp, signature, string(body), true},
		{"another body", string(secret), now, stamp, signature, `{"tasks":[1]}`, false},
		{"another secret", "another", now, stamp, signature, string(body), false},
		{"another time", string(secret), now, "1764547201", signature, string(body), false},
		{"six minutes later", string(secret), now.Add(6 * time.Minute), stamp, signature, string(body), false},
		{"no time", string(secret), now, "", signature, string(body), false},
		{"no signature", string(secret), now, stamp, "", string(body), false},
		{"cut short", string(secret), now, stamp, signature[:20], string(body), false},
	} {
		if err := connect.Verify([]byte(c.secret), c.now, c.stamp, c.signature, []byte(c.body)); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
