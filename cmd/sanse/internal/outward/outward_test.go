package outward_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/outward"
)

func TestAddressesThatLeadIntoTheHouseAreNotGoneTo(t *testing.T) {
	plain, private, tests := outward.New(outward.Options{}), outward.New(outward.Options{Private: true}), outward.New(outward.Options{Loopback: true})
	for _, test := range []struct {
		address string
		plain   error
		private error
		tests   error
	}{
		{"https://sms.example.gov.cn/hook?key=1", nil, nil, nil},
		{"https://8.8.8.8/hook", nil, nil, nil},
		{"http://sms.example.gov.cn/hook", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"http://127.0.0.1:8080/hook", outward.ErrAddress, outward.ErrAddress, nil},
		{"https://127.0.0.1/hook", outward.ErrForbidden, nil, nil},
		{"https://10.1.2.3/hook", outward.ErrForbidden, nil, outward.ErrForbidden},
		{"https://192.168.0.1/hook", outward.ErrForbidden, nil, outward.ErrForbidden},
		{"https://[fd00::1]/hook", outward.ErrForbidden, nil, outward.ErrForbidden},
		{"https://[::ffff:10.1.2.3]/hook", outward.ErrForbidden, nil, outward.ErrForbidden},
		{"https://[::1]/hook", outward.ErrForbidden, nil, nil},
		// Whoever allows it.
		{"https://169.254.169.254/latest/meta-data", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://100.100.100.200/latest/meta-data", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://100.100.100.201/hook", outward.ErrForbidden, nil, outward.ErrForbidden},
		{"https://[fd00:ec2::254]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[fe80::1]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[64:ff9b::a01:203]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://168.63.129.16/machine", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[fd20:ce::254]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[::ffff:169.254.169.254]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[::7f00:1]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[::a01:203]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[::ffff:0:a01:203]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[2002:a01:203::1]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[5f00::1]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[fe80::1%25eth0]/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://[2400:cb00::1]/hook", nil, nil, nil},
		{"https://0.0.0.0/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://255.255.255.255/hook", outward.ErrForbidden, outward.ErrForbidden, outward.ErrForbidden},
		{"https://user:marker@sms.example.gov.cn/", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"https://sms.example.gov.cn/#marker", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"file:///etc/passwd", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"https:marker", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"//sms.example.gov.cn", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"https://%zz", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
		{"", outward.ErrAddress, outward.ErrAddress, outward.ErrAddress},
	} {
		for name, c := range map[string]struct {
			client *outward.Client
			want   error
		}{"plain": {plain, test.plain}, "private": {private, test.private}, "tests": {tests, test.tests}} {
			if err := c.client.Check(test.address); !errors.Is(err, c.want) {
				t.Errorf("%s: %s: %v, want %v", name, test.address, err, c.want)
			}
		}
	}
}

// A name that stands for this machine is judged when it is connected to.
func TestANameThatLeadsIntoTheHouseIsNotConnectedTo(t *testing.T) {
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	status, err := outward.New(outward.Options{}).Post(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1)+"/marker", nil, []byte("x"))
	if !errors.Is(err, outward.ErrForbidden) || status != 0 || asked {
		t.Errorf("%d, %v, asked: %t", status, err, asked)
	}
	// The same machine as some write it: what a resolver makes of it, if anything, is judged.
	for _, name := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "localhost."} {
		address := strings.Replace(server.URL, "127.0.0.1", name, 1) + "/marker"
		if status, err := outward.New(outward.Options{}).Post(t.Context(), address, nil, []byte("x")); err == nil || status != 0 || asked {
			t.Errorf("%s: %d, %v, asked: %t", name, status, err, asked)
		}
	}
}

func TestWhatIsSentArrivesAndNobodyIsFollowed(t *testing.T) {
	var got []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got = append(got, "elsewhere") }))
	defer elsewhere.Close()
	answers := map[string]func(http.ResponseWriter){
		"/fine": func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) },
		"/moved": func(w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"/flood":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat("marker", 1<<20)) },
		"/no-words": func(w http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.Header.Get("X-Word")+" "+string(body))
		answers[r.URL.Path](w)
	}))
	defer server.Close()
	c := outward.New(outward.Options{Loopback: true, Timeout: 5 * time.Second})
	header, body := map[string]string{"X-Word": "one"}, []byte(`{"id":"1"}`)
	for path, want := range map[string]int{"/fine": 202, "/moved": 307, "/flood": 200} {
		if status, err := c.Post(t.Context(), server.URL+path, header, body); err != nil || status != want {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	if _, err := c.Post(t.Context(), server.URL+"/no-words", header, body); !errors.Is(err, outward.ErrUnreachable) {
		t.Errorf("no answer: %v", err)
	}
	const want = `POST one {"id":"1"}`
	for _, line := range got {
		if line != want {
			t.Errorf("they got %s", line)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d requests", len(got))
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Post(gone, server.URL+"/fine", header, body); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestAnAnswerIsReadWithinBounds(t *testing.T) {
	packed := new(bytes.Buffer)
	z := gzip.NewWriter(packed)
	_, _ = z.Write(make([]byte, 1<<20)) // into memory
	_ = z.Close()
	never := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fine":
			_, _ = io.WriteString(w, r.Method+" "+r.Header.Get("X-Word"))
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "marker")
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		case "/flood":
			for range 1 << 10 {
				if _, err := io.WriteString(w, strings.Repeat("marker", 1<<10)); err != nil {
					return
				}
			}
		case "/drips":
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-never
		}
	}))
	defer server.Close()
	defer close(never)
	c := outward.New(outward.Options{Loopback: true, Timeout: time.Minute})
	header := map[string]string{"X-Word": "one"}
	for path, want := range map[string]struct {
		status int
		body   string
		err    error
	}{"/fine": {200, "GET one", nil}, "/broken": {502, "", nil}, "/packed": {200, "", outward.ErrTooLarge}, "/flood": {200, "", outward.ErrTooLarge}} {
		if status, body, err := c.Get(t.Context(), server.URL+path, header, 1000); status != want.status || string(body) != want.body || !errors.Is(err, want.err) {
			t.Errorf("%s: %d, %d bytes, %v", path, status, len(body), err)
		}
	}
	soon := outward.New(outward.Options{Loopback: true, Timeout: 20 * time.Millisecond})
	if _, body, err := soon.Get(t.Context(), server.URL+"/drips", nil, 1000); !errors.Is(err, outward.ErrLate) || body != nil {
		t.Errorf("one that drips: %q, %v", body, err)
	}
	if _, _, err := outward.New(outward.Options{}).Get(t.Context(), "https://169.254.169.254/", nil, 1000); !errors.Is(err, outward.ErrForbidden) {
		t.Errorf("into the house: %v", err)
	}
}
