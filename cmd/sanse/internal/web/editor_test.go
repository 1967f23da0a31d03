package web_test

import (
	"strconv"
	"testing"
)

func TestTheEditorMakesWhatItShowed(t *testing.T) {
	_, store, url := served(t, plain)
	var micro int
	if err := store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM area WHERE level = 5`).Scan(&micro); err != nil {
		t.Fatal(err)
	}
	walk(t, "editor.test.mjs", url, strconv.Itoa(micro))
}
