package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sanse/data/seal"
)

func suite(t testing.TB, name string) seal.Suite {
	t.Helper()
	key, err := seal.NewKey(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(name, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEverySuiteOpensWhatItSealedAndNothingElse(t *testing.T) {
	for _, name := range seal.Names() {
		t.Run(name, func(t *testing.T) {
			s, other := suite(t, name), suite(t, name)
			if s.Name() != name {
				t.Errorf("it is called %s", s.Name())
			}
			rapid.Check(t, func(t *rapid.T) {
				clear := rapid.SliceOf(rapid.Byte()).Draw(t, "clear")
				place := rapid.SliceOf(rapid.Byte()).Draw(t, "place")
				b, err := seal.Value(7, s, clear, place)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := seal.KeyOf(b); err != nil || n != 7 {
					t.Fatalf("key %d: %v", n, err)
				}
				got, err := seal.OpenValue(b, s, place)
				if err != nil || !bytes.Equal(got, clear) {
					t.Fatalf("opened %x: %v", got, err)
				}
				again, err := seal.Value(7, s, clear, place)
				if err != nil || bytes.Equal(b, again) {
					t.Fatalf("it seals alike twice (%v)", err)
				}
				if _, err := seal.OpenValue(b, s, append(place, 0)); !errors.Is(err, seal.ErrOpen) {
					t.Fatalf("in another place: %v", err)
				}
				if _, err := seal.OpenValue(b, other, place); !errors.Is(err, seal.ErrOpen) {
					t.Fatalf("with another key: %v", err)
				}
				i := rapid.IntRange(5, len(b)-1).Draw(t, "at")
				b[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
				if _, err := seal.OpenValue(b, s, place); !errors.Is(err, seal.ErrOpen) {
					t.Fatalf("changed at %d: %v", i, err)
				}
			})
			a, err := s.MAC([]byte("a"))
			if err != nil || len(a) < 32 {
				t.Fatalf("a hash of %d bytes: %v", len(a), err)
			}
			if b, err := s.MAC([]byte("a")); err != nil || !bytes.Equal(a, b) {
				t.Errorf("it hashes differently twice (%v)", err)
			}
			if b, err := other.MAC([]byte("a")); err != nil || bytes.Equal(a, b) {
				t.Errorf("the hash does not depend on the key (%v)", err)
			}
		})
	}
}

func TestSMIsWhatThePublishedVectorsSay(t *testing.T) {
	// RFC 8998 A.1.
	cipherKey := unhex(t, "0123456789abcdeffedcba9876543210")
	clear := unhex(t, "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")
	associated := unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2")
	sealed := unhex(t, "00001234567800000000abcd"+
		"17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+
		"83de3541e4c2b58177e065a9bf7b62ec")
	// GM/T 0042-2015, D.3.
	hashKey := unhex(t, "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")
	s, err := seal.New(seal.SM, append(cipherKey, hashKey...))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Open(sealed, associated); err != nil || !bytes.Equal(got, clear) {
		t.Errorf("SM4-GCM opens %x: %v", got, err)
	}
	message := "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopqabcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
	if got, err := s.MAC([]byte(message)); err != nil || hex.EncodeToString(got) != "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a" {
		t.Errorf("HMAC-SM3 is %x: %v", got, err)
	}
}

func TestAESIsWhatThePublishedVectorsSay(t *testing.T) {
	keyset := func(url string, value []byte) map[string]any {
		return map[string]any{"primaryKeyId": 1, "key": []any{map[string]any{
			"keyData": map[string]any{"typeUrl": "type.googleapis.com/google.crypto.tink." + url, "value": value, "keyMaterialType": "SYMMETRIC"},
			"status":  "ENABLED", "keyId": 1, "outputPrefixType": "RAW",
		}}}
	}
	// McGrew and Viega, The Galois/Counter Mode of Operation, test case 16.
	gcm := unhex(t, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
	// RFC 4231, test case 4: Tink takes no shorter key.
	hash := unhex(t, "0102030405060708090a0b0c0d0e0f10111213141516171819")
	// Wire form of AesGcmKey{key_value = 3} and HmacKey{params = 2 {hash SHA256 = 3, tag_size = 32}, key_value = 3}.
	key, err := json.Marshal(map[string]any{
		"seal": keyset("AesGcmKey", append([]byte{0x1a, byte(len(gcm))}, gcm...)),
		"hash": keyset("HmacKey", append([]byte{0x12, 4, 0x08, 3, 0x10, 32, 0x1a, byte(len(hash))}, hash...)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(seal.AES, key)
	if err != nil {
		t.Fatal(err)
	}
	sealed := unhex(t, "cafebabefacedbaddecaf888"+
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"+
		"76fc6ece0f4e1768cddf8853bb2d551b")
	want := "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
	if got, err := s.Open(sealed, unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2")); err != nil || hex.EncodeToString(got) != want {
		t.Errorf("AES-256-GCM opens %x: %v", got, err)
	}
	message := bytes.Repeat([]byte{0xcd}, 50)
	if got, err := s.MAC(message); err != nil || hex.EncodeToString(got) != "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" {
		t.Errorf("HMAC-SHA-256 is %x: %v", got, err)
	}
}

func TestAKeyOrSuiteThatIsNoneIsAnError(t *testing.T) {
	if _, err := seal.New("rot13", nil); err == nil {
		t.Error("rot13 is a suite")
	}
	if _, err := seal.NewKey(""); err == nil {
		t.Error("a key without a suite")
	}
	for _, name := range seal.Names() {
		for _, key := range [][]byte{nil, {}, []byte("geheim"), bytes.Repeat([]byte{1}, 47), []byte(`{"seal":{},"hash":{}}`)} {
			if _, err := seal.New(name, key); err == nil || bytes.Contains([]byte(err.Error()), []byte("geheim")) {
				t.Errorf("%s with %q: %v", name, key, err)
			}
		}
	}
}

func FuzzOpenValue(f *testing.F) {
	aes, sm := suite(f, seal.AES), suite(f, seal.SM)
	for _, s := range []seal.Suite{aes, sm} {
		b, err := seal.Value(1<<32-1, s, []byte("text"), nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-1])
	}
	f.Add([]byte{2, 0, 0, 0, 1})
	f.Add([]byte{1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []seal.Suite{aes, sm} {
			if clear, err := seal.OpenValue(b, s, nil); err == nil {
				t.Errorf("%x opens as %q", b, clear)
			}
		}
	})
}

func TestPlacesNeverReadAlike(t *testing.T) {
	if bytes.Equal(seal.Place("ab", "c"), seal.Place("a", "bc")) || bytes.Equal(seal.Place("a", ""), seal.Place("a")) {
		t.Error("two places are one")
	}
}

func TestAFileWrapsWhatOnlyItUnwraps(t *testing.T) {
	dir := t.TempDir()
	open := func(name string) *seal.File {
		k, err := seal.OpenFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	a, b := open("a.json"), open("b.json")
	if a.Name() == b.Name() || a.Name() != open("a.json").Name() {
		t.Errorf("names %s, %s", a.Name(), b.Name())
	}
	w, err := a.Wrap(t.Context(), []byte("key"))
	if err != nil || bytes.Contains(w, []byte("key")) {
		t.Fatalf("%q, %v", w, err)
	}
	if got, err := a.Unwrap(t.Context(), w); err != nil || string(got) != "key" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := b.Unwrap(t.Context(), w); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("another's: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "a.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
