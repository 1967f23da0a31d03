package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// OGROptions says how OpenOGR reads; the zero value is the default.
type OGROptions struct {
	Layer string // of a GeoPackage; empty: the only one
	// AsIs leaves positions as the file has them. Otherwise GDAL brings them
	// from the file's own system to WGS 84.
	AsIs bool
}

// NeedsOGR tells by its name whether ogr2ogr is needed to read a file.
func NeedsOGR(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".shp", ".gpkg":
		return true
	}
	return false
}

// OpenOGR runs ogr2ogr over a Shapefile or GeoPackage and returns its output, a
// sequence of GeoJSON features. An *InputError says what is wrong with the file.
func OpenOGR(ctx context.Context, name string, o OGROptions) (*OGRStream, error) {
	base := filepath.Base(name)
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, &InputError{Path: base, Reason: "find file", Err: err}
	}
	if info, err := os.Stat(path); err != nil {
		return nil, &InputError{Reason: "open file", Err: err}
	} else if info.IsDir() {
		return nil, &InputError{Path: base, Reason: "this is a folder"}
	}
	tool, err := exec.LookPath("ogr2ogr")
	if err != nil {
		return nil, fmt.Errorf("read %s: ogr2ogr is not installed; install it (Debian, Ubuntu: apt-get install gdal-bin), or save the layer as GeoJSON: %w", base, err)
	}
	args := []string{"-f", "GeoJSON", "/vsistdout/", path, "-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=9"}
	if o.Layer != "" {
		args = append(args, o.Layer)
	}
	if o.AsIs {
		args = append(args, "-a_srs", "EPSG:4326") // a label, not a conversion
	} else {
		args = append(args, "-t_srs", "EPSG:4326")
	}
	enc, err := shapeEncoding(path)
	if err != nil {
		return nil, &InputError{Path: base, Reason: "read attributes", Err: err}
	}
	if enc != "" {
		args = append(args, "-oo", "ENCODING="+enc)
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, tool, args...)
	run := &OGRStream{Encoding: enc, cmd: cmd, cancel: cancel}
	cmd.Stderr = &run.stderr
	if run.out, err = cmd.StdoutPipe(); err != nil {
		cancel()
		return nil, fmt.Errorf("run ogr2ogr: %w", err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("run ogr2ogr: %w", err)
	}
	return run, nil
}

// openOGR opens the job's file. Without a declared system GDAL converts from
// the file's own one; with one the coordinates come as they are.
func (j *job) openOGR(ctx context.Context) (io.ReadCloser, error) {
	run, err := OpenOGR(ctx, j.opt.Path, OGROptions{Layer: j.opt.Layer, AsIs: j.opt.CRS != ""})
	if err != nil {
		return nil, err
	}
	if j.opt.CRS == "" {
		j.rep.CRS = "the file's own"
	}
	if run.Encoding != "" {
		j.rep.Encoding = run.Encoding
	}
	return run, nil
}

// OGRStream is the output of a running ogr2ogr. An error of the program comes
// with the end of its output, so that what it wrote before is not taken for
// all there is.
type OGRStream struct {
	Encoding string // what a Shapefile's attributes were taken to be written in; empty: as it says itself

	cmd    *exec.Cmd
	cancel context.CancelFunc
	out    io.ReadCloser
	stderr boundedBuffer
	waited bool
	ended  bool
}

// Read implements io.Reader.
func (s *OGRStream) Read(p []byte) (int, error) {
	n, err := s.out.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	s.ended = true
	if waitErr := s.wait(); waitErr != nil {
		return n, waitErr
	}
	return n, io.EOF
}

func (s *OGRStream) wait() error {
	if s.waited {
		return nil
	}
	s.waited = true
	if err := s.cmd.Wait(); err != nil {
		text := strings.TrimSpace(s.stderr.String())
		if strings.Contains(text, "coordinate system") || strings.Contains(text, "SRS") {
			return errors.New("the file does not say which coordinate system it is in: declare it with --crs")
		}
		return fmt.Errorf("ogr2ogr cannot read it: %s (%w)", shortenTo(firstLine(text), 300), err)
	}
	return nil
}

// Close ends the program if it still runs.
func (s *OGRStream) Close() error {
	defer s.cancel()
	if s.waited {
		return nil
	}
	s.cancel()
	err := s.wait()
	if !s.ended {
		return nil // killed by us: its complaint is no news
	}
	return err
}

// boundedBuffer keeps the first bytes written to it.
type boundedBuffer struct{ bytes.Buffer }

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if room := 8192 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func shortenTo(s string, n int) string {
	rs := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	if len(rs) <= n {
		return string(rs)
	}
	return string(rs[:n-1]) + "…"
}

// shapeEncoding tells what the attributes of a Shapefile are written in where
// the file itself does not say (no .cpg, no language byte); empty: GDAL knows.
func shapeEncoding(path string) (_ string, err error) {
	if !strings.EqualFold(filepath.Ext(path), ".shp") {
		return "", nil
	}
	stem := path[:len(path)-len(filepath.Ext(path))]
	for _, ext := range [...]string{".cpg", ".CPG"} {
		if _, err := os.Stat(stem + ext); err == nil {
			return "", nil
		}
	}
	f, err := os.Open(stem + ".dbf")
	if errors.Is(err, os.ErrNotExist) {
		f, err = os.Open(stem + ".DBF")
	}
	if errors.Is(err, os.ErrNotExist) {
		return "", errors.New("the .dbf file beside it is missing: a Shapefile is .shp, .shx, .dbf and .prj together")
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 32)
	if _, err := io.ReadFull(f, head); err != nil {
		return "", fmt.Errorf("the .dbf file is cut off: %w", err)
	}
	if lang := head[29]; lang != 0 && lang != 0x57 {
		return "", nil
	}
	// Records begin behind the header, whose length is in bytes 8 and 9.
	if _, err := f.Seek(int64(head[8])|int64(head[9])<<8, io.SeekStart); err != nil {
		return "", err
	}
	enc, err := detectEncoding(f)
	if err != nil {
		return "", err
	}
	if enc == encGB18030 {
		return "GB18030", nil
	}
	return "UTF-8", nil
}
