package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// sitesColumn is a column of a table of demands, candidates or ways; the first
// of its names is the one that messages use.
type sitesColumn []string

var (
	sitesID        = sitesColumn{"id", "code", "cell", "编号", "代码", "六边形"}
	sitesWeight    = sitesColumn{"weight", "people", "population", "demand", "权重", "人数", "人口", "需求"}
	sitesLon       = sitesColumn{"lon", "lng", "long", "longitude", "经度"}
	sitesLat       = sitesColumn{"lat", "latitude", "纬度"}
	sitesX         = sitesColumn{"x"}
	sitesY         = sitesColumn{"y"}
	sitesStatus    = sitesColumn{"status", "state", "状态"}
	sitesPlace     = sitesColumn{"place", "地点", "地块"}
	sitesPrice     = sitesColumn{"price", "造价", "费用"}
	sitesCapacity  = sitesColumn{"capacity", "beds", "seats", "容量", "床位", "席位", "服务能力"}
	sitesDemand    = sitesColumn{"demand", "from", "需求", "起点"}
	sitesCandidate = sitesColumn{"candidate", "site", "facility", "to", "候选点", "设施", "终点"}
	sitesCost      = sitesColumn{"cost", "seconds", "metres", "meters", "duration", "distance", "秒", "米", "时间", "距离"}
)

// sitesTable reads a table with a header, row by row.
type sitesTable struct {
	read   func() (row []string, line int, err error)
	header []string
	row    []string
	line   int
	bad    faults
}

func newSitesTable(in io.Reader) (*sitesTable, error) {
	text, err := readText8(in)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n\x1e"), []byte("{")) {
		return newSitesFeatures(bytes.NewReader(text))
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = delimiterOf(text), -1, true
	t := &sitesTable{read: func() ([]string, int, error) {
		row, err := r.Read()
		if err != nil {
			return nil, 0, err
		}
		line, _ := r.FieldPos(0)
		return row, line, nil
	}}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first line names the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	for _, h := range header {
		t.header = append(t.header, strings.ToLower(strings.TrimSpace(h)))
	}
	return t, nil
}

// column finds a column; −1 if there is none.
func (t *sitesTable) column(names sitesColumn) (int, error) {
	at := -1
	for i, h := range t.header {
		if !slices.Contains(names, h) {
			continue
		}
		if at >= 0 {
			return -1, fmt.Errorf("line 1: %q and %q both name the column %s", shorten(t.header[at]), shorten(h), names[0])
		}
		at = i
	}
	return at, nil
}

// needed is column for one that a file cannot be without.
func (t *sitesTable) needed(names sitesColumn) (int, error) {
	at, err := t.column(names)
	if err == nil && at < 0 {
		err = fmt.Errorf("line 1: there is no column %s, only %q", names[0], shorten(strings.Join(t.header, ",")))
	}
	return at, err
}

// next goes to the next row in which anything is written; false at the end.
func (t *sitesTable) next() (bool, error) {
	for {
		row, line, err := t.read()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read table: %w", err)
		}
		if !isBlank(row) {
			t.row, t.line = row, line
			return true, nil
		}
	}
}

// cell is a field of the row without the blanks around it; "" if there is none.
func (t *sitesTable) cell(column int) string {
	if column < 0 || column >= len(t.row) {
		return ""
	}
	return strings.TrimSpace(t.row[column])
}

// refuse notes what is wrong with a field of the row.
func (t *sitesTable) refuse(column int, why string) {
	t.bad.add(t.line, "column "+t.header[column], t.cell(column), why)
}

// whole reads a whole number from 0 to most.
func (t *sitesTable) whole(column int, most int64) (int64, bool) {
	text := t.cell(column)
	v, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "":
		t.refuse(column, "is empty")
	case err == nil && v < 0, err != nil && strings.HasPrefix(text, "-"):
		t.refuse(column, "is below 0")
	case err == nil && v <= most:
		return v, true
	case err == nil || errors.Is(err, strconv.ErrRange):
		t.refuse(column, fmt.Sprintf("is more than %d", most))
	default:
		t.refuse(column, "is no whole number")
	}
	return 0, false
}

// rounded reads a number from 0 to most, and rounds it up to a whole one.
func (t *sitesTable) rounded(column int, most int64) (int64, bool) {
	v, why := parseDegrees(t.cell(column))
	switch {
	case why != "":
		t.refuse(column, why)
	case v < 0:
		t.refuse(column, "is below 0")
	case v > float64(most):
		t.refuse(column, fmt.Sprintf("is more than %d", most))
	default:
		return int64(math.Ceil(v)), true
	}
	return 0, false
}
