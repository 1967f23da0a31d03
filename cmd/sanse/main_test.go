package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/cluster"
)

// asProgram in the environment makes the test binary be the program itself:
// a demo in a process of its own tells its own memory.
const asProgram = "SANSE_TEST_AS_PROGRAM"

// home is the folder of the private cluster and the key that all tests share.
var home string

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(testMain(m))
}

func testMain(m *testing.M) (code int) {
	// What the developer has set must not lead a test to their records.
	for _, name := range []string{"DATABASE_URL", "SANSE_HOME", "SANSE_KEY_FILE", "SANSE_DISTRICT"} {
		if err := os.Unsetenv(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	dir, err := passableDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	home = filepath.Join(dir, "home")
	defer func() {
		if !clusterAsked {
			return
		}
		if c, err := sharedCluster(); err == nil {
			if err := c.Close(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
	}()
	return m.Run()
}

// passableDir makes a folder that the user postgres can pass through.
func passableDir() (string, error) {
	dir, err := os.MkdirTemp("", "sanse")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}

func privateHome(t testing.TB) string {
	t.Helper()
	dir, err := passableDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

var clusterAsked bool

// sharedCluster is the server behind all tests but those of the private
// cluster itself; it starts on first use.
var sharedCluster = sync.OnceValues(func() (*cluster.Cluster, error) {
	clusterAsked = true
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	return cluster.Open(ctx, home, cluster.Options{Ephemeral: true})
})

// result is what a call of the program left.
type result struct {
	code     int
	out, err string
}

// sanse calls the program as a shell would, in this process.
func sanse(ctx context.Context, args ...string) result {
	var out, errOut bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

// program calls the program in a process of its own.
func program(ctx context.Context, args ...string) (result, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	// It collects its garbage as it does outside of tests, which may be told otherwise.
	cmd.Env = append(os.Environ(), asProgram+"=1", "GOGC=100", "GOMEMLIMIT=off")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, err
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}, nil
}

// want fails the test unless the program ended with that exit code.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nout: %s\nerr: %s", r.code, code, clip(r.out), clip(r.err))
	}
	return r
}

// says fails the test unless the program printed each of the words.
func (r result) says(t *testing.T, words ...string) result {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.out+r.err, w) {
			t.Errorf("nothing says %q\nout: %s\nerr: %s", w, clip(r.out), clip(r.err))
		}
	}
	return r
}

// hides fails the test if the program printed one of the secrets.
func (r result) hides(t *testing.T, secrets ...string) result {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(r.out, s) || strings.Contains(r.err, s) {
			t.Errorf("%q is on the screen\nout: %s\nerr: %s", s, clip(r.out), clip(r.err))
		}
	}
	return r
}

func clip(s string) string {
	if len(s) > 3000 {
		return s[:1500] + "\n…\n" + s[len(s)-1500:]
	}
	return s
}

// bed is a database of its own, in the shared cluster, with the arguments that
// lead the program to it.
type bed struct {
	dsn  string
	args []string
}

func bedOf(dsn string) *bed { return &bed{dsn, []string{"--home", home, "--database-url", dsn}} }

// template is an empty store with the current schema, which beds are copies of: the
// schema is made once.
var template = sync.OnceValues(func() (string, error) {
	const name = "bed_template"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := sharedCluster()
	if err != nil {
		return "", fmt.Errorf("PostgreSQL with PostGIS must be installed: %w", err)
	}
	if err := c.CreateDatabase(ctx, name); err != nil {
		return "", err
	}
	if r := sanse(ctx, bedOf(c.DSN(name)).all([]string{"db", "status"})...); r.code != exitDone {
		return "", fmt.Errorf("make the schema: %s", r.err)
	}
	return name, nil
})

// newBed returns the bed of a name: a new one, or the one that is there.
func newBed(ctx context.Context, name string) (*bed, error) {
	from, err := template()
	if err != nil {
		return nil, err
	}
	return bedFrom(ctx, name, from)
}

// bedFrom returns the bed of a name: a copy of a database, or the one that is there.
func bedFrom(ctx context.Context, name, from string) (_ *bed, err error) {
	c, err := sharedCluster()
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return nil, err
	}
	if !there {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()+` TEMPLATE `+from+` STRATEGY file_copy`); err != nil {
			return nil, err
		}
	}
	return bedOf(c.DSN(name)), nil
}

func setup(t *testing.T, name string) *bed {
	t.Helper()
	b, err := newBed(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bed) all(args []string) []string { return append(append([]string{}, b.args...), args...) }

// sanse calls the program on this database.
func (b *bed) sanse(t *testing.T, args ...string) result {
	t.Helper()
	return sanse(t.Context(), b.all(args)...)
}

// object is JSON as a script sees it.
type object = map[string]any

func parseJSON(t *testing.T, text string) object {
	t.Helper()
	var v object
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, clip(text))
	}
	return v
}

func readJSON(t *testing.T, path string) object {
	t.Helper()
	return parseJSON(t, readText(t, path))
}

func readText(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeText(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeJSON(t *testing.T, path string, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return writeText(t, path, string(b))
}

// moduleFile is a file of a module that go.mod names.
func moduleFile(ctx context.Context, module string, path ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("find module %s: %w", module, err)
	}
	return filepath.Join(append([]string{strings.TrimSpace(string(out))}, path...)...), nil
}

// district is one run of the demo, shared by the tests that read its results.
type district struct {
	result
	bed    *bed
	dir    string // of the result files
	inputs string // of the made-up input files
}

func (d *district) file(name string) string { return filepath.Join(d.dir, name) }

// december is the horizon of every demo in these tests.
var december = []string{"--start", "2026-12-01", "--days", "31"}

// demo runs the demo once in a database and keeps files and database until the
// test binary ends. A demo in a process of its own tells its own memory.
func demo(database, name string, own bool, args ...string) (*district, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	b, err := newBed(ctx, database)
	if err != nil {
		return nil, err
	}
	d := &district{bed: b, dir: filepath.Join(filepath.Dir(home), name), inputs: filepath.Join(filepath.Dir(home), name+"-inputs")}
	args = b.all(append(append([]string{"demo", "--once", "--out", d.dir, "--inputs", d.inputs}, december...), args...))
	if !own {
		d.result = sanse(ctx, args...)
		return d, nil
	}
	d.result, err = program(ctx, args...)
	return d, err
}

func andorraDemo(database, name string, args ...string) (*district, error) {
	extract, err := moduleFile(context.Background(), "github.com/paulmach/osm", "testdata", "andorra-latest.osm.bz2")
	if err != nil {
		return nil, err
	}
	return demo(database, name, false, append([]string{"--extract", extract, "--time-zone", "Europe/Andorra"}, args...)...)
}

var (
	andorra      = sync.OnceValues(func() (*district, error) { return andorraDemo("andorra", "andorra") })
	andorraSeed2 = sync.OnceValues(func() (*district, error) {
		return andorraDemo("andorra2", "andorra2", "--seed", "2", "--residents", "60")
	})
	reference      = sync.OnceValues(func() (*district, error) { return demo("reference", "reference", true) })
	referenceAgain = sync.OnceValues(func() (*district, error) {
		if _, err := reference(); err != nil {
			return nil, err
		}
		return demo("reference", "again", true) // over the district that is there
	})
	shortStaffed = sync.OnceValues(func() (*district, error) { return demo("tight", "tight", true, "--tight") })
)

// copy is the same district in a database of its own, for who changes it: a district is
// made in a quarter of a minute, and copied in none. Nobody may be in the database then.
func (d *district) copy(t *testing.T, name string) *district {
	t.Helper()
	from, err := pgx.ParseConfig(d.bed.dsn)
	if err != nil {
		t.Fatal(err)
	}
	to := *d
	if to.bed, err = bedFrom(t.Context(), name, from.Database); err != nil {
		t.Fatal(err)
	}
	return &to
}

// done returns a demo that must have ended with exit code 0.
func done(t *testing.T, f func() (*district, error)) *district {
	t.Helper()
	d, err := f()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(d.err, "chart script") {
		t.Fatal("the pages are not built: run 'make web' first ('make test' does)")
	}
	d.want(t, exitDone)
	return d
}

// isLong skips a test of the default demo under -short.
func isLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a whole district")
	}
}

func TestTheHelpOfVerbsOnFilesHasNoFlagsOfTheDatabase(t *testing.T) {
	const database = "Flags of the database:"
	for _, verb := range [][]string{{"solve"}, {"check"}, {"explain"}, {"replan"}, {"streets"}, {"streets", "route"}} {
		if r := sanse(t.Context(), append(verb, "--help")...).want(t, exitDone); strings.Contains(r.out, database) || !strings.Contains(r.out, "--help") {
			t.Errorf("%v:\n%s", verb, r.out)
		}
	}
	for _, verb := range [][]string{{}, {"plan"}, {"import"}, {"db", "status"}} {
		r := sanse(t.Context(), append(verb, "--help")...).want(t, exitDone)
		if own, theirs := strings.Index(r.out, "\nFlags:"), strings.Index(r.out, database); theirs < own || own < 0 {
			t.Errorf("%v: the verb's own flags come first:\n%s", verb, r.out)
		}
	}
	if r := sanse(t.Context(), "plan", "--help"); strings.Index(r.out, "--problem") > strings.Index(r.out, database) {
		t.Errorf("the flags of the database come first:\n%s", r.out)
	}
}
