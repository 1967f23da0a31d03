package reports_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"sanse/reports"
)

func TestTheProcessingRecordGoesOnOverSheets(t *testing.T) {
	r := reports.ProcessingRecord{Handler: "示范区（虚构）", Made: "2027-02-01", MadeUp: true, Measures: []string{"措施一"}}
	r.Purposes = []reports.ProcessingPurpose{{Code: "care", Name: "上门走访关爱", Basis: "个人信息保护法第13条", Consent: true}}
	for range 60 {
		r.Retention = append(r.Retention, reports.ProcessingRetention{Kind: "visits", Name: "走访记录", Days: 1095, Basis: strings.Repeat("服务质量复核与年度对比", 4), Source: "第19条"})
	}
	var b, again bytes.Buffer
	made := time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)
	if err := reports.WriteProcessingPDF(&b, &r, pageFont(t), made, reports.Marked{}); err != nil {
		t.Fatal(err)
	}
	if err := reports.WriteProcessingPDF(&again, &r, pageFont(t), made, reports.Marked{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF")) || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("it is no PDF, or another one each time")
	}
	if n := bytes.Count(b.Bytes(), []byte("/Type /Page\n")); n < 3 {
		t.Errorf("%d sheets", n)
	}
	if err := reports.WriteProcessingPDF(&b, &r, nil, made, reports.Marked{}); err == nil {
		t.Error("it prints without a font")
	}
}
