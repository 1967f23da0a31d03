package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeysAreLookedAfter(t *testing.T) {
	c, err := sharedCluster()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CreateDatabase(t.Context(), "keys"); err != nil { // beds have the key of all others
		t.Fatal(err)
	}
	b := bedOf(c.DSN("keys"))
	dir := t.TempDir()
	key := []string{"--key-file", filepath.Join(dir, "key.json")}
	call := func(key []string, args ...string) result {
		t.Helper()
		return b.sanse(t, append(append([]string{}, key...), args...)...)
	}
	call(key, "db", "district", "510102", "示范区").want(t, exitDone)
	status := func(key []string) object {
		t.Helper()
		return parseJSON(t, call(key, "keys", "status", "--json").want(t, exitDone).out)
	}
	first := list(status(key)["keys"])
	if len(first) != 3 {
		t.Fatalf("%d keys", len(first))
	}
	call(key, "keys", "status").want(t, exitDone).says(t, "seal", "hash", "mark", "aes", "in use", "0 values")

	call(key, "keys", "rotate", "--suite", "sm").want(t, exitDone).says(t, "sealed with key")
	call(key, "keys", "reseal").want(t, exitDone).says(t, "0 values sealed anew", "retired")
	call(key, "keys", "rotate", "--hash").want(t, exitDone).says(t, "hashed with key")
	call(key, "keys", "rotate", "--suite", "rot13").want(t, exitInvalid)
	call(key, "keys", "status").want(t, exitDone).says(t, "sm", "retired")

	kms := filepath.Join(dir, "kms")
	if err := os.WriteFile(kms, []byte("#!/bin/sh\ncase \"$1\" in wrap) base64 -d | tr '\\000-\\377' '\\001-\\377\\000' | base64 ;; unwrap) base64 -d | tr '\\001-\\377\\000' '\\000-\\377' | base64 ;; esac\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	call(key, "keys", "rewrap").want(t, exitInvalid)
	call(key, "keys", "rewrap", "--new-key-command", filepath.Join(dir, "none")).want(t, exitInvalid)
	call(key, "keys", "rewrap", "--new-key-command", kms).want(t, exitDone).says(t, "5 data keys are wrapped by command kms")
	call(key, "keys", "status").want(t, exitOutside).says(t, "another key")
	program := []string{"--key-command", kms}
	for _, k := range list(status(program)["keys"]) {
		if kek, _ := k.(object)["kek"].(string); !strings.HasPrefix(kek, "command kms ") {
			t.Errorf("a key is wrapped by %q", kek)
		}
	}
	call(append(program, key...), "keys", "status").want(t, exitOutside).says(t, "which is it")
	next := []string{"--key-file", filepath.Join(dir, "next.json")}
	call(program, "keys", "rewrap", "--new-key-file", next[1]).want(t, exitDone)
	call(next, "keys", "rotate").want(t, exitDone)
	call(next, "keys", "reseal").want(t, exitDone)
	if old := status(next)["values_under_older_keys"]; whole(old) != 0 {
		t.Errorf("%v values are under older keys", old)
	}
}
