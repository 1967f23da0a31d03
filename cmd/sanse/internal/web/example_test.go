package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"sanse/cmd/sanse/internal/web"
)

// One index.html answers for every page; it finds out by itself which it is.
func ExampleNew() {
	h, err := web.New(fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/", "/day", "/board", "/elsewhere"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(path, w.Code, w.Header().Get("Referrer-Policy"))
	}
	// Output:
	// / 200 no-referrer
	// /day 200 no-referrer
	// /board 200 no-referrer
	// /elsewhere 404 no-referrer
}
